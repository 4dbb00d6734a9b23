"""Sends missing wake-ups: for overdue tasks, and for tasks that are due before the next sweep and
were beyond the reach of the clock when they were put.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso, iso
from leadline.model.task import Addressee, Step, Task, TaskKind
from leadline.stores.aws.items import TaskState, further_of
from leadline.stores.aws.keys import SHARDS, due_before, due_partition, lead_key
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Key
from leadline.stores.aws.wakeups import StackClock, Wakeup

log = logging.getLogger(__name__)

OVERDUE = timedelta(minutes=5)
"""A task that has been due for longer has no wake-up under way, unless there is a backlog."""
_MOST_OVERDUE = 1000
"""The maximum per shard and sweep."""
_MOST_IN_DOUBT = 100
_BATCH = 100


class WakeupsSent(msgspec.Struct):
    """The numbers of wake-ups sent for tasks of one kind, and whether there was time for all."""

    overdue: int = 0
    coming: int = 0
    finished: bool = True


class MissingWakeups:
    """Sends wake-ups for tasks that are overdue since *at*, and for those due soon."""

    def __init__(
        self, store: AwsStore, clock: StackClock, at: datetime, time_is_left: Callable[[], bool]
    ) -> None:
        self._store = store
        self._clock = clock
        self._at = at
        self._now = store.clock()
        self._time_is_left = time_is_left

    def send(self, kind: TaskKind) -> WakeupsSent:
        """Send the missing wake-ups for tasks of this kind; raises StorageFailed."""
        overdue, coming = self._find(kind)
        sent = WakeupsSent()
        if overdue:
            sent.overdue = self._send_overdue(kind, overdue)
        self._send_coming(coming, sent)
        return sent

    def _find(self, kind: TaskKind) -> tuple[list[tuple[str, str]], list[Key]]:
        """Overdue tasks (due time and lead id), and the keys of tasks due soon. The latter are not
        needed for REFINE, whose tasks always have a wake-up, nor if the clock has no limit."""
        refining, reach = kind[0] is Step.REFINE, self._clock.reach
        until = due_before(self._at if refining or reach is None else self._now + reach)
        at, now = due_before(self._at), iso(self._now)
        overdue: list[tuple[str, str]] = []
        coming: list[Key] = []
        for shard in range(SHARDS):
            values = {":pk": due_partition(*kind, shard), ":until": until}
            condition = "due_pk = :pk AND due_sk <= :until"
            limit = _MOST_OVERDUE if refining or reach is None else 0
            here: list[tuple[str, str]] = []
            for entry in self._store.table.query(condition, values, index="due", limit=limit):
                due_sk = entry["due_sk"]
                if due_sk <= at and len(here) < _MOST_OVERDUE:
                    here.append((due_sk, entry["pk"][2:]))
                elif due_sk >= now and not entry["held"]:
                    coming.append((entry["pk"], entry["sk"]))
            overdue += here
        return overdue, coming

    def _send_overdue(self, kind: TaskKind, overdue: list[tuple[str, str]]) -> int:
        """Send wake-ups for overdue tasks.

        If there may be a wake-up for each of them under way, because the function is behind, only
        the longest due tasks get one: a task without a wake-up becomes one of those in the end, and
        a queue is not filled with one message per task and sweep.
        """
        if self._ready(kind) >= len(overdue):
            overdue = sorted(overdue)[:_MOST_IN_DOUBT]
        step, channel = kind
        wakeups = self._wakeups({Task(step, i, channel): self._now for _, i in overdue})
        self._clock.send(wakeups, self._now)
        for wakeup in wakeups:
            log.warning(f"sweep.{step}_rung", extra={"lead": wakeup.task.lead_id})
        return len(wakeups)

    def _ready(self, kind: TaskKind) -> int:
        """The number of wake-ups that may belong to due tasks. Those that come later are for tasks
        that are not due yet, unless their channel or CRM was in use meanwhile."""
        under_way = self._clock.under_way(kind[0])
        ready = under_way.due
        place = _due_place_of(*kind)
        if place and self._store.is_in_use(place, self._at):
            ready += under_way.later
        return ready

    def _send_coming(self, keys: list[Key], sent: WakeupsSent) -> None:
        """Send wake-ups for those of these tasks that were out of reach when they were put."""
        for some in batched(keys, _BATCH):
            if not self._time_is_left():
                sent.finished = False
                return
            tasks = map(further_of, self._store.table.get_all(some, exact=False).values())
            due = {one.what: from_iso(one.task.due_at) for one in tasks if self._was_far(one.task)}
            wakeups = self._wakeups(due) if due else []
            self._clock.send(wakeups, self._now)
            sent.coming += len(wakeups)

    def _was_far(self, task: TaskState) -> bool:
        reach = self._clock.reach
        waits = from_iso(task.due_at) - from_iso(task.put_at)
        return reach is not None and not task.dead_at and waits > reach

    def _wakeups(self, due: Mapping[Task, datetime]) -> list[Wakeup]:
        """The wake-ups for tasks; none for a task whose lead is missing."""
        keys = [lead_key(task.lead_id) for task in due]
        leads = self._store.table.get_all(keys, exact=False)
        return [
            Wakeup(task, at, from_iso(item["captured_at"]))
            for task, at in due.items()
            if (item := leads.get(lead_key(task.lead_id))) is not None
        ]


def _due_place_of(step: Step, channel: str) -> str:
    """The pacing key of tasks of this kind; "" if they are not paced."""
    if step.addressee is Addressee.CRM:
        from leadline.ports.pacing_keys import pacing_key  # rarely needed

        return pacing_key(channel)
    if step.addressee is Addressee.AD_NETWORK:
        from leadline.ports.pacing_keys import push_key

        return push_key(channel)
    return channel
