"""What wakes a function, messages of SQS or one event: the tasks named, and how each ends."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NoReturn

import msgspec

from leadline.installations.batches import BatchStore, StackClock, Wakeup, kind_of_task, task_of
from leadline.model.errors import LeadlineError, StorageFailed
from leadline.model.task import Step, Task, TaskKind

log = logging.getLogger(__name__)


def remaining_seconds(context: Any) -> float:
    """The seconds that the invocation has left, by the *context* of its handler."""
    left: int = context.get_remaining_time_in_millis()
    return left / 1000


class Pace:
    """The pace of new messages for tasks of one kind: none before *start*, then one per *gap*."""

    def __init__(self, start: datetime, gap: timedelta = timedelta()) -> None:
        self._next, self._gap = start, gap

    def next(self, wakeup: Wakeup) -> Wakeup:
        """The same wake-up at the next free time."""
        at, self._next = self._next, self._next + self._gap
        return Wakeup(wakeup.task, max(wakeup.due_at, at), wakeup.captured_at)


class NotDone(LeadlineError):
    """An event whose task could not be done: Lambda invokes the function with it again, and after
    three failures sends it to the dead-letter queue."""

    detail = "the task of this event could not be done"


class Batch:
    """The messages of one invocation; several may name the same task. With *refining* they must be
    for REFINE, otherwise for any other step. They came by the *clock*, if given."""

    def __init__(
        self,
        records: Sequence[Mapping[str, Any]],
        clock: StackClock | None = None,
        *,
        refining: bool,
    ) -> None:
        self.unreadable: list[str] = []
        self.ids_of: dict[Task, list[str]] = {}
        self._clock = clock
        self._is_event = False
        self._handles: dict[Task, list[str]] = {}
        self._renewed: list[Task] = []
        for record in records:
            message_id, task = record["messageId"], task_of(record["body"])
            if task is None or (task.step is Step.REFINE) is not refining:
                log.error("message.unreadable")
                self.unreadable.append(message_id)
            else:
                self.ids_of.setdefault(task, []).append(message_id)
                if handle := record.get("receiptHandle"):
                    self._handles.setdefault(task, []).append(handle)

    @classmethod
    def of(cls, event: Mapping[str, Any], clock: StackClock, *, refining: bool) -> "Batch":
        """What woke a function: a batch of messages of SQS, or one message as the event itself,
        from a schedule or another function."""
        if "Records" in event:
            return cls(event["Records"], clock, refining=refining)
        record = {"messageId": "event", "body": msgspec.json.encode(event).decode()}
        batch = cls([record], clock, refining=refining)
        batch._is_event = True
        return batch

    @property
    def tasks(self) -> list[Task]:
        """The tasks that the messages name, each once."""
        return list(self.ids_of)

    def failures(self, tasks: Iterable[Task]) -> dict[str, Any]:
        """The response that leaves the messages of these tasks, and unreadable ones, on the queue.
        It has only ids of this batch, since an unknown id fails the whole batch (Lambda Developer
        Guide, "Implementing partial batch responses"). Raises NotDone if the message was the event
        itself, since Lambda repeats only invocations that fail."""
        ids = [*self.unreadable, *(i for task in tasks for i in self.ids_of[task])]
        if ids and self._is_event:
            raise NotDone
        return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}

    def end(
        self,
        store: BatchStore,
        paced: Mapping[TaskKind, Pace] = MappingProxyType({}),
        *,
        stopped: bool = False,
    ) -> dict[str, Any]:
        """End every message; returns the response of the invocation, or raises NotDone.

        A message whose task is done is removed. A task that is not done gets a new message for the
        time when it is due, or as its kind is *paced*. A message stays if there was no time for it,
        its lead is unknown, or its task is still due after AWS *stopped* the run: SQS delivers it
        again after the visibility timeout, and finally moves it to the dead-letter queue.
        """
        return self.failures(self._end(store, paced, stopped=stopped))

    def _end(
        self, store: BatchStore, paced: Mapping[TaskKind, Pace], *, stopped: bool
    ) -> list[Task]:
        """Send new messages; returns the tasks whose messages stay."""
        try:
            alive = store.unfinished()
        except StorageFailed:
            log.exception("batch.unknown")
            return self.tasks
        failed = [task for task, wakeup in alive.items() if wakeup is None]
        wakeups: list[Wakeup] = []
        for task, wakeup in alive.items():
            if wakeup is None:
                log.error("message.of_no_lead", extra={"lead": task.lead_id})
            elif (pace := paced.get(kind_of_task(task))) is not None:
                wakeups.append(pace.next(wakeup))
            elif task in store.left.values() or (stopped and wakeup.due_at <= store.clock()):
                failed.append(task)
            else:
                wakeups.append(wakeup)
        if wakeups:
            try:
                store.wakeups.send(wakeups, store.clock())
            except StorageFailed:
                log.exception("bell.silent")
                failed += [wakeup.task for wakeup in wakeups]
                wakeups = []
        self._renewed = [wakeup.task for wakeup in wakeups]
        return failed

    def end_in_vain(self, store: BatchStore, why: Exception) -> NoReturn:
        """The same for a batch of which no task could be done; then raises *why*.

        CloudWatch counts an error only if the run raises, and SQS then redelivers all messages. So
        those whose tasks have a new wake-up are deleted; otherwise each would send another one.
        """
        self._end(store, {}, stopped=True)
        if self._clock is not None:
            self._discard(self._clock)
        raise why

    def _discard(self, clock: StackClock) -> None:
        """Discard the messages whose tasks have a new wake-up."""
        for task in self._renewed:
            try:
                for handle in self._handles.get(task, ()):
                    clock.discard(task.step, handle)
            except StorageFailed:
                log.exception("message.kept", extra={"lead": task.lead_id})
