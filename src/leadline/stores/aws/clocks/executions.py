"""Wake-ups by Step Functions: an execution waits until its task is due, and invokes the function.

An execution of the machine Leads is the first wake-up of a lead, named by the lead's id; it refines
the lead and does what is due after that. Each other wake-up is an execution of its own, named by
lead, task and moment, which does no more than that task (of REFINE: what the first one does). So
two executions for the same moment have the same name, and Step Functions refuses the second one.

Step Functions API Reference, "StartExecution": a name is taken for 90 days after its execution
ended. While the execution runs, a call with the same name and the same input succeeds without
effect, and one with another input is refused.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from leadline.model.task import Step, Task
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.stores.aws.clocks.dead_letters import DeadLetterSender
from leadline.stores.aws.clocks.wakeups import UnderWay, Wakeup, message_text
from leadline.stores.aws.parallel import in_parallel

LONGEST_NAME = 80
"""Characters of a name of an execution (Step Functions Developer Guide, "Service quotas")."""
_FARTHEST = timedelta(days=365)
"""No execution runs for longer (Step Functions Developer Guide, "Service quotas")."""
_FARTHEST_REFINE = timedelta(days=1)
_TAKEN = "ExecutionAlreadyExists"
_MOMENT, _INSTANT = "%Y%m%dT%H%M%SZ", "%Y-%m-%dT%H:%M:%SZ"
_NAMED = re.compile(r"^[0-9A-Fa-f-]{36}\.(\w+)(?:\..+)?\.(\d{8}T\d{6}Z)$")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_MOST_LISTED = 1000


class ExecutionInput(msgspec.Struct, frozen=True):
    """The input of an execution: when it ends waiting, and the message that names the task."""

    at: str
    message: msgspec.Raw


class Executions:
    """The state machines by their ARNs: *leads* refines, *tasks* does what is due later. *dead* are
    the dead-letter queues; a function needs only those that it uses. See `StackClock` for what is
    not said here."""

    reach: timedelta | None = None
    precision = timedelta(seconds=1)

    def __init__(
        self, caller: Caller, leads: str, tasks: str, dead: Mapping[Step, str] | None = None
    ) -> None:
        self._caller = caller
        self._leads = leads
        self._tasks = tasks
        self._dead = DeadLetterSender(caller, dead or {})

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        """See `Wakeups.send`. None is sent for leads on hold, which the sweep handles."""
        near = [
            one
            for one in wakeups
            if one.due_at - now <= (_FARTHEST_REFINE if one.task.step is Step.REFINE else _FARTHEST)
        ]
        if len(near) < 2:
            for wakeup in near:
                self._start(wakeup, now)
            return
        in_parallel(lambda one: self._start(one, now), near)

    def _start(self, wakeup: Wakeup, now: datetime) -> None:
        at = whole_second(wakeup.due_at, now)
        later = later_name(wakeup.task, at)
        if wakeup.task.step is not Step.REFINE:
            self._start_named(later, self._tasks, wakeup, at)
        elif not self._start_named(wakeup.task.lead_id, self._leads, wakeup, at):
            self._start_named(later, self._leads, wakeup, at)

    def _start_named(self, name: str, machine: str, wakeup: Wakeup, at: datetime) -> bool:
        """Start an execution; False if there is or was another one of that name."""
        # The message has the time of the capture, so that the same wake-up has the same input.
        message = message_text(wakeup.task, wakeup.captured_at, wakeup.captured_at)
        given = ExecutionInput(f"{at:{_INSTANT}}", msgspec.Raw(message.encode()))
        try:
            self._call(
                "StartExecution",
                {
                    "stateMachineArn": machine,
                    "name": name,
                    "input": msgspec.json.encode(given).decode(),
                },
            )
        except AwsFailed as error:
            if error.code != _TAKEN:
                raise
            return False
        return True

    def discard(self, step: Step, handle: str) -> None:
        """See `StackClock.discard`. Executions have no receipt handles: each ends by itself."""

    def under_way(self, step: Step, now: datetime | None = None) -> UnderWay:
        """See `StackClock.under_way`. Of more than a thousand executions only the newest count.
        *now* is the present time by default."""
        machine = self._leads if step is Step.REFINE else self._tasks
        request = {
            "stateMachineArn": machine,
            "statusFilter": "RUNNING",
            "maxResults": _MOST_LISTED,
        }
        names = [one["name"] for one in self._call("ListExecutions", request)["executions"]]
        now = now or datetime.now(UTC)
        due = later = 0
        for name in names:
            named = _NAMED.match(name)
            if named is None:
                later += 1  # a first wake-up, whose name tells no moment
            elif named[1] == step:
                passed = datetime.strptime(named[2], _MOMENT).replace(tzinfo=UTC) <= now
                due, later = due + passed, later + (not passed)
        return UnderWay(due, later)

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        """See `Wakeups.dead_letter`."""
        self._dead.send(task, captured_at, reason)

    def dead_urls(self) -> Mapping[str, Step]:
        """See `StackClock.dead_urls`."""
        return self._dead.by_url()

    def _call(self, operation: str, request: dict[str, object]) -> dict[str, Any]:
        answer = self._caller.json("states", f"AWSStepFunctions.{operation}", request)
        response: dict[str, Any] = msgspec.json.decode(answer)
        return response


def whole_second(due_at: datetime, now: datetime) -> datetime:
    """When the execution for a task ends waiting: the first whole second in which the task is due,
    and not a second that is over."""
    at = max(due_at, now).astimezone(UTC)
    whole = at.replace(microsecond=0)
    return whole if whole == at else whole + timedelta(seconds=1)


def later_name(task: Task, at: datetime) -> str:
    """The name of the execution for a task at a moment: `LEAD.STEP.CHANNEL.MOMENT`. Instead of a
    channel that is too long, or has characters that names may not have, it has a digest."""
    start, end = f"{task.lead_id}.{task.step}", f"{at:{_MOMENT}}"
    if not task.channel:
        return f"{start}.{end}"
    if not _UNSAFE.search(task.channel):
        whole = f"{start}.{task.channel}.{end}"
        if len(whole) <= LONGEST_NAME:
            return whole
    return f"{start}.{hashlib.sha256(task.channel.encode()).hexdigest()[:8]}.{end}"
