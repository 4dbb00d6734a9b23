"""What a stack tells of its tasks without reading all of them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from leadline.model.task import ON_HOLD_UNTIL, Done, Drop, Step, Task, TaskKind
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.aws.table import Table
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import LEASE, HandClock, captured, lease_task, refined, settle

KINDS: list[TaskKind] = [(Step.REFINE, ""), (Step.NOTIFY, "desk"), (Step.NOTIFY, "slack")]


@pytest.fixture
def rooms(moto: str) -> Iterator[AwsResources]:
    with closing(AwsResources(moto)) as rooms:
        yield rooms


def fill(rooms: AwsResources, clock: HandClock) -> None:
    """Two alerts, one of them leased; leads that wait, one of them on hold; dead letters of two
    steps."""
    store = rooms.store(clock)
    for name in ("told", "leased", "lost"):
        lead = captured(clock, name, delay=timedelta())
        store.accept([lead])
        alert = Task(Step.NOTIFY, lead.id, "slack")
        lease = lease_task(store, Step.REFINE)
        assert settle(store, lease, Done(refined=refined(lead, clock), then=(alert,)))
    first, _ = store.lease(Step.NOTIFY, 2, LEASE, "slack")  # the other stays leased
    assert settle(store, first, Drop("gone", "no channel"))
    dead = captured(clock, "dead", delay=timedelta())
    store.accept([dead])
    assert settle(store, lease_task(store, Step.REFINE), Drop("contact.blank", "nobody"))
    for name in ("waits", "late", "held"):
        clock.advance(seconds=1)
        lead = captured(clock, name, delay=timedelta())
        store.accept([lead])
    store.put([Task(Step.REFINE, lead.id)], ON_HOLD_UNTIL)
    clock.advance(minutes=7)


def test_what_is_counted_within_bounds_is_what_the_whole_index_says(
    rooms: AwsResources, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(rooms, clock)
    with closing(AwsLedger(rooms.table, rooms.bucket, clock=clock)) as ledger:
        whole, late = ledger.backlog(clock.now), ledger.untold_since(clock.now)
        with monkeypatch.context() as patched:
            patched.setattr(Table, "scan", None)  # would read the whole index
            found = ledger.standing(clock.now, KINDS, 1_000)
    assert found.backlog == whole
    assert found.late_since == late is not None
    assert (found.on_hold, found.is_cut) == (1, False)
    assert sum(one.dead for one in found.backlog) == 2


def test_more_tasks_than_are_counted_are_said_and_the_oldest_is_known(
    rooms: AwsResources, clock: HandClock
) -> None:
    fill(rooms, clock)
    with closing(AwsLedger(rooms.table, rooms.bucket, clock=clock)) as ledger:
        oldest = {(one.step, one.channel): one.oldest_due_at for one in ledger.backlog(clock.now)}
        store = rooms.store(clock)
        store.accept([captured(clock, str(n), delay=timedelta()) for n in range(60)])
        # Ten of each shard: a lease keeps its place in the index, so the first may be a leased one.
        found = ledger.standing(clock.now, KINDS, 40)
    assert found.is_cut
    for one in found.backlog:
        assert one.oldest_due_at == oldest[one.step, one.channel]
    refining = next(one for one in found.backlog if one.step is Step.REFINE)
    assert 1 <= refining.waiting + refining.leased <= 40
