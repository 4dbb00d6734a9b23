"""A stack gets more shards, or fewer, while it works: no task is lost, and none is done twice."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.errors import StorageFailed
from leadline.model.personal_data.privacy import DataHold
from leadline.model.task import Done, Drop, Lease, Retry, Step, Task
from leadline.net.aws.calls import AwsFailed
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.store import Settlement
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.aws.shards.counts import SHARDS_KEY, ShardCounts, shard_counts
from leadline.stores.aws.shards.gathering import gather, in_shards
from leadline.stores.aws.shards.placing import CHOICES, SHARDS, shard_in, shard_of, without_shard
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.sweep.overdue import OVERDUE
from leadline.stores.aws.table import Put
from leadline.stores.aws.values import Item
from tests.standins.aws_faults import Actor, AwsFault, named, world
from tests.worlds.leads import LEASE, HandClock, captured

LATER = (OVERDUE + timedelta(seconds=1)).total_seconds()
MANY = 40
"""Leads: with so many, of sixteen shards the outer twelve are never all empty."""


@pytest.fixture
def two(moto: str, clock: HandClock) -> Iterator[list[Actor]]:
    with world(moto, clock, 2) as made:
        yield made


def accepted(actor: Actor, clock: HandClock, count: int = MANY, start: int = 0) -> list[str]:
    """Leads that are due at once."""
    leads = [
        named(captured(clock, f"lead{number}", delay=timedelta()))
        for number in range(start, start + count)
    ]
    actor.store.accept(leads)
    return [lead.id for lead in leads]


def leased(store: AwsStore, step: Step = Step.REFINE, channel: str = "") -> list[Lease]:
    """All due tasks."""
    found: list[Lease] = []
    while some := store.lease(step, 100, LEASE, channel):
        found += some
    return found


def settled(store: AwsStore, leases: Sequence[Lease]) -> list[bool]:
    return store.settle([Settlement(lease, Done()) for lease in leases])


def in_use(actor: Actor) -> set[int | None]:
    """The shards of the index `due` that have entries."""
    return {shard_in(entry["due_pk"]) for entry in actor.table.scan(index="due")}


@given(st.uuids(), st.sampled_from(CHOICES))
def test_more_shards_split_each_shard_and_four_are_those_of_before(
    number: object, shards: int
) -> None:
    lead_id = str(number)
    assert shard_of(lead_id, 2 * shards) % shards == shard_of(lead_id, shards)
    assert shard_of(lead_id, SHARDS) == int(lead_id[-1], 16) % 4


@pytest.mark.parametrize(("before", "after"), [(4, 16), (1, 4), (2, 64), (16, 4), (64, 1)])
def test_all_tasks_are_found_after_the_number_changed(
    two: list[Actor], clock: HandClock, before: int, after: int
) -> None:
    old, new = two
    old.table.shards, new.table.shards = before, after
    ids = accepted(old, clock)
    under_way = old.store.lease(Step.REFINE, 10, LEASE)
    ids += accepted(new, clock, start=MANY)
    assert new.store.count_due(Step.REFINE) == 2 * MANY - 10
    assert new.store.next_due(Step.REFINE) == clock.now
    rest = leased(new.store)
    assert sorted(one.task.lead_id for one in [*under_way, *rest]) == sorted(ids)
    assert all(settled(new.store, [*under_way[:5], *rest]))
    assert all(settled(old.store, under_way[5:])), "a function of before ends its own tasks"
    assert in_use(new) == set()


@pytest.mark.parametrize(("before", "after"), [(4, 16), (16, 2)])
def test_the_sweep_finds_overdue_tasks_of_both(
    two: list[Actor], clock: HandClock, before: int, after: int
) -> None:
    old, new = two
    old.table.shards, new.table.shards = before, after
    ids = [*accepted(old, clock), *accepted(new, clock, start=MANY)]
    for url in set(new.rooms.urls.values()):
        while some := new.rooms.queues.receive(url):
            for _, handle in some:
                new.rooms.queues.delete(url, handle)
    clock.advance(seconds=LATER)
    new.caller.sent.clear()
    assert new.swept().overdue == len(ids)
    assert len(new.caller.sent) == len(ids)


def test_lists_find_what_was_written_with_more_shards(two: list[Actor], clock: HandClock) -> None:
    old, new = two
    old.table.shards, new.table.shards = 16, 1
    ids = accepted(old, clock)
    dead = old.store.lease(Step.REFINE, 20, LEASE)
    old.store.settle([Settlement(lease, Drop("lead.not_understood")) for lease in dead])
    for lead_id in ids[30:]:
        old.store.hold_data(DataHold(lead_id, "a lawsuit", "ada", clock.now))
    with closing(AwsLedger(new.table, new.bucket, clock=clock)) as ledger:
        assert sorted(row.lead_id for row in ledger.find(LeadFilter(limit=100))) == sorted(ids)
        assert sum(group.count for group in ledger.dead()) == 20
        assert sorted(ledger.complete(ids[0][:23])) == [ids[0]]
    assert {hold.lead_id for hold in new.store.all_held()} == set(ids[30:])


def test_gathering_moves_everything_while_tasks_are_under_way(
    two: list[Actor], clock: HandClock
) -> None:
    old, new = two
    old.table.shards, new.table.shards = 16, 2
    ids = accepted(old, clock)
    under_way = old.store.lease(Step.REFINE, 10, LEASE)
    kept = [one.task.lead_id for one in under_way]
    dead = old.store.lease(Step.REFINE, 5, LEASE)
    old.store.settle([Settlement(lease, Drop("lead.not_understood")) for lease in dead])
    late = old.store.lease(Step.REFINE, 5, LEASE)
    old.store.settle([Settlement(lease, Retry(timedelta(hours=1), why="quiet")) for lease in late])
    old.store.put([Task(Step.NOTIFY, lead_id, "slack") for lead_id in ids], clock.now)
    for lead_id in ids[20:]:
        old.store.hold_data(DataHold(lead_id, "a lawsuit", "ada", clock.now))
    before = in_shards(new.table)
    assert (before.new, before.read) == (2, 16)
    assert before.outside > 0
    assert gather(new.table) == before.outside
    assert in_use(new) == {0, 1}
    after = in_shards(new.table)
    assert (after.read, after.outside) == (SHARDS, 0)
    assert shard_counts(new.table) == ShardCounts(due=SHARDS, day=16)
    assert all(settled(new.store, under_way)), "what was leased before is settled as it would be"
    rest = leased(new.store)
    assert len(rest) == MANY - 20
    assert not {one.task.lead_id for one in rest} & set(kept)
    assert len(leased(new.store, Step.NOTIFY, "slack")) == MANY
    assert len(new.store.all_held()) == MANY - 20
    clock.advance(hours=2)
    assert new.store.untold_since(["slack"]) is not None
    assert gather(new.table) == 0


def test_gathering_goes_on_after_it_died_anywhere(moto: str, clock: HandClock) -> None:
    at = 0
    while True:
        with world(moto, clock) as (failing, other):
            other.table.shards, failing.table.shards = 8, 1
            ids = accepted(other, clock, 6)
            failing.caller.plan(at, AwsFault.REFUSED)
            ended = False
            try:
                gather(failing.table)
                ended = True
            except AwsFailed:
                new = AwsStore(failing.table, failing.bucket, failing.queues, clock=clock)
                assert new.count_due(Step.REFINE) == len(ids), failing.caller.calls[at]
                failing.caller.at = None
                gather(failing.table)
            failing.caller.at = None
            assert in_use(failing) == {0}
            assert len(leased(failing.store)) == len(ids)
            if ended:
                return
            at += 1


def test_readers_are_told_of_more_shards_before_the_first_entry_is_there(
    two: list[Actor], clock: HandClock
) -> None:
    writer, reader = two
    writer.table.shards = 16
    writer.caller.broken = "dynamodb"
    with pytest.raises(AwsFailed):
        accepted(writer, clock, 1)
    assert in_use(reader) == set()
    writer.caller.broken = ""
    accepted(writer, clock, 1)
    assert reader.table.get(SHARDS_KEY) is not None
    assert shard_counts(reader.table) == ShardCounts(16, 16)


def test_a_stack_of_before_says_nothing_and_means_four(two: list[Actor], clock: HandClock) -> None:
    accepted(two[0], clock)
    assert two[1].table.get(SHARDS_KEY) is None
    assert shard_counts(two[1].table) == ShardCounts(SHARDS, SHARDS)
    assert in_use(two[1]) == {0, 1, 2, 3}


def test_gathering_ends_and_says_why_if_something_still_writes_to_the_former_shards(
    two: list[Actor], clock: HandClock
) -> None:
    """Readers look into the former shards as before."""
    writer, gatherer = two
    writer.table.shards, gatherer.table.shards = 16, 1
    accepted(writer, clock, 8)
    gatherer_scan, numbers = gatherer.table.scan, count(MANY)

    def scan(index: str = "") -> Iterator[Item]:
        accepted(writer, clock, 8, start=8 * next(numbers))
        return gatherer_scan(index)

    gatherer.table.scan = scan  # type: ignore[method-assign]
    with pytest.raises(StorageFailed, match="keep appearing in shards above 1"):
        gather(gatherer.table)
    gatherer.table.scan = gatherer_scan  # type: ignore[method-assign]
    assert shard_counts(gatherer.table).due == 16


def test_a_lead_that_is_written_again_moves_by_itself(two: list[Actor], clock: HandClock) -> None:
    old, new = two
    old.table.shards, new.table.shards = 4, 64
    accepted(old, clock)
    assert all(settled(new.store, leased(new.store)))
    days = {shard_in(entry["day_pk"]) for entry in new.table.scan(index="day")}
    assert days - {0, 1, 2, 3}


def test_an_item_that_is_put_back_as_it_was_read_keeps_its_shard(
    two: list[Actor], clock: HandClock
) -> None:
    old, new = two
    old.table.shards, new.table.shards = 16, 2
    (lead_id,) = accepted(old, clock, 1)
    (item,) = (i for i in old.table.scan() if i["pk"] == f"L#{lead_id}")
    new.table.write(Put(item, item["rev"]))
    (again,) = (i for i in old.table.scan() if i["pk"] == f"L#{lead_id}")
    assert again["due_pk"] == item["due_pk"]
    assert without_shard(item)["due_pk"] == "refine##"
    assert without_shard(item)["day_pk"] == f"{clock.now:%Y-%m-%d}#"


def test_the_usual_number_needs_no_notice_after_a_smaller_one_was_gathered(
    two: list[Actor], clock: HandClock
) -> None:
    few, usual = two
    few.table.shards, usual.table.shards = 1, SHARDS
    accepted(few, clock, 4)
    gather(few.table)
    ids = accepted(usual, clock, start=4)
    few.table.known.at = 0.0
    assert few.store.count_due(Step.REFINE) == len(ids) + 4
