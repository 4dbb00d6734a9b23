"""A year of three teams: absences, caps, junk, colleagues, people who return, owners whom the CRM
names late, four workers that are killed now and then; and many workers at once.

What came in, was answered and told is judged by a program that knows nothing else
(`tests.worlds.year.judge`).
"""

import os
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
import pytest

from leadline.operations.rules.reasons import Reasons
from leadline.ports.store import Store
from leadline.stores.sqlite.store import SqliteStore
from tests.standins.command_line import run
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock
from tests.worlds.year.answers import decided
from tests.worlds.year.history import Decided, Event, write
from tests.worlds.year.judge import Judge, judge
from tests.worlds.year.office import YearOffice, at_the_end
from tests.worlds.year.rush import Rush

BY_TURN = ("turn", "weight", "least_open", "queue")
OTHERWISE = ("crm", "duplicate", "person", "company", "reassign", "away", "nobody")
"""The ways in which leads come to somebody, or to nobody, of which some weeks have them all."""


YEAR = int(os.environ.get("LEADLINE_YEAR", "2000"))
"""The leads of the year with killed processes; 10,000 take a quarter of an hour."""


def lived(office: YearOffice, kept: Path) -> list[Event]:
    """The history of a year; it is kept in a file, to be judged again if anything is wrong."""
    office.live()
    history = at_the_end(office)
    write(history, kept)
    return history


def check(found: Judge, leads: int) -> None:
    shown = [f"{v.at:%m-%d %H:%M:%S} {v.kind} {v.lead} {v.words}" for v in found.violations]
    assert not shown, "\n".join([f"{len(shown)} violations", *shown[:20]])
    assert found.heard["Posted"] >= leads
    assert found.heard["Decided"] >= found.heard["Posted"]
    assert not {*BY_TURN, *OTHERWISE} - set(found.hows), found.hows


def test_some_weeks_of_three_teams_break_no_promise(tmp_path: Path) -> None:
    office = YearOffice(tmp_path / "office", leads=280, seed=4)
    history = lived(office, tmp_path / "history.jsonl")
    check(judge(history), 280)
    asked = {e.lead for e in history if isinstance(e, Decided) and e.how == "company"}
    for lead in sorted(asked)[:3]:
        assert answered(office, lead) == told_of(history, lead)


def answered(office: YearOffice, lead: str) -> list[Decided]:
    """The decisions about a lead as `leadline why` tells them."""
    variables = {
        "LEADLINE_CONFIG": str(office.folder / "year.toml"),
        "LEADLINE_DATA": str(office.settings.data),
    }
    said = run(["why", lead, "--json"], variables, office.folder)
    assert said.returncode == 0, said.stderr
    reasons = msgspec.json.decode(said.stdout, type=Reasons)
    assert reasons.decision is not None
    later = [one.decision for one in reasons.later if one.decision is not None]
    return [decided(lead, one) for one in (reasons.decision, *later)]


def told_of(history: Iterable[Event], lead: str) -> list[Decided]:
    return [event for event in history if isinstance(event, Decided) and event.lead == lead]


@pytest.mark.slow
def test_everybody_stays_within_a_lead_of_their_share_if_all_leads_come_by_turn(
    tmp_path: Path,
) -> None:
    office = YearOffice(tmp_path / "office", leads=1500, seed=2, calm=True)
    found = judge(lived(office, tmp_path / "history.jsonl"))
    assert found.violations == []
    for team in ("dach", "north"):
        shares = found.court.shares[team]
        assert not shares.was_forced
        assert shares.had_absences
        assert 0.5 < shares.worst <= 1.2, shares.shown()


@pytest.mark.slow
def test_a_year_of_three_teams_breaks_no_promise_though_processes_are_killed(
    tmp_path: Path,
) -> None:
    office = YearOffice(tmp_path / "office", leads=YEAR, seed=2, kills=5, victims=5)
    history = lived(office, tmp_path / "history.jsonl")
    found = judge(history)
    check(found, YEAR)
    assert found.heard["Disturbed"] > 100


def rush(folder: Path, clock: HandClock, leads: int, workers: int) -> list[str]:
    """What is wrong after so many workers on SQLite have refined so many leads at once."""
    with ExitStack() as stores:

        def opened() -> Store:
            return stores.enter_context(closing(SqliteStore(folder, clock=clock)))

        world = Rush(opened, clock, leads)
        world.refine(workers)
        world.refine_the_rest()
        return world.faults()


def test_the_turns_of_a_hundred_workers_at_once_are_exact(tmp_path: Path, clock: HandClock) -> None:
    assert rush(tmp_path / "data", clock, leads=200, workers=100) == []


@pytest.mark.slow
def test_two_thousand_turns_of_a_hundred_workers_at_once_are_exact(
    tmp_path: Path, clock: HandClock
) -> None:
    assert rush(tmp_path / "data", clock, leads=2000, workers=100) == []


def test_the_turns_of_twenty_workers_at_once_are_exact_on_aws(moto: str, clock: HandClock) -> None:
    with closing(AwsResources(moto)) as rooms:
        world = Rush(lambda: rooms.store(clock), clock, leads=60)
        world.refine(20)
        world.refine_the_rest()
        assert world.faults() == []
