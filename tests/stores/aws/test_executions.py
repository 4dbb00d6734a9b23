"""Wake-ups by Step Functions: what is started, under which name, and what is refused."""

import json
import string
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.task import ON_HOLD_UNTIL, Step, Task
from leadline.net.aws.calls import AwsFailed
from leadline.stores.aws.clocks.executions import LONGEST_NAME, Executions, later_name, whole_second
from leadline.stores.aws.clocks.wakeups import UnderWay, Wakeup, task_of
from tests.worlds.aws_resources import AwsResources

AT = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)
LEAD = "0195a1b2-0000-7000-8000-000000000001"
MACHINE = '{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}'
ROLE = "arn:aws:iam::123456789012:role/executions"


class Machines:
    """Two state machines on moto, which keeps executions running, and the clock that starts
    them."""

    def __init__(self, rooms: AwsResources) -> None:
        self._rooms = rooms
        self.leads, self.tasks = self._made("leads"), self._made("tasks")
        self.clock = Executions(rooms.caller, self.leads, self.tasks, rooms.dead_urls)

    def _made(self, name: str) -> str:
        about = {
            "name": f"{self._rooms.bucket.name}-{name}",
            "definition": MACHINE,
            "roleArn": ROLE,
        }
        arn: str = self._call("CreateStateMachine", about)["stateMachineArn"]
        return arn

    def _call(self, operation: str, body: object) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            self._rooms.caller.json("states", f"AWSStepFunctions.{operation}", body)
        )
        return found

    def started(self, machine: str) -> dict[str, dict[str, Any]]:
        """The inputs of the executions of a machine by their names."""
        found = self._call("ListExecutions", {"stateMachineArn": machine})["executions"]
        return {
            one["name"]: json.loads(
                self._call("DescribeExecution", {"executionArn": one["executionArn"]})["input"]
            )
            for one in found
        }


@pytest.fixture
def machines(moto: str) -> Iterator[Machines]:
    with closing(AwsResources(moto)) as rooms:
        yield Machines(rooms)


def wakeup(step: Step, channel: str = "", after: timedelta = timedelta()) -> Wakeup:
    return Wakeup(Task(step, LEAD, channel), AT + after, AT - timedelta(minutes=1))


def test_the_first_wake_up_of_a_lead_is_named_by_its_id(machines: Machines) -> None:
    machines.clock.send([wakeup(Step.REFINE, after=timedelta(minutes=10))], AT)
    ((name, told),) = machines.started(machines.leads).items()
    assert name == LEAD
    assert told["at"] == "2026-03-02T09:10:01Z"
    assert task_of(json.dumps(told["message"])) == Task(Step.REFINE, LEAD)
    assert machines.started(machines.tasks) == {}


def test_another_whole_second_the_same_lead_is_another_execution(machines: Machines) -> None:
    machines.clock.send([wakeup(Step.REFINE)], AT)
    machines.clock.send([wakeup(Step.REFINE, after=timedelta(minutes=5))], AT)
    again = f"{LEAD}.refine.20260302T090501Z"
    assert machines.started(machines.leads).keys() == {LEAD, again}


def test_later_tasks_have_executions_of_their_own_and_the_second_of_a_moment_is_refused(
    machines: Machines,
) -> None:
    for _ in range(2):
        machines.clock.send([wakeup(Step.NOTIFY, "slack"), wakeup(Step.LOOK_UP)], AT)
    started = machines.started(machines.tasks)
    assert started.keys() == {
        f"{LEAD}.notify.slack.20260302T090001Z",
        f"{LEAD}.look_up.20260302T090001Z",
    }
    told = started[f"{LEAD}.notify.slack.20260302T090001Z"]
    assert task_of(json.dumps(told["message"])) == Task(Step.NOTIFY, LEAD, "slack")
    assert machines.started(machines.leads) == {}


def test_the_same_wake_up_has_the_same_input_whenever_it_is_sent(machines: Machines) -> None:
    one = wakeup(Step.LOOK_UP, after=timedelta(hours=4))
    machines.clock.send([one], AT)
    before = machines.started(machines.tasks)
    machines.clock.send([one], AT + timedelta(hours=1))
    assert machines.started(machines.tasks) == before


def test_a_wake_up_days_ahead_is_sent_at_once_and_one_of_a_lead_on_hold_is_not(
    machines: Machines,
) -> None:
    on_hold = Wakeup(Task(Step.REFINE, LEAD), ON_HOLD_UNTIL, AT)
    machines.clock.send([on_hold, wakeup(Step.LOOK_UP, after=timedelta(days=30))], AT)
    assert machines.started(machines.leads) == {}
    assert machines.started(machines.tasks).keys() == {f"{LEAD}.look_up.20260401T090001Z"}


def test_what_step_functions_refuses_for_another_reason_is_an_error(machines: Machines) -> None:
    gone = Executions(machines.clock._caller, f"{machines.leads}x", machines.tasks)
    with pytest.raises(AwsFailed, match="StateMachineDoesNotExist"):
        gone.send([wakeup(Step.REFINE)], AT)


def test_the_executions_under_way_are_counted_by_step_and_moment(machines: Machines) -> None:
    now = datetime.now(UTC)
    for step, channel, after in (
        (Step.NOTIFY, "slack", timedelta()),
        (Step.NOTIFY, "mail", timedelta(hours=1)),
        (Step.LOOK_UP, "", timedelta()),
    ):
        machines.clock.send([Wakeup(Task(step, LEAD, channel), now + after, now)], now)
    machines.clock.send([Wakeup(Task(Step.REFINE, LEAD), now, now)], now)
    later = now + timedelta(seconds=1)
    assert machines.clock.under_way(Step.NOTIFY, later) == UnderWay(due=1, later=1)
    assert machines.clock.under_way(Step.LOOK_UP, later) == UnderWay(due=1)
    assert machines.clock.under_way(Step.REFINE, later) == UnderWay(later=1)


@given(
    channel=st.text(string.printable, max_size=90),
    step=st.sampled_from(Step),
)
def test_every_name_is_one_that_step_functions_takes(channel: str, step: Step) -> None:
    name = later_name(Task(step, LEAD, channel), whole_second(AT, AT))
    assert 0 < len(name) <= LONGEST_NAME
    assert set(name) <= {*string.ascii_letters, *string.digits, "-", "_", "."}


@given(first=st.text(min_size=1, max_size=60), second=st.text(min_size=1, max_size=60))
def test_two_channels_have_two_names(first: str, second: str) -> None:
    at = whole_second(AT, AT)
    names = [later_name(Task(Step.NOTIFY, LEAD, channel), at) for channel in (first, second)]
    assert (names[0] == names[1]) is (first == second)


@given(
    due=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_an_execution_waits_until_the_task_is_due_and_less_than_a_second_longer(
    due: datetime, now: datetime
) -> None:
    at = whole_second(due, now)
    assert timedelta() <= at - max(due, now) < timedelta(seconds=1)
    assert at.microsecond == 0
