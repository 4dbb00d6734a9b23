"""What every queue promises of all steps: tasks that follow later, and tasks that come again."""

from datetime import timedelta

import pytest

from leadline.model.task import Done, Drop, Later, Retry, Step, Task
from leadline.ports.store import Store
from tests.worlds.leads import (
    FURTHER,
    LEASE,
    HandClock,
    captured,
    lease_task,
    refined,
    refined_in,
    settle,
)

each_step = pytest.mark.parametrize(("step", "channel"), FURTHER)


@each_step
def test_a_task_of_any_step_waits_fails_dies_and_comes_back(
    store: Store, clock: HandClock, step: Step, channel: str
) -> None:
    lead = refined_in(store, clock)
    store.put([Task(step, lead.id, channel)], clock.now + timedelta(minutes=1))
    assert store.count_due(step, channel) == 0
    assert store.next_due(step, channel) == clock.now + timedelta(minutes=1)
    clock.advance(minutes=1)
    assert settle(store, lease_task(store, step, channel), Retry(timedelta(seconds=9), why="busy"))
    clock.advance(seconds=9)
    lease = lease_task(store, step, channel)
    assert (lease.task, lease.failures, lease.error) == (Task(step, lead.id, channel), 1, "busy")
    assert settle(store, lease, Drop("refused", "never"))
    assert store.next_due(step, channel) is None
    store.put([Task(step, lead.id, channel)], clock.now)
    assert lease_task(store, step, channel).failures == 0


def test_a_lead_has_a_task_of_each_step_and_channel_beside_each_other(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock)
    kinds = [*FURTHER, (Step.NOTIFY, "mail"), (Step.UPDATE, "mail"), (Step.WRITE_BACK, "hubspot")]
    store.put([Task(step, lead.id, channel) for step, channel in kinds], clock.now)
    for step, channel in kinds:
        assert store.count_due(step, channel) == 1
        assert settle(store, lease_task(store, step, channel), Done())
        assert store.count_due(step, channel) == 0


def test_what_follows_later_is_due_after_its_pause(store: Store, clock: HandClock) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    done = Done(
        refined=refined(lead, clock),
        then=(Task(Step.NOTIFY, lead.id, "slack"), Task(Step.WRITE_BACK, lead.id, "close")),
        later=(
            Later(Task(Step.LOOK_UP, lead.id), timedelta(minutes=1)),
            Later(Task(Step.CLOCK, lead.id), timedelta(hours=8)),
            Later(Task(Step.NOTIFY, lead.id, "mail"), timedelta(hours=9)),
        ),
    )
    assert settle(store, lease_task(store, Step.REFINE), done)
    assert store.count_due(Step.NOTIFY, "slack") == store.count_due(Step.WRITE_BACK, "close") == 1
    assert store.count_due(Step.LOOK_UP) == store.count_due(Step.CLOCK) == 0
    assert store.next_due(Step.LOOK_UP) == clock.now + timedelta(minutes=1)
    assert store.next_due(Step.CLOCK) == clock.now + timedelta(hours=8)
    assert store.next_due(Step.NOTIFY, "mail") == clock.now + timedelta(hours=9)
    clock.advance(minutes=1)
    assert lease_task(store, Step.LOOK_UP).task == done.later[0].task


def test_what_follows_later_moves_a_task_that_waits(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    store.put([Task(Step.CLOCK, lead.id)], clock.now + timedelta(minutes=5))
    store.put([Task(Step.LOOK_UP, lead.id)], clock.now)
    move = Later(Task(Step.CLOCK, lead.id), timedelta(minutes=7))
    assert settle(store, lease_task(store, Step.LOOK_UP), Done(later=(move,)))
    assert store.next_due(Step.CLOCK) == clock.now + timedelta(minutes=7)


@each_step
def test_a_task_that_follows_itself_waits_again_with_nothing_held_against_it(
    store: Store, clock: HandClock, step: Step, channel: str
) -> None:
    lead = refined_in(store, clock)
    task = Task(step, lead.id, channel)
    store.put([task], clock.now)
    assert settle(store, lease_task(store, step, channel), Retry(timedelta(), why="not yet"))
    lease = lease_task(store, step, channel)
    assert settle(store, lease, Done(later=(Later(task, timedelta(minutes=2)),)))
    assert store.count_due(step, channel) == 0
    assert store.next_due(step, channel) == clock.now + timedelta(minutes=2)
    clock.advance(minutes=2)
    again = lease_task(store, step, channel)
    assert (again.failures, again.error) == (0, "")
    assert settle(store, again, Done())
    assert store.next_due(step, channel) is None


@each_step
def test_no_old_claim_settles_a_task_that_followed_itself(
    store: Store, clock: HandClock, step: Step, channel: str
) -> None:
    lead = refined_in(store, clock)
    task = Task(step, lead.id, channel)
    store.put([task], clock.now)
    lost = lease_task(store, step, channel)
    clock.advance(seconds=61)
    lease = lease_task(store, step, channel)
    assert settle(store, lease, Done(then=(task,)))
    lease_task(store, step, channel)
    assert not settle(store, lost, Done())
    assert not settle(store, lease, Done())
    assert store.lease(step, 9, LEASE, channel) == []
    clock.advance(seconds=61)
    assert len(store.lease(step, 9, LEASE, channel)) == 1


def test_a_clock_that_jumps_backwards_delays_no_step_beyond_its_own_wait(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock)
    store.put([Task(Step.LOOK_UP, lead.id)], clock.now + timedelta(minutes=3))
    clock.advance(days=-365)
    assert store.rebase() == 1
    assert store.next_due(Step.LOOK_UP) == clock.now + timedelta(minutes=3)
