"""The queue on AWS: the table has the tasks and their leases; wake-ups only start workers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

import msgspec

from leadline.model.formats import from_iso, iso
from leadline.model.task import Later, Lease, Step, Task
from leadline.ports.store import Among
from leadline.stores.aws.base import Base, Contested, changed
from leadline.stores.aws.items import (
    LeadItem,
    TaskItem,
    TaskState,
    further_of,
    holds_a_task,
    lead_of,
    lease_of,
    revived,
    task_holder_of,
)
from leadline.stores.aws.keys import (
    LEAD,
    due_before,
    due_partition,
    lead_key,
    task_key,
)
from leadline.stores.aws.late import (
    as_late,
    entry_writes,
    first_due,
    moved,
    oldest_first_due,
    task_writes,
)
from leadline.stores.aws.parallel import in_parallel
from leadline.stores.aws.shards import due_partitions
from leadline.stores.aws.table import Key, Put, Stale, Write
from leadline.stores.aws.values import Item
from leadline.stores.aws.wakeups import Wakeup

_DUE = "due_pk = :pk AND due_sk <= :now"
_MOST_ROUNDS = 20
_PASSED_BY = 1000
"""The maximum number of tasks read to find those of some sources; functions never ask for that."""


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
        due = self._candidates(step, channel, limit if among is None else _PASSED_BY + limit)
        suspects = [i for i, (_, leased) in enumerate(due) if leased]
        if suspects:
            due = due[: suspects[0]] or due[:1]
        keys = [key for key, _ in due]
        items = self.table.get_all(keys)
        holders = [task_holder_of(items[key]) for key in keys if key in items]
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

    def _candidates(self, step: Step, channel: str, limit: int) -> list[tuple[Key, bool]]:
        """Keys of tasks that seem due, longest due first, and whether they were leased."""
        values = {":now": due_before(self.clock())}
        streams = [
            self.table.query(
                _DUE,
                {**values, ":pk": place},
                index="due",
                limit=limit,
            )
            for place in self._places(step, channel)
        ]
        found = islice(merge(*streams, key=_due_sk), limit)
        return [((item["pk"], item["sk"]), bool(item["held"])) for item in found]

    def _take(self, holder: LeadItem | TaskItem, duration: timedelta) -> Lease | None:
        """Lease the task; None if it cannot be leased any more."""
        task, now = holder.task, self.clock()
        if task is None or task.dead_at or from_iso(task.due_at) > now:
            return None
        lease = lease_of(holder, task, now + duration)
        leased = msgspec.structs.replace(
            moved(task, lease.task.step, now + duration), attempt=lease.attempt,
            failures=lease.failures, error=lease.error, leased=True, put_at=iso(now),
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
        except Stale:
            return None
        return lease

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """See `ports.store.Queue.next_due`."""
        firsts = [
            item["due_sk"].partition("#")[0]
            for place in self._places(step, channel)
            for item in self.table.query("due_pk = :pk", {":pk": place}, index="due", limit=1)
        ]
        return from_iso(min(firsts)) if firsts else None

    def count_due(self, step: Step, channel: str = "") -> int:
        """See `ports.store.Queue.count_due`."""
        return self._count_due(step, channel)

    def _count_due(self, step: Step, channel: str, most: int = 0) -> int:
        """The number of due tasks; at most *most* per shard are counted (0: all)."""
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


def put_further(task: Task, old: TaskItem | None, now: datetime, due_at: datetime) -> list[Write]:
    """The writes that put a task of any step except REFINE, new or again; an alert that is leased
    stays unchanged (`ports.store.Queue.put`)."""
    if old is not None and _is_being_sent(old.task) and task.step is Step.NOTIFY and not task.again:
        return [Put(old.item(), old.rev)]
    before = old.task if old else None
    state = as_late(before, revived(before, 0, now, due_at, again=task.again), task.step, now)
    new = TaskItem(task.lead_id, task.channel, state, task.step)
    put = Put(new.item(), old.rev if old else None)
    return [put, *entry_writes(task, before, state)]


def _is_being_sent(task: TaskState) -> bool:
    return task.leased and not task.dead_at


def schedule(
    lead: LeadItem,
    follow_ups: Sequence[Later],
    there: Mapping[Key, Item],
    now: datetime,
    settled: Task | None = None,
) -> tuple[LeadItem, list[Write]]:
    """The lead with its follow-up tasks, and the writes for those that are items of their own.
    *there* are items as they were read; the lease of the task *settled* has ended."""
    own = task_key(settled) if settled else None
    writes: list[Write] = []
    for key, one in {task_key(one.task): one for one in follow_ups}.items():
        lead = put_back(lead, one.task, now, now + one.after)
        if one.task.step is not Step.REFINE:
            old = further_of(there[key]) if key in there else None
            if old is not None and key == own:
                free = msgspec.structs.replace(old.task, leased=False)
                old = msgspec.structs.replace(old, task=free)
            writes += put_further(one.task, old, now, now + one.after)
    return lead, writes


def wakeups_of(lead: LeadItem, follow_ups: Sequence[Later], now: datetime) -> list[Wakeup]:
    """The wake-ups for follow-up tasks."""
    captured_at = from_iso(lead.captured_at)
    return [Wakeup(one.task, now + one.after, captured_at) for one in follow_ups]


def put_back(lead: LeadItem, task: Task, now: datetime, due_at: datetime) -> LeadItem:
    """The lead with its own fields updated for a task that is put."""
    if task.step is Step.REFINE:
        state = revived(lead.task, lead.attempts + 1, now, due_at, again=task.again)
        state = as_late(lead.task, state, task.step, now)
        return changed(lead, task=state, attempts=state.attempt)
    if task.step is Step.NOTIFY and task.channel in lead.dead_channels:
        alive = tuple(c for c in lead.dead_channels if c != task.channel)
        return changed(lead, dead_channels=alive)
    return lead


def _due_sk(item: Item) -> str:
    due_sk: str = item["due_sk"]
    return due_sk
