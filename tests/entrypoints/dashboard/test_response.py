"""RESPONSE: states and times by person, team and source, and the leads behind each number."""

import csv
import io
import json
import re
from html import unescape
from pathlib import Path

import pytest

from leadline.model.staff.accounts import UserRole
from tests.entrypoints.dashboard.test_team import plain, rows, say_away
from tests.worlds.dashboard import Browser
from tests.worlds.leads import HandClock
from tests.worlds.questions import take_in
from tests.worlds.sales_floor import FLOOR, SalesFloor


@pytest.fixture
def floor(tmp_path: Path, clock: HandClock) -> SalesFloor:
    """Four leads, of which `anna` is breached, `bert` answered, `carl` at risk, `dora` on track."""
    floor = SalesFloor(tmp_path, clock)
    floor.lead("anna")
    floor.lead("bert")
    floor.tell()
    clock.advance(minutes=4)
    floor.claim("bert", "bob")
    floor.lead("carl")
    clock.advance(minutes=13)
    floor.lead("dora")
    return floor


def figures(text: str) -> dict[str, str]:
    pairs = re.findall(r'class="label">(.*?)</span><br><span class="value">(.*?)</span>', text)
    return {label: unescape(value) for label, value in pairs}


def listed(floor: SalesFloor, text: str) -> list[str]:
    names = {lead_id: name for name, lead_id in floor.ids.items()}
    ids = re.findall(r'<td class="id"><a class="mono" href="/leads/([^"]+)"', text)
    return [names[one] for one in ids]


def link(text: str, words: str) -> str:
    """The address of the link of which people who hear the page are told these words."""
    found = re.search(rf'<a href="([^"]+)"[^>]*>[^<]*<span class="only-read">{words}</span>', text)
    assert found is not None, words
    return unescape(found[1]).partition("#")[0]


def test_each_state_is_counted_now(floor: SalesFloor) -> None:
    assert figures(floor.browser().get("/response").text) == {
        "Breached": "1", "At risk": "1", "On track": "1", "Paused": "0", "Answered in time": "50%",
    }  # fmt: skip
    floor.clock.advance(hours=12)
    assert figures(floor.browser().get("/response").text)["Breached"] == "3"


def test_outside_hours_leads_are_paused(floor: SalesFloor) -> None:
    floor.clock.advance(hours=10)
    floor.lead("eric")
    browser = floor.browser()
    assert figures(browser.get("/response/now").text)["Paused"] == "1"
    text = browser.get("/response?state=paused").text
    assert listed(floor, text) == ["eric"]
    assert "waits in the queue" in text


def test_the_figures_by_person_team_and_source_are_those_of_their_leads(floor: SalesFloor) -> None:
    text = floor.browser().get("/response").text
    people = rows(text, "Table by person")
    assert list(people) == ["ada", "bob", "cyd", "All"]
    assert people["bob"][:6] == ["1 leads of bob", "0", "0", "0", "0", "100%"]
    assert people["bob"][6].startswith("0 s")
    assert people["bob"][8].startswith("1 s")
    assert people["bob"][10].startswith("4 min")
    assert people["cyd"][2] == "1 at risk of cyd"
    assert list(rows(text, "Table by team")) == ["sales"]
    assert list(rows(text, "Table by source")) == ["generic"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (" breached of ada", ["anna"]),
        (" leads of ada", ["anna", "dora"]),
        (" at risk of sales", ["carl"]),
        (", median time to first response of generic", ["bert"]),
        (", 90th percentile of the time to alert of sales", ["anna", "bert"]),
    ],
)
def test_a_number_leads_to_the_leads_behind_it(
    floor: SalesFloor, words: str, names: list[str]
) -> None:
    browser = floor.browser()
    path = link(browser.get("/response").text, words)
    assert sorted(listed(floor, browser.get(path).text)) == names


def test_the_number_of_all_leads_is_that_of_its_list(floor: SalesFloor) -> None:
    floor.lead("eric", lead_score=5)  # of another team, so that there is a row for all
    floor.waiting("fred")
    browser = floor.browser()
    text = browser.get("/response").text
    assert rows(text, "Table by team")["All"][0] == "5 leads of All"
    found = listed(floor, browser.get(link(text, " leads of All")).text)
    assert sorted(found) == ["anna", "bert", "carl", "dora", "eric"]


def test_the_most_urgent_lead_and_the_slowest_come_first(floor: SalesFloor) -> None:
    browser = floor.browser()
    by_urgency = listed(floor, browser.get("/response?by=team&name=sales").text)
    assert by_urgency == ["anna", "carl", "dora", "bert"]
    assert listed(floor, browser.get("/response?sort=alert").text) == ["anna", "bert"]


def test_long_lists_have_pages(floor: SalesFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.entrypoints.dashboard.views.response_view.PAGE", 3)
    browser = floor.browser()
    text = browser.get("/response?by=team&name=sales").text
    assert listed(floor, text) == ["anna", "carl", "dora"]
    (after,) = re.findall(r'rel="next" href="([^"]+)"', text)
    assert listed(floor, browser.get(unescape(after).partition("#")[0]).text) == ["bert"]


def test_a_viewer_sees_the_same_numbers_and_no_names(floor: SalesFloor) -> None:
    viewer, path = floor.browser(UserRole.VIEWER), "/response?state=breached"
    assert "Anna Vance" in floor.browser().get(path).text
    text = viewer.get(path).text
    assert listed(floor, text) == ["anna"]
    assert "Vance" not in text
    assert "A••• V•••" in text


def test_a_look_is_noted_with_what_was_chosen_and_not_with_whom(floor: SalesFloor) -> None:
    floor.browser().get("/response?by=person&name=ada&range=7d")
    floor.browser(UserRole.VIEWER).get("/response?state=breached")
    noted = [one.entry for one in floor.installation.audit().entries()]
    assert [(one.action, one.detail) for one in noted if "look" in one.action] == [
        ("dashboard.look_response", "by, name, range")
    ]


def test_older_leads_are_counted_only_in_longer_times(floor: SalesFloor) -> None:
    floor.clock.advance(days=8)
    browser = floor.browser()
    assert "No lead was refined in this time" in browser.get("/response").text
    assert figures(browser.get("/response?range=30d").text)["Breached"] == "3"
    exact = browser.get("/response?from=2026-03-02T09:00:01&to=2026-03-02T10:00").text
    assert figures(exact)["Breached"] == "2"
    assert 'value="2026-03-02T09:00:01"' in exact
    assert "“from” is not a time" in browser.get("/response?from=x").text
    assert browser.get("/response?from=0001-01-01&to=0001-01-01").status == 200


def test_only_the_newest_leads_are_looked_at_and_that_is_said(
    floor: SalesFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.entrypoints.dashboard.views.response_view.MOST_TIMED", 2)
    text = plain(floor.browser().get("/response").text)
    assert "of the newest 2 leads refined in this time" in text


def test_older_leads_that_await_a_response_are_counted_and_listed_by_the_index(
    floor: SalesFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.entrypoints.dashboard.views.response_view.MOST_TIMED", 1)
    take_in(floor.installation.loaded().settings.data, floor.clock)
    browser = floor.browser()
    text = browser.get("/response").text
    assert figures(text) == {
        "Breached": "1", "At risk": "1", "On track": "1", "Paused": "0", "Answered in time": "–",
    }  # fmt: skip
    assert "4 leads were refined in it. Of the older ones, all for which a response" in plain(text)
    people = rows(text, "Table by person")
    assert people["cyd"][:3] == ["0 leads of cyd", "0", "1 at risk of cyd"]
    assert listed(floor, browser.get("/response?state=breached").text) == ["anna"]
    assert listed(floor, browser.get("/response?all=1").text) == ["dora"]
    exported = json.loads(browser.get("/response/export.json?state=at+risk").text)
    assert [one["lead_id"] for one in exported] == [floor.ids["carl"]]


def test_how_many_older_leads_are_left_out_is_said(
    floor: SalesFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = "leadline.entrypoints.dashboard.views.response_view"
    monkeypatch.setattr(f"{view}.MOST_TIMED", 1)
    monkeypatch.setattr(f"{view}.MOST_OLDER", 1)
    take_in(floor.installation.loaded().settings.data, floor.clock)
    text = floor.browser().get("/response").text
    assert (figures(text)["Breached"], figures(text)["At risk"]) == ("0", "1")
    assert "Of the older ones, the newest 1 for which a response is awaited" in plain(text)


def test_a_lead_that_is_answered_is_awaited_no_more_by_the_index(
    floor: SalesFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.entrypoints.dashboard.views.response_view.MOST_TIMED", 1)
    floor.claim("anna", "ada")
    take_in(floor.installation.loaded().settings.data, floor.clock)
    assert figures(floor.browser().get("/response").text)["Breached"] == "0"


def test_the_list_can_be_exported(floor: SalesFloor) -> None:
    browser = floor.browser(UserRole.VIEWER)
    assert len(json.loads(browser.get("/response/export.json").text)) == 4
    shown = browser.get("/response/export.csv?state=breached")
    (row,) = csv.DictReader(io.StringIO(shown.text))
    assert (row["lead_id"], row["person"], row["state"]) == (floor.ids["anna"], "ada", "breached")
    assert row["due"] == "2026-03-02T09:15:00.000000Z"
    assert "attachment" in shown.headers["content-disposition"]


def test_without_targets_the_page_says_how_to_set_one(tmp_path: Path, clock: HandClock) -> None:
    without = FLOOR.replace("[targets.all]", "[unused]").split("[unused]")
    settings = without[0] + without[1][without[1].index("[rules.tiny]") :]
    floor = SalesFloor(tmp_path, clock, settings)
    floor.lead("anna")
    text = floor.browser().get("/response").text
    assert "No target is set" in text
    assert figures(text)["Answered in time"] == "–"


def test_parameters_that_are_not_known_are_ignored(floor: SalesFloor) -> None:
    browser: Browser = floor.browser()
    shown = browser.get("/response?state=odd&by=hair&sort=x&start=-1&name=%3Cb%3E&range=9y")
    assert shown.status == 200
    assert 'id="leads"' not in shown.text


def test_a_lead_in_the_queue_of_a_team_is_paused(floor: SalesFloor) -> None:
    say_away(floor, "ada", "bob", "cyd")
    floor.lead("eric")
    assert figures(floor.browser().get("/response").text)["Paused"] == "1"
