"""What every queue promises."""

from datetime import timedelta

import msgspec

from leadline.model.facts.likeness import Traits
from leadline.model.task import Done, Drop, Lease, Outcome, Retry, Step, Task
from leadline.ports.store import Among, Settlement, Store
from tests.worlds.leads import HandClock, captured, digest, refined

LEASE = timedelta(seconds=60)


def waiting(store: Store, clock: HandClock, *names: str) -> list[str]:
    """Leads that are due now; returns their ids."""
    leads = [captured(clock, name, delay=timedelta()) for name in names or ("ada",)]
    store.accept(leads)
    return [lead.id for lead in leads]


def settle(store: Store, lease: Lease, outcome: Outcome) -> bool:
    return store.settle([Settlement(lease, outcome)])[0]


def test_a_task_waits_out_its_delay(store: Store, clock: HandClock) -> None:
    store.accept([captured(clock)])
    clock.advance(minutes=9, seconds=59)
    assert store.lease(Step.REFINE, 1, LEASE) == []
    clock.advance(seconds=1)
    assert len(store.lease(Step.REFINE, 1, LEASE)) == 1


def test_a_claimed_task_is_nobody_elses_until_its_lease_runs_out(
    store: Store, clock: HandClock
) -> None:
    waiting(store, clock)
    (first,) = store.lease(Step.REFINE, 1, LEASE)
    assert store.lease(Step.REFINE, 1, LEASE) == []
    clock.advance(seconds=60)
    (second,) = store.lease(Step.REFINE, 1, LEASE)
    assert (second.attempt, second.failures) == (first.attempt + 1, 1)
    assert second.error == "worker.died"


def test_only_the_latest_claim_may_settle(store: Store, clock: HandClock) -> None:
    waiting(store, clock)
    (late,) = store.lease(Step.REFINE, 1, LEASE)
    clock.advance(seconds=61)
    (current,) = store.lease(Step.REFINE, 1, LEASE)
    assert not settle(store, late, Done())
    assert settle(store, current, Done())
    assert not settle(store, current, Done())


def test_a_task_that_killed_its_worker_is_handed_out_alone(store: Store, clock: HandClock) -> None:
    poison, *others = waiting(store, clock, "poison", "bob", "cy")
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 1, LEASE)] == [poison]
    clock.advance(seconds=61)
    batches = [store.lease(Step.REFINE, 10, LEASE) for _ in range(3)]
    batches = [b for b in batches if b]
    assert [poison] in [[c.task.lead_id for c in b] for b in batches]
    assert sorted(c.task.lead_id for b in batches for c in b) == sorted([poison, *others])


def test_due_tasks_come_longest_due_first_and_no_more_than_asked(
    store: Store, clock: HandClock
) -> None:
    late = captured(clock, "late", delay=timedelta(minutes=2))
    early = captured(clock, "early", delay=timedelta(minutes=1))
    store.accept([late, early])
    clock.advance(minutes=3)
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 1, LEASE)] == [early.id]
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 1, LEASE)] == [late.id]


def test_done_keeps_the_lead_and_schedules_what_follows(store: Store, clock: HandClock) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    done = Done(
        refined=refined(lead, clock, name="Ada"),
        match_keys={"email": digest("ada@example.com")},
        traits=Traits(first="ada", emails=("ada@example.com",)),
        then=(Task(Step.NOTIFY, lead.id, "slack"),),
    )
    assert settle(store, lease, done)
    document = store.documents([lead.id])[lead.id]
    assert b'"name":"Ada"' in document
    assert document.endswith(b'"metadata":{"original_data":' + lead.raw + b"}}")
    assert store.count_due(Step.REFINE) == 0
    assert store.count_due(Step.NOTIFY, "slack") == 1
    (found,) = store.candidates({"new": [digest("ada@example.com")]})["new"].candidates
    assert found.lead_id == lead.id


def test_two_workers_that_refine_one_person_at_once_leave_one_first_lead(
    store: Store, clock: HandClock
) -> None:
    one, two = captured(clock, "a", delay=timedelta()), captured(clock, "b", delay=timedelta())
    store.accept([one, two])
    leases = {c.task.lead_id: c for c in store.lease(Step.REFINE, 2, LEASE)}
    key = {"email": digest("same")}
    assert settle(store, leases[one.id], Done(refined=refined(one, clock), match_keys=key))
    second = Done(refined=refined(two, clock), match_keys=key)
    assert not settle(store, leases[two.id], second)
    assert two.id not in store.documents([two.id])
    (again,) = store.lease(Step.REFINE, 2, LEASE)
    assert (again.task.lead_id, again.failures) == (two.id, 0)


def test_retry_brings_the_task_back_later_with_its_failure_counted(
    store: Store, clock: HandClock
) -> None:
    waiting(store, clock)
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    assert settle(store, lease, Retry(timedelta(seconds=30), why="KeyError"))
    clock.advance(seconds=29)
    assert store.lease(Step.REFINE, 1, LEASE) == []
    clock.advance(seconds=1)
    (again,) = store.lease(Step.REFINE, 1, LEASE)
    assert (again.failures, again.error) == (1, "KeyError")


def test_a_retry_that_does_not_count_brings_the_dead_letter_no_closer(
    store: Store, clock: HandClock
) -> None:
    waiting(store, clock)
    for _ in range(5):
        (lease,) = store.lease(Step.REFINE, 1, LEASE)
        assert lease.failures == 0
        assert settle(store, lease, Retry(timedelta(), why="busy", counts=False))


def test_a_dead_letter_stays_until_it_is_put_back(store: Store, clock: HandClock) -> None:
    (lead_id,) = waiting(store, clock)
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    assert settle(store, lease, Drop("lead.not_understood", "nothing there"))
    clock.advance(days=30)
    assert store.lease(Step.REFINE, 1, LEASE) == []
    assert store.next_due(Step.REFINE) is None
    store.put([Task(Step.REFINE, lead_id)], clock.now)
    (again,) = store.lease(Step.REFINE, 1, LEASE)
    assert (again.failures, again.error) == (0, "")


def test_putting_a_task_that_waits_moves_it(store: Store, clock: HandClock) -> None:
    lead = captured(clock)
    store.accept([lead])
    store.put([Task(Step.REFINE, lead.id)], clock.now)
    assert len(store.lease(Step.REFINE, 5, LEASE)) == 1
    assert store.lease(Step.REFINE, 5, LEASE) == []


def test_each_settlement_fails_alone(store: Store, clock: HandClock) -> None:
    ids = waiting(store, clock, *(f"lead{i}" for i in range(10)))
    leases = store.lease(Step.REFINE, 10, LEASE)
    gone = leases[3]
    assert settle(store, gone, Drop("gone"))
    results = store.settle([Settlement(c, Done()) for c in leases])
    assert results == [i != 3 for i in range(10)]
    assert len(ids) == 10


def test_channels_have_tasks_of_their_own(store: Store, clock: HandClock) -> None:
    (lead_id,) = waiting(store, clock)
    store.put([Task(Step.NOTIFY, lead_id, "slack"), Task(Step.NOTIFY, lead_id, "mail")], clock.now)
    (lease,) = store.lease(Step.NOTIFY, 5, LEASE, "mail")
    assert lease.task.channel == "mail"
    assert store.count_due(Step.NOTIFY, "slack") == 1


def test_a_replayed_alert_asks_to_speak_again(store: Store, clock: HandClock) -> None:
    (lead_id,) = waiting(store, clock)
    store.put([Task(Step.NOTIFY, lead_id, "slack", again=True)], clock.now)
    assert store.lease(Step.NOTIFY, 1, LEASE, "slack")[0].task.again


def test_a_channel_is_free_once_in_each_gap(store: Store, clock: HandClock) -> None:
    gap = timedelta(seconds=1)
    assert store.reserve("slack", gap) == timedelta()
    assert store.reserve("slack", gap) == gap
    assert store.reserve("mail", gap) == timedelta()
    clock.advance(seconds=1)
    assert store.reserve("slack", gap) == timedelta()
    store.pause("slack", clock.now + timedelta(seconds=30))
    assert store.reserve("slack", gap) == timedelta(seconds=30)


def test_a_clock_that_jumps_backwards_delays_no_lead_beyond_its_own_wait(
    store: Store, clock: HandClock
) -> None:
    lead = captured(clock)
    store.accept([lead])
    store.reserve("slack", timedelta(seconds=1))
    clock.advance(days=-365)
    assert store.rebase() == 1
    assert store.next_due(Step.REFINE) == clock.now + timedelta(minutes=10)
    assert store.reserve("slack", timedelta(seconds=1)) == timedelta()
    clock.advance(minutes=10)
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 1, LEASE)] == [lead.id]


def test_nothing_moves_when_the_clock_has_not_jumped(store: Store, clock: HandClock) -> None:
    store.accept([captured(clock)])
    clock.advance(seconds=1)
    assert store.rebase() == 0


def test_tasks_of_some_sources_alone_can_be_asked_for(store: Store, clock: HandClock) -> None:
    leads = []
    for name, source in (("a", "hubspot"), ("b", "generic"), ("c", "close"), ("d", "hubspot")):
        one = captured(clock, name, delay=timedelta())
        leads.append(msgspec.structs.replace(one, source=source))
        clock.advance(seconds=1)
    store.accept(leads)
    a, b, c, d = (lead.id for lead in leads)
    hubspot = Among(frozenset({"hubspot"}))

    def claimed(limit: int, among: Among) -> list[str]:
        found = store.lease(Step.REFINE, limit, LEASE, among=among)
        return [lease.task.lead_id for lease in found]

    assert claimed(9, Among(frozenset({"attio"}))) == []
    assert claimed(1, hubspot) == [a], "longest due first"
    assert claimed(9, Among(frozenset({"hubspot"}), others=True)) == [b, c]
    assert claimed(9, hubspot) == [d]
    clock.advance(seconds=61)
    assert claimed(9, hubspot) == [a], "alone, since it may have killed its worker"


def test_what_is_to_be_done_again_is_known_at_every_attempt(store: Store, clock: HandClock) -> None:
    (lead_id,) = waiting(store, clock)
    for step, channel in ((Step.REFINE, ""), (Step.UPDATE, "slack")):
        store.put([Task(step, lead_id, channel, again=True)], clock.now)
        (first,) = store.lease(step, 1, LEASE, channel)
        assert settle(store, first, Retry(timedelta(), "not now"))
        (second,) = store.lease(step, 1, LEASE, channel)
        assert (first.task.again, second.task.again) == (True, True)
        store.put([Task(step, lead_id, channel)], clock.now)
        (third,) = store.lease(step, 1, LEASE, channel)
        assert not third.task.again
