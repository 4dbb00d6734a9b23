"""A lead that waits in a queue goes to who has its person, as soon as people say who that is."""

import msgspec
import pytest

from leadline.journey.refinement.refining import refine_due
from leadline.journey.same_person.judging import join, part
from leadline.model.task import Step, Task
from leadline.ports.store import Store
from tests.worlds.leads import HandClock
from tests.worlds.teams import MONDAY, TEAM, TeamOffice


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


@pytest.fixture
def full(store: Store, clock: HandClock) -> TeamOffice:
    """An office in which everybody has as many leads as allowed."""
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, cap_open=1))
    office.leads(3)
    return office


def merge(office: TeamOffice, one: str, other: str) -> None:
    join(office.store, office.refined(one), office.refined(other), "ops", office.clock.now)


def test_a_waiting_lead_goes_at_once_to_the_owner_of_the_lead_that_it_is_merged_with(
    full: TeamOffice,
) -> None:
    first = full.lead()
    full.wait(minutes=11)
    full.claims(first, "bob")
    waits, other = full.leads(2)
    assert full.queue() == [waits, other]
    merge(full, first, waits)
    full.wait(seconds=2)
    assert full.holders([waits, other]) == ["bob", ""]
    assert full.queue() == [other]


def test_an_earlier_lead_that_waits_goes_at_once_to_the_owner_of_the_later_one(
    full: TeamOffice,
) -> None:
    waits, later, other = full.leads(3)
    full.claims(later, "cyd")
    assert full.queue() == [waits, other]
    merge(full, later, waits)
    full.wait(seconds=2)
    assert full.holders([waits, other]) == ["cyd", ""]


def test_those_who_follow_a_merged_lead_are_given_out_with_it(full: TeamOffice) -> None:
    first = full.lead()
    full.wait(minutes=11)
    full.claims(first, "ada")
    person = {"name": "Ida Kranich", "email": "ida.kranich@gmail.com"}
    waiting = full.leads(2, **person)
    assert full.queue() == waiting
    merge(full, first, waiting[0])
    full.wait(seconds=2)
    assert full.holders(waiting) == ["ada", "ada"]


@pytest.mark.parametrize("leaves", [0, 1])
def test_leads_that_wait_are_looked_at_again_when_people_part_them(
    full: TeamOffice, leaves: int
) -> None:
    pair = full.leads(2, name="Ida Kranich", email="ida.kranich@gmail.com")
    if leaves:  # only the other one waits then
        full.claims(pair[1], "zoe")
        full.wait(seconds=2)
    assert full.store.count_due(Step.ASSIGN) == 0
    link = full.refined(pair[1]).duplicate_of
    assert link is not None
    assert link.lead_id == pair[0]
    part(full.store, full.refined(pair[0]), full.refined(pair[1]), "ops", full.clock.now)
    refine_due(full.kit)
    due = {one.task.lead_id for one in full.store.lease(Step.ASSIGN, 9, full.kit.lease_duration)}
    assert due == set(full.queue())


def test_a_waiting_lead_whose_person_stays_the_same_is_not_looked_at_again(
    full: TeamOffice,
) -> None:
    (waits,) = full.leads(1)
    before = full.store.next_due(Step.ASSIGN)
    full.store.put([Task(Step.REFINE, waits)], full.clock.now)
    assert refine_due(full.kit) == 1
    assert full.store.next_due(Step.ASSIGN) == before
