"""The queue on AWS: the table has the tasks and their leases; wake-ups only start workers."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso, iso
from leadline.model.task import Lease, Step, Task
from leadline.ports.store import Among
from leadline.stores.aws.base import Base, Contested, changed
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import (
    LeadItem,
    TaskItem,
    TaskState,
    further_of,
    holds_a_task,
    lead_of,
    lease_of,
    task_holder_of,
)
from leadline.stores.aws.keys import (
    LEAD,
    due_before,
    due_partition,
    lead_key,
    task_key,
)
from leadline.stores.aws.parallel import in_parallel
from leadline.stores.aws.shards.counts import due_partitions
from leadline.stores.aws.table import Key, Put, Stale, Write
from leadline.stores.aws.values import Item
from leadline.stores.aws.work.late import (
    first_due,
    moved,
    oldest_first_due,
    task_writes,
)
from leadline.stores.aws.work.putting import changed_task, put_back, put_further

_DUE = "due_pk = :pk AND due_sk <= :now"
_MOST_ROUNDS = 20
_PASSED_BY = 1000
"""The maximum number of tasks read to find those of some sources; functions never ask for that."""
_MOST_DEATHS = 100
"""The maximum number of tasks whose worker died that are passed by in search of others."""
_LOOKED_AT_ONCE, _COUNTED_AT_ONCE = 10, 100


class AwsQueue(Base):
    """The first half of `ports.store.Queue`: putting, leasing, counting."""

    def put(self, tasks: Sequence[Task], due_at: datetime, note: str = "") -> None:
        """See `ports.store.Queue.put`."""
        by_lead: dict[str, list[Task]] = {}
        for task in tasks:
            by_lead.setdefault(task.lead_id, []).append(task)
        wakeups: list[Wakeup] = []
        for lead_id, some in by_lead.items():
            lead = self._put(lead_id, some, due_at, note)
            if lead is not None:
                wakeups += [Wakeup(task, due_at, from_iso(lead.captured_at)) for task in some]
        self._send_wakeups(wakeups)

    def _put(
        self, lead_id: str, tasks: Sequence[Task], due_at: datetime, note: str
    ) -> LeadItem | None:
        for _ in range(_MOST_ROUNDS):
            rows = self.table.query("pk = :pk", {":pk": f"L#{lead_id}"})
            items = {item["sk"]: item for item in rows}
            if LEAD not in items:
                return None
            lead = lead_of(items[LEAD])
            now = self.clock()
            writes: list[Write] = []
            new = lead
            for task in tasks:
                new = put_back(new.note(now, note, task.step) if note else new, task, now, due_at)
                if task.step is not Step.REFINE:
                    old = items.get(task_key(task)[1])
                    writes += put_further(task, further_of(old) if old else None, now, due_at)
            if new != lead:
                writes += task_writes(lead, new, [Put(new.item(), lead.rev)])
            try:
                self.table.write_all(writes)
            except Stale:
                continue
            return lead
        raise Contested(lead_id)

    def lease(
        self,
        step: Step,
        limit: int,
        duration: timedelta,
        channel: str = "",
        among: Among | None = None,
    ) -> list[Lease]:
        """See `ports.store.Queue.lease`."""
        self.recent.clear()
        holders = self._candidates(step, channel, limit if among is None else _PASSED_BY + limit)
        suspects = [i for i, holder in enumerate(holders) if _is_leased(holder)]
        if suspects:
            holders = holders[: suspects[0]] or holders[:1]
        if among is not None:
            holders = self._among(holders, among)[:limit]
        if len(holders) < 2:
            leases = [self._take(holder, duration) for holder in holders]
        else:
            leases = in_parallel(lambda holder: self._take(holder, duration), holders)
        return [lease for lease in leases if lease is not None]

    def _among(
        self, holders: Sequence[LeadItem | TaskItem], among: Among
    ) -> list[LeadItem | TaskItem]:
        """The tasks of leads from these sources."""
        leads = self.table.get_all(list({lead_key(holder.lead_id) for holder in holders}))
        sources = {item["pk"]: lead_of(item).source for item in leads.values()}
        return [h for h in holders if among.has(sources.get(lead_key(h.lead_id)[0], ""))]

    def _candidates(self, step: Step, channel: str, limit: int) -> list[LeadItem | TaskItem]:
        """The items of tasks that can be leased, longest due first; those whose worker died count
        as due since the end of its lease."""
        found: list[LeadItem | TaskItem] = []
        deaths: list[LeadItem | TaskItem] = []
        for some in batched(self._due_keys(step, channel, limit), max(limit, 1)):
            for holder in self._due_holders(some):
                (deaths if _is_leased(holder) else found).append(holder)
            if len(found) >= limit or len(deaths) >= _MOST_DEATHS:
                break
        return sorted([*found, *deaths], key=due_at_of)[:limit]

    def _due_keys(self, step: Step, channel: str, page: int) -> Iterator[Key]:
        """The keys of tasks that the index has as due, longest due first; some are leased."""
        values = {":now": due_before(self.clock())}
        streams = [
            self.table.query(
                _DUE,
                {**values, ":pk": place},
                index="due",
                page=page,
            )
            for place in self._places(step, channel)
        ]
        return ((item["pk"], item["sk"]) for item in merge(*streams, key=_due_sk))

    def _due_holders(self, keys: Sequence[Key]) -> list[LeadItem | TaskItem]:
        """The items of those of these tasks that are due and not leased, or no longer."""
        items, now = self.table.get_all(keys), iso(self.clock())
        holders = [task_holder_of(items[key]) for key in keys if key in items]
        return [one for one in holders if _is_alive(one.task) and due_at_of(one) <= now]

    def _take(self, holder: LeadItem | TaskItem, duration: timedelta) -> Lease | None:
        """Lease the task; None if it cannot be leased any more."""
        task, now = holder.task, self.clock()
        if task is None or task.dead_at or from_iso(task.due_at) > now:
            return None
        lease = lease_of(holder, task, now + duration)
        leased = msgspec.structs.replace(
            moved(task, lease.task.step, now + duration), attempt=lease.attempt,
            failures=lease.failures, error=lease.error, leased=True, put_at=iso(now),
            listed_at=task.place_in_index,
        )  # fmt: skip
        try:
            match holder:
                case LeadItem():
                    new = changed(holder, task=leased, attempts=leased.attempt)
                    self.table.write_all(task_writes(holder, new, [Put(new.item(), holder.rev)]))
                    self.recent.leads[new.lead_id] = changed(new, rev=holder.rev + 1)
                case TaskItem():
                    taken = msgspec.structs.replace(holder, task=leased)
                    put = Put(taken.item(), holder.rev)
                    self.table.write_all(task_writes(holder, taken, [put]))
                    self.recent.tasks[task_key(taken.what)] = changed_task(taken, holder.rev + 1)
        except Stale:
            return None
        return lease

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """See `ports.store.Queue.next_due`."""
        firsts = [
            first for place in self._places(step, channel) if (first := self._first_due(place))
        ]
        return from_iso(min(firsts)) if firsts else None

    def _first_due(self, partition: str) -> str:
        """The earliest due time in a partition of the index, "" if it is empty; the items of tasks
        that seem due say whether they are leased."""
        until, leased = due_before(self.clock()), ""
        entries = self.table.query(
            "due_pk = :pk", {":pk": partition}, index="due", page=_LOOKED_AT_ONCE
        )
        for entry in entries:
            due_at: str = entry["due_sk"].partition("#")[0]
            if entry["due_sk"] <= until:
                item = self.table.get((entry["pk"], entry["sk"]))
                state = task_holder_of(item).task if item else None
                if state is None or not _is_alive(state):
                    continue  # the index does not have it yet
                due_at = state.due_at
                if state.leased and f"{due_at}#" > until:
                    leased = min(leased or due_at, due_at)
                    continue
            return min(leased or due_at, due_at)
        return leased

    def count_due(self, step: Step, channel: str = "") -> int:
        """See `ports.store.Queue.count_due`."""
        keys = self._due_keys(step, channel, _COUNTED_AT_ONCE)
        return sum(len(self._due_holders(some)) for some in batched(keys, _COUNTED_AT_ONCE))

    def _count_listed(self, step: Step, channel: str, most: int) -> int:
        """The number of tasks that the index has as due, also those that are leased; at most *most*
        per shard are counted."""
        now = due_before(self.clock())
        return sum(
            self.table.count(_DUE, {":pk": place, ":now": now}, "due", most)
            for place in self._places(step, channel)
        )

    def _places(self, step: Step, channel: str) -> list[str]:
        """The partitions with tasks of a kind that are not dead."""
        return due_partitions(self.table, due_partition(step, channel))

    def untold_since(self, channels: Collection[str]) -> datetime | None:
        """See `ports.store.Queue.untold_since`."""
        return oldest_first_due(self.table, self.clock(), channels)

    def rebase(self) -> int:
        """See `ports.store.Queue.rebase`; reads the whole table. Functions never need it."""
        now, moved = self.clock(), 0
        for item in self.table.scan():
            for name in ("free_at", "since"):
                if item["pk"].startswith("C#") and item.get(name, "") > iso(now):
                    self.table.put_if({**item, name: iso(now)}, "", {})
            if not holds_a_task(item):
                continue
            holder = task_holder_of(item)
            task = holder.task
            if task is None or task.dead_at or from_iso(task.put_at) <= now:
                continue
            wait = from_iso(task.due_at) - from_iso(task.put_at)
            anew = msgspec.structs.replace(task, put_at=iso(now), due_at=iso(now + wait))
            if first_due(task) > iso(now):
                anew = msgspec.structs.replace(anew, first_due_at="", late=False)
            new = msgspec.structs.replace(holder, task=anew)
            self.table.write_all(task_writes(holder, new, [Put(new.item(), holder.rev)]))
            moved += 1
        return moved


def due_at_of(holder: LeadItem | TaskItem) -> str:
    """When the task of an item is due, or its lease ends; "" without a task."""
    return holder.task.due_at if holder.task else ""


def _is_leased(holder: LeadItem | TaskItem) -> bool:
    return holder.task is not None and holder.task.leased


def _is_alive(task: TaskState | None) -> bool:
    return task is not None and not task.dead_at


def _due_sk(item: Item) -> str:
    due_sk: str = item["due_sk"]
    return due_sk
