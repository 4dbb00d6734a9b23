"""The clock of the first response, from capture to reassignment, on every store."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from leadline.journey.responding.response_clock import clock_due
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import Ownership
from leadline.model.task import Done, Lease, Step, Task
from leadline.ports.store import Settlement, Store
from tests.worlds.leads import HandClock
from tests.worlds.response_clock import MINUTE, TARGET, ClockedOffice
from tests.worlds.sales_office import ANN, BEN


@pytest.fixture
def office(store: Store, clock: HandClock) -> ClockedOffice:
    return ClockedOffice(store, clock)


def test_a_lead_that_nobody_responds_to_is_reminded_of_escalated_and_given_away(
    office: ClockedOffice,
) -> None:
    lead = office.lead()
    office.wait(minutes=12, seconds=59)
    assert office.reminders(lead) == []
    office.wait(seconds=2)
    assert office.reminders(lead) == ["slack reminder/1"]
    office.wait(minutes=7)
    assert office.reminders(lead) == ["slack reminder/1", "slack escalated/1"]
    told = office.handling(lead) or UNHANDLED
    assert msgspec.structs.replace(told, charge=None) == Handling(
        rev=3,
        owner=office.kit.team.known(ANN),
        ownership=Ownership.ASSIGNED,
        crm_owner=ANN.email,
        level=2,
    )
    office.wait(minutes=10)
    handling = office.handling(lead)
    assert handling is not None
    assert (handling.level, handling.owner) == (3, office.kit.team.person("ben"))
    assert office.reminders(lead)[2:] == ["slack reassigned/1 of U0BEN"]
    office.wait(hours=48)
    assert len(office.reminders(lead)) == 3
    assert all(office.store.next_due(*place) is None for place in office.places)


def test_the_first_message_shows_the_new_owner_and_nobody_is_told_twice(
    office: ClockedOffice,
) -> None:
    lead = office.lead()
    office.wait(minutes=31)
    wall = office.messengers["slack"]
    assert [m["owner"] for m in wall.about(lead)] == ["ben"]
    assert wall.about(lead, "owner/1") == []


def test_a_response_that_the_crm_knows_of_stops_the_clock(
    office: ClockedOffice, clock: HandClock
) -> None:
    lead = office.lead()
    office.wait(minutes=12)
    office.crm.has("vera", ANN, touched_at=clock.now)
    office.wait(hours=2)
    assert office.reminders(lead) == []
    assert (office.handling(lead) or UNHANDLED).touched_at is not None


def test_a_snoozed_lead_is_left_alone_and_its_steps_keep_their_distance(
    office: ClockedOffice, clock: HandClock
) -> None:
    lead = office.lead()
    office.wait(minutes=11)
    office.change(lead, snoozed_until=clock.now + 60 * MINUTE)
    office.wait(minutes=59)
    assert office.level(lead) == 0
    office.wait(minutes=2)
    assert office.reminders(lead) == ["slack reminder/1"]
    office.wait(minutes=5)
    assert office.level(lead) == 1
    office.wait(minutes=2)
    assert office.level(lead) == 2
    office.wait(minutes=8)
    assert office.level(lead) == 2
    office.wait(minutes=2)
    assert office.level(lead) == 3


def test_the_crm_is_told_of_the_new_owner(store: Store, clock: HandClock) -> None:
    office = ClockedOffice(store, clock, write={"owner": "owner_id"})
    lead = office.lead()
    office.wait(minutes=29)
    for lease in store.lease(Step.WRITE_BACK, 9, MINUTE, "generic"):
        assert store.settle([_done(lease)]) == [True]  # that of the refinement
    office.wait(minutes=2)
    assert store.count_due(Step.WRITE_BACK, "generic") == 1
    assert office.level(lead) == 3


def test_a_worker_that_dies_between_a_step_and_its_settlement_repeats_nothing(
    store: Store, clock: HandClock
) -> None:
    """The last step, after which the task itself is still to be ended."""
    office = ClockedOffice(store, clock, target=msgspec.structs.replace(TARGET, reassign=None))
    lead = office.lead()
    office.wait(minutes=19, seconds=59)
    clock.advance(seconds=1)
    settle = store.settle
    store.settle = _dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        clock_due(office.kit)
    store.settle = settle  # type: ignore[method-assign]
    assert office.level(lead) == 2
    office.wait(minutes=5)
    assert office.level(lead) == 2
    assert office.reminders(lead) == ["slack reminder/1", "slack escalated/1"]
    assert store.next_due(Step.CLOCK) is None


def test_two_workers_that_see_the_same_step_take_it_once(
    office: ClockedOffice, clock: HandClock
) -> None:
    lead = office.lead()
    office.wait(minutes=12)
    clock.advance(minutes=1)
    stale = office.store.lease(Step.CLOCK, 9, MINUTE)  # and hangs for longer than its lease
    clock.advance(minutes=1)
    assert clock_due(office.kit) == 1
    assert office.level(lead) == 1
    assert not office.store.settle([_done(stale[0])])[0]
    due = office.store.next_due(Step.CLOCK)
    assert due == clock.now + 6 * MINUTE


def test_a_change_in_the_moment_of_a_step_is_seen_by_the_next_look(
    office: ClockedOffice, clock: HandClock
) -> None:
    lead = office.lead()
    office.wait(minutes=12)
    clock.advance(minutes=1)
    read = office.store.alerts

    def claimed_meanwhile(lead_ids: Any) -> Any:
        office.change(lead, claimed_by=BEN)
        return read(lead_ids)

    office.store.alerts = claimed_meanwhile  # type: ignore[method-assign]
    assert clock_due(office.kit) == 1
    office.store.alerts = read  # type: ignore[method-assign]
    assert office.level(lead) == 0
    office.wait(minutes=1)
    assert office.reminders(lead) == []
    assert office.store.next_due(Step.CLOCK) is None


def test_a_reminder_that_was_sent_is_not_sent_again(
    office: ClockedOffice, clock: HandClock
) -> None:
    lead = office.lead()
    office.wait(minutes=14)
    office.store.put([Task(Step.REMIND, lead, "slack")], clock.now)
    office.wait(minutes=1)
    assert len(office.reminders(lead)) == 1


def _done(lease: Lease) -> Settlement:
    return Settlement(lease, Done())


def _dies(settlements: Sequence[Settlement]) -> list[bool]:
    raise KeyboardInterrupt
