"""Wake-ups by one-time schedules of EventBridge Scheduler, and by Lambda at once for what is due.

A function that is woken gets the message itself as its event. An event that fails three times goes
to the dead-letter queue, as a message of SQS does.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from leadline.model.task import Step, Task
from leadline.net.aws.calls import AwsFailed, Caller, code_of
from leadline.stores.aws.clocks.dead_letters import DeadLetterSender
from leadline.stores.aws.clocks.wakeups import UnderWay, Wakeup, message_text
from leadline.stores.aws.parallel import in_parallel

_MINUTE_S = 60
"""The precision of schedules: one for 1:00 runs between 1:00:00 and 1:00:59 (EventBridge Scheduler
User Guide, "Schedule types")."""
_AHEAD = timedelta(seconds=5)
"""A schedule is made for at least this long from now, so that it is there when it is to run."""
_FARTHEST = timedelta(days=366)
_RETRIES, _RETRIED_S = 185, 3_600
"""How often and for how many seconds Scheduler tries to reach Lambda. By then Sweep has found the
task overdue (EventBridge Scheduler API Reference, "RetryPolicy")."""


class WakeupTargets(msgspec.Struct, frozen=True):
    """The group of a stack's schedules, the role with which Scheduler calls functions, and the ARNs
    of the function (of its alias; of the function itself in stacks of earlier versions) and of the
    dead-letter queue of each step."""

    group: str
    role: str
    functions: Mapping[Step, str]
    dead_letters: Mapping[Step, str]


class Schedules:
    """One-time schedules to these *targets*, and the dead-letter queues by their URLs (*dead*). See
    `StackClock` for what is not said here."""

    reach: timedelta | None = None
    precision = timedelta(seconds=2 * _MINUTE_S)

    def __init__(
        self, caller: Caller, targets: WakeupTargets, dead: Mapping[Step, str] | None = None
    ) -> None:
        self._caller = caller
        self._targets = targets
        self._dead = DeadLetterSender(caller, dead or {})

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        """See `Wakeups.send`. The function of a task that is due is invoked at once; others get a
        schedule for the first full minute at which they are due. None is made for leads on hold,
        which the sweep handles."""
        near = [one for one in wakeups if one.due_at - now <= _FARTHEST]
        if len(near) < 2:
            for wakeup in near:
                self._send_one(wakeup, now)
            return
        in_parallel(lambda one: self._send_one(one, now), near)

    def _send_one(self, wakeup: Wakeup, now: datetime) -> None:
        if wakeup.task.step not in self._targets.functions:
            raise AwsFailed("CreateSchedule", "NoFunction")
        body = message_text(wakeup.task, wakeup.captured_at, now)
        if wakeup.due_at <= now:
            self._invoke(wakeup.task.step, body)
        else:
            self._schedule(wakeup.task, minute_of(wakeup.due_at, now), body)

    def _invoke(self, step: Step, body: str) -> None:
        """Let Lambda queue an event (Lambda API Reference, "Invoke")."""
        name, alias = called_function(self._targets.functions[step])
        path = f"/2015-03-31/functions/{name}/invocations"
        query = {"Qualifier": alias} if alias else {}
        headers = {"x-amz-invocation-type": "Event", "content-type": "application/json"}
        call = self._caller.call
        reply = call("lambda", "POST", path, body.encode(), query=query, headers=headers)
        if reply.status >= 300:
            raise AwsFailed("Invoke", code_of(reply), reply.body)

    def _schedule(self, task: Task, at: datetime, message: str) -> None:
        """Make the schedule of a task, unless it is there already (EventBridge Scheduler API
        Reference, "CreateSchedule")."""
        step, targets = task.step, self._targets
        request = {
            "ActionAfterCompletion": "DELETE",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "GroupName": targets.group,
            "ScheduleExpression": f"at({at:%Y-%m-%dT%H:%M:%S})",
            "ScheduleExpressionTimezone": "UTC",
            "Target": {
                "Arn": targets.functions[step],
                "RoleArn": targets.role,
                "Input": message,
                "RetryPolicy": {
                    "MaximumEventAgeInSeconds": _RETRIED_S,
                    "MaximumRetryAttempts": _RETRIES,
                },
                "DeadLetterConfig": {"Arn": targets.dead_letters[step]},
            },
        }
        path, body = f"/schedules/{schedule_name(task, at)}", msgspec.json.encode(request)
        headers = {"content-type": "application/json"}
        reply = self._caller.call("scheduler", "POST", path, body, headers=headers)
        if reply.status >= 300 and (code := code_of(reply)) != "ConflictException":
            raise AwsFailed("CreateSchedule", code, reply.body)

    def discard(self, step: Step, handle: str) -> None:
        """See `StackClock.discard`; an event is gone once its function has returned."""

    def under_way(self, step: Step) -> UnderWay:  # noqa: ARG002 - as every clock is asked
        """See `StackClock.under_way`; neither Scheduler nor Lambda tells how many there are."""
        return UnderWay()

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        """See `Wakeups.dead_letter`."""
        self._dead.send(task, captured_at, reason)

    def dead_urls(self) -> Mapping[str, Step]:
        """See `StackClock.dead_urls`."""
        return self._dead.by_url()


class CalledFunction(NamedTuple):
    """The name of a function, and its alias, "" if none is named."""

    name: str
    alias: str


def called_function(arn: str) -> CalledFunction:
    """What an ARN names: `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME` or `…:NAME:ALIAS`."""
    name, _, alias = arn.split(":", 6)[6].partition(":")
    return CalledFunction(name, alias)


def minute_of(due_at: datetime, now: datetime) -> datetime:
    """The first full minute (UTC) at which a task is due, and that is far enough ahead."""
    at = max(due_at, now + _AHEAD).timestamp()
    return datetime.fromtimestamp(-(-at // _MINUTE_S) * _MINUTE_S, UTC)


def schedule_name(task: Task, at: datetime) -> str:
    """The name of a task's schedule for a minute: the same task and minute have one schedule, at
    another minute another one, for a task may become due earlier or later. At most 64 characters
    (EventBridge Scheduler API Reference, "CreateSchedule")."""
    kind = blake2b(f"{task.step} {task.channel}".encode(), digest_size=5).hexdigest()
    minute = int(at.timestamp()) // _MINUTE_S
    return f"{task.lead_id}.{kind}.{minute}"
