"""An invocation by an execution of Step Functions, for one task; see
`stores.aws.clocks.executions`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from leadline.entrypoints.aws.messages import NotDone
from leadline.entrypoints.aws.parts import Parts
from leadline.installations.batches import (
    StackClock,
    UnderWay,
    Wakeup,
    message_text,
    task_of,
)
from leadline.model.errors import LeadlineError
from leadline.model.formats import iso
from leadline.model.task import Step, Task

Work = Callable[[Mapping[str, Any]], dict[str, Any]]
"""The work of a function on an event with messages; returns which of them failed."""

_LEAST_GAP = timedelta(seconds=1)
"""An execution with the same name as the running one is refused, so a task that is still not due,
because two clocks differ a little, gets its next wake-up at least this much later."""


class GivenUp(LeadlineError):
    """The task became a dead letter: the execution need not try it again."""

    title = "The task was given up"


class ExecutionClock:
    """The *clock* of a stack during an invocation for *own*, by an execution.

    After REFINE the execution itself does what is due now for its lead: those wake-ups are kept in
    `messages` instead of being sent. `given_up` is whether *own* became a dead letter, `next` when
    it has its next wake-up, if it has one.
    """

    def __init__(self, clock: StackClock, own: Task) -> None:
        self._clock = clock
        self._own = own
        self.reach = clock.reach
        self.precision = clock.precision
        self.messages: list[dict[str, Any]] = []
        self.given_up = False
        self.next: datetime | None = None

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        """See `Wakeups.send`."""
        others: list[Wakeup] = []
        for wakeup in wakeups:
            if wakeup.task == self._own:
                self.next = max(wakeup.due_at, now + _LEAST_GAP)
                others.append(msgspec.structs.replace(wakeup, due_at=self.next))
            elif self._continues_with(wakeup, now):
                body = message_text(wakeup.task, wakeup.captured_at, wakeup.captured_at)
                self.messages.append(msgspec.json.decode(body))
            else:
                others.append(wakeup)
        if others:
            self._clock.send(others, now)

    def _continues_with(self, wakeup: Wakeup, now: datetime) -> bool:
        """Whether the execution does this task next."""
        return (
            self._own.step is Step.REFINE
            and wakeup.task.lead_id == self._own.lead_id
            and wakeup.due_at <= now
        )

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        """See `Wakeups.dead_letter`."""
        self.given_up |= task == self._own
        self._clock.dead_letter(task, captured_at, reason)

    def discard(self, step: Step, handle: str) -> None:
        """See `StackClock.discard`."""
        self._clock.discard(step, handle)

    def under_way(self, step: Step) -> UnderWay:
        """See `StackClock.under_way`."""
        return self._clock.under_way(step)

    def dead_urls(self) -> Mapping[str, Step]:
        """See `StackClock.dead_urls`."""
        return self._clock.dead_urls()


def is_of_execution(event: Mapping[str, Any]) -> bool:
    """Whether an execution invokes the function: the event names it, and has one message."""
    return "execution" in event and "message" in event


def in_execution(parts: Parts, event: Mapping[str, Any], work: Work) -> dict[str, Any]:
    """Do the task that an execution is for; returns the `messages` of those that come after it, and
    when the task itself comes `next` (None if it is done). Both stand in the execution's output.

    Raises GivenUp and NotDone, which the execution catches or tries again, and what *work* raises.
    """
    body = msgspec.json.encode(event["message"]).decode()
    task = task_of(body)
    if task is None:
        raise NotDone(f"the message of the execution {event['execution']} names no task")
    clock = ExecutionClock(parts.wakeups, task)
    with parts.clocked_by(clock):
        answer = work({"Records": [{"messageId": event["execution"], "body": body}]})
    if clock.given_up:
        raise GivenUp(
            f"the {task.step} of lead {task.lead_id} was given up; see "
            f"`leadline dead --aws {parts.stack}`"
        )
    if answer["batchItemFailures"] and not clock.messages:
        raise NotDone(f"the {task.step} of lead {task.lead_id} was not done; the log says why")
    return {"messages": clock.messages, "next": clock.next and iso(clock.next)}
