"""Stacks of the profiles small and full on the emulator: leads come through, and trouble is told.

The profile standard is that of all other tests of whole stacks.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import Deployment
from tests.aws.test_end_to_end import eventually, send, settings_text, ticking, told
from tests.aws.test_troubles import forbidden
from tests.aws.test_troubles import sweep as sweep_overdue
from tests.standins.emulator import Emulator

pytestmark = pytest.mark.aws


@pytest.fixture(scope="module")
def fresh(emulator: Emulator) -> Emulator:
    emulator.reset()
    return emulator


@pytest.fixture(scope="module")
def small(
    fresh: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    made = Deployment(
        fresh,
        tmp_path_factory.mktemp("small"),
        stack="small",
        parameters={"Profile": "small", "Delay": "1s"},
        settings=settings_text(slack),
    )
    with ticking(made):
        yield made


@pytest.fixture
def topic(small: Deployment) -> Iterator["Topic"]:
    made = Topic(small)
    yield made
    made.close()


class Topic:
    """Who listens to the alarm topic of a stack."""

    def __init__(self, stack: Deployment) -> None:
        self._sns, self._sqs = stack.client("sns"), stack.client("sqs")
        anybody = {
            "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*",
        }  # fmt: skip
        policy = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
        self._url = self._sqs.create_queue(QueueName="listens", Attributes={"Policy": policy})[
            "QueueUrl"
        ]
        about = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self._subscription = self._sns.subscribe(
            TopicArn=stack.outputs["AlarmTopicArn"], Protocol="sqs",
            Endpoint=about["Attributes"]["QueueArn"], ReturnSubscriptionArn=True,
        )["SubscriptionArn"]  # fmt: skip
        self._bodies: list[str] = []

    def heard(self, words: str) -> bool:
        """Whether a message with these words has come."""
        found = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        self._bodies += [message["Body"] for message in found.get("Messages", [])]
        return any(words in body for body in self._bodies)

    def forget(self) -> None:
        """Forget what has come."""
        self._sqs.purge_queue(QueueUrl=self._url)
        self._bodies.clear()

    def close(self) -> None:
        self._sns.unsubscribe(SubscriptionArn=self._subscription)
        self._sqs.delete_queue(QueueUrl=self._url)


def sweep(stack: Deployment) -> tuple[bool, Any]:
    """Whether a run of Sweep failed, and what it answered."""
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["SweepName"], Payload=b'{"grace_s": -60}'
    )
    return "FunctionError" in answer, json.loads(answer["Payload"].read())


def alarms_of(stack: Deployment) -> set[str]:
    """The logical names of its alarms."""
    pages = stack.client("cloudformation").get_paginator("list_stack_resources")
    return {
        one["LogicalResourceId"]
        for page in pages.paginate(StackName=stack.stack)
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] == "AWS::CloudWatch::Alarm"
    }


def test_a_small_stack_takes_a_lead_all_the_way_and_its_sweep_is_content(
    small: Deployment, slack: SlackInbox
) -> None:
    assert alarms_of(small) == {"PromiseBroken"}
    assert "DashboardUrl" not in small.outputs
    lead_id = send(small, name="Ada Verne", email="ada@example.com")
    eventually(lambda: lead_id in told(slack))
    failed, answer = sweep(small)
    assert not failed, answer


def test_a_small_stack_says_in_words_what_is_wrong_and_its_sweep_fails(
    small: Deployment, topic: Topic
) -> None:
    dead = small.outputs["DeliveryDeadLettersUrl"]
    small.client("sqs").send_message(QueueUrl=dead, MessageBody="{}")
    for _ in range(2):
        failed, answer = sweep(small)
        assert failed
        assert answer["errorType"] == "PromiseBroken"
        assert "Dead letters in the queues: 1;" in answer["errorMessage"]
    eventually(lambda: topic.heard("Dead letters in the queues: 1; leadline dead lists them."))
    small.client("sqs").purge_queue(QueueUrl=dead)
    eventually(lambda: not sweep(small)[0])


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("cloudwatch:GetMetricStatistics", "PromiseBroken"),
        ("sqs:GetQueueAttributes", "AwsFailed"),
        ("s3:ListBucket", "AwsFailed"),
    ],
)
def test_a_sweep_that_may_not_look_fails(small: Deployment, action: str, error: str) -> None:
    # CloudWatch is asked again only after 20 minutes: let the sweep forget when it asked.
    state = {"pk": {"S": "S#watch"}, "sk": {"S": "state"}}
    small.client("dynamodb").delete_item(TableName=small.outputs["TableName"], Key=state)
    with forbidden(small, "Sweep", action):
        failed, answer = sweep(small)
    assert failed, f"{action} is not needed"
    assert answer["errorType"] == error
    assert not sweep(small)[0]


def test_a_topic_that_refuses_the_words_does_not_keep_the_sweep_from_failing(
    small: Deployment, topic: Topic
) -> None:
    dead = small.outputs["RefineDeadLettersUrl"]
    small.client("sqs").send_message(QueueUrl=dead, MessageBody="{}")
    with forbidden(small, "Sweep", "sns:Publish"):
        assert sweep(small)[0]
    assert not topic.heard("Dead letters")
    assert sweep(small)[0]
    eventually(lambda: topic.heard("Dead letters in the queues: 1;"))


def all_told(stack: Deployment, slack: SlackInbox, waiting: list[str]) -> None:
    """Wait until all of these leads were told. Sweep finds those whose schedules went with the
    clock, and those whose run the emulator ended at the update."""

    def swept() -> bool:
        sweep_overdue(stack)
        return set(waiting) <= set(told(slack))

    eventually(swept)


def test_a_small_stack_becomes_a_full_one_and_a_standard_one_with_leads_that_wait(
    small: Deployment, slack: SlackInbox
) -> None:
    small.deploy(Delay="5s")
    waiting = [send(small, name=f"Patient {n}", email=f"p{n}@example.com") for n in range(3)]
    small.deploy(Profile="full", Alarms="plain")  # the emulator knows no metric math
    assert len(alarms_of(small)) == 15
    assert "DashboardUrl" in small.outputs
    waiting += [send(small, name=f"Later {n}", email=f"l{n}@example.com") for n in range(3)]
    all_told(small, slack, waiting)
    failed, answer = sweep(small)
    assert not failed, answer
    waiting += [send(small, name=f"Last {n}", email=f"z{n}@example.com") for n in range(3)]
    small.deploy(Profile="standard", Alarms="by-profile")
    assert len(alarms_of(small)) == 7
    assert "DashboardUrl" not in small.outputs
    all_told(small, slack, waiting)
    assert [told(slack).count(lead_id) for lead_id in waiting] == [1] * 9


BEFORE_PROFILES = r"""
import re
import leadline.infra
text = leadline.infra.template()
text = re.sub(r"  Profile:\n(    .*\n)+", "", text, count=1)
text = text.replace("!Ref Profile", "full").replace("${Profile} ", "")
text = text.replace("Condition: WatchesErrorRates\n", "Condition: IsStandard\n")
for choices, default in (("all, plain, none", "all"), ('"true", "false"', '"true"')):
    now = f"Default: by-profile\n    AllowedValues: [by-profile, {choices}]"
    assert now in text
    text = text.replace(now, f"Default: {default}\n    AllowedValues: [{choices}]")
leadline.infra.template = lambda: text
"""
"""Makes the template one without profiles, whose defaults are all alarms (but those that the
emulator can't make) and a dashboard, as those of earlier versions."""


def test_a_stack_from_before_profiles_becomes_a_standard_one_with_leads_that_wait(
    fresh: Emulator, slack: SlackInbox, tmp_path: Path
) -> None:
    stack = Deployment(
        fresh,
        tmp_path,
        stack="before",
        parameters={"Delay": "5s", "AccountLogsRole": False},
        settings=settings_text(slack),
        prelude=BEFORE_PROFILES,
    )
    assert len(alarms_of(stack)) == 15
    assert "DashboardUrl" in stack.outputs
    waiting = [send(stack, name=f"Patient {n}", email=f"b{n}@example.com") for n in range(3)]
    done = stack.run("deploy", "aws", "--yes", "--stack", stack.stack)
    assert done.returncode == 0, done.stderr
    assert "Alarms was all, the default of earlier versions, and is by-profile now" in done.stderr
    assert len(alarms_of(stack)) == 7
    all_told(stack, slack, waiting)
    assert [told(slack).count(lead_id) for lead_id in waiting] == [1] * 3
