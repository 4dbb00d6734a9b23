"""The clocks of a stack, one contract for all: queues of SQS, one-time schedules, executions."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.task import Step, Task
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.net.aws.signing import Keys
from leadline.net.reply import HttpReply
from leadline.stores.aws.clocks.executions import Executions
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.clocks.schedules import Schedules, WakeupTargets, minute_of, schedule_name
from leadline.stores.aws.clocks.wakeups import StackClock, Wakeup, queue_of_each_step, task_of
from leadline.stores.aws.sweep.dead_letter_queues import DeadLetterQueues
from leadline.stores.aws.sweep.sweep import sweep
from tests.standins.aws_faults import id_at
from tests.worlds.aws_resources import REGION, AwsResources
from tests.worlds.leads import HandClock, captured

NOW = datetime(2026, 3, 2, 9, 30, 12, tzinfo=UTC)
LEAD = id_at(NOW)
SECOND = "2026-03-02T09:30:12Z"
REFINE, NOTIFY = Task(Step.REFINE, LEAD), Task(Step.NOTIFY, LEAD, "slack")
TARGETS = WakeupTargets(
    "leads",
    "arn:aws:iam::111122223333:role/wakes",
    queue_of_each_step(
        "arn:aws:lambda:eu-west-1:111122223333:function:leads-refine:live",
        "arn:aws:lambda:eu-west-1:111122223333:function:leads-deliver:live",
    ),
    queue_of_each_step(
        "arn:aws:sqs:eu-west-1:111122223333:leads-refine-dead",
        "arn:aws:sqs:eu-west-1:111122223333:leads-delivery-dead",
    ),
)


class TellingCaller(Caller):
    """Calls AWS only for SQS and the table, on moto; keeps the other calls, as Scheduler, Lambda
    and Step Functions would."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(REGION, lambda: Keys("test", "test"), endpoint)
        self.schedules: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[str, str]] = []
        self.executions: dict[str, dict[str, Any]] = {}
        self.refuses = ""
        """The code with which Scheduler and Lambda refuse everything."""

    def call(
        self,
        service: str,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        if service not in ("scheduler", "lambda", "states"):
            return super().call(service, method, path, body, query=query, headers=headers)
        assert method == "POST"
        if self.refuses:
            return HttpReply(429, {"x-amzn-errortype": self.refuses}, b"{}")
        if service == "states":
            return self._executed((headers or {})["x-amz-target"], json.loads(body))
        name = path.split("/")[2 if service == "scheduler" else 3]
        if service == "lambda":
            assert (headers or {})["x-amz-invocation-type"] == "Event"
            alias = (query or {}).get("Qualifier", "")
            self.events.append((f"{name}:{alias}" if alias else name, body.decode()))
            return HttpReply(202, {}, b"")
        if name in self.schedules:
            return HttpReply(409, {"x-amzn-errortype": "ConflictException"}, b"{}")
        self.schedules[name] = json.loads(body)
        return HttpReply(200, {}, b"{}")

    def _executed(self, target: str, request: dict[str, Any]) -> HttpReply:
        if target.endswith("ListExecutions"):
            running = [{"name": name} for name in self.executions]
            return HttpReply(200, {}, json.dumps({"executions": running}).encode())
        if request["name"] in self.executions:
            return HttpReply(400, {"x-amzn-errortype": "ExecutionAlreadyExists"}, b"{}")
        self.executions[request["name"]] = json.loads(request["input"])
        return HttpReply(200, {}, b"{}")


class Told:
    """A clock, and the messages that it has sent, due and later."""

    def __init__(self, rooms: AwsResources, caller: TellingCaller, clock: StackClock) -> None:
        self.rooms, self.caller, self.clock = rooms, caller, clock

    def send(self, *wakeups: tuple[Task, timedelta]) -> None:
        """Send wake-ups for tasks that are due after so long."""
        self.clock.send([Wakeup(task, NOW + after, NOW) for task, after in wakeups], NOW)

    def due(self) -> list[str]:
        """The messages that wake a function now."""
        if isinstance(self.clock, Schedules):
            return [body for _, body in self.caller.events]
        if isinstance(self.clock, Executions):
            told = self.caller.executions.values()
            return [json.dumps(one["message"]) for one in told if one["at"] <= SECOND]
        urls = dict.fromkeys(self.rooms.urls.values())
        return [body for url in urls for body, _ in self.rooms.queues.receive(url)]

    def later(self) -> int:
        """How many wake-ups wait for their time."""
        if isinstance(self.clock, Schedules):
            return len(self.caller.schedules)
        if isinstance(self.clock, Executions):
            return sum(one["at"] > SECOND for one in self.caller.executions.values())
        urls = dict.fromkeys(self.rooms.urls.values())
        return sum(self.rooms.queues.depths(url)["delayed"] for url in urls)


def queues(rooms: AwsResources, caller: Caller) -> StackClock:
    return Queues(caller, rooms.urls, rooms.dead_urls)


def schedules(rooms: AwsResources, caller: Caller) -> StackClock:
    return Schedules(caller, TARGETS, rooms.dead_urls)


def executions(rooms: AwsResources, caller: Caller) -> StackClock:
    machine = "arn:aws:states:eu-west-1:111122223333:stateMachine:leads"
    return Executions(caller, f"{machine}-leads", f"{machine}-tasks", rooms.dead_urls)


@pytest.fixture(params=[queues, schedules, executions])
def told(moto: str, request: pytest.FixtureRequest) -> Iterator[Told]:
    make: Callable[[AwsResources, Caller], StackClock] = request.param
    with closing(AwsResources(moto)) as rooms, closing(TellingCaller(moto)) as caller:
        yield Told(rooms, caller, make(rooms, caller))


def test_a_task_that_is_due_wakes_its_function_now(told: Told) -> None:
    told.send((REFINE, timedelta()), (NOTIFY, timedelta(seconds=-90)))
    assert {task_of(body) for body in told.due()} == {REFINE, NOTIFY}
    assert told.later() == 0


def test_a_task_that_is_due_later_wakes_nobody_yet(told: Told) -> None:
    told.send((REFINE, timedelta(minutes=10)), (NOTIFY, timedelta(seconds=7)))
    assert told.due() == []
    assert told.later() == 2


def test_a_clock_that_has_a_reach_leaves_what_is_beyond_it_to_the_sweep(told: Told) -> None:
    told.send((NOTIFY, timedelta(hours=3)))
    assert told.later() == (1 if told.clock.reach is None else 0)
    assert told.due() == []


def test_a_lead_that_is_on_hold_gets_no_wakeup(told: Told) -> None:
    told.send((REFINE, timedelta(days=3650)))
    assert (told.due(), told.later()) == ([], 0)


def test_a_dead_letter_is_told_to_the_queue_of_its_step(told: Told) -> None:
    told.clock.dead_letter(NOTIFY, NOW, "slack.no_service")
    (body,) = told.rooms.messages(told.rooms.dead_urls[Step.NOTIFY])
    assert (body["lead_id"], body["reason"]) == (LEAD, "slack.no_service")
    assert told.clock.dead_urls() == {
        told.rooms.dead_urls[Step.REFINE]: Step.REFINE,
        told.rooms.dead_urls[Step.NOTIFY]: Step.NOTIFY,
    }


def test_sweep_wakes_for_what_is_overdue(told: Told, clock: HandClock) -> None:
    store = told.rooms.store(clock)
    lead = captured(clock, delay=timedelta())
    store.wakeups = told.clock
    store.accept([lead])
    clock.advance(minutes=6)
    swept = sweep(store, told.clock, [(Step.NOTIFY, "slack")], lambda: True)
    assert swept.overdue == 1
    assert [json.loads(body)["lead_id"] for body in told.due()] == [lead.id] * 2


def test_a_stack_without_aliases_is_woken_by_its_functions_names(moto: str) -> None:
    with closing(TellingCaller(moto)) as caller:
        bare = {step: arn.removesuffix(":live") for step, arn in TARGETS.functions.items()}
        clock = Schedules(caller, msgspec.structs.replace(TARGETS, functions=bare))
        clock.send([Wakeup(REFINE, NOW, NOW), Wakeup(NOTIFY, NOW + timedelta(hours=1), NOW)], NOW)
        assert [name for name, _ in caller.events] == ["leads-refine"]
        (made,) = caller.schedules.values()
        assert made["Target"]["Arn"] == bare[Step.NOTIFY]


def test_schedules_call_the_alias_of_a_function(moto: str) -> None:
    with closing(TellingCaller(moto)) as caller:
        clock = Schedules(caller, TARGETS)
        clock.send([Wakeup(REFINE, NOW + timedelta(hours=1), NOW)], NOW)
        (made,) = caller.schedules.values()
        assert made["Target"]["Arn"].endswith(":function:leads-refine:live")


def test_a_failed_event_is_a_dead_letter_that_names_its_task(moto: str, clock: HandClock) -> None:
    with closing(AwsResources(moto)) as rooms, closing(TellingCaller(moto)) as caller:
        store = rooms.store(clock)
        lead = captured(clock, delay=timedelta())
        store.accept([lead])
        made = Told(rooms, caller, schedules(rooms, caller))
        made.send((Task(Step.REFINE, lead.id), timedelta()))
        ((name, event),) = caller.events
        assert name == "leads-refine:live"
        record = {
            "version": "1.0",
            "requestContext": {"condition": "RetriesExhausted"},
            "requestPayload": json.loads(event),
            "responsePayload": {"errorType": "NotDone"},
        }
        url = rooms.dead_urls[Step.REFINE]
        for body in (json.dumps(record), event, '{"requestPayload": 7}'):
            request = {"QueueUrl": url, "MessageBody": body}
            rooms.caller.json("sqs", "AmazonSQS.SendMessage", request)
        dead = DeadLetterQueues(rooms.caller, rooms.table, made.clock)
        alive, unreadable = dead.stranded()
        assert (alive.count, alive.examples) == (2, (lead.id,))
        assert unreadable.count == 1
        done = dead.tidy([], clock.now)
        assert (done.taken_off, done.unreadable) == (2, 1)
        assert len(caller.events) == 2, "the lead that is not dead is woken once more"


def test_a_schedule_calls_the_function_of_its_step_once_and_is_gone(moto: str) -> None:
    with closing(AwsResources(moto)) as rooms, closing(TellingCaller(moto)) as caller:
        made = Told(rooms, caller, schedules(rooms, caller))
        made.send((NOTIFY, timedelta(minutes=10)))
        ((_, schedule),) = caller.schedules.items()
        assert schedule["ScheduleExpression"] == "at(2026-03-02T09:41:00)"
        assert schedule["ScheduleExpressionTimezone"] == "UTC"
        assert schedule["ActionAfterCompletion"] == "DELETE"
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert schedule["GroupName"] == "leads"
        target = schedule["Target"]
        assert target["Arn"] == TARGETS.functions[Step.NOTIFY]
        assert target["RoleArn"] == TARGETS.role
        assert target["DeadLetterConfig"] == {"Arn": TARGETS.dead_letters[Step.NOTIFY]}
        assert task_of(target["Input"]) == NOTIFY


def test_the_same_wakeup_twice_is_one_schedule_and_another_time_another(moto: str) -> None:
    with closing(AwsResources(moto)) as rooms, closing(TellingCaller(moto)) as caller:
        made = Told(rooms, caller, schedules(rooms, caller))
        for after in (timedelta(minutes=10), timedelta(minutes=10), timedelta(minutes=3)):
            made.send((REFINE, after))
        assert len(caller.schedules) == 2


@pytest.mark.parametrize("code", ["ThrottlingException", "ServiceQuotaExceededException"])
def test_a_clock_that_refuses_keeps_no_lead_from_being_captured(
    moto: str, clock: HandClock, code: str
) -> None:
    with closing(AwsResources(moto)) as rooms, closing(TellingCaller(moto)) as caller:
        store = rooms.store(clock)
        store.wakeups = made = schedules(rooms, caller)
        caller.refuses = code
        with pytest.raises(AwsFailed, match=code):
            made.send([Wakeup(REFINE, NOW + timedelta(minutes=1), NOW)], NOW)
        with pytest.raises(AwsFailed, match=code):
            made.send([Wakeup(REFINE, NOW, NOW)], NOW)
        lead = captured(clock)
        store.accept([lead])
        assert caller.schedules == {}
        caller.refuses = ""
        clock.advance(minutes=16)
        assert sweep(store, made, [], lambda: True).overdue == 1
        assert [json.loads(body)["lead_id"] for _, body in caller.events] == [lead.id]


@given(after=st.timedeltas(timedelta(), timedelta(days=300)), micro=st.integers(0, 10**9))
def test_a_schedule_is_for_a_full_minute_at_which_its_task_is_due(
    after: timedelta, micro: int
) -> None:
    now = NOW + timedelta(microseconds=micro)
    at = minute_of(now + after, now)
    assert (at.second, at.microsecond, at.tzinfo) == (0, 0, UTC)
    assert at >= now + after
    assert at >= now + timedelta(seconds=5)
    assert at < now + after + timedelta(seconds=65)


@given(channel=st.text(max_size=200), other=st.text(max_size=200), minute=st.integers(0, 10**8 - 1))
def test_the_name_of_a_schedule_fits_and_tells_tasks_apart(
    channel: str, other: str, minute: int
) -> None:
    at = datetime.fromtimestamp(minute * 60, UTC)
    name = schedule_name(Task(Step.NOTIFY, LEAD, channel), at)
    assert len(name) <= 64
    assert set(name) <= set("0123456789abcdef.-")
    assert (name == schedule_name(Task(Step.NOTIFY, LEAD, other), at)) is (channel == other)
    assert name != schedule_name(Task(Step.REMIND, LEAD, channel), at)
    assert name != schedule_name(Task(Step.NOTIFY, LEAD, channel), at + timedelta(minutes=1))
