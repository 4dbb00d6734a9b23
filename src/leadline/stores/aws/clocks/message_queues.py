"""Wake-ups by SQS: a message arrives when its task is due (SQS API Reference)."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from leadline.model.task import Step, Task
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.stores.aws.clocks.dead_letters import DeadLetterSender
from leadline.stores.aws.clocks.wakeups import UnderWay, Wakeup, message_text
from leadline.stores.aws.parallel import in_parallel

LONGEST_DELAY_S = 900
"""The longest delay of a message (SQS Developer Guide, "Amazon SQS delay queues")."""
FAR = timedelta(seconds=LONGEST_DELAY_S + 120)
"""Later tasks that are due after this time get no message when they are put: each sweep sends the
messages of tasks due before the next one, which may start some seconds late."""
_FARTHEST_REFINE = timedelta(days=1)
_MOST_RECEIVED = 10


class Queues:
    """The queues by their URLs (*urls*), and their dead-letter queues (*dead*); a function needs
    only those that it uses. See `StackClock` for what is not said here."""

    reach: timedelta | None = FAR
    precision = timedelta()

    def __init__(
        self, caller: Caller, urls: Mapping[Step, str], dead: Mapping[Step, str] | None = None
    ) -> None:
        self._caller = caller
        self._urls = urls
        self._dead = DeadLetterSender(caller, dead or {})

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
        body = message_text(wakeup.task, wakeup.captured_at, now)
        request = {
            "QueueUrl": self._urls[wakeup.task.step],
            "MessageBody": body,
            "DelaySeconds": delay_until(wakeup.due_at, now),
        }
        self._call("SendMessage", request)

    def discard(self, step: Step, handle: str) -> None:
        """See `StackClock.discard`."""
        self.delete(self.url_of(step), handle)

    def under_way(self, step: Step) -> UnderWay:
        """See `StackClock.under_way`."""
        depths = self.depths(self.url_of(step))
        return UnderWay(depths["visible"] + depths["held"], depths["delayed"])

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        """See `Wakeups.dead_letter`."""
        self._dead.send(task, captured_at, reason)

    def dead_urls(self) -> Mapping[str, Step]:
        """See `StackClock.dead_urls`."""
        return self._dead.by_url()

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

    def _call(self, operation: str, request: dict[str, object]) -> dict[str, Any]:
        answer = self._caller.json("sqs", f"AmazonSQS.{operation}", request)
        response: dict[str, Any] = msgspec.json.decode(answer) if answer else {}
        return response


def delay_until(due_at: datetime, now: datetime) -> int:
    """The delay of a message in whole seconds: not too short, and at most `LONGEST_DELAY_S`."""
    return max(0, min(LONGEST_DELAY_S, math.ceil((due_at - now).total_seconds())))
