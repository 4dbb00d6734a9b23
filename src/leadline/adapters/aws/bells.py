"""SQS as the clock: a message comes when its task should be due (SQS API Reference)."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from leadline.adapters.aws.calls import Caller
from leadline.formats import iso, key_of
from leadline.ids import is_lead_id
from leadline.lead import Step, Task

LONGEST_DELAY_S = 900
"""SQS delays a message by no more (SQS Developer Guide, "Amazon SQS delay queues")."""
_MOST_RECEIVED = 10
_MOST_PARALLEL = 8


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a queue carries: which lead to look at; the ledger knows the rest."""

    lead_id: str
    s3_key: str
    timestamp: str
    channel: str = ""
    reason: str = ""


_message = msgspec.json.Decoder(Message)


def task_of(step: Step, body: str) -> Task | None:
    """The task that a message of this step's queue names; None when it names none."""
    try:
        message = _message.decode(body)
    except msgspec.MsgspecError:
        return None
    if not is_lead_id(message.lead_id) or (step is Step.NOTIFY) is not bool(message.channel):
        return None
    return Task(step, message.lead_id, message.channel)


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
    """The four queues by their URLs; one that is not given is not used by this function."""

    def __init__(
        self, caller: Caller, urls: Mapping[Step, str], dead: Mapping[Step, str] | None = None
    ) -> None:
        self._caller = caller
        self._urls = urls
        self._dead = dead or {}

    def ring(self, rings: Sequence[Ring], now: datetime) -> None:
        """See `Bells.ring`; what is due later than SQS can wait comes early and is sent again."""
        if len(rings) < 2:
            for ring in rings:
                self._send(ring, now)
            return
        from concurrent.futures import ThreadPoolExecutor  # one message has no use for it

        with ThreadPoolExecutor(min(_MOST_PARALLEL, len(rings))) as pool:
            list(pool.map(lambda ring: self._send(ring, now), rings))

    def _send(self, ring: Ring, now: datetime) -> None:
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

    def dead_url_of(self, step: Step) -> str:
        """The queue of a step's dead letters."""
        return self._dead[step]

    def _call(self, operation: str, request: dict[str, object]) -> dict[str, Any]:
        answer = self._caller.json("sqs", f"AmazonSQS.{operation}", request)
        told: dict[str, Any] = msgspec.json.decode(answer) if answer else {}
        return told


def delay_until(due_at: datetime, now: datetime) -> int:
    """Whole seconds, never early and never longer than SQS waits."""
    return max(0, min(LONGEST_DELAY_S, math.ceil((due_at - now).total_seconds())))


def _body(task: Task, captured_at: datetime, now: datetime, reason: str = "") -> str:
    key = key_of("raw", task.lead_id, captured_at)
    message = Message(task.lead_id, key, iso(now), task.channel, reason)
    return msgspec.json.encode(message).decode()
