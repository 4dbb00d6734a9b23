"""Since when the lead is late that has been so for longest: what every store tells of it.

A store may be wrong by two minutes, which the pauses of these tests exceed.
"""

from datetime import datetime, timedelta

from leadline.model.task import ON_HOLD_UNTIL, Done, Drop, Lease, Outcome, Retry, Step, Task
from leadline.ports.store import Settlement, Store
from tests.worlds.leads import HandClock, captured, refined
from tests.worlds.ledger import LedgerWorld

LEASE = timedelta(minutes=1)
LONG = Retry(timedelta(minutes=20), why="Slack answered 500")


def late_since(store: Store) -> datetime | None:
    return store.untold_since(["slack", "mail"])


def claimed(store: Store, step: Step = Step.REFINE, channel: str = "") -> Lease:
    (lease,) = store.lease(step, 1, LEASE, channel)
    return lease


def settled(store: Store, lease: Lease, outcome: Outcome) -> None:
    assert store.settle([Settlement(lease, outcome)]) == [True]


def due(store: Store, clock: HandClock, name: str = "ada") -> str:
    lead = captured(clock, name, delay=timedelta())
    store.accept([lead])
    return lead.id


def test_a_lead_is_late_from_the_end_of_its_own_wait(store: Store, clock: HandClock) -> None:
    assert late_since(store) is None
    lead = captured(clock, delay=timedelta(days=1))
    store.accept([lead])
    clock.advance(hours=23)
    assert late_since(store) is None
    clock.advance(hours=2)
    assert late_since(store) == lead.due_at


def test_no_retry_makes_it_less_late(store: Store, clock: HandClock) -> None:
    due(store, clock)
    first = clock.now
    for pause in (timedelta(minutes=5), timedelta(hours=1), timedelta(minutes=5)):
        clock.advance(seconds=30)
        settled(store, claimed(store), Retry(pause, why="storage.failed", counts=False))
        assert late_since(store) == first, "though it is due later"
        clock.advance(seconds=pause.total_seconds())
        assert late_since(store) == first


def test_no_worker_that_holds_it_makes_it_less_late(store: Store, clock: HandClock) -> None:
    due(store, clock)
    first = clock.now
    for _ in range(3):
        clock.advance(minutes=10)
        claimed(store)
        assert late_since(store) == first
    settled(store, claimed_after_lease(store, clock), LONG)
    assert late_since(store) == first


def claimed_after_lease(store: Store, clock: HandClock) -> Lease:
    clock.advance(seconds=LEASE.total_seconds())
    return claimed(store)


def test_putting_it_once_more_for_now_makes_it_no_less_late(store: Store, clock: HandClock) -> None:
    lead_id = due(store, clock)
    first = clock.now
    for _ in range(3):
        clock.advance(minutes=10)
        store.put([Task(Step.REFINE, lead_id)], clock.now)
        assert late_since(store) == first
        settled(store, claimed(store), LONG)
        clock.advance(minutes=20)
    assert late_since(store) == first


def test_a_lead_that_is_held_is_not_late_and_one_that_is_let_go_is_from_then_on(
    store: Store, clock: HandClock
) -> None:
    lead_id = due(store, clock)
    settled(store, claimed(store), LONG)
    task = [Task(Step.REFINE, lead_id)]
    store.put(task, ON_HOLD_UNTIL, note="wait.held cli")
    clock.advance(days=1)
    assert late_since(store) is None
    store.put(task, clock.now, note="wait.released cli")
    released = clock.now
    clock.advance(minutes=16)
    assert late_since(store) == released


def test_an_alert_is_late_from_when_it_was_first_due(store: Store, clock: HandClock) -> None:
    lead_id = due(store, clock)
    clock.advance(minutes=5)
    settled(store, claimed(store), Done(then=(Task(Step.NOTIFY, lead_id, "slack"),)))
    first = clock.now
    for _ in range(3):
        clock.advance(minutes=21)
        settled(store, claimed(store, Step.NOTIFY, "slack"), LONG)
        assert late_since(store) == first
    clock.advance(minutes=21)
    settled(store, claimed(store, Step.NOTIFY, "slack"), Done())
    assert late_since(store) is None


def test_a_wait_that_somebody_wants_makes_nothing_late(store: Store, clock: HandClock) -> None:
    lead_id = due(store, clock)
    store.put([Task(Step.NOTIFY, lead_id, "slack")], clock.now)
    settled(store, claimed(store), Done())
    settled(store, claimed(store, Step.NOTIFY, "slack"), LONG)
    clock.advance(minutes=21)
    night = Retry(timedelta(hours=10), why="quiet", counts=False, planned=True)
    settled(store, claimed(store, Step.NOTIFY, "slack"), night)
    morning = clock.now + night.after
    clock.advance(hours=9)
    assert late_since(store) is None
    clock.advance(hours=2)
    assert late_since(store) == morning
    settled(store, claimed(store, Step.NOTIFY, "slack"), LONG)
    assert late_since(store) == morning


def test_the_longest_late_of_all_counts(store: Store, clock: HandClock) -> None:
    first_due = clock.now
    ids = [due(store, clock, "first")]
    for name in ("second", "third", "fourth"):
        settled(store, claimed(store), Retry(timedelta(hours=5), why="KeyError"))
        clock.advance(minutes=10)
        ids.append(due(store, clock, name))
    assert late_since(store) == first_due
    store.put([Task(Step.REFINE, ids[0])], ON_HOLD_UNTIL)
    assert late_since(store) == first_due + timedelta(minutes=10)


def test_what_is_done_or_dead_or_of_another_step_is_not_late(
    store: Store, clock: HandClock
) -> None:
    lead_id = due(store, clock)
    settled(store, claimed(store), LONG)
    clock.advance(minutes=20)
    settled(store, claimed(store), Drop("lead.not_understood"))
    store.put([Task(Step.LOOK_UP, lead_id)], clock.now)
    clock.advance(hours=1)
    assert late_since(store) is None
    store.put([Task(Step.REFINE, lead_id)], clock.now)
    replayed = clock.now
    clock.advance(hours=1)
    assert late_since(store) == replayed, "a dead letter that lives again is late from then on"


def test_a_lead_that_another_has_overtaken_is_refined_again_and_no_less_late(
    store: Store, clock: HandClock
) -> None:
    one = captured(clock, "a", delay=timedelta())
    two = captured(clock, "b", delay=timedelta())
    store.accept([one, two])
    first = clock.now
    clock.advance(minutes=10)
    leases = {c.task.lead_id: c for c in store.lease(Step.REFINE, 2, LEASE)}
    key = {"email": b"0123456789abcdef"}
    settled(store, leases[one.id], Done(refined=refined(one, clock), match_keys=key))
    lost = Settlement(leases[two.id], Done(refined=refined(two, clock), match_keys=key))
    assert store.settle([lost]) == [False]
    assert late_since(store) == first


def test_a_clock_that_jumped_backwards_makes_nothing_late(store: Store, clock: HandClock) -> None:
    due(store, clock)
    clock.advance(minutes=5)
    settled(store, claimed(store), LONG)
    clock.advance(days=-1)
    store.rebase()
    clock.advance(minutes=19)
    assert late_since(store) is None
    clock.advance(minutes=2)
    assert late_since(store) == clock.now - timedelta(minutes=1)


def test_a_ledger_tells_the_same(world: LedgerWorld) -> None:
    store, clock, ledger = world.store, world.clock, world.ledger
    assert ledger.untold_since(clock.now) is None
    due(store, clock)
    first = clock.now
    clock.advance(minutes=10)
    settled(store, claimed(store), LONG)
    lead_id = due(store, clock, "bob")
    store.put([Task(Step.NOTIFY, lead_id, "of a channel that is there no more")], clock.now)
    clock.advance(minutes=10)
    assert ledger.untold_since(clock.now) == first == late_since(store)
    assert ledger.untold_since(first - timedelta(seconds=1)) is None
