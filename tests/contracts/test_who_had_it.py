"""Who has had a person or a company counts, however a lead came to them, and is kept."""

from datetime import datetime, timedelta

import msgspec
import pytest

from leadline.model.staff.assigning import Decision
from leadline.ports.messenger import Unreachable
from leadline.ports.store import Store
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.targets import TargetConfig
from leadline.team.targets import Targets
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import BEN
from tests.worlds.teams import MONDAY, TEAM, TeamOffice
from tests.worlds.timelines import lines_of

HOURS = {"office": HoursConfig(days=tuple(range(7)), open=9 * 60, close=18 * 60)}
"""Every day from 9:00 to 18:00 UTC."""
PERSON = {"name": "Ida Kranich", "email": "ida.kranich@gmail.com"}
"""Somebody of no company, which would have an owner of its own."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


def office_by_day(
    store: Store, clock: HandClock, *, asks: bool = False, **team: object
) -> TeamOffice:
    """An office whose team gives out leads by day only."""
    config = msgspec.structs.replace(TEAM, hours="office", **team)
    return TeamOffice(store, clock, config, hours=HOURS, asks=asks)


def until(office: TeamOffice, at: datetime) -> None:
    office.wait(seconds=(at - office.clock.now).total_seconds())


def evening(day: int) -> datetime:
    return MONDAY + timedelta(days=day, hours=12)


def morning(day: int) -> datetime:
    return MONDAY + timedelta(days=day, minutes=5)


def found(store: Store, lead_id: str, note: str) -> Decision:
    """The decision that a note on a lead's timeline holds."""
    (line,) = [one for one in lines_of(store, lead_id) if one.startswith(note)]
    return msgspec.json.decode(line.removeprefix(note), type=Decision)


def test_leads_of_one_person_that_a_team_gave_out_are_known_as_such(
    store: Store, clock: HandClock
) -> None:
    office = TeamOffice(store, clock)
    (first,) = office.leads(1, **PERSON)
    (second,) = office.leads(1, **PERSON)
    assert [one.lead_id for one in store.clusters([first])[first]] == [first, second]


def test_a_lead_that_waits_does_not_hide_who_had_the_person_before(
    store: Store, clock: HandClock
) -> None:
    office = office_by_day(store, clock)
    (first,) = office.leads(1, **PERSON)
    office.junks(first, "ada")
    until(office, evening(0))
    waiting = [*office.leads(1, **PERSON, score=90), *office.leads(1, **PERSON, score=10)]
    assert office.holders(waiting) == ["", ""]
    until(office, morning(1))
    assert office.holders([first, *waiting]) == ["ada", "ada", "ada"]


def test_a_lead_that_waited_goes_to_who_got_a_later_lead_of_the_person(
    store: Store, clock: HandClock
) -> None:
    office = office_by_day(store, clock, cap_day=1)
    until(office, evening(0))
    (first,) = office.leads(1, **PERSON, score=1)
    others = [*office.leads(1, score=99), *office.leads(1, score=98)]
    (second,) = office.leads(1, **PERSON, score=97)
    until(office, morning(1))
    assert office.holders([*others, second, first]) == ["ada", "bob", "cyd", "cyd"]


def test_a_company_is_kept_by_who_got_its_lead_out_of_the_queue(
    store: Store, clock: HandClock
) -> None:
    office = office_by_day(store, clock, sticky_for=timedelta(days=10))
    (first,) = office.leads(1, email="one@kranich.example")
    until(office, evening(8))
    (second,) = office.leads(1, email="two@kranich.example")
    until(office, morning(15))
    (third,) = office.leads(1, email="three@kranich.example")
    assert office.holders([first, second, third]) == ["ada", "ada", "ada"]
    assert office.decision(third).before == second


def test_an_owner_whom_the_crm_names_late_is_kept_as_a_decision(
    store: Store, clock: HandClock
) -> None:
    office = TeamOffice(store, clock, asks=True)
    lead_id = office.post(**PERSON, record="r1")
    office.wait(minutes=11)
    assert office.holder(lead_id) == "ada"
    office.crm.has("r1", BEN)
    office.wait(hours=2)
    said = found(store, lead_id, "owner.found")
    assert (said.how, said.person, said.rule) == ("crm", BEN.name, "all")


def test_a_lead_that_is_reassigned_has_a_decision(store: Store, clock: HandClock) -> None:
    minute = timedelta(minutes=1)
    target = TargetConfig(remind=12 * minute, escalate=15 * minute, reassign=20 * minute)
    office = TeamOffice(store, clock, targets=Targets({"all": target}))
    (lead_id,) = office.leads(1, **PERSON)
    office.wait(minutes=30)
    said = found(store, lead_id, "clock.reassigned")
    assert (said.how, said.person, said.team) == ("reassign", "bob", "dach")
    assert [one.why for one in said.skipped] == ["holds"]


def test_a_lead_that_waited_names_its_rule_though_the_crm_was_silent_at_first(
    store: Store, clock: HandClock
) -> None:
    office = office_by_day(store, clock, asks=True)
    until(office, evening(0))
    office.crm.trouble = Unreachable("down for repairs")
    lead_id = office.post(**PERSON, record="r1")
    office.wait(minutes=11)
    office.crm.trouble = None
    office.crm.has("r1")
    until(office, morning(1))
    notes = [one for one in lines_of(store, lead_id) if one.startswith("assigned")]
    said = msgspec.json.decode(notes[-1].removeprefix("assigned"), type=Decision)
    assert (said.person, said.how, said.rule) == ("ada", "queue", "all")
