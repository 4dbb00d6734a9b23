"""Wake-ups by SQS: a message arrives when its task is due (SQS API Reference)."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import msgspec

from leadline.model.formats import iso, key_of
from leadline.model.ids import is_lead_id
from leadline.model.task import UNTOLD_STEPS, Addressee, Step, Task, TaskKind
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.stores.aws.parallel import in_parallel

LONGEST_DELAY_S = 900
"""The longest delay of a message (SQS Developer Guide, "Amazon SQS delay queues")."""
FAR = timedelta(seconds=LONGEST_DELAY_S + 120)
"""Later tasks that are due after this time get no message when they are put: each sweep sends the
messages of tasks due before the next one, which may start some seconds late."""
_FARTHEST_REFINE = timedelta(days=1)
_MOST_RECEIVED = 10
T = TypeVar("T")


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a message: it names a task, whose state is in the table. Without a `step` it is
    for NOTIFY if there is a channel, else for REFINE."""

    lead_id: str
    s3_key: str
    timestamp: str
    channel: str = ""
    reason: str = ""
    step: Step | None = None


_message = msgspec.json.Decoder(Message)


def task_of(body: str) -> Task | None:
    """The task that a message names; None if it names none."""
    try:
        message = _message.decode(body)
    except msgspec.MsgspecError:
        return None
    step = message.step or (Step.NOTIFY if message.channel else Step.REFINE)
    addressed = step.addressee is not Addressee.LEAD
    if not is_lead_id(message.lead_id) or addressed is not bool(message.channel):
        return None
    return Task(step, message.lead_id, message.channel)


def kind_of_task(task: Task) -> TaskKind:
    """The kind of a task."""
    return task.step, task.channel


def queue_of_each_step(refine: T, delivery: T) -> dict[Step, T]:
    """The queue of each step: *refine* for REFINE, *delivery* for all others."""
    return {step: refine if step is Step.REFINE else delivery for step in Step}


class Wakeup(msgspec.Struct, frozen=True):
    """A wake-up: the task, when it is due, and when its lead was captured."""

    task: Task
    due_at: datetime
    captured_at: datetime


class Wakeups(Protocol):
    """Sends wake-ups. A lost one only delays its task until the next sweep."""

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        """Send a wake-up for each task at its due time; raises AwsFailed."""

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        """Send a message for a task that became a dead letter; raises AwsFailed."""


class Queues:
    """The queues by their URLs (*urls*), and their dead-letter queues (*dead*); a function needs
    only those that it uses."""

    def __init__(
        self, caller: Caller, urls: Mapping[Step, str], dead: Mapping[Step, str] | None = None
    ) -> None:
        self._caller = caller
        self._urls = urls
        self._dead = dead or {}

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        """See `Wakeups.send`. A message for a time beyond the longest delay arrives early and is
        sent again. None is sent for tasks that are FAR and leads on hold, which the sweep
        handles."""
        soon = [
            one
            for one in wakeups
            if one.due_at - now <= (_FARTHEST_REFINE if one.task.step is Step.REFINE else FAR)
        ]
        if len(soon) < 2:
            for wakeup in soon:
                self._send_one(wakeup, now)
            return
        in_parallel(lambda one: self._send_one(one, now), soon)

    def _send_one(self, wakeup: Wakeup, now: datetime) -> None:
        if wakeup.task.step not in self._urls:
            raise AwsFailed("SendMessage", "NoQueue")
        body = _body(wakeup.task, wakeup.captured_at, now)
        request = {
            "QueueUrl": self._urls[wakeup.task.step],
            "MessageBody": body,
            "DelaySeconds": delay_until(wakeup.due_at, now),
        }
        self._call("SendMessage", request)

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        """See `Wakeups.dead_letter`; the message goes to the dead-letter queue, which has an
        alarm."""
        if url := self._dead.get(task.step):
            body = _body(task, captured_at, datetime.now(UTC), reason)
            self._call("SendMessage", {"QueueUrl": url, "MessageBody": body})

    def depths(self, url: str) -> dict[str, int]:
        """The approximate numbers of messages of a queue: `visible`, `held`, `delayed`."""
        names = {
            "ApproximateNumberOfMessages": "visible",
            "ApproximateNumberOfMessagesNotVisible": "held",
            "ApproximateNumberOfMessagesDelayed": "delayed",
        }
        response = self._call(
            "GetQueueAttributes", {"QueueUrl": url, "AttributeNames": list(names)}
        )
        return {ours: int(response["Attributes"].get(theirs, 0)) for theirs, ours in names.items()}

    def receive(self, url: str, visibility_s: int = 60) -> list[tuple[str, str]]:
        """Up to ten messages (body and receipt handle), hidden from others for *visibility_s*
        seconds."""
        response = self._call(
            "ReceiveMessage",
            {
                "QueueUrl": url,
                "MaxNumberOfMessages": _MOST_RECEIVED,
                "VisibilityTimeout": visibility_s,
                "WaitTimeSeconds": 0,
            },
        )
        return [(m["Body"], m["ReceiptHandle"]) for m in response.get("Messages") or []]

    def delete(self, url: str, handle: str) -> None:
        """Remove a message from its queue."""
        self._call("DeleteMessage", {"QueueUrl": url, "ReceiptHandle": handle})

    def url_of(self, step: Step) -> str:
        """The URL of a step's queue."""
        return self._urls[step]

    def dead_urls(self) -> dict[str, Step]:
        """The URLs of the dead-letter queues, each with the step after which the queue is named, or
        else the first that uses it."""
        found = {url: step for step, url in reversed(list(self._dead.items()))}
        return found | {self._dead[step]: step for step in UNTOLD_STEPS if step in self._dead}

    def _call(self, operation: str, request: dict[str, object]) -> dict[str, Any]:
        answer = self._caller.json("sqs", f"AmazonSQS.{operation}", request)
        response: dict[str, Any] = msgspec.json.decode(answer) if answer else {}
        return response


def delay_until(due_at: datetime, now: datetime) -> int:
    """The delay of a message in whole seconds: not too short, and at most `LONGEST_DELAY_S`."""
    return max(0, min(LONGEST_DELAY_S, math.ceil((due_at - now).total_seconds())))


def _body(task: Task, captured_at: datetime, now: datetime, reason: str = "") -> str:
    key = key_of("raw", task.lead_id, captured_at)
    step = None if task.step in (Step.REFINE, Step.NOTIFY) else task.step
    message = Message(task.lead_id, key, iso(now), task.channel, reason, step)
    return msgspec.json.encode(message).decode()
