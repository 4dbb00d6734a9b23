"""Wake-ups: how a stack's functions learn that a task is due.

The table has the tasks; a wake-up only says "look at this task". A lost wake-up delays its task
until Sweep finds it overdue, and one too many changes nothing, so any clock can send them:
SQS (`message_queues`), or one-time schedules (`schedules`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import msgspec

from leadline.model.formats import iso, key_of
from leadline.model.ids import is_lead_id
from leadline.model.task import Addressee, Step, Task, TaskKind

T = TypeVar("T")


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that names a task, whose state is in the table. Without a `step` it is for NOTIFY
    if there is a channel, else for REFINE."""

    lead_id: str
    s3_key: str
    timestamp: str
    channel: str = ""
    reason: str = ""
    step: Step | None = None


class FailedEvent(msgspec.Struct, frozen=True, rename={"message": "requestPayload"}):
    """What Lambda sends to a dead-letter queue about an event that failed too often (Lambda
    Developer Guide, "Capturing records of Lambda asynchronous invocations")."""

    message: Message


_message = msgspec.json.Decoder(Message)
_failed_event = msgspec.json.Decoder(FailedEvent)


def task_of(body: str) -> Task | None:
    """The task that a message names; None if it names none. The message may be in a record of a
    failed event."""
    try:
        message = _message.decode(body)
    except msgspec.MsgspecError:
        try:
            message = _failed_event.decode(body).message
        except msgspec.MsgspecError:
            return None
    step = message.step or (Step.NOTIFY if message.channel else Step.REFINE)
    addressed = step.addressee is not Addressee.LEAD
    if not is_lead_id(message.lead_id) or addressed is not bool(message.channel):
        return None
    return Task(step, message.lead_id, message.channel)


def message_text(task: Task, captured_at: datetime, now: datetime, reason: str = "") -> str:
    """The message (JSON) that names a task."""
    key = key_of("raw", task.lead_id, captured_at)
    step = None if task.step in (Step.REFINE, Step.NOTIFY) else task.step
    message = Message(task.lead_id, key, iso(now), task.channel, reason, step)
    return msgspec.json.encode(message).decode()


def kind_of_task(task: Task) -> TaskKind:
    """The kind of a task."""
    return task.step, task.channel


def queue_of_each_step(refine: T, delivery: T) -> dict[Step, T]:
    """The queue or function of each step: *refine* for REFINE, *delivery* for all others."""
    return {step: refine if step is Step.REFINE else delivery for step in Step}


class Wakeup(msgspec.Struct, frozen=True):
    """A wake-up: the task, when it is due, and when its lead was captured."""

    task: Task
    due_at: datetime
    captured_at: datetime


class UnderWay(msgspec.Struct, frozen=True):
    """The numbers of wake-ups that were sent and not yet taken: those whose time has come, and
    those that come later."""

    due: int = 0
    later: int = 0


class Wakeups(Protocol):
    """Sends wake-ups. A lost one only delays its task until the next sweep."""

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        """Send a wake-up for each task at its due time; raises AwsFailed."""

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        """Send a message for a task that became a dead letter; raises AwsFailed."""


class StackClock(Wakeups, Protocol):
    """The clock of a stack: it wakes the function of a step when a task is due.

    A task that is not due yet when its function is woken gets another wake-up, so one may come
    early, late, twice or never.
    """

    reach: timedelta | None
    """Tasks of later steps that are due after this time get no wake-up when they are put: Sweep
    sends it in time. None if any task gets its wake-up at once."""
    precision: timedelta
    """The maximum by which a wake-up comes later than its task is due."""

    def discard(self, step: Step, handle: str) -> None:
        """Discard a wake-up that a function received, by its receipt handle, because another one
        was sent; raises AwsFailed."""

    def under_way(self, step: Step) -> UnderWay:
        """The wake-ups of a step under way, as far as the clock can tell; raises AwsFailed."""

    def dead_urls(self) -> Mapping[str, Step]:
        """The URLs of the dead-letter queues, each with the step after which the queue is named."""
