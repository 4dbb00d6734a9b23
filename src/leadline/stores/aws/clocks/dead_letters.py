"""The dead-letter queues of a stack, which it has whatever its clock is."""

from collections.abc import Mapping
from datetime import UTC, datetime

from leadline.model.task import UNTOLD_STEPS, Step, Task
from leadline.net.aws.calls import Caller
from leadline.stores.aws.clocks.wakeups import message_text


class DeadLetterSender:
    """The dead-letter queues by their URLs (*urls*); a function needs only those that it uses."""

    def __init__(self, caller: Caller, urls: Mapping[Step, str]) -> None:
        self._caller = caller
        self._urls = urls

    def send(self, task: Task, captured_at: datetime, reason: str) -> None:
        """Send a message for a dead letter to its queue, which has an alarm; raises AwsFailed."""
        if url := self._urls.get(task.step):
            body = message_text(task, captured_at, datetime.now(UTC), reason)
            request = {"QueueUrl": url, "MessageBody": body}
            self._caller.json("sqs", "AmazonSQS.SendMessage", request)

    def by_url(self) -> dict[str, Step]:
        """The URLs of the queues, each with the step after which the queue is named, or else the
        first that uses it."""
        found = {url: step for step, url in reversed(list(self._urls.items()))}
        return found | {self._urls[step]: step for step in UNTOLD_STEPS if step in self._urls}
