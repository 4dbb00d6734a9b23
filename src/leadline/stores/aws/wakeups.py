"""SQS as the clock: a message comes when its task should be due (SQS API Reference)."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import msgspec

from leadline.model.formats import iso, key_of
from leadline.model.ids import is_lead_id
from leadline.model.task import Addressee, Step, Task, TaskKind
from leadline.net.aws.calls import AwsFailed, Caller

LONGEST_DELAY_S = 900
"""SQS delays a message by no more (SQS Developer Guide, "Amazon SQS delay queues")."""
FAR = timedelta(seconds=LONGEST_DELAY_S + 120)
"""Tasks after refinement that are due later have no message yet: each sweep sends those of all that
are due before the next one, which may come some seconds late."""
_HELD = timedelta(days=1)
_MOST_RECEIVED = 10
_MOST_PARALLEL = 8
T = TypeVar("T")


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a queue carries: which lead to look at; the ledger knows the rest. Without a `step` it
    is for NOTIFY where there is a channel, else for REFINE."""

    lead_id: str
    s3_key: str
    timestamp: str
    channel: str = ""
    reason: str = ""
    step: Step | None = None


_message = msgspec.json.Decoder(Message)


def task_of(body: str) -> Task | None:
    """The task that a message names; None when it names none."""
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
    """The queue where each step's messages are: what follows refinement shares one."""
    return {step: refine if step is Step.REFINE else delivery for step in Step}


class Ring(msgspec.Struct, frozen=True):
    """A worker to wake: for which task, when, and when its lead was captured."""

    task: Task
    due_at: datetime
    captured_at: datetime


class Bells(Protocol):
    """What wakes workers: a bell that is lost only makes a task late until the next sweep."""

    def ring(self, rings: Sequence[Ring], now: datetime) -> None:
        """Wake a worker for each task when it is due; raises AwsFailed."""

    def toll(self, task: Task, captured_at: datetime, reason: str) -> None:
        """Say that a task is a dead letter; raises AwsFailed."""


class Queues:
    """The queues by their URLs, and those of their dead letters; one that is not given is not used
    by this function."""

    def __init__(
        self, caller: Caller, urls: Mapping[Step, str], dead: Mapping[Step, str] | None = None
    ) -> None:
        self._caller = caller
        self._urls = urls
        self._dead = dead or {}

    def ring(self, rings: Sequence[Ring], now: datetime) -> None:
        """See `Bells.ring`. What is due later than SQS can wait comes early and is sent again, but
        for what the sweep rings for: tasks that are FAR, in time; leads that are held, late."""
        soon = [
            one
            for one in rings
            if one.due_at - now <= (_HELD if one.task.step is Step.REFINE else FAR)
        ]
        if len(soon) < 2:
            for ring in soon:
                self._send(ring, now)
            return
        from concurrent.futures import ThreadPoolExecutor  # one message has no use for it

        with ThreadPoolExecutor(min(_MOST_PARALLEL, len(soon))) as pool:
            list(pool.map(lambda ring: self._send(ring, now), soon))

    def _send(self, ring: Ring, now: datetime) -> None:
        if ring.task.step not in self._urls:
            raise AwsFailed("SendMessage", "NoQueue")
        body = _body(ring.task, ring.captured_at, now)
        request = {
            "QueueUrl": self._urls[ring.task.step],
            "MessageBody": body,
            "DelaySeconds": delay_until(ring.due_at, now),
        }
        self._call("SendMessage", request)

    def toll(self, task: Task, captured_at: datetime, reason: str) -> None:
        """See `Bells.toll`: the queue of dead letters is the alarm of those who watch AWS."""
        if url := self._dead.get(task.step):
            body = _body(task, captured_at, datetime.now(UTC), reason)
            self._call("SendMessage", {"QueueUrl": url, "MessageBody": body})

    def depths(self, url: str) -> dict[str, int]:
        """About how many messages a queue has: `visible`, `held`, `delayed`."""
        names = {
            "ApproximateNumberOfMessages": "visible",
            "ApproximateNumberOfMessagesNotVisible": "held",
            "ApproximateNumberOfMessagesDelayed": "delayed",
        }
        told = self._call("GetQueueAttributes", {"QueueUrl": url, "AttributeNames": list(names)})
        return {ours: int(told["Attributes"].get(theirs, 0)) for theirs, ours in names.items()}

    def receive(self, url: str, visibility_s: int = 60) -> list[tuple[str, str]]:
        """Up to ten messages with their receipt handles; nobody else sees them for a while."""
        told = self._call(
            "ReceiveMessage",
            {
                "QueueUrl": url,
                "MaxNumberOfMessages": _MOST_RECEIVED,
                "VisibilityTimeout": visibility_s,
                "WaitTimeSeconds": 0,
            },
        )
        return [(m["Body"], m["ReceiptHandle"]) for m in told.get("Messages") or []]

    def delete(self, url: str, handle: str) -> None:
        """Take a message off its queue."""
        self._call("DeleteMessage", {"QueueUrl": url, "ReceiptHandle": handle})

    def url_of(self, step: Step) -> str:
        """The queue of a step."""
        return self._urls[step]

    def dead_urls(self) -> dict[str, Step]:
        """The queues of dead letters, each with the first step that has it."""
        return {url: step for step, url in reversed(list(self._dead.items()))}

    def _call(self, operation: str, request: dict[str, object]) -> dict[str, Any]:
        answer = self._caller.json("sqs", f"AmazonSQS.{operation}", request)
        told: dict[str, Any] = msgspec.json.decode(answer) if answer else {}
        return told


def delay_until(due_at: datetime, now: datetime) -> int:
    """Whole seconds, never early and never longer than SQS waits."""
    return max(0, min(LONGEST_DELAY_S, math.ceil((due_at - now).total_seconds())))


def _body(task: Task, captured_at: datetime, now: datetime, reason: str = "") -> str:
    key = key_of("raw", task.lead_id, captured_at)
    step = None if task.step in (Step.REFINE, Step.NOTIFY) else task.step
    message = Message(task.lead_id, key, iso(now), task.channel, reason, step)
    return msgspec.json.encode(message).decode()
