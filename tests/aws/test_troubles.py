"""What goes wrong on AWS loses no lead and repeats no alert: on the emulator, whole."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import Deployment
from tests.aws.test_end_to_end import eventually, keys_of, send, settings_text, told
from tests.aws.test_least_privilege import policy_of, without
from tests.standins.emulator import Emulator

pytestmark = pytest.mark.aws

VISIBILITY_S = "10"
"""In place of a minute, since three receives should not take three; longer than a run takes on a
busy machine, or else SQS delivers what is in work again and counts that among the three."""


@pytest.fixture(scope="module")
def stack(
    emulator: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> Deployment:
    emulator.reset()
    made = Deployment(
        emulator,
        tmp_path_factory.mktemp("troubles"),
        stack="troubles",
        parameters={"Delay": "2s", "SweepSchedule": "rate(1 day)"},
        settings=settings_text(slack),
    )
    hurry(made)
    return made


def hurry(stack: Deployment) -> None:
    """Let failed messages come again soon."""
    for name in ("RefineQueueUrl", "DeliveryQueueUrl"):
        stack.client("sqs").set_queue_attributes(
            QueueUrl=stack.outputs[name], Attributes={"VisibilityTimeout": VISIBILITY_S}
        )


def dead_messages(stack: Deployment, name: str = "RefineDeadLettersUrl") -> int:
    told = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs[name], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(told["Attributes"]["ApproximateNumberOfMessages"])


@contextmanager
def forbidden(stack: Deployment, function: str, action: str) -> Iterator[None]:
    """A function that may not do one thing for a while, as when a service refuses."""
    name, policy, whole = policy_of(stack, f"{function}Role")
    iam = stack.client("iam")
    rest = whole
    for statement in whole["Statement"]:
        if action in statement["Action"]:
            place = rest["Statement"].index(statement)
            resources = statement["Resource"]
            for resource in resources if isinstance(resources, list) else [resources]:
                rest = without(rest, place, action, resource)
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(rest))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(whole))


def test_a_poison_message_among_ten_harms_none_of_the_others(
    stack: Deployment, slack: SlackInbox
) -> None:
    good = [send(stack, name=f"Person {n}", email=f"p{n}@example.com") for n in range(9)]
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["RefineQueueUrl"], MessageBody="this is no message", DelaySeconds=2
    )
    eventually(lambda: set(good) <= set(told(slack)))
    eventually(lambda: dead_messages(stack) == 1)
    assert [told(slack).count(lead_id) for lead_id in good] == [1] * 9
    stack.client("sqs").purge_queue(QueueUrl=stack.outputs["RefineDeadLettersUrl"])


def test_a_lead_that_sqs_never_heard_of_is_found_by_the_sweep(
    stack: Deployment, slack: SlackInbox
) -> None:
    with forbidden(stack, "Capture", "sqs:SendMessage"):
        lead_id = send(stack, name="Silent Bell", email="silent@example.com")
    time.sleep(4)
    assert lead_id not in told(slack)
    swept = sweep(stack)
    assert swept["rung"] == 1
    eventually(lambda: lead_id in told(slack))


def test_an_archived_delivery_that_never_reached_the_table_is_taken_up(
    stack: Deployment, slack: SlackInbox
) -> None:
    lead_id = send(stack, name="Half Done", email="half@example.com")
    eventually(lambda: lead_id in told(slack))
    (key,) = [k for k in keys_of(stack, "raw/") if lead_id in k]
    s3, bucket = stack.client("s3"), stack.outputs["BucketName"]
    document = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    # The same capture, had it died behind its first put: another lead, another event.
    other = lead_id[:-4] + "beef"
    lost = document.replace(lead_id.encode(), other.encode()).replace(b"Half Done", b"Half Lost")
    key_digits = json.loads(document)["event_key"].encode()
    lost = lost.replace(key_digits, key_digits[::-1])
    s3.put_object(Bucket=bucket, Key=key.replace(lead_id, other), Body=lost)
    assert sweep(stack)["recaptured"] == 1
    eventually(lambda: other in told(slack))
    assert sweep(stack)["recaptured"] == 0


def sweep(stack: Deployment) -> dict[str, int]:
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["SweepName"],
        Payload=json.dumps({"grace_s": -60, "overdue_s": 0}),
    )
    swept: dict[str, int] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, swept
    return swept


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


def test_sweep_says_how_late_leads_are(stack: Deployment) -> None:
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["SweepName"], Payload=json.dumps({"only_measure": True})
    )
    assert json.loads(answer["Payload"].read()) == {"late_s": 0.0}
    assert "FunctionError" not in answer


def test_an_alarm_that_still_rings_is_told_again(stack: Deployment) -> None:
    sns, sqs, watch = (stack.client(name) for name in ("sns", "sqs", "cloudwatch"))
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    url = sqs.create_queue(QueueName="who-is-told", Attributes={"Policy": policy})["QueueUrl"]
    about = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    topic = stack.outputs["AlarmTopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=about["QueueArn"])
    names = [one["AlarmName"] for one in watch.describe_alarms()["MetricAlarms"]]
    (alarm,) = [name for name in names if "LeadsUntold" in name]
    late = {
        "MetricName": "OldestUntoldSeconds",
        "Dimensions": [{"Name": "Stack", "Value": stack.stack}],
        "Value": 1_200,
        "Unit": "Seconds",
    }
    watch.put_metric_data(Namespace="Leadline", MetricData=[late])
    found = stack.client("cloudformation").describe_stack_resource(
        StackName=stack.stack, LogicalResourceId="TellAgain"
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    answer = stack.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    told = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, told
    assert told["ringing"] >= 1
    bodies: list[str] = []

    def is_told() -> bool:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        bodies.extend(message["Body"] for message in found.get("Messages", []))
        return any("still ringing" in body and alarm in body for body in bodies)

    eventually(is_told)


def test_an_update_of_the_stack_loses_no_lead_that_waits(
    stack: Deployment, slack: SlackInbox
) -> None:
    waiting = [send(stack, name=f"Patient {n}", email=f"w{n}@example.com") for n in range(3)]
    stack.deploy(LogLevel="debug", RefineMemory=768, Delay="3s")
    hurry(stack)
    after = send(stack, name="Newcomer", email="new@example.com")
    eventually(lambda: {*waiting, after} <= set(told(slack)))
    assert [told(slack).count(lead_id) for lead_id in (*waiting, after)] == [1] * 4


def test_another_tls_policy_deploys_the_api_anew(stack: Deployment) -> None:
    def deployed() -> str:
        cfn, gateway = stack.client("cloudformation"), stack.client("apigateway")
        api = cfn.describe_stack_resource(StackName=stack.stack, LogicalResourceId="Api")
        api_id = api["StackResourceDetail"]["PhysicalResourceId"]
        (stage,) = gateway.get_stages(restApiId=api_id)["item"]
        assert stage["stageName"] == "prod"
        return str(stage["deploymentId"])

    before = deployed()
    stack.deploy(LogLevel="info")
    hurry(stack)
    assert deployed() == before
    stack.deploy(TlsPolicy="TLS_1_0")
    hurry(stack)
    assert deployed() != before


def test_every_lead_is_accounted_for_in_the_end(stack: Deployment, slack: SlackInbox) -> None:
    assert len(told(slack)) == len(set(told(slack)))
    verified = stack.run("verify", "--deep", "--aws", stack.stack)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_destroying_the_stack_keeps_the_leads_and_says_so(stack: Deployment) -> None:
    done = stack.run("destroy", "aws", "--stack", stack.stack, "--yes")
    assert done.returncode == 0, done.stderr
    for kept in ("BucketName", "TableName"):
        assert stack.outputs[kept] in done.stdout + done.stderr
    assert keys_of(stack, "refined/") != []
    functions = stack.client("lambda").list_functions()["Functions"]
    assert [f["FunctionName"] for f in functions if f["FunctionName"].startswith("troubles")] == []
    queues = stack.client("sqs").list_queues(QueueNamePrefix="troubles").get("QueueUrls", [])
    assert queues == []
