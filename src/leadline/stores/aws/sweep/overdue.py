"""Sends missing wake-ups: for overdue tasks, and for tasks that are due before the next sweep and
were beyond the reach of the clock when they were put.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso, iso
from leadline.model.task import Addressee, Step, Task, TaskKind
from leadline.stores.aws.clocks.wakeups import StackClock, Wakeup
from leadline.stores.aws.items import TaskState, further_of, task_holder_of
from leadline.stores.aws.keys import due_before, due_partition, lead_key, overdue_key, task_key
from leadline.stores.aws.shards.counts import due_partitions
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Key
from leadline.stores.aws.values import Item

log = logging.getLogger(__name__)

OVERDUE = timedelta(minutes=5)
"""A task that has been due for longer has no wake-up under way, unless there is a backlog."""
_PAGE = 1000
"""The maximum number of index entries read at once of a partition."""
_MOST_FURTHER = 20_000
"""The maximum number of wake-ups sent for tasks of one kind behind the first page of each
partition: about twice what five runs of Deliver do until the next sweep."""
_MOST_IN_DOUBT = 100
_BATCH = 100


class WakeupsSent(msgspec.Struct):
    """The numbers of wake-ups sent for tasks of one kind, whether there was time for all, and since
    when the first task is due that the sweep has not come to ("": none)."""

    overdue: int = 0
    coming: int = 0
    finished: bool = True
    behind_since: str = ""


class MissingWakeups:
    """Sends wake-ups for tasks that are overdue since *at*, and for those due soon.

    However many tasks are overdue, it reads one page of each partition (`send`), and further pages
    only while messages are missing and time is left (`send_further`): from where the last sweep
    stopped, which an item of the table says for each partition.
    """

    def __init__(
        self, store: AwsStore, clock: StackClock, at: datetime, time_is_left: Callable[[], bool]
    ) -> None:
        self._store = store
        self._clock = clock
        self._at = at
        self._now = store.clock()
        self._time_is_left = time_is_left
        self._further: dict[TaskKind, dict[str, str]] = {}
        """The ends of the first pages behind which further overdue tasks lack messages."""

    def send(self, kind: TaskKind) -> WakeupsSent:
        """Send the missing wake-ups for the longest overdue tasks of this kind, and for those due
        soon; raises StorageFailed."""
        name = due_partition(*kind)
        pages = {place: self._page(kind, place) for place in self._places(name)}
        at = due_before(self._at)
        overdue = [entry for page in pages.values() for entry in page if entry["due_sk"] <= at]
        sent = WakeupsSent()
        if overdue:
            cut = {
                place: page[-1]["due_sk"]
                for place, page in pages.items()
                if len(page) == _PAGE and page[-1]["due_sk"] <= at
            }
            self._send_overdue(kind, overdue, cut, sent)
        if reach := self._reach(kind):
            self._send_coming(self._coming(pages, self._now + reach), sent)
        return sent

    def send_further(self, kind: TaskKind) -> WakeupsSent:
        """Send wake-ups for overdue tasks behind the first pages, if messages were missing, from
        where the last sweep stopped; raises StorageFailed."""
        sent = WakeupsSent()
        ends = self._further.pop(kind, {})
        if not ends:
            return sent
        key = overdue_key(f"{kind[0]}#{kind[1]}")
        stopped: dict[str, str] = (self._store.table.get(key) or {}).get("after", {})
        places = {place: max(end, stopped.get(place, "")) for place, end in ends.items()}
        while places and self._time_is_left() and sent.overdue < _MOST_FURTHER:
            for place, after in list(places.items()):
                page = self._after(place, after)
                self._ring(kind, page)
                sent.overdue += len(page)
                if len(page) < _PAGE - 1:
                    del places[place]
                else:
                    places[place] = page[-1]["due_sk"]
            state = {"pk": key[0], "sk": key[1], "after": places}
            self._store.table.put_if(state, "", {})
        if places:
            sent.finished = False
            sent.behind_since = min(places.values()).partition("#")[0]
        log.warning(
            "sweep.behind", extra={"step": kind[0], "channel": kind[1], "count": sent.overdue}
        )
        return sent

    def _places(self, name: str) -> list[str]:
        return due_partitions(self._store.table, name)

    def _reach(self, kind: TaskKind) -> timedelta | None:
        """How far ahead the clock wakes for tasks of this kind; None if each has its wake-up since
        it was put: those of REFINE always, all others if the clock has no limit."""
        return None if kind[0] is Step.REFINE else self._clock.reach

    def _page(self, kind: TaskKind, place: str) -> list[Item]:
        """The first entries of a partition: overdue tasks, and those due soon."""
        reach = self._reach(kind)
        until = self._now + reach if reach else self._at
        values = {":pk": place, ":until": due_before(until)}
        condition = "due_pk = :pk AND due_sk <= :until"
        return list(self._store.table.query(condition, values, index="due", limit=_PAGE))

    def _after(self, place: str, after: str) -> list[Item]:
        """The next page of overdue tasks behind one."""
        until = due_before(self._at)
        if after > until:  # the last sweep was asked to take younger tasks
            return []
        found = self._between(place, after, until, _PAGE)
        return [entry for entry in found if entry["due_sk"] != after]

    def _coming(self, pages: Mapping[str, Sequence[Item]], until: datetime) -> Iterator[Key]:
        """The keys of tasks that are due *until* then and not leased; entries behind the first page
        of a partition are read only when they are asked for."""
        now = iso(self._now)
        for place, page in pages.items():
            entries: Iterable[Item] = page
            if len(page) == _PAGE:
                low = max(page[-1]["due_sk"], now)
                seen = {entry["due_sk"] for entry in page}
                rest = self._between(place, low, due_before(until))
                entries = chain(page, (entry for entry in rest if entry["due_sk"] not in seen))
            for entry in entries:
                if entry["due_sk"] >= now and not entry["held"]:
                    yield entry["pk"], entry["sk"]

    def _between(self, place: str, low: str, high: str, limit: int = 0) -> Iterator[Item]:
        values = {":pk": place, ":low": low, ":high": high}
        condition = "due_pk = :pk AND due_sk BETWEEN :low AND :high"
        return self._store.table.query(condition, values, index="due", limit=limit)

    def _send_overdue(
        self, kind: TaskKind, overdue: Sequence[Item], cut: dict[str, str], sent: WakeupsSent
    ) -> None:
        """Send wake-ups for overdue tasks.

        If there may be a wake-up for each of them under way, because the function is behind, only
        the longest due tasks get one: a task without a wake-up becomes one of those in the end, and
        a queue is not filled with one message per task and sweep.
        """
        if self._ready(kind) >= len(overdue):
            overdue = sorted(overdue, key=lambda entry: str(entry["due_sk"]))[:_MOST_IN_DOUBT]
        else:
            self._further[kind] = cut
        step, _ = kind
        for task in self._ring(kind, overdue):
            log.warning(f"sweep.{step}_rung", extra={"lead": task.lead_id})
            sent.overdue += 1

    def _ring(self, kind: TaskKind, entries: Sequence[Item]) -> list[Task]:
        """Send wake-ups for the tasks of index entries; returns those whose leads are there."""
        step, channel = kind
        tasks = self._without_leases([Task(step, entry["pk"][2:], channel) for entry in entries])
        wakeups = self._wakeups(dict.fromkeys(tasks, self._now)) if tasks else []
        self._clock.send(wakeups, self._now)
        return [wakeup.task for wakeup in wakeups]

    def _without_leases(self, tasks: Sequence[Task]) -> list[Task]:
        """Those of these tasks that nobody is doing just now, by their items: the index has a
        leased task where it was."""
        items = self._store.table.get_all([task_key(one) for one in tasks], exact=False)
        leased = {
            key
            for key, item in items.items()
            if (state := task_holder_of(item).task) is not None
            and state.leased
            and from_iso(state.due_at) > self._now
        }
        return [one for one in tasks if task_key(one) not in leased]

    def _ready(self, kind: TaskKind) -> int:
        """The number of wake-ups that may belong to due tasks. Those that come later are for tasks
        that are not due yet, unless their channel or CRM was in use meanwhile."""
        under_way = self._clock.under_way(kind[0])
        ready = under_way.due
        place = _due_place_of(*kind)
        if place and self._store.is_in_use(place, self._at):
            ready += under_way.later
        return ready

    def _send_coming(self, keys: Iterable[Key], sent: WakeupsSent) -> None:
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
