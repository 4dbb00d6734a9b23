"""CORRECT: a lead's fields in a form, a dry run, and the correction, once and on what was seen."""

import json
import re
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import msgspec
import pytest

from leadline import wiring
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.installations.erased import erasing_kit
from leadline.journey.refinement.refining import refine_due
from leadline.model.lead import Kind, RefinedLead
from leadline.model.personal_data.suppression import SuppressedBy
from leadline.model.staff.accounts import UserRole
from leadline.operations.personal_data.suppressing import suppress, suppression_name
from leadline.ports.reading.ledger import LeadStory
from tests.worlds.dashboard import Browser, Shown, embedded, known_as
from tests.worlds.dashboard_leads import EVIL
from tests.worlds.leads import HandClock, captured

ADA = {"name": "Ada Vance", "email": "ada@exmaple.com", "badge": EVIL, "size": 5}


class CorrectingDesk:
    """An installation with one lead, and browsers of those who correct it."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.clock = clock
        self.installation = embedded(folder)
        self.lead_id = self.come(json.dumps(ADA).encode())
        self.refine()

    def come(self, raw: bytes, body: bytes | None = None) -> str:
        lead = captured(self.clock, f"{self.clock.now}", raw=raw, delay=timedelta())
        if body is not None:
            lead = msgspec.structs.replace(lead, kind=Kind.UNREADABLE, body=body, why="not JSON")
        with closing(self.installation.store()) as store:
            store.accept([lead])
        return lead.id

    def refine(self) -> None:
        self.clock.advance(seconds=1)
        with closing(self.installation.store()) as store:
            kit = wiring.kit_of(self.installation.loaded().settings, store, {}, self.clock)
            while refine_due(kit):
                pass

    def browser(self, name: str = "ada", role: UserRole = UserRole.OPERATOR) -> Browser:
        accounts = accounts_of(self.installation.loaded().settings)
        door = known_as(name, role)
        return Browser(create_app(Dashboard(self.installation, accounts, self.clock, door)))

    def story(self, lead_id: str = "") -> LeadStory:
        with closing(self.installation.ledger()) as ledger:
            found = ledger.story(lead_id or self.lead_id)
        assert found is not None
        return found

    def refined(self, lead_id: str = "") -> RefinedLead:
        return msgspec.json.decode(bytes(self.story(lead_id).refined or b""), type=RefinedLead)


def form_in(page: str, action: str) -> dict[str, str]:
    """The fields of the form with this action, as a browser sends them."""
    (form,) = re.findall(rf'<form method="post" action="[^"]*/{action}">(.*?)</form>', page, re.S)
    fields = dict(re.findall(r'<input [^>]*?name="([^"]*)" value="([^"]*)"', form))
    fields |= dict(
        re.findall(r'<textarea [^>]*?name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.S)
    )
    return {as_sent(unescape(n)): as_sent(unescape(v)) for n, v in fields.items()}


def as_sent(text: str) -> str:
    """A text as a browser sends it that was shown it in a form."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return lines.replace("\n", "\r\n")


@pytest.fixture
def desk(tmp_path: Path, clock: HandClock) -> CorrectingDesk:
    return CorrectingDesk(tmp_path, clock)


def tried(desk: CorrectingDesk, lead_id: str = "", **values: str) -> Shown:
    """What the dry run of a correction shows."""
    path, browser = f"/leads/{lead_id or desk.lead_id}/correct", desk.browser()
    fields = form_in(browser.get(path).text, "correct")
    return browser.post(path, fields | {f"f:{name}": value for name, value in values.items()})


def test_a_form_that_nobody_changes_would_change_nothing(desk: CorrectingDesk) -> None:
    shown = tried(desk)
    assert shown.status == 422
    assert "nothing would change" in shown.text


def test_a_form_changes_no_value_and_no_name_that_browsers_send_back_otherwise(
    desk: CorrectingDesk,
) -> None:
    asked = "Which badge?\nThe one of today"
    sent = {"name": "Ada\rVance", "email": "ada@exmaple.com", asked: "a\0b\rc", "a\rb": "two\n"}
    lead_id = desk.come(json.dumps(sent).encode())
    desk.refine()
    assert "nothing would change" in tried(desk, lead_id).text
    path, browser = f"/leads/{lead_id}/correct", desk.browser()
    fields = form_in(browser.get(path).text, "correct")
    shown = browser.post(path, fields | {as_sent(f"f:custom.{asked}"): "blue"}).text
    form = form_in(shown, "do/correct")
    assert [name for name in form if name.startswith("f:")] == [as_sent(f"f:custom.{asked}")]
    browser.post(f"/leads/{lead_id}/do/correct", form)
    desk.refine()
    assert desk.refined(lead_id).custom == {asked: "blue", "a\rb": "two\n"}


def test_a_dry_run_shows_what_would_become_of_the_lead_and_stores_nothing(
    desk: CorrectingDesk,
) -> None:
    shown = tried(desk, email="ADA@example.com")
    assert shown.status == 200
    assert "<del>ada@exmaple.com</del></td><td><ins>ADA@example.com</ins>" in shown.text
    assert "The lead after refinement" in shown.text
    assert desk.story().related == ()
    assert EVIL not in shown.text
    assert "<script>window" not in shown.text


def test_a_dry_run_asks_the_suppression_list_as_a_worker_does(desk: CorrectingDesk) -> None:
    with closing(desk.installation.store()) as store:
        kit = erasing_kit(desk.installation, store)
        suppress(kit, [suppression_name(SuppressedBy.EMAIL, "eve@example.com")], "asked", "ada")
    assert "contact.suppressed" in tried(desk, email="eve@example.com").text
    assert "contact.suppressed" not in tried(desk, email="ada@example.com").text


def test_a_correction_is_applied_once_noted_and_seen_on_the_page_of_the_lead(
    desk: CorrectingDesk,
) -> None:
    form = form_in(tried(desk, email="ada@example.com").text, "do/correct")
    assert {name for name in form if name.startswith("f:")} == {"f:email"}
    browser, path = desk.browser(), f"/leads/{desk.lead_id}/do/correct"
    for _ in range(2):
        answer = browser.post(path, form)
        assert answer.status == 303
        assert "It is corrected" in browser.get(answer.headers["location"]).text
    desk.refine()
    assert desk.refined().contact.email == "ada@example.com"
    assert desk.refined().custom["badge"] == EVIL
    assert len(desk.story().related) == 1
    assert bytes(desk.story().raw) == json.dumps(ADA).encode()
    page = browser.get(f"/leads/{desk.lead_id}").text
    assert "Corrected by a person" in page
    assert "ada: email" in page
    noted = [one.entry for one in desk.installation.audit().entries()]
    acts = [(one.actor, one.subject) for one in noted if one.action == "dashboard.correct"]
    assert acts == [("person:ada", desk.lead_id)]
    assert "exmaple" not in repr(noted)


def test_who_was_slower_changes_nothing_and_is_shown_what_is_there_now(
    desk: CorrectingDesk,
) -> None:
    path = f"/leads/{desk.lead_id}/correct"
    fields = form_in(desk.browser("bob").get(path).text, "correct")
    slow = form_in(tried(desk, email="eve@example.com").text, "do/correct")
    fast = form_in(tried(desk, email="ada@example.com").text, "do/correct")
    desk.browser().post(f"/leads/{desk.lead_id}/do/correct", fast)
    told = desk.browser("bob").post(f"/leads/{desk.lead_id}/do/correct", slow, hx_request="true")
    assert "Somebody changed it since this page was shown" in told.text
    shown = desk.browser("bob").post(path, fields | {"f:phone": "+14155550101"}).text
    assert "Somebody changed it since this page was shown" in shown
    assert "<del>ada@example.com</del></td><td><ins>ada@exmaple.com</ins>" in shown
    desk.refine()
    assert desk.refined().contact.email == "ada@example.com"


def test_further_fields_are_corrected_added_and_cleared(desk: CorrectingDesk) -> None:
    path, browser = f"/leads/{desk.lead_id}/correct", desk.browser()
    fields = form_in(browser.get(path).text, "correct")
    fields |= {"f:custom.size": "50", "f:custom.badge": "", "new-name": "city", "new-value": "Wien"}
    browser.post(
        f"/leads/{desk.lead_id}/do/correct", form_in(browser.post(path, fields).text, "do/correct")
    )
    desk.refine()
    assert desk.refined().custom == {"size": "50", "city": "Wien"}


def test_a_body_that_could_not_be_read_is_corrected_after_a_dry_run(desk: CorrectingDesk) -> None:
    lead_id = desk.come(b"null", b'{"name":"Eve Orr",\n"email":"eve@example.com"')
    path, browser = f"/leads/{lead_id}/correct", desk.browser()
    form = form_in(browser.get(path).text, "correct")
    assert form["body"] == '{"name":"Eve Orr",\r\n"email":"eve@example.com"'
    assert "it still can&#39;t be read" in browser.post(path, form).text
    shown = browser.post(path, form | {"body": form["body"] + "}"}).text
    assert "eve@example.com" in shown.partition("What would become of it")[2]
    assert desk.story(lead_id).row.status == "dead"
    answer = browser.post(f"/leads/{lead_id}/do/mend", form_in(shown, "do/mend"))
    assert "Its body is corrected" in browser.get(answer.headers["location"]).text
    desk.refine()
    assert desk.refined(lead_id).contact.email == "eve@example.com"


def test_what_can_not_be_corrected_says_why_and_viewers_correct_nothing(
    desk: CorrectingDesk,
) -> None:
    gone = captured(desk.clock, "gone").id
    assert desk.browser().get(f"/leads/{gone}/correct").status == 404
    viewer = desk.browser("eve", UserRole.VIEWER)
    assert viewer.get(f"/leads/{desk.lead_id}/correct").status == 403
    assert "/correct" not in viewer.get(f"/leads/{desk.lead_id}").text
    form = form_in(tried(desk, email="ada@example.com").text, "do/correct")
    assert viewer.post(f"/leads/{desk.lead_id}/do/correct", form).status == 403
    fields = {"csrf": form["csrf"], "form": "x", "f:owner": "ada"}
    told = desk.browser().post(f"/leads/{desk.lead_id}/do/correct", fields, hx_request="true")
    assert "owner is no field that can be corrected" in told.text
    assert desk.story().related == ()
