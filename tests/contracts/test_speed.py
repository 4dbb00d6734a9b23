"""What every ledger tells of leads on their way, and of those whose wait somebody changed."""

from datetime import timedelta

import msgspec
import pytest

from leadline.model.handling import UNHANDLED, Handling
from leadline.model.staff.people import Person
from leadline.model.task import ON_HOLD_UNTIL, Alert, Done, Step, Task
from leadline.operations.repair.waits import change_wait, end_of_wait, is_on_hold, wait_of
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.store import Settlement
from tests.worlds.leads import refined
from tests.worlds.ledger import LedgerWorld

MINUTE = timedelta(minutes=1)
ALL = LeadFilter(limit=100)


def test_leads_that_were_told_are_told_with_what_became_of_them(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    world.clock.advance(seconds=2)
    world.refine(lead, tell=True, name="Ada Vance")
    world.clock.advance(seconds=3)
    first = world.clock.now
    alert = Alert(lead.id, "slack", first, "new_lead/1")
    world.settle(world.lease(Step.NOTIFY, "slack"), Done(alert=alert))
    handling = Handling(claimed_by=Person(id="u1"), claimed_at=first + MINUTE)
    assert world.store.handle(lead.id, UNHANDLED, handling)
    (found,) = world.ledger.followed(ALL)
    assert (found.lead.lead_id, found.lead.captured_at) == (lead.id, lead.captured_at)
    assert (found.lead.status, found.lead.received_from) == ("refined", "generic")
    assert found.lead.processed_at == lead.captured_at + timedelta(seconds=2)
    assert (found.told_at, found.moved) == (first, False)
    assert found.handling == msgspec.structs.replace(handling, rev=1)


def test_the_first_alert_counts_and_no_reminder_or_update(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    world.refine(lead, tell=True)
    world.clock.advance(minutes=1)
    for step in (Step.REMIND, Step.NOTIFY):
        world.store.put([Task(step, lead.id, "slack")], world.clock.now)
        alert = Alert(lead.id, "slack", world.clock.now, f"{step}/1", step=step)
        world.settle(world.lease(step, "slack"), Done(alert=alert))
        world.clock.advance(minutes=1)
    (found,) = world.ledger.followed(ALL)
    assert found.told_at == world.clock.now - MINUTE


def test_neither_spam_nor_what_waits_is_followed(filled: LedgerWorld) -> None:
    ids = [one.lead.lead_id for one in filled.ledger.followed(ALL)]
    assert set(filled.names(ids)) == {"told", "telling", "untellable", "untold"}
    assert ids == sorted(ids, reverse=True)
    assert len(list(filled.ledger.followed(LeadFilter(limit=2)))) == 2


def test_leads_may_be_asked_for_by_time_and_source(filled: LedgerWorld) -> None:
    later = filled.clock.now + MINUTE
    assert list(filled.ledger.followed(LeadFilter(since=later))) == []
    assert list(filled.ledger.followed(LeadFilter(source="close"))) == []
    assert len(list(filled.ledger.followed(LeadFilter(source="generic")))) == 4


def test_a_lead_on_hold_is_due_for_nobody_and_listed_as_on_hold(world: LedgerWorld) -> None:
    lead = world.accept("ada")
    world.accept("bob")
    now = world.clock.now
    assert change_wait(world.store, lead.id, ON_HOLD_UNTIL, "held cli", now)
    assert list(world.ledger.on_hold()) == [lead.id]
    world.clock.advance(days=300)
    assert [c.task.lead_id for c in world.store.lease(Step.REFINE, 9, MINUTE)] == [world.ids["bob"]]
    story = world.story("ada")
    waits = wait_of(story)
    assert waits is not None
    assert is_on_hold(waits)
    assert "wait.held cli" in [h.what for h in story.timeline]


def test_a_lead_that_is_released_is_due_when_its_wait_is_over(world: LedgerWorld) -> None:
    lead = world.accept("ada")
    now = world.clock.now
    assert change_wait(world.store, lead.id, ON_HOLD_UNTIL, "held cli", now)
    due = end_of_wait(lead.captured_at, 10 * MINUTE, now + MINUTE)
    assert due == now + 10 * MINUTE
    assert change_wait(world.store, lead.id, due, "released cli", now)
    assert list(world.ledger.on_hold()) == []
    world.clock.advance(minutes=10)
    world.refine(lead)
    (found,) = world.ledger.followed(ALL)
    assert found.moved


def test_a_wait_may_be_shortened_to_nothing(world: LedgerWorld) -> None:
    lead = world.accept("ada")
    assert world.store.lease(Step.REFINE, 9, MINUTE) == []
    assert change_wait(world.store, lead.id, world.clock.now, "ended cli", world.clock.now)
    world.refine(lead)


def test_a_worker_that_refines_a_lead_loses_its_lease_when_the_lead_is_put_on_hold(
    world: LedgerWorld,
) -> None:
    lead = world.accept("ada", delay=timedelta())
    lease = world.lease(Step.REFINE)
    assert change_wait(world.store, lead.id, ON_HOLD_UNTIL, "held cli", world.clock.now)
    outcome = Done(refined=refined(lead, world.clock))
    assert world.store.settle([Settlement(lease, outcome)]) == [False]
    assert list(world.ledger.on_hold()) == [lead.id]


def test_a_lead_that_was_refined_meanwhile_is_not_left_with_a_wait(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    world.refine(lead)
    assert not change_wait(world.store, lead.id, ON_HOLD_UNTIL, "held cli", world.clock.now)
    assert list(world.ledger.on_hold()) == []
    assert wait_of(world.story("ada")) is None
    world.refine(lead)


@pytest.mark.parametrize("name", ["told", "dead", "spam", "update"])
def test_what_waits_no_more_has_no_wait(filled: LedgerWorld, name: str) -> None:
    assert wait_of(filled.story(name)) is None
