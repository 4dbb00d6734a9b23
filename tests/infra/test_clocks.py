"""The two clocks of the AWS template: queues of SQS, and one-time schedules."""

import json

import pytest

from leadline.cloud.stacks import refuse_long_name_with_schedules
from leadline.model.errors import ConfigurationError
from tests.infra.template_reading import FUNCTIONS, KEY, Stack, allowed

QUEUED = {
    "RefineQueue", "RefineQueuePolicy", "DeliveryQueue", "DeliveryQueuePolicy", "RefineMessages",
    "DeliverMessages",
}  # fmt: skip
QUEUE_ALARMS = {"RefineQueueDepth", "RefineQueueAge", "DeliveryQueueDepth", "DeliveryQueueAge"}
SCHEDULED = {
    "ScheduleGroup", "WakeupRole", "SchedulePolicy", "RefineEvents", "RefineLiveEvents",
    "DeliverEvents", "DeliverLiveEvents",
}  # fmt: skip
ARN = "arn:aws:lambda:eu-west-1:111122223333:function:leads-"
WOKEN = [f"{ARN}refine:live", f"{ARN}deliver:live"]
WOKEN_BEFORE = [f"{ARN}refine", f"{ARN}deliver"]
"""What schedules and code of an earlier version name."""
DEAD = {"${RefineDeadLetters.Arn}", "${DeliveryDeadLetters.Arn}"}


@pytest.mark.parametrize(
    ("parameters", "clock"),
    [
        ({}, "queues"),
        ({"Profile": "full"}, "queues"),
        ({"Profile": "small"}, "schedules"),
        ({"Profile": "small", "Clock": "queues"}, "queues"),
        ({"Clock": "schedules"}, "schedules"),
        ({"Profile": "full", "Clock": "schedules"}, "schedules"),
    ],
)
def test_a_stack_has_one_clock_which_follows_the_profile_unless_it_is_named(
    parameters: dict[str, str], clock: str
) -> None:
    there = Stack(**parameters).resources.keys()
    assert there & (QUEUED | SCHEDULED) == (QUEUED if clock == "queues" else SCHEDULED)
    has_alarms = parameters.get("Profile") == "full" and clock == "queues"
    assert there & QUEUE_ALARMS == (QUEUE_ALARMS if has_alarms else set())


def test_both_clocks_have_all_that_is_not_theirs() -> None:
    queues, schedules = Stack(Clock="queues"), Stack(Clock="schedules")
    assert queues.resources.keys() - QUEUED == schedules.resources.keys() - SCHEDULED
    assert {f"${{{name}.Arn}}" for name in schedules.of_type("AWS::SQS::Queue")} >= DEAD
    text = json.dumps([schedules.resources, schedules.outputs])
    assert "${RefineQueue" not in text
    assert "${DeliveryQueue" not in text


def test_functions_learn_where_schedules_go_and_of_no_queue_that_is_not_there() -> None:
    stack = Stack(Clock="schedules")
    for name in FUNCTIONS:
        variables = stack.properties(name)["Environment"]["Variables"]
        assert "SQS_QUEUE_URL" not in variables
        assert variables["SCHEDULE_GROUP"] == "${ScheduleGroup}"
        assert variables["SCHEDULE_ROLE_ARN"] == "${WakeupRole.Arn}"
        for step in ("Refine", "Deliver"):
            function, alias = stack.properties(step), stack.properties(f"{step}Live")
            assert alias["FunctionName"] == "${" + step + "}"
            arn = f"{ARN}{function['FunctionName'].removeprefix('leads-')}:{alias['Name']}"
            assert variables[f"{step.upper()}_ARN"] == arn
            assert stack.outputs[f"{step}Arn"] == "${" + step + "Live}"
        assert {variables["REFINE_DLQ_ARN"], variables["DELIVERY_DLQ_ARN"]} == DEAD
    assert "FunctionName" not in Stack().properties("Refine")


def test_an_event_is_tried_as_often_as_a_message_and_then_a_dead_letter() -> None:
    stack = Stack(Clock="schedules")
    for name, queue, kind, qualifier in (
        ("Refine", "RefineDeadLetters", "Live", "live"),
        ("Refine", "RefineDeadLetters", "", "$LATEST"),  # from schedules of an earlier version
        ("Deliver", "DeliveryDeadLetters", "Live", "live"),
        ("Deliver", "DeliveryDeadLetters", "", "$LATEST"),
    ):
        config = stack.properties(f"{name}{kind}Events")
        assert (config["FunctionName"], config["Qualifier"]) == ("${" + name + "}", qualifier)
        depends = stack.resources[f"{name}{kind}Events"].get("DependsOn")
        assert depends == ([f"{name}Live"] if kind else None), "an alias must be there before"
        tries = Stack().properties(f"{queue.removesuffix('DeadLetters')}Queue")["RedrivePolicy"]
        assert config["MaximumRetryAttempts"] + 1 == tries["maxReceiveCount"]
        place = "${" + queue + ".Arn}"
        assert config["DestinationConfig"] == {"OnFailure": {"Destination": place}}
        assert "sqs:SendMessage" in allowed(stack, f"{name}Role")[place]


def test_roles_have_the_rights_of_their_clock_only() -> None:
    stack = Stack(Clock="schedules")
    policy = stack.properties("SchedulePolicy")
    assert policy["Roles"] == ["${" + name + "Role}" for name in FUNCTIONS]
    said = [(s["Action"], s["Resource"]) for s in policy["PolicyDocument"]["Statement"]]
    group = "arn:aws:scheduler:eu-west-1:111122223333:schedule/leads/*"
    assert said == [
        (["scheduler:CreateSchedule"], group),
        (["iam:PassRole"], "${WakeupRole.Arn}"),
        (["lambda:InvokeFunction"], [*WOKEN, *WOKEN_BEFORE]),
    ]
    for name in FUNCTIONS:
        places = allowed(stack, f"{name}Role")
        queues = {place for place, what in places.items() if any("sqs" in one for one in what)}
        assert queues <= DEAD


def test_only_schedules_of_this_stack_may_wake_its_functions() -> None:
    (trusted,) = Stack(Clock="schedules").properties("WakeupRole")["AssumeRolePolicyDocument"][
        "Statement"
    ]
    assert trusted["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trusted["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "111122223333",
        "aws:SourceArn": "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/leads",
    }
    may = allowed(Stack(Clock="schedules"), "WakeupRole")
    assert may == {
        **{one: {"lambda:InvokeFunction"} for one in (*WOKEN, *WOKEN_BEFORE)},
        **{one: {"sqs:SendMessage"} for one in DEAD},
    }
    keyed = allowed(Stack(Clock="schedules", KmsKeyArn=KEY), "WakeupRole")
    assert keyed == {**may, KEY: {"kms:Decrypt", "kms:GenerateDataKey"}}


def test_the_dashboard_shows_the_clock_that_is_there() -> None:
    shown = {
        clock: Stack(Clock=clock, WithDashboard="true").properties("Dashboard")["DashboardBody"]
        for clock in ("queues", "schedules")
    }
    for body in shown.values():
        json.loads(body)
    assert '"AWS/Scheduler"' in shown["schedules"]
    assert '"ApproximateNumberOfMessagesDelayed"' not in shown["schedules"]
    assert '"AWS/Scheduler"' not in shown["queues"]


def test_a_name_that_makes_those_of_functions_too_long_is_refused() -> None:
    longest = "l" * 56
    stack = Stack(Clock="schedules")
    names = [stack.properties(name)["FunctionName"] for name in ("Refine", "Deliver")]
    assert max(len(name.replace("leads", longest, 1)) for name in names) == 64, "what Lambda takes"
    refuse_long_name_with_schedules(longest)
    with pytest.raises(ConfigurationError, match=r"has 57 characters.*at most 56"):
        refuse_long_name_with_schedules(longest + "l")
