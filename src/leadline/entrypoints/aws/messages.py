"""A batch of SQS messages: which are done, which come again, which are no use, and how long the
call that brought them may take."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from leadline.installations.batches import HandedStore, Ring, kind_of_task, task_of
from leadline.model.errors import StorageFailed
from leadline.model.task import Step, Task, TaskKind

log = logging.getLogger(__name__)


def remaining_seconds(context: Any) -> float:
    """How many seconds a call may still take, by the context that Lambda gives its handler."""
    left: int = context.get_remaining_time_in_millis()
    return left / 1000


class Pace:
    """Of tasks of one kind: none before *start*, and each *gap* after the one before."""

    def __init__(self, start: datetime, gap: timedelta = timedelta()) -> None:
        self._next, self._gap = start, gap

    def next(self, ring: Ring) -> Ring:
        """The same bell, for the next free moment."""
        at, self._next = self._next, self._next + self._gap
        return Ring(ring.task, max(ring.due_at, at), ring.captured_at)


class Batch:
    """The messages of one call; several may name one task. *refining*: whether they are for REFINE,
    else for all steps but that."""

    def __init__(self, records: Sequence[Mapping[str, Any]], *, refining: bool) -> None:
        self.unreadable: list[str] = []
        self.ids_of: dict[Task, list[str]] = {}
        for record in records:
            message_id, task = record["messageId"], task_of(record["body"])
            if task is None or (task.step is Step.REFINE) is not refining:
                log.error("message.unreadable")
                self.unreadable.append(message_id)
            else:
                self.ids_of.setdefault(task, []).append(message_id)

    @property
    def tasks(self) -> list[Task]:
        """What the messages name, each once."""
        return list(self.ids_of)

    def failures(self, tasks: Iterable[Task]) -> dict[str, Any]:
        """The answer that leaves the messages of these tasks, and those nobody can read, on the
        queue; only ids of this batch are ever in it (Lambda Developer Guide, "Implementing partial
        batch responses": an id that is unknown fails the whole batch)."""
        ids = [*self.unreadable, *(i for task in tasks for i in self.ids_of[task])]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}

    def end(
        self,
        store: HandedStore,
        paced: Mapping[TaskKind, Pace] = MappingProxyType({}),
        *,
        stopped: bool = False,
    ) -> dict[str, Any]:
        """Give every message its end: a task that is over needs it no more; one that lives gets a
        new message for when it is due, or as its kind is *paced*; what nobody had time for, whose
        lead is unknown, or what is still due after AWS *stopped* us, comes again when its
        visibility timeout is over and in the end becomes a dead letter."""
        try:
            alive = store.unfinished()
        except StorageFailed:
            log.exception("batch.unknown")
            return self.failures(self.tasks)
        failed = [task for task, ring in alive.items() if ring is None]
        rings: list[Ring] = []
        for task, ring in alive.items():
            if ring is None:
                log.error("message.of_no_lead", extra={"lead": task.lead_id})
            elif (pace := paced.get(kind_of_task(task))) is not None:
                rings.append(pace.next(ring))
            elif task in store.left.values() or (stopped and ring.due_at <= store.clock()):
                failed.append(task)
            else:
                rings.append(ring)
        if rings:
            try:
                store.bells.ring(rings, store.clock())
            except StorageFailed:
                log.exception("bell.silent")
                failed += [ring.task for ring in rings]
        return self.failures(failed)
