"""What each profile has, in the AWS template and on the page about alarms."""

import re
from pathlib import Path
from typing import Any

import pytest

from leadline.entrypoints.aws.figures import AGE, ALL_METRICS, metrics_in
from tests.infra.template_reading import FUNCTIONS, KEY, Stack, allowed

PROFILES = ("small", "standard", "full")
PAGE = Path(__file__).parents[2] / "docs/how-to/read-the-aws-alarms.md"
MOST_BILLED = {"small": 1, "standard": 10, "full": 23}


def alarms_of(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of_type("AWS::CloudWatch::Alarm")


def billed(alarm: dict[str, Any]) -> int:
    """How many metrics an alarm is billed for: each that its arithmetic watches."""
    return sum("MetricStat" in one for one in alarm["Metrics"]) if "Metrics" in alarm else 1


def own_metrics(stack: Stack, function: str = "Refine") -> frozenset[str]:
    return metrics_in(stack.properties(function)["Environment"]["Variables"]["OWN_METRICS"])


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_billed_for_no_more_alarm_metrics_than_it_promises(profile: str) -> None:
    count = sum(map(billed, alarms_of(Stack(Profile=profile)).values()))
    assert count == {"small": 1, "standard": 7, "full": 23}[profile]
    assert count <= MOST_BILLED[profile]


def test_standard_is_what_a_stack_is_without_a_choice() -> None:
    assert Stack().resources == Stack(Profile="standard").resources


@pytest.mark.parametrize(
    ("profile", "metrics", "dashboard", "measures"),
    [
        ("small", frozenset(), False, False),
        ("standard", {AGE}, False, True),
        ("full", ALL_METRICS, True, True),
    ],
)
def test_a_profile_has_its_metrics_dashboard_and_schedules(
    profile: str, metrics: frozenset[str], dashboard: bool, measures: bool
) -> None:
    stack = Stack(Profile=profile)
    for function in FUNCTIONS:
        assert own_metrics(stack, function) == metrics
    assert ("Dashboard" in stack.resources) is dashboard
    assert ("MeasureScheduleRule" in stack.resources) is measures
    assert "TellAgain" in stack.resources
    assert stack.broken_rules == []


@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_differ_in_nothing_that_keeps_leads(profile: str) -> None:
    """With the same clock; that of small is another by default."""
    watching = {
        "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Scheduler::Schedule",
    }  # fmt: skip
    here, full = Stack(Profile=profile, Clock="queues"), Stack(Profile="full")
    kept = {n for n, r in full.resources.items() if r["Type"] not in watching}
    assert {n for n, r in here.resources.items() if r["Type"] not in watching} == kept
    for name in ("Bucket", "Table", "RefineQueue", "DeliveryQueue", "RefineDeadLetters"):
        assert here.resources[name] == full.resources[name]
    assert here.properties("SweepScheduleRule") == full.properties("SweepScheduleRule")


@pytest.mark.parametrize("profile", PROFILES)
def test_alarms_that_are_asked_for_win_over_the_profile(profile: str) -> None:
    full = alarms_of(Stack(Profile="full"))
    every = Stack(Profile=profile, Alarms="all", Clock="queues")
    assert alarms_of(every) == full
    assert {AGE, "Unrecovered"} <= own_metrics(every, "Sweep")
    plain = Stack(Profile=profile, Alarms="plain", Clock="queues")
    assert sum(map(billed, alarms_of(plain).values())) == 15
    assert {AGE, "Unrecovered"} <= own_metrics(plain, "Sweep")
    none = Stack(Profile=profile, Alarms="none")
    assert alarms_of(none) == {}
    for stack in (every, plain, none):
        assert "WATCHED" not in stack.properties("Sweep")["Environment"]["Variables"]
        assert stack.broken_rules == []


@pytest.mark.parametrize("profile", PROFILES)
def test_a_dashboard_that_is_asked_for_gets_what_it_shows(profile: str) -> None:
    asked = Stack(Profile=profile, WithDashboard="true")
    assert "Dashboard" in asked.resources
    assert own_metrics(asked) == ALL_METRICS
    assert "Dashboard" not in Stack(Profile=profile, WithDashboard="false").resources


def test_the_alarms_of_standard_and_small_ring_by_counts_of_failed_runs() -> None:
    standard, small = alarms_of(Stack()), alarms_of(Stack(Profile="small"))
    failures = {
        "RefineFailures": ("Refine", 300, "notBreaching"),
        "DeliverFailures": ("Deliver", 300, "notBreaching"),
        # A Sweep that does not run has no figures: it runs every five minutes to measure.
        "SweepFailures": ("Sweep", 900, "breaching"),
        "PromiseBroken": ("Sweep", 1800, "breaching"),
    }
    for name, (function, period, missing) in failures.items():
        alarm = (standard | small)[name]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
        assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "${" + function + "}"}]
        assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Sum", period, 0)
        assert alarm["TreatMissingData"] == missing
    for alarm in (*standard.values(), *small.values()):
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["EvaluationPeriods"] == 1
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["${AlarmTopic}"]
        assert alarm["AlarmDescription"].endswith(".")
    full = alarms_of(Stack(Profile="full"))
    for name in standard.keys() & full.keys():
        assert standard[name] == full[name]


def test_sweep_of_small_looks_at_all_that_has_no_alarm_and_may() -> None:
    small, standard = Stack(Profile="small"), Stack(Clock="schedules")
    variables = small.properties("Sweep")["Environment"]["Variables"]
    assert variables["WATCHED"] == "late,dead,refused,unrecovered"
    assert variables["WATCHED_DEAD_LETTERS"] == "${RefineDeadLetters},${DeliveryDeadLetters}"
    assert variables["ALARM_TOPIC_ARN"] == "${AlarmTopic}"
    metric, *dimensions = variables["WATCHED_API"].split(",")
    asked = [dict(zip(("Name", "Value"), one.split("="), strict=True)) for one in dimensions]
    failures = alarms_of(standard)["ApiFailures"]
    stage = small.properties("ApiStage")["StageName"]
    assert (metric, asked[0]) == (failures["MetricName"], failures["Dimensions"][0])
    assert asked[1] == {"Name": "Stage", "Value": stage}
    more = {
        "*": {"cloudwatch:GetMetricStatistics"},
        "${AlarmTopic}": {"sns:Publish"},
        "${RefineDeadLetters.Arn}": {"sqs:GetQueueAttributes"},
        "${DeliveryDeadLetters.Arn}": {"sqs:GetQueueAttributes"},
    }
    assert allowed(small, "SweepRole") == {**allowed(standard, "SweepRole"), **more}
    for name in ("Capture", "Refine", "Deliver"):
        assert allowed(small, f"{name}Role") == allowed(standard, f"{name}Role")
    with_key = Stack(Profile="small", KmsKeyArn=KEY).properties("KeyPolicy")
    assert "${SweepRole}" in with_key["Roles"], "for a topic that the key encrypts"


@pytest.mark.parametrize("schedule", ["rate(1 hour)", "rate(1 day)", "cron(0 8 * * ? *)"])
def test_the_one_alarm_is_refused_a_schedule_that_it_would_ring_between(schedule: str) -> None:
    assert len(Stack(Profile="small", SweepSchedule=schedule).broken_rules) == 1
    assert Stack(SweepSchedule=schedule).broken_rules == []
    assert Stack(Profile="small", Alarms="none", SweepSchedule=schedule).broken_rules == []


def rows_of_page() -> dict[str, tuple[int, set[str], set[str]]]:
    """By alarm of full: how many metrics it is billed for, and what stands for it in standard and
    in small, as the page says."""
    section = PAGE.read_text(encoding="utf-8").partition("## The alarms of each profile\n")[2]
    section = section.partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\d) \| (.*?) \| (.*?) \|", section, re.MULTILINE)
    return {
        full: (int(count), set(re.findall(r"`(\w+)`", few)), set(re.findall(r"`(\w+)`", one)))
        for full, count, few, one in rows
    }


def test_the_page_says_which_alarm_of_a_profile_stands_for_which_of_full() -> None:
    rows = rows_of_page()
    full = alarms_of(Stack(Profile="full"))
    assert {name: count for name, (count, _, _) in rows.items()} == {
        name: billed(alarm) for name, alarm in full.items()
    }
    assert sum(count for count, _, _ in rows.values()) == 23
    standard, small = alarms_of(Stack()), alarms_of(Stack(Profile="small"))
    for name, (_, few, one) in rows.items():
        assert few, f"nothing stands for {name} in standard"
        assert one, f"nothing stands for {name} in small"
    assert set().union(*(few for _, few, _ in rows.values())) == standard.keys()
    assert set().union(*(one for _, _, one in rows.values())) == small.keys()


def test_the_page_explains_every_alarm_of_every_profile() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for profile in PROFILES:
        for name in alarms_of(Stack(Profile=profile)):
            assert re.search(rf"^\| [^|]*`{name}`", text, re.MULTILINE), name
