"""Tasks on AWS: the ledger says what is due and who holds it, the bells only wake workers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

import msgspec

from leadline.adapters.aws.base import Base, Contested, changed
from leadline.adapters.aws.bells import Ring
from leadline.adapters.aws.items import (
    LEAD,
    SHARDS,
    AlertItem,
    LeadItem,
    alert_key,
    alert_of,
    claim_of,
    due_before,
    due_partition,
    holder_of,
    lead_of,
    revived,
)
from leadline.adapters.aws.table import Key, Put, Stale, Write
from leadline.adapters.aws.values import Item
from leadline.formats import from_iso, iso
from leadline.lead import Claim, Step, Task

_DUE = "due_pk = :pk AND due_sk <= :now"
_MOST_PARALLEL = 8
_MOST_ROUNDS = 20


class AwsQueue(Base):
    """The first half of `ports.Queue`: putting, claiming, counting."""

    def put(self, tasks: Sequence[Task], due_at: datetime, note: str = "") -> None:
        """See `ports.Queue.put`."""
        by_lead: dict[str, list[Task]] = {}
        for task in tasks:
            by_lead.setdefault(task.lead_id, []).append(task)
        rings: list[Ring] = []
        for lead_id, some in by_lead.items():
            lead = self._put(lead_id, some, due_at, note)
            if lead is not None:
                rings += [Ring(task, due_at, from_iso(lead.captured_at)) for task in some]
        self._ring(rings)

    def _put(
        self, lead_id: str, tasks: Sequence[Task], due_at: datetime, note: str
    ) -> LeadItem | None:
        for _ in range(_MOST_ROUNDS):
            found = self.table.query("pk = :pk", {":pk": f"L#{lead_id}"})
            items = {item["sk"]: item for item in found}
            if LEAD not in items:
                return None
            lead = lead_of(items[LEAD])
            now = self.clock()
            writes: list[Write] = []
            new = lead
            for task in tasks:
                new = new.note(now, note, task.step) if note else new
                if task.step is Step.REFINE:
                    state = revived(new.task, new.attempts + 1, now, due_at)
                    new = changed(new, task=state, attempts=state.attempt)
                else:
                    old = items.get(alert_key(lead_id, task.channel)[1])
                    writes.append(put_alert(task, alert_of(old) if old else None, now, due_at))
                    alive = tuple(c for c in new.dead_channels if c != task.channel)
                    new = changed(new, dead_channels=alive)
            if new != lead:
                writes.append(Put(new.item(), lead.rev))
            try:
                self.table.write_all(writes)
            except Stale:
                continue
            return lead
        raise Contested(lead_id)

    def claim(self, step: Step, limit: int, lease: timedelta, channel: str = "") -> list[Claim]:
        """See `ports.Queue.claim`."""
        self.recent.clear()
        due = self._candidates(step, channel, limit)
        suspects = [i for i, (_, held) in enumerate(due) if held]
        if suspects:
            due = due[: suspects[0]] or due[:1]
        keys = [key for key, _ in due]
        items = self.table.get_all(keys)
        holders = [holder_of(items[key]) for key in keys if key in items]
        if len(holders) < 2:
            claims = [self._take(holder, lease) for holder in holders]
        else:
            from concurrent.futures import ThreadPoolExecutor  # one task has no use for it

            with ThreadPoolExecutor(min(_MOST_PARALLEL, len(holders))) as pool:
                claims = list(pool.map(lambda holder: self._take(holder, lease), holders))
        return [claim for claim in claims if claim is not None]

    def _candidates(self, step: Step, channel: str, limit: int) -> list[tuple[Key, bool]]:
        """Keys of tasks that look due, longest due first, and whether somebody held them."""
        values = {":now": due_before(self.clock())}
        streams = [
            self.table.query(
                _DUE,
                {**values, ":pk": due_partition(step, channel, shard)},
                index="due",
                limit=limit,
            )
            for shard in range(SHARDS)
        ]
        found = islice(merge(*streams, key=_due_sk), limit)
        return [((item["pk"], item["sk"]), bool(item["held"])) for item in found]

    def _take(self, holder: LeadItem | AlertItem, lease: timedelta) -> Claim | None:
        """Hold the task, if it is still there to be had."""
        task, now = holder.task, self.clock()
        if task is None or task.dead_at or from_iso(task.due_at) > now:
            return None
        claim = claim_of(holder, task)
        held = msgspec.structs.replace(
            task, attempt=claim.attempt, failures=claim.failures, error=claim.error, held=True,
            put_at=iso(now), due_at=iso(now + lease),
        )  # fmt: skip
        try:
            match holder:
                case LeadItem():
                    new = changed(holder, task=held, attempts=held.attempt)
                    self.table.write(Put(new.item(), holder.rev))
                    self.recent.leads[new.lead_id] = changed(new, rev=holder.rev + 1)
                case AlertItem():
                    taken = msgspec.structs.replace(holder, task=held)
                    self.table.write(Put(taken.item(), holder.rev))
        except Stale:
            return None
        return claim

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """See `ports.Queue.next_due`."""
        firsts = [
            item["due_sk"].partition("#")[0]
            for shard in range(SHARDS)
            for item in self.table.query(
                "due_pk = :pk", {":pk": due_partition(step, channel, shard)}, index="due", limit=1
            )
        ]
        return from_iso(min(firsts)) if firsts else None

    def count_due(self, step: Step, channel: str = "") -> int:
        """See `ports.Queue.count_due`."""
        return self._count_due(step, channel)

    def _count_due(self, step: Step, channel: str, most: int = 0) -> int:
        """The same; of each shard no more than *most* are looked at."""
        now = due_before(self.clock())
        places = (due_partition(step, channel, shard) for shard in range(SHARDS))
        return sum(
            self.table.count(_DUE, {":pk": place, ":now": now}, "due", most) for place in places
        )

    def rebase(self) -> int:
        """See `ports.Queue.rebase`; it reads the whole table, and functions never need it."""
        now, moved = self.clock(), 0
        for item in self.table.scan():
            if item["sk"] == "channel" and item["free_at"] > iso(now):
                self.table.put_if({**item, "free_at": iso(now)}, "", {})
            if item["sk"] != LEAD and not item["sk"].startswith("notify#"):
                continue
            holder = holder_of(item)
            task = holder.task
            if task is None or task.dead_at or from_iso(task.put_at) <= now:
                continue
            wait = from_iso(task.due_at) - from_iso(task.put_at)
            anew = msgspec.structs.replace(task, put_at=iso(now), due_at=iso(now + wait))
            self.table.write(Put(msgspec.structs.replace(holder, task=anew).item(), holder.rev))
            moved += 1
        return moved


def put_alert(task: Task, old: AlertItem | None, now: datetime, due_at: datetime) -> Put:
    """The write that puts the task of an alert, whether it was there or not."""
    state = revived(old.task if old else None, 0, now, due_at, again=task.again)
    new = AlertItem(task.lead_id, task.channel, state)
    return Put(new.item(), old.rev if old else None)


def _due_sk(item: Item) -> str:
    due_sk: str = item["due_sk"]
    return due_sk
