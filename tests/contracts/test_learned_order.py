"""A team learns who wins which leads, on every store: what is counted, and what is said of it."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.experiments.judging import ExperimentVerdict
from leadline.model.handling import UNHANDLED, Ending
from leadline.model.staff.learned import TeamWins, Wins
from leadline.operations.trials import learned_reports
from leadline.operations.trials.learned_reports import LearnedReport, learned_report
from leadline.operations.trials.learned_wins import count_wins, wins_in
from leadline.ports.store_parts.assigning import wins_of
from leadline.settings.team.hours import HoursConfig
from leadline.team.giving import learning
from tests.worlds.ledger import LedgerWorld
from tests.worlds.teams import TEAM, TeamOffice

WITHIN = timedelta(days=2)
LEARNING = msgspec.structs.replace(
    TEAM, order="learned", within=WITHIN, kinds=("country",), floor=0.5
)

FIRSTS = ("ada", "grace", "mary", "emmy", "sofia", "rosa", "lise", "jane", "ruth", "vera", "ida",
          "olga")  # fmt: skip
LASTS = ("quist", "hopper", "zuse", "noether", "kowal", "lux", "meitner", "okafor", "bader",
         "rubin", "tacke", "ferrari")  # fmt: skip


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "FEWEST", 4)
    monkeypatch.setattr(learned_reports, "FEWEST", 4)


def office_in(world: LedgerWorld, **team: Any) -> TeamOffice:
    return TeamOffice(world.store, world.clock, msgspec.structs.replace(LEARNING, **team))


def strangers(office: TeamOffice, number: int) -> list[str]:
    """Leads of people whose names are not alike, so that none is taken for another."""
    ids = []
    for first, last in list(zip(FIRSTS, LASTS, strict=True))[:number]:
        ids.append(office.lead(name=f"{first} {last}", email=f"{first}@{last}-works.example"))
        office.clock.advance(seconds=1)
    office.wait(minutes=11)
    return ids


def count(world: LedgerWorld, office: TeamOffice) -> int:
    return count_wins(world.store, lambda: world.ledger, office.kit.teams, world.clock())


def known(world: LedgerWorld) -> TeamWins:
    return wins_in(world.store.kept([wins_of("dach")])[wins_of("dach")])


def report(world: LedgerWorld, office: TeamOffice) -> LearnedReport:
    config = office.kit.pools["dach"]
    return learned_report(world.store, world.ledger, "dach", config, world.clock())


def ends(world: LedgerWorld, lead_id: str, ending: Ending = Ending.WON) -> None:
    before = world.store.handling([lead_id]).get(lead_id, UNHANDLED)
    after = msgspec.structs.replace(before, ending=ending, ended_at=world.clock.now)
    assert world.store.handle(lead_id, before, after)


def test_a_lead_counts_once_when_it_is_old_enough_and_by_what_had_happened_by_then(
    world: LedgerWorld,
) -> None:
    office = office_in(world)
    leads = office.leads(6, country="Germany")
    assert {office.decision(one).how for one in leads} == {"turn"}
    ends(world, leads[0])
    assert count(world, office) == 0  # all are too young
    world.clock.advance(seconds=WITHIN.total_seconds())
    ends(world, leads[1])  # too late
    ends(world, leads[2], Ending.LOST)
    world.clock.advance(seconds=3600)
    assert count(world, office) == 6
    wins = known(world)
    assert wins.every == Wins(1, 6)
    assert wins.people["ada"].every == wins.people["ada"].kinds["country=DE"] == Wins(1, 2)
    world.clock.advance(seconds=3600)
    assert count(world, office) == 0
    assert known(world).every == Wins(1, 6)


def test_wins_count_for_who_was_given_the_lead_first(world: LedgerWorld) -> None:
    office = office_in(world)
    leads = office.leads(3)
    assert office.holder(leads[0]) == "ada"
    office.claims(leads[0], "cyd")
    ends(world, leads[0])
    world.clock.advance(seconds=WITHIN.total_seconds() + 3600)
    count(world, office)
    people = known(world).people
    assert (people["ada"].every, people["cyd"].every) == (Wins(1, 1), Wins(0, 1))


def test_what_was_learned_decides_and_the_decision_says_so(world: LedgerWorld) -> None:
    office = office_in(world, floor=0.05)
    for lead_id in office.leads(6):
        if office.holder(lead_id) == "bob":
            ends(world, lead_id)
    world.clock.advance(seconds=WITHIN.total_seconds() + 3600)
    count(world, office)
    found = [office.decision(one) for one in strangers(office, 12)]
    learned = [one for one in found if one.learned is not None]
    assert {one.how for one in found} <= {"even", "learned"}
    assert {one.how for one in learned} == {"learned"}
    bobs = next(one.learned for one in learned if one.person == "bob" and one.learned)
    assert (bobs.won, bobs.of, bobs.among) == (2, 2, 3)
    assert 1 / 3 < bobs.expected < 1
    assert abs(sum(office.owed(one) for one in ("ada", "bob", "cyd"))) < 3


def test_leads_that_waited_in_the_queue_are_learned_from_and_given_out_alike(
    world: LedgerWorld,
) -> None:
    closed = {"office": HoursConfig(open=20 * 60, close=22 * 60)}
    team = msgspec.structs.replace(LEARNING, hours="office")
    office = TeamOffice(world.store, world.clock, team, hours=closed)
    leads = office.leads(3)
    assert office.holders(leads) == ["", "", ""]
    office.wait(minutes=60 * 12)
    assert sorted(office.holders(leads)) == ["ada", "bob", "cyd"]
    world.clock.advance(seconds=WITHIN.total_seconds() + 3600)
    assert count(world, office) == 3


def test_the_report_says_plainly_that_nothing_is_decided_yet(world: LedgerWorld) -> None:
    office = office_in(world)
    office.leads(6)
    assert report(world, office).says == "all leads go by even turns until 4 are counted (0 are)"
    world.clock.advance(seconds=WITHIN.total_seconds() + 3600)
    count(world, office)
    leads = strangers(office, 10)
    found = report(world, office)
    hows = [office.decision(one).how for one in leads]
    assert found.experiment is not None
    assert found.experiment.verdict is ExperimentVerdict.UNDECIDED
    assert found.says.startswith("undecided: learned may be better or worse than even")
    assert sum(one.learned for one in found.people) == hows.count("learned")
    assert sum(one.evenly for one in found.people) == hows.count("even")
    assert sum(one.by_turns for one in found.people) == 6
    assert found.counted == 6


def test_other_kinds_are_learned_anew_and_another_floor_is_compared_anew(
    world: LedgerWorld,
) -> None:
    office = office_in(world)
    office.leads(3, country="Germany")
    world.clock.advance(seconds=WITHIN.total_seconds() + 3600)
    count(world, office)
    first = known(world)
    office.changed(floor=0.3)
    world.clock.advance(seconds=60)
    count(world, office)
    assert known(world).every == first.every
    assert known(world).since == world.clock()
    office.changed(kinds=("source",))
    count(world, office)
    again = known(world)
    assert again.every == first.every  # leads told apart otherwise still say who wins
    assert again.people["ada"].kinds == {}
