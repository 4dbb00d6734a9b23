"""ANALYTICS: the funnel, groups, hours of the week and rules, and their exports."""

import csv
import io
import json
import re
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import msgspec
import pytest

from leadline.entrypoints.dashboard.views.analytics_view import SHADES, shade_of
from leadline.model.handling import Ending
from leadline.model.staff.accounts import UserRole
from tests.entrypoints.dashboard.test_team import plain, rows
from tests.worlds.dashboard_leads import EVIL, HOSTILE
from tests.worlds.leads import HandClock, captured
from tests.worlds.questions import take_in
from tests.worlds.sales_floor import FLOOR, SalesFloor


@pytest.fixture(params=["by the ledger", "by the index"])
def floor(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> SalesFloor:
    """Seven leads: `anna` (spring) won by ada, `bert` lost by bob, `carl` junk, `dora` open and
    claimed by ada, `again` anna's repeat, `wait` not refined, `close` of another source."""
    floor = SalesFloor(tmp_path, clock)
    floor.lead("anna", utm_campaign="spring")
    floor.lead("bert", utm_campaign="spring")
    for name in ("carl", "dora"):
        floor.lead(name)
    floor.tell()
    for name, who in (("anna", "ada"), ("bert", "bob"), ("dora", "ada")):
        floor.claim(name, who)
    floor.claim("carl", "cyd", is_junk=True)
    floor.end("anna", Ending.WON)
    floor.end("bert", Ending.DISQUALIFIED)
    floor.lead("again", name="Anna Vance", email="anna@anna.example")
    floor.waiting("wait")
    web = msgspec.structs.replace(captured(clock, "web", delay=timedelta(hours=1)), source="close")
    with closing(floor.installation.store()) as store:
        store.accept([web])
    if request.param == "by the index":
        take_in(tmp_path / "data", clock)
    return floor


def shown(
    floor: SalesFloor, query: str = "", role: UserRole = UserRole.VIEWER, zone: str = "UTC"
) -> str:
    return floor.browser(role, zone).get(f"/analytics{query}").text


def test_the_funnel_counts_from_capture_to_a_deal(floor: SalesFloor) -> None:
    steps = rows(shown(floor), "Table of the funnel")
    assert {name: (cells[0].split()[0], cells[2]) for name, cells in steps.items()} == {
        "Captured": ("7", ""),
        "Valid": ("5", "71% of captured"),
        "Unique": ("4", "80% of valid"),
        "Told": ("4", "80% of valid"),
        "Claimed": ("3", "60% of valid"),
        "Contacted": ("3", "60% of valid"),
        "Won": ("1", "20% of valid"),
    }


def test_a_person_leads_to_their_leads_whoever_owned_them_first(floor: SalesFloor) -> None:
    assert floor.owner("again") != "zoe"
    floor.claim("again", "zoe")
    floor.clock.advance(minutes=1)
    by_owner = rows(shown(floor), "Table by owner")
    for name in ("ada", "bob", "zoe"):
        (path,) = re.findall(rf'<a href="([^"]+)">{name}</a>', shown(floor))
        page = floor.browser().get(unescape(path).partition("#")[0]).text
        assert len(re.findall(r'<td class="id">', page)) == int(by_owner[name][0])
        team = floor.browser().get("/team").text
        (path,) = re.findall(rf'<th scope="row"><a href="([^"]+)">{name}</a>', team)
        page = floor.browser().get(unescape(path).partition("#")[0]).text
        assert len(re.findall(r'<td class="id">', page)) == int(by_owner[name][0])


def test_an_owner_in_the_index_leads_to_the_leads_that_lists_show_as_theirs(
    tmp_path: Path, floor: SalesFloor
) -> None:
    floor.lead("zora")
    take_in(tmp_path / "data", floor.clock)
    by_owner = rows(shown(floor), "Table by owner")
    for name in ("ada", "bob"):
        (path,) = re.findall(rf'<a href="([^"]+)">{name}</a>', shown(floor))
        assert path.startswith("/leads?")
        page = floor.browser().get(unescape(path)).text
        assert page.count("<tr data-row>") == int(by_owner[name][0])


def test_a_viewer_reads_no_address_in_the_name_of_a_campaign(floor: SalesFloor) -> None:
    for name in ("ines", "irma"):
        floor.lead(name, utm_campaign=f"invited by {name}@example.com")
    floor.clock.advance(minutes=1)
    queries = ("", "/export.csv?table=campaign", "/export.json")
    said = "".join(shown(floor, query) for query in queries)
    assert "invited by" in said
    assert "ines@" not in said
    seen = rows(shown(floor), "Table by campaign")
    assert seen["invited by i•••@example.com"][0] == "2"
    assert "invited by ines@example.com" in shown(floor, "", UserRole.OPERATOR)


def test_open_leads_count_as_neither_won_nor_lost(floor: SalesFloor) -> None:
    text = plain(shown(floor))
    assert "2 open , 1 won, 1 lost, 1 junk. Won of those that have ended: 33%" in text
    by_owner = rows(shown(floor), "Table by owner")
    assert by_owner["ada"][6:] == ["1", "1", "0", "100%"]
    floor.end("dora", Ending.LOST)
    floor.clock.advance(minutes=1)
    assert rows(shown(floor), "Table by owner")["ada"][6:] == ["0", "1", "1", "50%"]


def test_leads_are_grouped_by_source_campaign_and_owner(floor: SalesFloor) -> None:
    text = shown(floor)
    sources, campaigns = rows(text, "Table by source"), rows(text, "Table by campaign")
    assert {name: cells[0] for name, cells in sources.items()} == {"generic": "6", "close": "1"}
    assert {n: cells[0] for n, cells in campaigns.items()} == {"(no campaign)": "5", "spring": "2"}
    assert rows(text, "Table by owner")["(nobody)"][:2] == ["2", "0"]


def test_duplicates_and_junk_are_counted_by_source(floor: SalesFloor) -> None:
    found = rows(shown(floor), "Table of duplicates and junk")["generic"]
    assert found == ["6", "1 duplicates of generic", "20%", "0", "1", "17%", "0"]


def test_a_source_leads_to_its_leads(floor: SalesFloor) -> None:
    (path,) = re.findall(r'<th scope="row"><a href="(/leads\?source=close[^"]*)"', shown(floor))
    assert floor.browser().get(unescape(path)).text.count("<tr data-row>") == 1


def test_hours_of_the_week_are_those_of_the_viewers_zone(floor: SalesFloor) -> None:
    week = rows(shown(floor), "Table by hour of the week")
    assert week["Monday"][9] == "7"
    assert week["Tuesday"][9] == "· 0"
    there = rows(shown(floor, zone="Asia/Tokyo"), "Table by hour of the week")
    assert there["Monday"][18] == "7"
    assert 'class="number heat-5"' in shown(floor)


def test_a_shade_grows_with_the_number() -> None:
    assert [shade_of(number, 100) for number in (0, 1, 20, 21, 100)] == [0, 1, 1, 2, SHADES]
    assert shade_of(0, 0) == 0
    assert shade_of(1, 1) == SHADES


def test_the_effect_of_each_rule_is_counted_from_decisions(floor: SalesFloor) -> None:
    rules = rows(shown(floor), "Table of rules")
    assert rules["tiny never fitted"] == ["5", "0", "0%", "0", "0", "0", "0"]
    assert rules["all"] == ["5", "5", "100%", "5", "3", "1", "5"]


def test_a_rule_that_is_not_set_any_more_is_marked(
    floor: SalesFloor, tmp_path: Path, clock: HandClock
) -> None:
    other = SalesFloor(tmp_path, clock, FLOOR.replace("[rules.all]", "[rules.every]"))
    rules = rows(shown(other), "Table of rules")
    assert list(rules) == ["tiny never fitted", "every never fitted", "all not set any more"]
    assert floor.ids


def test_the_time_is_in_the_address(floor: SalesFloor) -> None:
    floor.clock.advance(days=8)
    assert "No lead came in in this time" in shown(floor)
    assert rows(shown(floor, "?range=30d"), "Table by source")["generic"][0] == "6"
    exact = shown(floor, "?from=2026-03-02T09:00:02&to=2026-03-02T09:00:04")
    assert rows(exact, "Table by source")["generic"][0] == "2"
    assert "/analytics/export.csv?from=2026-03-02T09%3A00%3A02&amp;to=" in exact


def test_without_an_index_only_the_newest_leads_are_looked_at_and_that_is_said(
    floor: SalesFloor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (tmp_path / "data").glob("index.db*"):
        path.unlink()
    monkeypatch.setattr("leadline.operations.figures.analytics.MOST_ANALYSED", 3)
    assert "Only the newest 3 were looked at" in plain(shown(floor))


@pytest.mark.parametrize(
    ("table", "key", "number"),
    [
        ("source", "generic", {"captured": "6", "valid": "5", "open": "2", "won_share": "0.3333"}),
        ("campaign", "spring", {"captured": "2", "won": "1", "lost": "1"}),
        ("owner", "ada", {"claimed": "2", "contacted": "2", "open": "1"}),
        ("rules", "all", {"looked": "5", "fitted": "5", "is_set": "True"}),
        ("hours", "Monday", {"09:00": "7", "10:00": "0"}),
        ("odd", "close", {"captured": "1"}),
    ],
)
def test_each_table_can_be_saved_as_csv(
    floor: SalesFloor, table: str, key: str, number: dict[str, str]
) -> None:
    answer = floor.browser(UserRole.VIEWER).get(f"/analytics/export.csv?table={table}")
    found = {next(iter(row.values())): row for row in csv.DictReader(io.StringIO(answer.text))}
    assert {name: found[key][name] for name in number} == number
    assert "attachment" in answer.headers["content-disposition"]


def test_all_figures_can_be_saved_as_json(floor: SalesFloor) -> None:
    found = json.loads(floor.browser(UserRole.VIEWER).get("/analytics/export.json").text)
    assert (found["whole"]["captured"], found["whole"]["open"]) == (7, 2)
    assert found["by_campaign"]["spring"]["won"] == 1
    assert found["rules"]["tiny"]["fitted"] == 0
    assert sum(map(sum, found["hours"])) == 7


def test_what_senders_wrote_is_text_and_no_formula(floor: SalesFloor) -> None:
    floor.lead("evil", utm_campaign=f"=1+1 {EVIL}")
    floor.clock.advance(minutes=1)
    text = shown(floor)
    assert HOSTILE[0] not in text
    assert "&lt;script&gt;" in text
    saved = floor.browser().get("/analytics/export.csv?table=campaign").text
    assert "'=1+1" in saved


def test_no_person_of_a_lead_is_named(floor: SalesFloor) -> None:
    for role in (UserRole.VIEWER, UserRole.OPERATOR):
        assert "Vance" not in shown(floor, role=role)
