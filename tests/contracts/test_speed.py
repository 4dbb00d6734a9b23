"""What every ledger tells of leads on their way, and of those whose wait somebody changed."""

from datetime import timedelta

import msgspec
import pytest

from leadline.model.handling import UNHANDLED, Handling
from leadline.model.people import Person
from leadline.model.task import HELD_UNTIL, Alert, Done, Step, Task
from leadline.operations.waits import end_of_wait, is_held, move_wait, wait_of
from leadline.ports.ledger import LeadFilter
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
    told = Alert(lead.id, "slack", first, "new_lead/1")
    world.settle(world.claim(Step.NOTIFY, "slack"), Done(alert=told))
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
        told = Alert(lead.id, "slack", world.clock.now, f"{step}/1", step=step)
        world.settle(world.claim(step, "slack"), Done(alert=told))
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


def test_a_held_lead_is_due_for_nobody_and_known_as_held(world: LedgerWorld) -> None:
    lead = world.accept("ada")
    world.accept("bob")
    now = world.clock.now
    assert move_wait(world.store, lead.id, HELD_UNTIL, "held cli", now)
    assert list(world.ledger.held()) == [lead.id]
    world.clock.advance(days=300)
    assert [c.task.lead_id for c in world.store.claim(Step.REFINE, 9, MINUTE)] == [world.ids["bob"]]
    story = world.story("ada")
    waits = wait_of(story)
    assert waits is not None
    assert is_held(waits)
    assert "wait.held cli" in [h.what for h in story.timeline]


def test_a_held_lead_that_is_let_go_is_due_when_its_wait_is_over(world: LedgerWorld) -> None:
    lead = world.accept("ada")
    now = world.clock.now
    assert move_wait(world.store, lead.id, HELD_UNTIL, "held cli", now)
    due = end_of_wait(lead.captured_at, 10 * MINUTE, now + MINUTE)
    assert due == now + 10 * MINUTE
    assert move_wait(world.store, lead.id, due, "released cli", now)
    assert list(world.ledger.held()) == []
    world.clock.advance(minutes=10)
    world.refine(lead)
    (found,) = world.ledger.followed(ALL)
    assert found.moved


def test_a_wait_may_be_shortened_to_nothing(world: LedgerWorld) -> None:
    lead = world.accept("ada")
    assert world.store.claim(Step.REFINE, 9, MINUTE) == []
    assert move_wait(world.store, lead.id, world.clock.now, "ended cli", world.clock.now)
    world.refine(lead)


def test_a_worker_that_refines_a_lead_has_to_let_go_when_it_is_held(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    claim = world.claim(Step.REFINE)
    assert move_wait(world.store, lead.id, HELD_UNTIL, "held cli", world.clock.now)
    outcome = Done(refined=refined(lead, world.clock))
    assert world.store.settle([Settlement(claim, outcome)]) == [False]
    assert list(world.ledger.held()) == [lead.id]


def test_a_lead_that_was_refined_meanwhile_is_not_left_with_a_wait(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    world.refine(lead)
    assert not move_wait(world.store, lead.id, HELD_UNTIL, "held cli", world.clock.now)
    assert list(world.ledger.held()) == []
    assert wait_of(world.story("ada")) is None
    world.refine(lead)


@pytest.mark.parametrize("name", ["told", "dead", "spam", "update"])
def test_what_waits_no_more_has_no_wait(filled: LedgerWorld, name: str) -> None:
    assert wait_of(filled.story(name)) is None
