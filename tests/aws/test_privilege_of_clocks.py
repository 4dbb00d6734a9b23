"""What roles may do besides, with the clocks schedules and executions and in the profiles small and
full: each right is needed, and none is missing.

`test_least_privilege` shows this for all that the roles may do in the profile standard with its
clock, queues; here are the statements that stacks with another clock or profile have instead. Each
right is denied in turn to the role that has it, and its function must then fail visibly.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from leadline.model.formats import key_of
from leadline.model.lead import Delivery
from leadline.model.task import Step, Task
from leadline.net.aws.calls import Caller
from leadline.net.aws.signing import Keys
from leadline.standins.samples import DEMO_SECRETS
from leadline.standins.slack_inbox import Reply, SlackInbox
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.documents import document_of
from leadline.stores.aws.clocks.wakeups import UnderWay, queue_of_each_step
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Table
from tests.aws.deployment import Deployment
from tests.aws.test_least_privilege import (
    RoleBench,
    bench_settings,
    news_of_refined,
    policy_of,
    to_look_up,
)
from tests.aws.test_profiles import Topic
from tests.standins.emulator import REGION, Emulator
from tests.standins.hurried_schedules import allow_default_group
from tests.vendors.tryton.standin import TrytonStandIn
from tests.worlds.leads import HandClock, captured

pytestmark = pytest.mark.aws

OTHERS = {"schedules": "small", "executions": "full"}
"""The clocks besides queues, each with a profile besides standard."""
SILENT = "bell.silent"
"""What a function logs that may not wake another."""
UNSHOWN = {
    "iam:PassRole": "the emulator asks nobody for it",
    "logs:CreateLogStream": "the emulator writes the logs itself",
    "logs:PutLogEvents": "the emulator writes the logs itself",
}
Right = tuple[str, str]
"""An action and the resource on which it is allowed."""


class NoClock:
    """Wakes nobody: what the bench itself does with leads is heard by no function."""

    reach: timedelta | None = None
    precision = timedelta(seconds=1)

    def send(self, wakeups: object, now: datetime) -> None:
        """See `Wakeups.send`."""

    def discard(self, step: Step, handle: str) -> None:
        """See `StackClock.discard`."""

    def under_way(self, step: Step) -> UnderWay:
        """See `StackClock.under_way`."""
        del step
        return UnderWay()

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        """See `Wakeups.dead_letter`."""

    def dead_urls(self) -> Mapping[str, Step]:
        """See `StackClock.dead_urls`."""
        return {}


class ClockBench(RoleBench):
    """The stack with another clock, by its *name*; `before` are the rights of each role with
    queues."""

    def __init__(
        self,
        stack: Deployment,
        slack: SlackInbox,
        crm: TrytonStandIn,
        before: Mapping[str, frozenset[Right]],
        name: str,
    ) -> None:
        self.stack, self.slack, self.crm, self.before = stack, slack, crm, before
        self.name = name
        self.clock = HandClock(datetime.now(UTC))
        self.caller = Caller(REGION, lambda: Keys("test", "test"), stack.emulator.endpoint)
        out = stack.outputs
        self.urls = {}
        self.dead = queue_of_each_step(out["RefineDeadLettersUrl"], out["DeliveryDeadLettersUrl"])
        self.queues = NoClock()
        self.store = AwsStore(
            Table(self.caller, out["TableName"]), Bucket(self.caller, out["BucketName"]),
            self.queues, clock=self.clock,
        )  # fmt: skip
        self.calls = 1_000 * [*OTHERS].index(name)  # no lead comes again with the next clock

    def troubles(self, function: str, event: object) -> list[str]:
        """What a function told that it could not do, when it was called with an event."""
        answer = self.stack.client("lambda").invoke(
            FunctionName=self.stack.outputs[f"{function}Name"], Payload=json.dumps(event),
            LogType="Tail",
        )  # fmt: skip
        log = base64.b64decode(answer.get("LogResult", "")).decode()
        failed = [answer["Payload"].read().decode()] if "FunctionError" in answer else []
        return [*failed, *(line for line in log.splitlines() if SILENT in line)]

    def rights(self, role: str) -> list[Right]:
        """What a role may do that it may not with queues, as far as the emulator can show it."""
        return sorted(rights_of(self.stack, role) - self.before.get(role, frozenset()))


def rights_of(stack: Deployment, role: str) -> frozenset[Right]:
    """All that a role may do by its own policy."""
    _, _, policy = policy_of(stack, role)
    return frozenset(
        (action, resource)
        for statement in policy["Statement"]
        for action in statement["Action"]
        if action not in UNSHOWN
        for resource in as_list(statement["Resource"])
    )


def as_list(one_or_more: Any) -> list[str]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]


class Before(NamedTuple):
    """A stack as it was with queues, and the rights of its roles then."""

    stack: Deployment
    rights: Mapping[str, frozenset[Right]]
    slack: SlackInbox
    crm: TrytonStandIn


@pytest.fixture(scope="module")
def before(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Before]:
    emulator.reset()
    with SlackInbox() as slack, TrytonStandIn() as crm:
        stack = Deployment(
            emulator,
            tmp_path_factory.mktemp("clocks"),
            stack="clocks",
            parameters={"Delay": "10m"},
            settings=bench_settings(slack, crm),
        )
        rights = {f"{function}Role": rights_of(stack, f"{function}Role") for function in WAKES}
        yield Before(stack, rights, slack, crm)


@pytest.fixture(scope="module", params=OTHERS)
def bench(before: Before, request: pytest.FixtureRequest) -> Iterator[ClockBench]:
    stack = before.stack
    profile = OTHERS[request.param]
    # Those of the profile full are of metric math, which the emulator can't do.
    alarms = "plain" if profile == "full" else "by-profile"
    stack.deploy(Clock=request.param, Profile=profile, Alarms=alarms)
    if request.param == "schedules":
        allow_default_group(stack.emulator, stack.stack)
    made = ClockBench(stack, before.slack, before.crm, before.rights, request.param)
    yield made
    made.caller.close()


def capture_wakes(bench: ClockBench) -> list[str]:
    """What goes wrong when a lead comes that waits, and news of one that is refined already."""
    bench.calls += 1
    body = json.dumps({"name": f"Lead {bench.calls}", "email": "one@example.com"}).encode()
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {DEMO_SECRETS['generic']}",
    }
    new = Delivery("generic", body, bench.clock.now, headers)
    return [
        trouble
        for delivery in (new, news_of_refined(bench))
        for trouble in bench.troubles("Capture", as_request(delivery))
    ]


def as_request(delivery: Delivery) -> dict[str, Any]:
    """A delivery as API Gateway hands it over."""
    return {
        "httpMethod": "POST",
        "path": f"/webhook/{delivery.source}",
        "resource": "/webhook/{source}",
        "pathParameters": {"source": delivery.source},
        "headers": dict(delivery.headers),
        "body": delivery.body.decode(),
        "requestContext": {},
    }


def refine_wakes(bench: ClockBench) -> list[str]:
    """What goes wrong with a lead that is told, and with one that is not due."""
    leads = [bench.lead("ada"), bench.lead("early", delay=timedelta(minutes=10))]
    return bench.troubles("Refine", bench.event(*(Task(Step.REFINE, lead.id) for lead in leads)))


def deliver_wakes(bench: ClockBench) -> list[str]:
    """What goes wrong with an alert that has to wait, and with a look-up after which a lead is
    refined again."""
    replies = [Reply(429, b"", {"retry-after": "1"})]
    bench.slack.behave = lambda _n: replies.pop(0) if replies else None
    tasks = (
        Task(Step.NOTIFY, bench.refined_lead("busy").id, "slack"),
        Task(Step.LOOK_UP, to_look_up(bench).id),
    )
    wrong = [one for task in tasks for one in bench.troubles("Deliver", bench.event(task))]
    return [*wrong, *(["Slack was not asked"] if replies else [])]


def sweep_wakes(bench: ClockBench) -> list[str]:
    """What goes wrong with a lead and an alert for which nobody was woken, and with an archived
    delivery that nobody knows, which waits."""
    bench.quiet()
    bench.refined_lead("silent")
    bench.lead("due")
    lost = captured(bench.clock, f"lost{bench.calls}")
    bench.store.bucket.put(key_of("raw", lost.id, lost.captured_at), document_of(lost))
    return bench.troubles("Sweep", {"grace_s": 0, "overdue_s": 0})


WAKES: dict[str, Callable[[ClockBench], list[str]]] = {
    "Capture": capture_wakes,
    "Refine": refine_wakes,
    "Deliver": deliver_wakes,
    "Sweep": sweep_wakes,
}


WATCHING = ("cloudwatch:GetMetricStatistics", "sns:Publish", "sqs:GetQueueAttributes")
"""What Sweep may do besides in the profile small, where it watches in place of alarms."""


@contextmanager
def denied(stack: Deployment, roles: Sequence[str], action: str, resource: str) -> Iterator[None]:
    """Roles that may not take an action on a resource for a while."""
    iam = stack.client("iam")
    statement = {"Effect": "Deny", "Action": [action], "Resource": [resource]}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    names = [policy_of(stack, role)[0] for role in roles]
    for name in names:
        iam.put_role_policy(RoleName=name, PolicyName="denied", PolicyDocument=document)
    try:
        yield
    finally:
        for name in names:
            iam.delete_role_policy(RoleName=name, PolicyName="denied")


def is_missed(bench: ClockBench, function: str) -> bool:
    """Whether a function tells that it may not do something. On a busy machine the emulator may
    answer before it has the log of the call, so the work is done up to three times."""
    return any(WAKES[function](bench) for _ in range(3))


@pytest.mark.parametrize("function", WAKES)
def test_a_role_has_all_that_its_function_needs_to_wake_others_and_nothing_else(
    bench: ClockBench, function: str
) -> None:
    role, wakes = f"{function}Role", WAKES[function]
    assert wakes(bench) == []
    needless: list[Right] = []
    for action, resource in bench.rights(role):
        if action in WATCHING:
            continue
        with denied(bench.stack, [role], action, resource):
            if not is_missed(bench, function):
                needless.append((action, resource))
    assert needless == []
    assert wakes(bench) == []


def test_the_rights_that_all_functions_share_are_needed(bench: ClockBench) -> None:
    """With schedules one policy of all four roles has them: each is needed by one of them."""
    shared = shared_rights(bench.stack)
    assert bool(shared) is ("ScheduleGroup" in bench.stack.outputs)
    needless = [right for right in shared if not any(denied_to(bench, f, right) for f in WAKES)]
    assert needless == []


def denied_to(bench: ClockBench, function: str, right: Right) -> bool:
    """Whether a function misses a right that it has not."""
    with denied(bench.stack, [f"{function}Role"], *right):
        return is_missed(bench, function)


def as_asked(action: str, resource: str) -> str:
    """The resource on which the emulator asks for a right: for schedules one of the group default,
    for a call the function, whichever alias is called. "" for a function without its alias: only
    code of earlier versions calls it so."""
    if action == "scheduler:CreateSchedule":
        return "*"
    if action != "lambda:InvokeFunction":
        return resource
    return f"{resource.removesuffix(':live')}*" if resource.endswith(":live") else ""


def shared_rights(stack: Deployment) -> list[Right]:
    """What the policy for schedules allows, as far as the emulator can show it."""
    iam, cfn = stack.client("iam"), stack.client("cloudformation")
    arns = [
        one["PhysicalResourceId"]
        for one in cfn.describe_stack_resources(StackName=stack.stack)["StackResources"]
        if one["LogicalResourceId"] == "SchedulePolicy" and "ScheduleGroup" in stack.outputs
    ]
    found: list[Right] = []
    for arn in arns:
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        policy = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        for statement in policy["Document"]["Statement"]:
            for action in as_list(statement["Action"]):
                for resource in as_list(statement["Resource"]):
                    asked = as_asked(action, resource)
                    if asked and action not in UNSHOWN:
                        found.append((action, asked))
    return found


@pytest.fixture
def topic(bench: ClockBench) -> Iterator[Topic]:
    made = Topic(bench.stack)
    yield made
    made.close()


def watches(bench: ClockBench, topic: Topic) -> tuple[str, bool]:
    """What Sweep fails with while there is a dead letter in each queue, and whether the topic was
    told of them."""
    table, sqs = bench.stack.outputs["TableName"], bench.stack.client("sqs")
    state = {"pk": {"S": "S#watch"}, "sk": {"S": "state"}}
    bench.stack.client("dynamodb").delete_item(TableName=table, Key=state)
    for url in set(bench.dead.values()):
        sqs.send_message(QueueUrl=url, MessageBody="{}")
    try:
        wrong = bench.troubles("Sweep", {"grace_s": -60})
    finally:
        bench.quiet()
    return json.loads(wrong[0])["errorMessage"] if wrong else "", topic.heard("Dead letters")


def test_sweep_needs_all_that_it_may_look_at_in_place_of_alarms(
    bench: ClockBench, topic: Topic
) -> None:
    rights = [right for right in bench.rights("SweepRole") if right[0] in WATCHING]
    if OTHERS[bench.name] != "small":
        assert rights == []
        return
    assert {action for action, _ in rights} == set(WATCHING)
    bench.quiet()
    whole = watches(bench, topic)
    assert "Dead letters in the queues: 2;" in whole[0]
    assert whole[1]
    needless: list[Right] = []
    for right in rights:
        with denied(bench.stack, ["SweepRole"], *right):
            topic.forget()
            if watches(bench, topic) == whole:
                needless.append(right)
    assert needless == []


def tells_again(bench: ClockBench, topic: Topic) -> bool:
    """Whether TellAgain tells of an alarm that rings."""
    late = {
        "MetricName": "OldestUntoldSeconds", "Value": 1_200, "Unit": "Seconds",
        "Dimensions": [{"Name": "Stack", "Value": bench.stack.stack}],
    }  # fmt: skip
    bench.stack.client("cloudwatch").put_metric_data(Namespace="Leadline", MetricData=[late])
    found = bench.stack.client("cloudformation").describe_stack_resource(
        StackName=bench.stack.stack, LogicalResourceId="TellAgain"
    )
    bench.stack.client("lambda").invoke(
        FunctionName=found["StackResourceDetail"]["PhysicalResourceId"], Payload=b"{}"
    )
    return topic.heard("still ringing")


def test_tell_again_needs_all_that_it_may(bench: ClockBench, topic: Topic) -> None:
    if OTHERS[bench.name] == "small":
        return  # it has no such function
    rights = bench.rights("TellAgainRole")
    assert {action for action, _ in rights} == {"cloudwatch:DescribeAlarms", "sns:Publish"}
    assert tells_again(bench, topic)
    needless: list[Right] = []
    for right in rights:
        with denied(bench.stack, ["TellAgainRole"], *right):
            topic.forget()
            if tells_again(bench, topic):
                needless.append(right)
    assert needless == []
