"""Who watches, in the AWS template: alarms and dashboard."""

import json
from typing import Any

import pytest

from tests.infra.template_reading import FUNCTIONS, KEY, QUEUES, Stack


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack(Profile="full")


Watched = tuple[str, str, str, str, int, Any]
PER_FUNCTION: dict[str, Watched] = {
    f"{f}Throttles": ("AWS/Lambda", "Throttles", "${" + f + "}", "Sum", 300, 0) for f in FUNCTIONS
}
PER_QUEUE: dict[str, Watched] = {
    name: watched
    for queue, dead in QUEUES.items()
    for name, watched in {
        f"{queue}Depth": (
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "${" + queue + ".QueueName}",
            "Maximum",
            300,
            1000,
        ),
        f"{queue}Age": (
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            "${" + queue + ".QueueName}",
            "Maximum",
            300,
            900,
        ),
        f"{dead}Filled": (
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "${" + dead + ".QueueName}",
            "Maximum",
            300,
            0,
        ),
    }.items()
}
ALARMS: dict[str, Watched] = {
    **PER_FUNCTION,
    **PER_QUEUE,
    "TableReadThrottles": ("AWS/DynamoDB", "ReadThrottleEvents", "${Table}", "Sum", 300, 0),
    "TableWriteThrottles": ("AWS/DynamoDB", "WriteThrottleEvents", "${Table}", "Sum", 300, 0),
    "ApiFailures": ("AWS/ApiGateway", "5XXError", "leads", "Sum", 300, 0),
    "Unrecovered": ("Leadline", "Unrecovered", "leads", "Sum", 900, 0),
    "LeadsUntold": ("Leadline", "OldestUntoldSeconds", "leads", "Maximum", 300, 900),
}
RATES = {f"{name}Errors" for name in FUNCTIONS}


def test_the_alarms_watch_what_they_say(stack: Stack) -> None:
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    assert alarms.keys() == {*ALARMS, *RATES}
    for name, expected in ALARMS.items():
        alarm = alarms[name]
        found = (
            alarm["Namespace"],
            alarm["MetricName"],
            alarm["Dimensions"][0]["Value"],
            alarm["Statistic"],
            alarm["Period"],
            alarm["Threshold"],
        )
        assert found == expected, name
    assert [d["Name"] for d in alarms["ApiFailures"]["Dimensions"]] == ["ApiName", "Stage"]
    assert alarms["Unrecovered"]["Dimensions"] == [{"Name": "Stack", "Value": "leads"}]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_more_than_five_percent_of_failed_runs_in_five_minutes_ring(
    stack: Stack, name: str
) -> None:
    alarm = stack.properties(f"{name}Errors")
    assert alarm["Threshold"] == 5
    (rate,) = [m for m in alarm["Metrics"] if "Expression" in m]
    assert rate["Expression"] == "100 * errors / invocations"
    measured = {m["Id"]: m for m in alarm["Metrics"] if "MetricStat" in m}
    for identity, metric in (("errors", "Errors"), ("invocations", "Invocations")):
        stat = measured[identity]["MetricStat"]
        assert measured[identity]["ReturnData"] is False
        assert (stat["Stat"], stat["Period"]) == ("Sum", 300)
        assert stat["Metric"] == {
            "Namespace": "AWS/Lambda",
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": "${" + name + "}"}],
        }


def test_every_alarm_rings_at_once_and_tells_the_topic(stack: Stack) -> None:
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["EvaluationPeriods"] == 1
        # Who can't say how late leads are must not end the alarm that says that they are.
        missing = "ignore" if name == "LeadsUntold" else "notBreaching"
        assert alarm["TreatMissingData"] == missing
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["${AlarmTopic}"]
        assert alarm["AlarmDescription"].endswith(".")


def test_alarms_can_be_fewer_or_none_and_the_age_can_be_chosen() -> None:
    assert Stack(Alarms="plain").of_type("AWS::CloudWatch::Alarm").keys() == ALARMS.keys()
    assert Stack(Alarms="none").of_type("AWS::CloudWatch::Alarm") == {}
    older = Stack(Profile="full", OldestMessageSeconds="1800")
    assert older.properties("RefineQueueAge")["Threshold"] == "1800"
    assert older.properties("DeliveryQueueAge")["Threshold"] == "1800"


def test_whoever_gave_an_address_is_told_of_alarms(stack: Stack) -> None:
    assert "AlarmSubscription" not in stack.resources
    data = Stack(AlarmEmail="ops@example.com").properties("AlarmSubscription")
    assert data == {"TopicArn": "${AlarmTopic}", "Protocol": "email", "Endpoint": "ops@example.com"}
    assert "KmsMasterKeyId" not in stack.properties("AlarmTopic")
    assert Stack(KmsKeyArn=KEY).properties("AlarmTopic")["KmsMasterKeyId"] == KEY


def test_the_dashboard_shows_every_function_and_queue(stack: Stack) -> None:
    widgets = json.loads(stack.properties("Dashboard")["DashboardBody"])["widgets"]
    for widget in widgets:
        assert widget["properties"]["region"] == "eu-west-1"
        assert widget["x"] + widget["width"] <= 24
    shown = json.dumps(widgets)
    for name in FUNCTIONS:
        for metric in ("Duration", "Errors", "Throttles", "Invocations"):
            assert f'["AWS/Lambda", "{metric}", "FunctionName", "${{{name}}}"' in shown
    for queue in QUEUES.values():
        assert f'"${{{queue}.QueueName}}"' in shown
    for queue in QUEUES:
        assert f'"{stack.properties(queue)["QueueName"]}"' in shown
    for title in (
        "Deliveries and answers",
        "Latency, ms",
        "Dead letters",
        "Oldest message and lead, s",
    ):
        assert f'"title": "{title}"' in shown
    leads = [
        metric[0]["expression"]
        for widget in widgets
        for metric in widget["properties"]["metrics"]
        if isinstance(metric[0], dict)
    ]
    of_counts = '{Leadline,Stack} Stack="leads" NOT MetricName="OldestUntoldSeconds"'
    assert leads == [f"SEARCH('{of_counts}', 'Sum', 300)"]


NAMED_BY_THE_FIRST_DESIGN = {
    "AWS/ApiGateway": {"Count", "4XXError", "5XXError", "Latency"},
    "AWS/Lambda": {"Invocations", "Errors", "Duration", "Throttles", "ConcurrentExecutions"},
    "AWS/SQS": {
        "ApproximateNumberOfMessagesVisible",  # as CloudWatch calls ApproximateNumberOfMessages
        "ApproximateAgeOfOldestMessage",
        "NumberOfMessagesSent",
        "NumberOfMessagesDeleted",
    },
    "AWS/S3": {"BucketSizeBytes", "NumberOfObjects"},
}
"""The metrics that the architecture document asks to watch, by namespace."""


def test_the_dashboard_shows_every_metric_that_the_first_design_named(stack: Stack) -> None:
    widgets = json.loads(stack.properties("Dashboard")["DashboardBody"])["widgets"]
    metrics = [m for w in widgets for m in w["properties"]["metrics"] if isinstance(m[0], str)]
    shown: dict[str, set[str]] = {}
    for namespace, name, *_ in metrics:
        shown.setdefault(namespace, set()).add(name)
    for namespace, names in NAMED_BY_THE_FIRST_DESIGN.items():
        assert names <= shown[namespace]
    latencies = {m[-1]["stat"] for m in metrics if m[:2] == ["AWS/ApiGateway", "Latency"]}
    assert {"Average", "p95", "p99"} <= latencies
    daily = [w for w in widgets if "AWS/S3" in json.dumps(w)]
    assert [w["properties"]["period"] for w in daily] == [86_400]  # S3 counts once a day


def test_lateness_is_measured_every_five_minutes_for_the_alarm(stack: Stack) -> None:
    schedule = stack.properties("MeasureScheduleRule")
    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
    assert schedule["Target"]["Arn"] == "${Sweep.Arn}"
    assert json.loads(schedule["Target"]["Input"]) == {"only_measure": True}
    assert "MeasureScheduleRule" not in Stack(Alarms="none").resources
    assert "MeasureScheduleRule" in Stack(Alarms="plain").resources


def test_what_still_rings_is_told_again_every_day_from_outside_of_a_vpc(stack: Stack) -> None:
    schedule = stack.properties("TellAgainScheduleRule")
    assert schedule["ScheduleExpression"] == "rate(1 day)"
    assert schedule["Target"]["Arn"] == "${TellAgain.Arn}"
    assert stack.properties("TellAgain")["Handler"] == "leadline.entrypoints.aws.tell_again.handler"
    variables = stack.properties("TellAgain")["Environment"]["Variables"]
    assert variables["ALARM_TOPIC_ARN"] == "${AlarmTopic}"
    inside = Stack(VpcSubnetIds="subnet-1", VpcSecurityGroupIds="sg-1")
    assert "VpcConfig" not in inside.properties("TellAgain")
    assert "VpcConfig" in inside.properties("Sweep")
    assert not [n for n in Stack(Alarms="none").resources if n.startswith("TellAgain")]
