"""Saved views of LEADS: private and shared ones, the default, and who may change them."""

import re
from html import unescape
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.model.staff.accounts import UserAccount, UserRole
from tests.worlds.dashboard import CSRF, Browser, Shown, known_as
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock

VIEW = "status=waiting&sort=-name&columns=name%2Cowner"


class ViewDesk:
    """The browsers of people who save views of one office."""

    def __init__(self, made: Staged) -> None:
        self.made = made
        self.accounts = accounts_of(made.installation.loaded().settings)
        self.forms = 0

    def browser(self, name: str = "ada", role: UserRole = UserRole.OPERATOR) -> Browser:
        door = known_as(name, role)
        made = self.made
        return Browser(create_app(Dashboard(made.installation, self.accounts, made.clock, door)))

    def post(self, browser: Browser, path: str, **fields: str) -> Shown:
        self.forms += 1
        return browser.post(path, {"csrf": CSRF, "form": f"form-{self.forms}", **fields})

    def save(self, browser: Browser, name: str = "Mine", **fields: str) -> Shown:
        return self.post(browser, "/leads/views", **{"name": name, "query": VIEW, **fields})

    def ids(self, browser: Browser) -> dict[str, str]:
        """The ids of views by their names, as the page of views has them."""
        text = browser.get("/leads/views").text
        found = re.findall(r'<h2 id="view-(\d+)"><a href="[^"]*">([^<]*)</a>', text)
        return {unescape(name): number for number, name in found}

    def change(self, browser: Browser, view_id: str, do: str, **fields: str) -> str:
        """What somebody is told of a change of a view."""
        answer = self.post(browser, f"/leads/views/{view_id}", do=do, **fields)
        assert answer.status == 303, answer.text
        told = re.search(r'class="told[^>]*>([^<]*)', browser.get(answer.headers["location"]).text)
        assert told is not None
        return unescape(told[1])


@pytest.fixture
def desk(tmp_path: Path, clock: HandClock) -> ViewDesk:
    return ViewDesk(office(tmp_path, clock))


def test_a_view_is_saved_and_leads_to_its_filters_order_and_columns(desk: ViewDesk) -> None:
    browser = desk.browser()
    answer = desk.save(browser, query=f"{VIEW}&after={desk.made.ids['told']}&other=1")
    address = answer.headers["location"]
    assert address == "/leads?columns=name%2Cowner&sort=-name&status=waiting"
    page = browser.get(address).text
    assert re.search(r'<a class="tag accent" href="[^"]*" aria-current="true">Mine</a>', page)
    assert "Mine" in browser.get("/leads").text
    assert "Mine" not in desk.browser("bob").get("/leads").text


def test_words_that_were_searched_are_not_kept(desk: ViewDesk) -> None:
    browser = desk.browser()
    answer = desk.save(browser, query="q=ada%40example.com&status=waiting")
    assert answer.headers["location"] == "/leads?status=waiting"
    assert "but not the words that you search" in browser.get("/leads?q=ada").text
    assert "but not the words that you search" not in browser.get("/leads").text


def test_operators_share_views_and_a_viewer_has_private_ones(desk: ViewDesk) -> None:
    ada, eve = desk.browser(), desk.browser("eve", UserRole.VIEWER)
    desk.save(ada, "Ours", shared="1")
    assert "Share with all" not in eve.get("/leads").text
    desk.save(eve, "Eve's", shared="1")
    assert list(desk.ids(eve)) == ["Eve's", "Ours"]
    assert list(desk.ids(ada)) == ["Ours"]
    noted = [one.entry.action for one in desk.made.installation.audit().entries()]
    assert noted.count("dashboard.view_saved") == 1


def test_leads_opens_with_the_default_view_and_all_are_one_click_away(desk: ViewDesk) -> None:
    browser = desk.browser()
    assert browser.get("/leads").status == 200
    desk.save(browser, default="1")
    opened = browser.get("/leads")
    assert opened.status == 303
    assert "status=waiting" in opened.headers["location"]
    page = browser.get("/leads?view=none")
    assert page.status == 200
    assert '<input type="hidden" name="view" value="none">' in page.text
    assert browser.get("/leads?view=none&status=dead").status == 200
    assert desk.browser("bob").get("/leads").status == 200
    (view_id,) = desk.ids(browser).values()
    assert desk.change(browser, view_id, "no_default") == "LEADS opens with all leads from now on."
    assert browser.get("/leads").status == 200
    assert desk.change(browser, view_id, "default") == "LEADS opens with it from now on."
    assert browser.get("/leads").status == 303


def test_a_view_is_renamed_and_deleted(desk: ViewDesk) -> None:
    browser = desk.browser()
    desk.save(browser)
    desk.save(browser, "Other")
    view_id = desk.ids(browser)["Mine"]
    assert desk.change(browser, view_id, "change", name=" Late  ones ") == "It is changed."
    assert list(desk.ids(browser)) == ["Late ones", "Other"]
    assert desk.change(browser, view_id, "change", name="Other") == "There is a view of that name."
    assert desk.change(browser, view_id, "change", name=" ") == "Give the view a name."
    assert desk.change(browser, view_id, "delete") == "It is deleted."
    assert list(desk.ids(browser)) == ["Other"]
    assert desk.change(browser, view_id, "delete") == "There is no such view any more."


def test_a_shared_view_is_changed_by_its_owner_and_admins_alone(desk: ViewDesk) -> None:
    ada, bob = desk.browser(), desk.browser("bob")
    boss, eve = desk.browser("boss", UserRole.ADMIN), desk.browser("eve", UserRole.VIEWER)
    desk.save(ada, "Ours", shared="1")
    desk.save(ada, "Mine")
    view_id, private = desk.ids(ada)["Ours"], desk.ids(ada)["Mine"]
    for one in (bob, eve):
        for do in ("change", "delete"):
            told = desk.change(one, view_id, do, name="His")
            assert told == "Only its owner and admins change a shared view."
        assert desk.change(one, private, "delete") == "There is no such view any more."
        assert desk.change(one, view_id, "default") == "LEADS opens with it from now on."
    assert desk.change(boss, view_id, "change", name="All", shared="1") == "It is changed."
    assert desk.change(ada, view_id, "change", name="All") == "It is changed."
    assert desk.ids(bob) == {}
    assert bob.get("/leads").status == 200


def test_a_view_stays_shared_when_its_owner_as_a_viewer_renames_it(desk: ViewDesk) -> None:
    desk.save(desk.browser(), "Ours", shared="1")
    viewer = desk.browser(role=UserRole.VIEWER)
    assert desk.change(viewer, desk.ids(viewer)["Ours"], "change", name="All") == "It is changed."
    assert list(desk.ids(desk.browser("bob"))) == ["All"]


def test_a_shared_view_of_an_account_that_was_removed_never_becomes_nobodys(
    desk: ViewDesk,
) -> None:
    desk.accounts.add(UserAccount("ada", UserRole.OPERATOR, desk.made.clock.now))
    desk.save(desk.browser(), "Ours", shared="1")
    desk.accounts.remove("ada")
    boss = desk.browser("boss", UserRole.ADMIN)
    view_id = desk.ids(boss)["Ours"]
    assert "share it with all, or delete it" in desk.change(boss, view_id, "change", name="Ours")
    assert list(desk.ids(boss)) == ["Ours"]
    assert desk.change(boss, view_id, "delete") == "It is deleted."


def test_a_name_that_is_taken_or_missing_is_refused_and_markup_in_it_is_text(
    desk: ViewDesk,
) -> None:
    browser = desk.browser()
    hurt = "<script>window.hurt=1</script>"
    desk.save(browser, hurt)
    again = desk.save(browser, hurt)
    assert again.headers["location"].startswith("/leads/views?told=")
    assert "nothing was saved" in browser.get(again.headers["location"]).text
    assert "told=" in desk.save(browser, " ").headers["location"]
    for path in ("/leads", "/leads/views"):
        assert hurt not in browser.get(path).text
    assert list(desk.ids(browser)) == [hurt]


def test_a_form_that_is_sent_twice_saves_once_and_what_is_no_form_is_refused(
    desk: ViewDesk,
) -> None:
    browser = desk.browser()
    form = {"csrf": CSRF, "form": "one", "name": "Mine", "query": VIEW}
    first, again = (browser.post("/leads/views", form) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    assert browser.post("/leads/views", {"csrf": CSRF, "name": "x"}).status == 400
    assert browser.post("/leads/views", {"form": "two", "name": "x"}).status == 403
    assert desk.post(browser, "/leads/views/1", do="burn").status == 400


def test_a_dashboard_without_accounts_shows_leads_without_views(desk: ViewDesk) -> None:
    made = desk.made
    door = known_as("ada", UserRole.OPERATOR)
    alone = Browser(create_app(Dashboard(made.installation, clock=made.clock, door=door)))
    page = alone.get("/leads")
    assert page.status == 200
    assert "Save as a view" not in page.text
