"""Alarms that still ring are told again, and nobody else's are."""

import json

import boto3
import pytest

from leadline.entrypoints.aws import tell_again
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.net.aws.signing import Keys
from tests.standins.scripted_server import ScriptedServer, answer
from tests.worlds.aws_functions import Context
from tests.worlds.aws_resources import PATIENCE_S, REGION


def page(*alarms: tuple[str, str], more: str = "") -> bytes:
    """A page of alarms, each with the topic that it tells."""
    told = [
        {"AlarmName": name, "AlarmActions": [topic], "StateUpdatedTimestamp": 1772442000.0}
        for name, topic in alarms
    ]
    return json.dumps({"MetricAlarms": told, **({"NextToken": more} if more else {})}).encode()


def told_by(endpoint: str, topic: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many alarms a run of the function told."""
    caller = Caller(REGION, lambda: Keys("test", "test"), endpoint, PATIENCE_S)
    monkeypatch.setattr(tell_again, "_caller", lambda: caller)
    monkeypatch.setenv("ALARM_TOPIC_ARN", topic)
    monkeypatch.setenv("STACK_NAME", "leads")
    try:
        count: int = tell_again.handler({}, Context())["ringing"]
        return count
    finally:
        caller.close()


def test_what_rings_is_told_and_nothing_else(
    moto: str, quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {"endpoint_url": moto, "region_name": REGION, "aws_access_key_id": "test",
             "aws_secret_access_key": "test"}  # fmt: skip
    sns, sqs = boto3.client("sns", **about), boto3.client("sqs", **about)
    watch = boto3.client("cloudwatch", **about)
    ours, others = (sns.create_topic(Name=name)["TopicArn"] for name in ("ours", "theirs"))
    url = sqs.create_queue(QueueName="told-again")["QueueUrl"]
    sns.subscribe(TopicArn=ours, Protocol="sqs", Endpoint=sqs.get_queue_attributes(
        QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])  # fmt: skip
    for name, topic in (("leads-LeadsUntold-1", ours), ("leads-Well-1", ours), ("b", others)):
        watch.put_metric_alarm(
            AlarmName=name, AlarmDescription=f"{name} says so.", AlarmActions=[topic],
            Namespace="Leadline", MetricName="M", Statistic="Maximum", Period=300, Threshold=900,
            ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1,
        )  # fmt: skip
    assert told_by(moto, ours, monkeypatch) == 0
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    for name in ("leads-LeadsUntold-1", "b"):
        watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="1200 > 900")
    for _ in range(2):  # and the next day
        assert told_by(moto, ours, monkeypatch) == 1
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        assert "leads-LeadsUntold-1" in message["Body"]
        assert "1200 > 900" in message["Body"]
        assert "leads: 1 alarm still ringing" in message["Body"]
        assert "Well" not in message["Body"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_alarms_on_several_pages_are_one_message(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = (
        page(("one", "arn:topic"), more="more"),
        page(("two", "arn:topic"), ("three", "arn:other")),
        b"<PublishResponse/>",
    )
    with ScriptedServer(*(answer("200 OK", one) for one in pages)) as aws:
        assert told_by(aws.endpoint, "arn:topic", monkeypatch) == 2
        first, second, publish = (request.body for request in aws.requests)
    assert b"NextToken" not in first
    assert json.loads(second)["NextToken"] == "more"
    assert b"one" in publish
    assert b"two" in publish
    assert b"three" not in publish


def test_a_refusal_fails_the_run(quiet: None, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = b'{"__type":"AccessDenied"}'
    with (
        ScriptedServer(answer("403 Forbidden", refused)) as aws,
        pytest.raises(AwsFailed, match="AccessDenied"),
    ):
        told_by(aws.endpoint, "arn:topic", monkeypatch)
