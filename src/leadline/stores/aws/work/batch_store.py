"""The store for one batch of SQS messages: it leases the tasks that the messages name."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from leadline.model.errors import StorageFailed
from leadline.model.facts.likeness import Candidate, Candidates, Judgement
from leadline.model.formats import from_iso, iso
from leadline.model.handling import Handling
from leadline.model.personal_data.suppression import Suppressed
from leadline.model.staff.assigning import Kept, Rewrite
from leadline.model.task import (
    Addressee,
    Alert,
    Done,
    Drop,
    Later,
    Lease,
    Retry,
    Step,
    Task,
    TaskKind,
)
from leadline.ports.store import Among, Settlement, Waiting
from leadline.stores.aws.base import log
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import LeadItem, TaskItem, TaskState, task_holder_of
from leadline.stores.aws.keys import due_partition, lead_key, task_key
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Key

_ENOUGH = 250
"""The maximum of tasks counted per shard; more than any sensible `digest_above`."""
_AFTER_TROUBLE = timedelta(minutes=1)


class BatchStore(AwsStore):
    """Leases the given *tasks*, each once. For batched steps it also leases other due tasks up to
    the limit, so that a burst becomes one message.

    If AWS fails before anything was done, leased tasks are given back at once without counting a
    failure: an outage of S3 for an hour must not make dead letters.

    `counts` has the number of tasks by result: "Refined", "Quarantined", "Alerted", "Reminded",
    "Dead"; `settled` is the number of outcomes carried out.
    """

    def __init__(self, *parts: Any, tasks: Iterable[Task], **more: Any) -> None:
        super().__init__(*parts, **more)
        self.tasks = {task_key(task): task for task in tasks}
        self.left = dict(self.tasks)
        self.counts: dict[str, int] = {}
        self.settled = 0
        self.trusts_recent = True
        self._ended: set[Task] = set()
        self._looked_at: dict[TaskKind, list[LeadItem | TaskItem]] = {}
        self._alone: set[TaskKind] = set()
        self._taken: dict[Key, Lease] = {}

    def lease(
        self,
        step: Step,
        limit: int,
        duration: timedelta,
        channel: str = "",
        among: Among | None = None,
    ) -> list[Lease]:
        """See `ports.store.Queue.lease`."""
        with self._or_give_back():
            return super().lease(step, limit, duration, channel, among)

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """See `ports.store.Leads.waiting`."""
        with self._or_give_back():
            return super().waiting(lead_ids)

    def candidates(self, keys: Mapping[str, Sequence[bytes]]) -> Mapping[str, Candidates]:
        """See `ports.store_parts.duplicates.Duplicates.candidates`."""
        with self._or_give_back():
            return super().candidates(keys)

    def clusters(self, firsts: Sequence[str]) -> Mapping[str, Sequence[Candidate]]:
        """See `ports.store_parts.duplicates.Duplicates.clusters`."""
        with self._or_give_back():
            return super().clusters(firsts)

    def judgements(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Judgement]]:
        """See `ports.store_parts.duplicates.Duplicates.judgements`."""
        with self._or_give_back():
            return super().judgements(lead_ids)

    def documents(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `ports.store.Leads.documents`."""
        with self._or_give_back():
            return super().documents(lead_ids)

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """See `ports.store.Alerts.alerts`."""
        with self._or_give_back():
            return super().alerts(lead_ids)

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Handlings.handling`."""
        with self._or_give_back():
            return super().handling(lead_ids)

    def handle(
        self,
        lead_id: str,
        before: Handling,
        after: Handling,
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
        changes: Mapping[str, Rewrite] = {},
    ) -> bool:
        """See `ports.store.Handlings.handle`."""
        with self._or_give_back():
            return super().handle(lead_id, before, after, then, note, detail, changes)

    def suppressed(self, hashes: Collection[str]) -> Mapping[str, Suppressed]:
        """See `ports.personal_data.suppressions.Suppressions.suppressed`."""
        with self._or_give_back():
            return super().suppressed(hashes)

    def suppression_key(self) -> str | None:
        """See `ports.personal_data.suppressions.Suppressions.suppression_key`."""
        with self._or_give_back():
            return super().suppression_key()

    def kept(self, names: Collection[str]) -> Mapping[str, Kept]:
        """See `ports.store_parts.assigning.Assigning.kept`."""
        with self._or_give_back():
            return super().kept(names)

    def keep(self, changes: Mapping[str, Rewrite]) -> bool:
        """See `ports.store_parts.assigning.Assigning.keep`."""
        with self._or_give_back():
            return super().keep(changes)

    def queue_of(self, team: str, limit: int = 100) -> Sequence[str]:
        """See `ports.store_parts.assigning.Assigning.queue_of`."""
        with self._or_give_back():
            return super().queue_of(team, limit)

    @contextmanager
    def _or_give_back(self) -> Iterator[None]:
        try:
            yield
        except StorageFailed:
            self._give_back_all()
            raise

    def _give_back_all(self) -> None:
        """Give back all leased tasks; if AWS refuses that too, their leases have to end first."""
        again = Retry(_AFTER_TROUBLE, why="storage.failed", counts=False)
        leases = [*self._taken.values()]
        self._taken.clear()
        try:
            for lease in leases:
                self._settle(Settlement(lease, again))
        except StorageFailed as error:
            log.error("claims.kept", extra={"count": len(leases), "error": str(error)})

    def _candidates(self, step: Step, channel: str, limit: int) -> list[LeadItem | TaskItem]:
        looked_at = self._looked_at.pop((step, channel), None)
        mine = (self._due_of_mine(step, channel) if looked_at is None else looked_at)[:limit]
        if not step.row.batched or len(mine) >= limit:
            return mine
        if not mine and (step, channel) in self._alone:
            return []  # what came since has messages of its own
        others = super()._candidates(step, channel, limit)
        if len(others) < limit:
            self._alone.add((step, channel))
        return [*mine, *others][:limit]

    def _places(self, step: Step, channel: str) -> list[str]:
        """Only the partitions of new tasks: tasks of earlier shards have messages of their own."""
        return [f"{due_partition(step, channel)}{shard}" for shard in range(self.table.shards)]

    def _due_keys(self, step: Step, channel: str, page: int) -> Iterator[Key]:
        """Those of other tasks: the given ones are looked at by `_due_of_mine`."""
        return (key for key in super()._due_keys(step, channel, page) if key not in self.tasks)

    def _due_of_mine(self, step: Step, channel: str) -> list[LeadItem | TaskItem]:
        """Those of the remaining tasks that can be leased now; the others are not tried again.

        Tasks whose worker died come last, by the number of deaths: one that kills its worker must
        not delay the others of the batch.
        """
        keys = [k for k, t in self.left.items() if (t.step, t.channel) == (step, channel)]
        items = self.table.get_all(keys) if keys else {}
        now = iso(self.clock())
        due: list[tuple[bool, int, str, LeadItem | TaskItem]] = []
        for key in keys:
            holder = task_holder_of(items[key]) if key in items else None
            state = _state_of(holder) if holder else None
            if holder is None or state is None or state.due_at > now:
                del self.left[key]
            else:
                deaths = state.failures if state.leased else 0
                due.append((state.leased, deaths, state.due_at, holder))
        return [holder for *_, holder in sorted(due, key=lambda one: one[:3])]

    def _take(self, holder: LeadItem | TaskItem, duration: timedelta) -> Lease | None:
        item = holder.item()
        self.left.pop((item["pk"], item["sk"]), None)
        lease = super()._take(holder, duration)
        if lease is not None:
            self._taken[task_key(lease.task)] = lease
        return lease

    def count_due(self, step: Step, channel: str = "") -> int:
        """See `ports.store.Queue.count_due`. At least the given tasks are counted, since the index
        may not have the newest yet; at most `_ENOUGH` per shard, since there may be very many after
        an outage of the channel. Those that other workers are sending just now are counted too."""
        kind = (step, channel)
        looked_at = self._looked_at[kind] = self._due_of_mine(step, channel)
        mine = len(looked_at)
        if step.addressee is not Addressee.CHANNEL or not step.row.batched:
            return mine
        if not mine and kind in self._alone:
            return 0
        listed = self._count_listed(step, channel, _ENOUGH)
        if listed <= mine:
            self._alone.add(kind)
        return max(mine, listed)

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """See `ports.store.Queue.settle`."""
        for one in settlements:
            if one.lease.task.step.addressee is not Addressee.LEAD:
                # A message may have been sent: do not send it again before the lease ends.
                self._taken.pop(task_key(one.lease.task), None)
        with self._or_give_back():
            carried_out = super().settle(settlements)
        for one in settlements:
            self._taken.pop(task_key(one.lease.task), None)
            if isinstance(one.outcome, Retry):  # it may be due at once
                self._alone.discard((one.lease.task.step, one.lease.task.channel))
        self.settled += sum(carried_out)
        self._ended |= {
            one.lease.task
            for one, done in zip(settlements, carried_out, strict=True)
            if done and _ends(one)
        }
        for one, done in zip(settlements, carried_out, strict=True):
            if done and (what := _name_of(one)):
                self.counts[what] = self.counts.get(what, 0) + 1
        return carried_out

    def unfinished(self) -> dict[Task, Wakeup | None]:
        """The given tasks that are not done or dead, each with the wake-up for it; None for a task
        whose lead is unknown."""
        tasks = {key: task for key, task in self.tasks.items() if task not in self._ended}
        keys = [*tasks, *(lead_key(task.lead_id) for task in tasks.values())]
        items = self.table.get_all(keys) if keys else {}
        found: dict[Task, Wakeup | None] = {}
        for key, task in tasks.items():
            lead = items.get(lead_key(task.lead_id))
            if lead is None:
                found[task] = None
            elif key in items and (state := _state_of(task_holder_of(items[key]))) is not None:
                found[task] = Wakeup(task, from_iso(state.due_at), from_iso(lead["captured_at"]))
        return found


def _state_of(holder: LeadItem | TaskItem) -> TaskState | None:
    """The state of the task, unless there is none or it is dead."""
    state = holder.task
    return None if state is None or state.dead_at else state


def _ends(one: Settlement) -> bool:
    """Whether a task is over once this is carried out. What puts it anew then sends a wake-up."""
    match one.outcome:
        case Done() as done:
            then = (*done.then, *(later.task for later in done.later))
            return task_key(one.lease.task) not in map(task_key, then)
        case Drop():
            return True
    return False


def _name_of(one: Settlement) -> str:
    match one.outcome:
        case Done(refined=refined) if refined is not None:
            return refined.status.capitalize()
        case Done(alert=alert) if alert is not None:
            return one.lease.task.step.row.metric
        case Drop():
            return "Dead"
    return ""
