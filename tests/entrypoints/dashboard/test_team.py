"""TEAM: who is here and next, who is away, and the leads that are handed on."""

import re
import threading
from html import unescape
from itertools import count
from pathlib import Path

import msgspec
import pytest

from leadline.journey.assigning.absences import go_away
from leadline.journey.assigning.handing_out import wake_queues
from leadline.model.handling import Ending
from leadline.model.staff.accounts import UserRole
from leadline.model.staff.assigning import Kept, Rewrite
from leadline.model.staff.learned import PersonWins, TeamWins, Wins
from leadline.ports.store_parts.assigning import wins_of
from tests.worlds.dashboard import CSRF, Browser, Shown
from tests.worlds.leads import HandClock
from tests.worlds.sales_floor import FLOOR, SalesFloor

FORMS = count()


@pytest.fixture
def floor(tmp_path: Path, clock: HandClock) -> SalesFloor:
    return SalesFloor(tmp_path, clock)


def plain(text: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", text)).split())


def rows(text: str, label: str) -> dict[str, list[str]]:
    """The cells of the table with this label, by the first of each row."""
    table = text[text.index(f'aria-label="{label}"') :]
    table = table[table.index("<tbody>") : table.index("</tbody>")]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("<tr")[1:]]
    return {plain(row[0]): [plain(cell) for cell in row[1:]] for row in cells}


def people(browser: Browser) -> dict[str, list[str]]:
    return rows(browser.get("/team").text, "Table of people")


def members(browser: Browser) -> dict[str, list[str]]:
    return rows(browser.get("/team").text, "Table of the team sales")


def send(browser: Browser, path: str, **form: str) -> Shown:
    """Send a form, each time a new one, and follow to the page that tells what came of it."""
    answer = browser.post(path, {"csrf": CSRF, "form": f"form-{next(FORMS)}", **form})
    if answer.status != 303:
        return answer
    for thread in threading.enumerate():
        if thread.name.startswith("job "):
            thread.join()
    return browser.get(answer.headers["location"])


def say_away(floor: SalesFloor, *names: str) -> None:
    with floor.kit() as kit:
        for name in names:
            go_away(kit.store, name, floor.clock.now, None, "cli ada")


def test_everybody_is_here_until_they_are_away(floor: SalesFloor) -> None:
    shown = people(floor.browser())
    assert list(shown) == ["ada", "bob", "cyd", "zoe"]
    assert shown["ada"] == ["here", "", "0", "", "sales", ""]
    assert shown["zoe"][4] == "rule tiny"
    said = send(floor.browser(), "/team/away", person="ada", until="until Monday")
    assert "ada is away until Monday, 2026-03-09 00:00 CET." in plain(said.text)
    assert people(floor.browser())["ada"][:2] == [
        "away until Monday, 2026-03-09 said by op", "2026-03-08 23:00",
    ]  # fmt: skip
    assert "ada is back" in plain(send(floor.browser(), "/team/back", person="ada").text)
    assert people(floor.browser())["ada"][0] == "here"


def test_outside_hours_a_team_gives_nothing_and_says_when_it_does_again(floor: SalesFloor) -> None:
    floor.clock.advance(hours=10)
    shown = members(floor.browser())
    assert shown["bob"][0] == "outside working hours until Tuesday, 2026-03-03 08:00 UTC"
    assert "Nobody is next" in plain(floor.browser().get("/team").text)


def test_each_has_what_they_got_and_are_owed_and_the_next_is_named_with_the_reason(
    floor: SalesFloor,
) -> None:
    for name in ("anna", "bert", "carl", "dora"):
        floor.lead(name)
    text = plain(floor.browser().get("/team").text)
    assert "bob is next: is owed as much as others, and comes first in the settings." in text
    assert "Then cyd, ada, as things stand." in text
    assert "This week each got 1 to 2 leads." in text
    assert members(floor.browser())["ada"] == ["here", "3", "-0.67", "2", "2 of 5", "2", "50%"]
    assert members(floor.browser())["bob"] == ["here", "1", "+0.33", "1", "1 of 5", "1", "25%"]
    assert people(floor.browser())["ada"][2] == "2"


def test_who_is_owed_most_is_next(floor: SalesFloor) -> None:
    for name in ("anna", "bert"):
        floor.lead(name)
    text = plain(floor.browser().get("/team").text)
    assert "cyd is next: is owed most (+0.67 leads)." in text


def test_a_team_that_gives_by_open_leads_says_so(tmp_path: Path, clock: HandClock) -> None:
    settings = FLOOR.replace("cap_day = 5", 'cap_open = 9\norder = "least_open"')
    floor = SalesFloor(tmp_path, clock, settings)
    floor.lead("anna")
    text = plain(floor.browser().get("/team").text)
    assert "bob is next: has the fewest open leads of the team (0)." in text
    assert members(floor.browser())["ada"][3] == "1 of 9"


def test_a_team_that_learns_says_so_and_whose_even_turn_it_is(
    tmp_path: Path, clock: HandClock
) -> None:
    floor = SalesFloor(tmp_path, clock, FLOOR.replace("cap_day = 5", 'order = "learned"'))
    wins = TeamWins(people={"ada": PersonWins(Wins(9, 40))})
    with floor.kit() as kit:
        assert kit.store.keep({wins_of("sales"): Rewrite(Kept(), msgspec.json.encode(wins))})
    text = plain(floor.browser().get("/team").text)
    assert "is next of the leads that are given out evenly: " in text
    assert "Order: by who wins such leads, with a floor of 20% in even turns." in text


def test_who_has_as_many_leads_as_allowed_is_full(tmp_path: Path, clock: HandClock) -> None:
    floor = SalesFloor(tmp_path, clock, FLOOR.replace("cap_day = 5", "cap_day = 1"))
    floor.lead("anna")
    assert members(floor.browser())["ada"][:2] == ["full (1 of 1 today)", "–"]
    assert "2 of 3 can be given leads now" in plain(floor.browser().get("/team").text)


def test_leads_that_wait_are_listed_with_their_waits(floor: SalesFloor) -> None:
    say_away(floor, "ada", "bob", "cyd")
    lead_id = floor.lead("anna")
    floor.clock.advance(minutes=3)
    text = floor.browser().get("/team").text
    assert "1 lead in the queue" in text
    assert f'href="/leads/{lead_id}"' in text
    assert "(3 min ago)" in text
    assert "Nobody is next: nobody is there and has room, so leads go to the team's queue." in (
        plain(text)
    )


def test_leads_of_a_team_that_was_removed_are_told(
    floor: SalesFloor, tmp_path: Path, clock: HandClock
) -> None:
    say_away(floor, "ada", "bob", "cyd")
    with floor.kit() as kit:
        wake_queues(kit)
    floor.lead("anna")
    kept = FLOOR[: FLOOR.index("[rules.all]")]
    text = plain(SalesFloor(tmp_path, clock, kept).browser().get("/team").text)
    assert "1 lead waits for it, and it is not in the settings any more" in text


def test_what_cannot_be_is_refused_in_words(floor: SalesFloor) -> None:
    browser = floor.browser()
    said = plain(send(browser, "/team/away", person="ada", until="someday").text)
    assert "ada was not said to be away: 'someday' is no end of an absence" in said
    said = plain(send(browser, "/team/away", person="ada", until="99999999999d").text)
    assert "ada was not said to be away" in said
    assert "nobody of that name" in send(browser, "/team/away", person="eve").text
    assert "had not been said" in send(browser, "/team/back", person="bob").text
    assert browser.post("/team/away", {"csrf": CSRF, "person": "ada"}).status == 400
    assert people(browser)["ada"][0] == "here"


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("from=eve", "There is nobody “eve” in [people]; of somebody who has left"),
        ("from=ada&to=person:eve", "There is nobody “eve” in [people]."),
        ("from=ada&to=team:north", "There is no team “north”."),
        ("from=ada&to=person:ada", "They are ada's already."),
        ("from=left%40sales.example", "left@sales.example has no open leads"),
    ],
)
def test_leads_go_only_from_and_to_those_there_are(
    floor: SalesFloor, query: str, fault: str
) -> None:
    assert fault in plain(floor.browser().get(f"/team/reassign?{query}").text)


def test_what_handing_on_would_do_is_said_and_not_done(floor: SalesFloor) -> None:
    for name in ("anna", "bert", "carl", "dora"):
        floor.lead(name)
    text = plain(floor.browser().get("/team/reassign?from=ada").text)
    assert "2 leads of ada to their own teams, by turn" in text
    assert "bob would get 1 lead cyd would get 1 lead" in text
    assert "Hand on 2 leads" in text
    assert [floor.owner(name) for name in ("anna", "dora")] == ["ada", "ada"]


def test_leads_are_handed_on_by_turn(floor: SalesFloor) -> None:
    for name in ("anna", "bert", "carl", "dora"):
        floor.lead(name)
    said = plain(send(floor.browser(), "/team/reassign", **{"from": "ada", "to": ""}).text)
    assert "2 of 2 leads looked at, 2 handed on" in said
    assert "Done: 2 leads handed on." in said
    assert {floor.owner(name) for name in ("anna", "dora")} == {"bob", "cyd"}


def test_leads_are_handed_on_to_one_person_and_those_for_whom_nobody_is_there_stay(
    floor: SalesFloor,
) -> None:
    floor.lead("anna")
    floor.lead("bert")
    send(floor.browser(), "/team/reassign", **{"from": "ada", "to": "person:zoe"})
    assert floor.owner("anna") == "zoe"
    say_away(floor, "ada", "cyd")
    text = plain(floor.browser().get("/team/reassign?from=bob").text)
    assert "Would stay 1 lead" in text
    assert "Hand on 1 lead" not in text


def test_what_is_wrong_with_a_form_is_told_on_the_page(floor: SalesFloor) -> None:
    said = send(floor.browser(), "/team/reassign", **{"from": "ada", "to": "person:eve"})
    assert "There is nobody “eve” in [people]." in plain(said.text)
    assert floor.browser().get("/team/jobs/unknown").status == 404
    assert floor.browser().post("/team/jobs/unknown/stop", {"csrf": CSRF}).status == 404


def test_a_lead_that_has_ended_is_no_open_lead(floor: SalesFloor) -> None:
    floor.lead("anna")
    floor.end("anna", Ending.WON)
    assert people(floor.browser())["ada"][2] == "0"


def test_a_viewer_sees_who_is_here_and_changes_nothing(floor: SalesFloor) -> None:
    floor.lead("anna")
    viewer = floor.browser(UserRole.VIEWER)
    page = viewer.get("/team").text
    assert "is owed" in page
    assert "Vance" not in page
    assert "Say away" not in page
    assert "Hand on" not in page
    assert viewer.get("/team/reassign?from=ada").status == 403
    for path in ("/team/away", "/team/back", "/team/reassign", "/team/jobs/x/stop"):
        assert viewer.post(path, {"csrf": CSRF, "form": "f", "person": "ada"}).status == 403
    assert people(viewer)["ada"][0] == "here"


def test_what_is_done_is_in_the_audit_log(floor: SalesFloor) -> None:
    floor.lead("anna")
    browser = floor.browser()
    send(browser, "/team/away", person="bob", until="2026-03-05")
    send(browser, "/team/back", person="bob")
    send(browser, "/team/reassign", **{"from": "ada", "to": "team:sales"})
    entries = [one.entry for one in floor.installation.audit().entries()]
    noted = [(one.action, one.subject, one.detail) for one in entries if one.actor == "person:op"]
    assert noted == [
        ("dashboard.away", "bob", "2026-03-05T00:00:00.000000Z"),
        ("dashboard.back", "bob", ""),
        ("dashboard.reassign", "", "1 leads team:sales"),
    ]


def test_a_form_that_is_sent_twice_hands_on_once(floor: SalesFloor) -> None:
    floor.lead("anna")
    browser = floor.browser()
    form = {"csrf": CSRF, "form": "same", "from": "ada", "to": ""}
    first, again = (browser.post("/team/reassign", form) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    assert len(browser.app.state.jobs._jobs) == 1


def test_without_people_the_page_says_what_to_do(tmp_path: Path, clock: HandClock) -> None:
    text = SalesFloor(tmp_path, clock, 'delay = "1m"').browser().get("/team").text
    assert "Nobody is in [people]" in text
    assert "[teams.NAME]" in text
