"""Hours of a stack on AWS in seconds: its real handlers, on moto's table and bucket and a Slack on
loopback, by a clock that is advanced by hand.

What AWS itself does is done by rule here: SQS hands out messages, lets those of a failed run come
again after the visibility timeout and moves them to the dead letters after three receives; Lambda
counts runs and errors; SQS tells how many messages there are and how old the oldest is. Our own
figures are those that the functions write.
"""

import io
import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from leadline import wiring
from leadline.entrypoints.aws import capture, deliver, figures, refine, sweep
from leadline.model.errors import LeadlineError
from leadline.model.task import Step
from leadline.net.aws.calls import AwsFailed
from leadline.net.reply import HttpReply
from leadline.standins.slack_inbox import SlackInbox
from leadline.stores.aws.store import AwsStore
from tests.infra.template_reading import Stack
from tests.standins.alarm_watch import AlarmWatch
from tests.standins.aws_faults import Actor, FaultyCaller
from tests.worlds.aws_functions import Context, Functions
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, captured

MOST_RECEIVES, BATCH = 3, 10
MINUTE = timedelta(minutes=1)
WATCHING = ("OWN_METRICS", "WATCHED", "WATCHED_DEAD_LETTERS", "WATCHED_API", "ALARM_TOPIC_ARN")
"""The variables by which a profile tells Sweep what to look at, and functions what to count."""
QUEUES = {"RefineQueue": "RefineDeadLetters", "DeliveryQueue": "DeliveryDeadLetters"}


class Message(msgspec.Struct):
    """A message on its queue."""

    body: str
    visible_at: Any
    sent_at: Any
    receives: int = 0
    handle: str = msgspec.field(default_factory=lambda: uuid.uuid4().hex)


class CutOff(FaultyCaller):
    """The functions' way to AWS: SQS by rule, all else to moto, as far as it answers."""

    def __init__(
        self, resources: AwsResources, clock: HandClock, kept: dict[str, list[Message]]
    ) -> None:
        super().__init__(resources.endpoint)
        self.clock, self.kept = clock, kept
        self.dead_queues = set(resources.dead_urls.values())
        self.is_cut_off = False
        self.watching: Counter[str] = Counter()
        """The requests by which Sweep looks at what has no alarm of its own, by meter."""
        self.told: list[str] = []
        """The messages on the alarm topic."""
        self.refusals: list[tuple[float, float]] = []
        """When the API answered 5xx, in seconds since 1970, and how often."""

    def call(self, service: str, method: str, path: str, *rest: Any, **named: Any) -> HttpReply:
        if self.is_cut_off or (self.broken and f"{service} {method}".startswith(self.broken)):
            raise AwsFailed(f"{service} {method}", "" if self.is_cut_off else "ServiceUnavailable")
        if service == "dynamodb" and b"S#watch" in rest[0]:
            read = named["headers"]["x-amz-target"].endswith("GetItem")
            self.watching["table_read" if read else "table_write"] += 1
        if service == "monitoring":
            self.watching["figure_request"] += 1
            return self._figures(json.loads(rest[0]))
        if service == "sns":
            (message,) = parse_qs(rest[0].decode())["Message"]
            self.told.append(message)
            return HttpReply(200, {}, b"")
        if service != "sqs":
            return super().call(service, method, path, *rest, **named)
        operation = named["headers"]["x-amz-target"].removeprefix("AmazonSQS.")
        return HttpReply(200, {}, json.dumps(self._queue(operation, json.loads(rest[0]))).encode())

    def _figures(self, asked: Mapping[str, Any]) -> HttpReply:
        """What CloudWatch knows of the API's 5xx: figures of whole minutes, from the start rounded
        down to one (CloudWatch API Reference, "GetMetricStatistics")."""
        assert asked["MetricName"] == "5XXError"
        assert asked["StartTime"] < asked["EndTime"]
        start = asked["StartTime"] // 60 * 60
        found = [
            {"Sum": count}
            for at, count in self.refusals
            if start <= at // 60 * 60 < asked["EndTime"]
        ]
        return HttpReply(200, {}, json.dumps({"Label": "5XXError", "Datapoints": found}).encode())

    def _queue(self, operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        now, here = self.clock.now, self.kept.setdefault(asked["QueueUrl"], [])
        if operation == "SendMessage":
            visible_at = now + timedelta(seconds=asked.get("DelaySeconds", 0))
            here.append(Message(asked["MessageBody"], visible_at, now))
        elif operation == "DeleteMessage":
            here[:] = [one for one in here if one.handle != asked["ReceiptHandle"]]
        else:
            assert operation == "GetQueueAttributes"
            self.watching["sqs_request"] += asked["QueueUrl"] in self.dead_queues
            visible = sum(one.visible_at <= now for one in here)
            delayed = sum(one.visible_at > now and not one.receives for one in here)
            counts = {"": visible, "NotVisible": len(here) - visible - delayed, "Delayed": delayed}
            return {
                "Attributes": {
                    f"ApproximateNumberOfMessages{name}": str(count)
                    for name, count in counts.items()
                }
            }
        return {}


class OutageStack:
    """A stack whose alarms are watched."""

    def __init__(
        self, functions: Functions, clock: HandClock, told: io.StringIO, profile: str
    ) -> None:
        self.functions, self.clock, self._told = functions, clock, told
        template = Stack(Profile=profile)
        self._variables = template.properties("Sweep")["Environment"]["Variables"]
        self._measures = "MeasureScheduleRule" in template.resources
        resources = functions.actor.rooms
        self.kept: dict[str, list[Message]] = {}
        self.caller = CutOff(resources, clock, self.kept)
        self.watch = AlarmWatch(template.of_type("AWS::CloudWatch::Alarm"))
        self.plain = AlarmWatch(Stack(Alarms="plain").of_type("AWS::CloudWatch::Alarm"))
        self.metrics: set[str] = set()
        """The names of our own metrics that were written."""
        self.throttled: set[str] = set()
        """The functions that Lambda refuses a run."""
        self.sweeps_run = True
        self._last: tuple[datetime, datetime] | None = None
        self.is_cold = False
        """Whether every run is the first of its environment, with settings to read."""
        self._urls = {
            "RefineQueue": resources.urls[Step.REFINE],
            "DeliveryQueue": resources.urls[Step.NOTIFY],
            "RefineDeadLetters": resources.dead_urls[Step.REFINE],
            "DeliveryDeadLetters": resources.dead_urls[Step.NOTIFY],
        }
        self.restart()

    def restart(self) -> None:
        """Let the functions be new."""
        told = {
            name: re.sub(r"\$\{(\w+)\}", lambda found: self._urls.get(found[1], found[0]), value)
            for name, value in self._variables.items()
            if name in WATCHING
        }
        self.functions.forget(self.functions.environ | {"STACK_NAME": "leads"} | told)
        self.functions.parts.caller.close()
        self.functions.parts.caller = self.caller

    @property
    def store(self) -> AwsStore:
        return self.functions.parts.store(timedelta(days=7))

    def lead(self, name: str, **about: Any) -> str:
        """A lead as Capture keeps it."""
        lead = captured(self.clock, name, **about)
        self.store.accept([lead])
        return lead.id

    def live(self, span: timedelta, step: timedelta = MINUTE) -> None:
        """Let so much time pass: messages are handed out with each *step*, Sweep measures every
        five minutes and sweeps every fifteen, or with each step where that is longer."""
        begun = self.clock.now
        measured, swept = (begun, begun) if self._last is None else self._last
        while self.clock.now - begun < span:
            self.clock.now += step
            self._hand_out("RefineQueue", "Refine", refine.handler, timedelta(minutes=6))
            self._hand_out("DeliveryQueue", "Deliver", deliver.handler, timedelta(minutes=3))
            if not self.sweeps_run:
                measured = swept = self.clock.now
            if self._measures and self.clock.now - measured >= 5 * MINUTE:
                measured = self.clock.now
                self._run("Sweep", sweep.handler, {"only_measure": True})
            if self.clock.now - swept >= 15 * MINUTE:
                swept = self.clock.now
                self.sweep()
            self._tell_of_queues()
            self._last = measured, swept
            for watch in (self.watch, self.plain):
                watch.look(self.clock.now)

    def sweep(self) -> Any:
        """Let Sweep run now; returns its answer, None when it failed."""
        return self._run("Sweep", sweep.handler, {})

    def _put(self, namespace: str, metric: str, dimension: str, value: float) -> None:
        for watch in (self.watch, self.plain):
            watch.put(self.clock.now, namespace, metric, dimension, value)

    def _run(self, name: str, handler: Callable[..., Any], event: Mapping[str, Any]) -> Any:
        """A run of a function; None when it failed."""
        if self.is_cold:
            self.restart()
        answer, failed = None, False
        try:
            answer = handler(event, Context(10_000 if name == "Deliver" else 60_000))
        except LeadlineError:
            failed = True
        self._put("AWS/Lambda", "Invocations", "${" + name + "}", 1)
        self._put("AWS/Lambda", "Errors", "${" + name + "}", failed)
        lines = self._told.getvalue().splitlines()
        self._told.truncate(0)
        self._told.seek(0)
        for line in lines:
            for one in json.loads(line).get("_aws", {}).get("CloudWatchMetrics", []):
                self.metrics |= {metric["Name"] for metric in one["Metrics"]}
            for watch in (self.watch, self.plain):
                watch.put_log_line(self.clock.now, line)
        return answer

    def _hand_out(
        self, queue: str, name: str, handler: Callable[..., Any], visibility: timedelta
    ) -> None:
        here = self.kept.setdefault(self._urls[queue], [])
        while some := [one for one in here if one.visible_at <= self.clock.now][:BATCH]:
            for one in [one for one in some if one.receives >= MOST_RECEIVES]:
                here.remove(one)
                some.remove(one)
                self.kept.setdefault(self._urls[QUEUES[queue]], []).append(one)
            if not some:
                continue
            for one in some:
                one.receives += 1
                one.visible_at = self.clock.now + visibility
            records = [
                {"messageId": one.handle, "receiptHandle": one.handle, "body": one.body}
                for one in some
            ]
            refused = name in self.throttled
            answer = None if refused else self._run(name, handler, {"Records": records})
            if answer is not None:
                back = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
                done = {one.handle for one in some} - back
                here[:] = [one for one in here if one.handle not in done]

    def _tell_of_queues(self) -> None:
        """What SQS itself tells, as far as alarms ask for it."""
        now = self.clock.now
        for name, url in self._urls.items():
            here = self.kept.get(url, [])
            dimension = "${" + name + ".QueueName}"
            visible = sum(one.visible_at <= now for one in here)
            self._put("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimension, visible)
            ages = [(now - one.sent_at).total_seconds() for one in here if one.receives < 3]
            self._put("AWS/SQS", "ApproximateAgeOfOldestMessage", dimension, max(ages, default=0))


@contextmanager
def outage_stack(
    moto: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch, profile: str = "full"
) -> Iterator[OutageStack]:
    """A stack with its Slack, at the time of the clock, with the alarms of a profile."""
    defaults = AwsStore.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "clock", clock)
    monkeypatch.setattr(wiring.kit_of, "__defaults__", (clock,))
    told = io.StringIO()
    monkeypatch.setattr(figures, "sys", SimpleNamespace(stdout=told))
    resources = AwsResources(moto)
    with SlackInbox() as slack:
        functions = Functions(Actor(resources, clock), slack)
        functions.set()
        for module in (capture, refine, deliver, sweep):
            monkeypatch.setattr(module, "_parts", lambda: functions.parts)
        stack = OutageStack(functions, clock, told, profile)
        yield stack
        for caller in (stack.caller, functions.parts.caller, functions.actor.caller):
            caller.close()
    resources.close()
