"""A stack whose clock is schedules, in trouble, and changed to queues and back: no lead is lost and
no alert repeated. On the emulator, whole."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from leadline.model.formats import iso, key_of
from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import Deployment
from tests.aws.held_aliases import held_on_old_code
from tests.aws.test_end_to_end import eventually, keys_of, send, settings_text, ticking, told
from tests.aws.test_troubles import dead_messages, forbidden, sweep
from tests.standins.emulator import Emulator

pytestmark = pytest.mark.aws

WAIT = "30s"
"""A delay that is not over when an update of the stack begins."""


@pytest.fixture(scope="module")
def stack(
    emulator: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    emulator.reset()
    made = Deployment(
        emulator,
        tmp_path_factory.mktemp("schedules"),
        stack="scheduled",
        parameters={"Clock": "schedules", "Delay": "2s", "SweepSchedule": "rate(1 day)"},
        settings=settings_text(slack),
    )
    with ticking(made):
        yield made


@contextmanager
def refused(stack: Deployment, role: str, action: str) -> Iterator[None]:
    """A function that may not wake another for a while, as when Scheduler or Lambda refuses. (The
    emulator asks nobody for the right `iam:PassRole`.)"""
    name = stack.client("cloudformation").describe_stack_resource(
        StackName=stack.stack, LogicalResourceId=role
    )["StackResourceDetail"]["PhysicalResourceId"]
    denied = {"Effect": "Deny", "Action": [action], "Resource": ["*"]}
    document = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
    iam = stack.client("iam")
    iam.put_role_policy(RoleName=name, PolicyName="refused", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=name, PolicyName="refused")


def waiting(stack: Deployment) -> int:
    """How many schedules wait, as the command tells."""
    state = stack.run("status", "--aws", stack.stack, "--json")
    found = json.loads(state.stdout)
    assert found["clock"] == "schedules", state.stderr
    assert found["queues"].keys() == {"refine dead letters", "delivery dead letters"}
    schedules: int = found["schedules"]
    return schedules


def test_a_lead_that_the_clock_refuses_is_answered_and_found_by_the_sweep(
    stack: Deployment, slack: SlackInbox
) -> None:
    with refused(stack, "CaptureRole", "scheduler:CreateSchedule"):
        lead_id = send(stack, name="Silent Bell", email="silent@example.com")
    eventually(lambda: sweep(stack)["rung"] == 1)
    eventually(lambda: lead_id in told(slack))


def test_an_alert_for_which_nobody_could_be_woken_is_found_by_the_sweep(
    stack: Deployment, slack: SlackInbox
) -> None:
    with refused(stack, "RefineRole", "lambda:InvokeFunction"):
        lead_id = send(stack, name="Silent Alert", email="alert@example.com")
        eventually(lambda: any(lead_id in key for key in keys_of(stack, "refined/")))
        eventually(lambda: sweep(stack)["rung"] == 1)
    eventually(lambda: lead_id in told(slack))
    assert told(slack).count(lead_id) == 1


def test_an_event_that_names_no_task_is_a_dead_letter(stack: Deployment) -> None:
    stack.client("lambda").invoke(
        FunctionName=stack.outputs["RefineName"], InvocationType="Event", Payload=b'{"no": 1}'
    )
    eventually(lambda: dead_messages(stack) == 1)
    stack.client("sqs").purge_queue(QueueUrl=stack.outputs["RefineDeadLettersUrl"])


def test_schedules_and_calls_reach_the_code_that_the_alias_names(
    stack: Deployment, slack: SlackInbox
) -> None:
    with held_on_old_code(stack):
        lead_id = send(stack, name="Old Code", email="old@example.com")
        eventually(lambda: lead_id in told(slack))
    assert dead_messages(stack) == 0
    assert told(slack).count(lead_id) == 1


def test_a_schedule_that_names_no_alias_still_wakes_its_function(
    stack: Deployment, slack: SlackInbox
) -> None:
    with refused(stack, "CaptureRole", "scheduler:CreateSchedule"):
        lead_id = send(stack, name="Of Before", email="before@example.com")
    schedule_of_before(stack, lead_id)
    eventually(lambda: lead_id in told(slack))
    assert told(slack).count(lead_id) == 1


def schedule_of_before(stack: Deployment, lead_id: str) -> None:
    """Make the schedule of a lead as versions without aliases made it."""
    outputs, now = stack.outputs, datetime.now(UTC)
    message = {"lead_id": lead_id, "s3_key": key_of("raw", lead_id, now), "timestamp": iso(now)}
    stack.client("scheduler").create_schedule(
        Name=f"{lead_id}.before",
        GroupName=outputs["ScheduleGroup"],
        ActionAfterCompletion="DELETE",
        FlexibleTimeWindow={"Mode": "OFF"},
        ScheduleExpression=f"at({now + timedelta(minutes=1):%Y-%m-%dT%H:%M:00})",
        Target={
            "Arn": outputs["RefineArn"].removesuffix(":live"),
            "RoleArn": outputs["WakeupRoleArn"],
            "Input": json.dumps(message),
        },
    )


def test_a_lead_that_nobody_could_refine_is_a_dead_letter_until_it_is_replayed(
    stack: Deployment, slack: SlackInbox
) -> None:
    with forbidden(stack, "Refine", "dynamodb:PutItem"):
        lead_id = send(stack, name="Three Times", email="three@example.com")
        eventually(lambda: dead_messages(stack) == 1)
    assert lead_id not in told(slack)
    listed = stack.run("dead", "--aws", stack.stack)
    assert lead_id in listed.stdout, listed.stderr
    replayed = stack.run("replay", lead_id, "--aws", stack.stack, "--yes")
    assert replayed.returncode == 0, replayed.stderr
    eventually(lambda: lead_id in told(slack))
    assert dead_messages(stack) == 0
    assert told(slack).count(lead_id) == 1


def test_a_change_of_the_clock_loses_no_lead_that_waits(
    stack: Deployment, slack: SlackInbox
) -> None:
    stack.deploy(Delay=WAIT)
    first = send(stack, name="Under Way", email="way@example.com")
    eventually(lambda: waiting(stack) == 1)  # it is made anew when it comes early
    stack.deploy(Clock="queues")
    assert "ScheduleGroup" not in stack.outputs
    second = send(stack, name="Under Way Again", email="again@example.com")
    stack.deploy(Clock="schedules")
    assert "RefineQueueUrl" not in stack.outputs
    third = send(stack, name="Afterwards", email="after@example.com")
    leads = [first, second, third]

    def swept() -> bool:
        sweep(stack)
        return {*leads} <= set(told(slack))

    eventually(swept)
    assert [told(slack).count(lead_id) for lead_id in leads] == [1, 1, 1]


def test_every_lead_is_accounted_for_in_the_end(stack: Deployment, slack: SlackInbox) -> None:
    assert len(told(slack)) == len(set(told(slack)))
    verified = stack.run("verify", "--deep", "--aws", stack.stack)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_destroying_the_stack_leaves_no_schedule_and_no_queue(stack: Deployment) -> None:
    done = stack.run("destroy", "aws", "--stack", stack.stack, "--yes")
    assert done.returncode == 0, done.stderr
    groups = stack.client("scheduler").list_schedule_groups()["ScheduleGroups"]
    assert [group["Name"] for group in groups] == ["default"]
    queues = stack.client("sqs").list_queues(QueueNamePrefix=stack.stack).get("QueueUrls", [])
    assert queues == []
