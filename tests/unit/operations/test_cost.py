"""What a month on AWS costs: the arithmetic, the list of prices, the command."""

import json
import math
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from leadline.entrypoints.aws.figures import AGES, METRICS, metrics_in
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli.aws.cost import cost_of_stack
from leadline.model.errors import ConfigurationError
from leadline.operations.cost import parts, quantities
from leadline.operations.cost.durations import ANSWER_MS, HOW_MEASURED, MEASURED, Durations
from leadline.operations.cost.estimate import CostLine, Estimate, estimate
from leadline.operations.cost.goals import GOALS, compare
from leadline.operations.cost.parts import BUYS, BY_DEFAULT, clock_of, parts_of
from leadline.operations.cost.prices import read_prices
from leadline.operations.cost.quantities import Workload, empty_receives
from leadline.operations.cost.uses import PER_ALERT, PER_LEAD, QUEUES, SCHEDULES
from tests.infra.template_reading import Stack

PRICES = read_prices((files("leadline") / "infra/prices.toml").read_text(encoding="utf-8"))
TEMPLATE = (files("leadline") / "infra/template.yaml").read_text(encoding="utf-8")
REGIONS = sorted(PRICES.regions)

leads = st.integers(0, 100_000_000)
workloads = st.builds(
    Workload,
    leads=leads,
    alerts_per_lead=st.floats(0, 5),
    body_kb=st.floats(0, 1_000),
    months_kept=st.floats(0, 120),
    leads_per_batch=st.floats(1, 10),
    tasks_after=st.floats(0, 40),
    by_team=st.floats(0, 1),
    clock=st.sampled_from([QUEUES, SCHEDULES]),
)


PROFILES = {name: parts_of({"Profile": name}) for name in ("small", "standard", "full")}


def of_profile(name: str, n: int = 10_000, *, free_tier: bool = False) -> Estimate:
    """The bill of a stack that has nothing but this profile chosen."""
    month = Workload(n, clock=clock_of({"Profile": name}))
    return of(month, parts=PROFILES[name], free_tier=free_tier)


def of(
    workload: Workload,
    region: str = "us-east-1",
    parts: Mapping[str, float] = BY_DEFAULT,
    *,
    free_tier: bool = False,
) -> Estimate:
    return estimate(workload, PRICES, region, parts, free_tier=free_tier)


def every(bill: Estimate) -> list[CostLine]:
    return [*bill.lines, *bill.parts, *bill.options]


def dollars(bill: Estimate) -> dict[tuple[str, str, str], float]:
    return {(one.service, one.what, one.meter): one.dollars for one in every(bill)}


@pytest.mark.parametrize("region", REGIONS)
def test_every_price_has_a_date_or_says_that_it_is_unverified(region: str) -> None:
    for name, price in PRICES.regions[region].prices.items():
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?|unverified", price.checked), name
        assert price.usd >= 0, name
        assert price.per >= 1, name
    assert re.fullmatch(r"20\d\d-\d\d", PRICES.dated)


def test_every_price_has_a_source_at_aws() -> None:
    for name, meter in PRICES.meters.items():
        assert meter.page.startswith("https://aws.amazon.com/"), name
        assert meter.page.endswith("/"), name
        assert meter.offer, name
        assert meter.usage, name
    assert {name for region in PRICES.regions.values() for name in region.prices} == {
        *PRICES.meters
    }


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_prices_everything_and_little_of_what_is_deployed_is_unverified(
    region: str,
) -> None:
    prices = PRICES.regions[region].prices
    assert prices.keys() == PRICES.meters.keys()
    for name, chosen in PROFILES.items():
        bill = of(Workload(10_000), region, chosen)
        deployed = [*bill.lines, *bill.parts]
        unsure = [one for one in deployed if prices[one.meter].checked == "unverified"]
        assert math.fsum(one.dollars for one in unsure) < 0.06 * bill.deployed, name


@settings(max_examples=60)
@given(workloads, st.sampled_from(REGIONS), st.booleans())
def test_the_total_is_the_sum_of_the_needed_lines(
    workload: Workload, region: str, free: bool
) -> None:
    bill = of(workload, region, free_tier=free)
    assert bill.total == math.fsum(one.dollars for one in bill.lines)
    for one in every(bill):
        assert one.charged == max(0, one.quantity - one.free)
        assert 0 <= one.dollars <= one.charged * one.usd / one.per * (1 + 1e-12)
        if not one.tiers or one.before + one.charged <= one.tiers[0].above:
            assert one.dollars == pytest.approx(one.charged * one.usd / one.per)


@settings(max_examples=60)
@given(workloads, st.integers(0, 10_000_000), st.booleans())
def test_more_leads_never_cost_less(workload: Workload, more: int, free: bool) -> None:
    fewer = of(workload, free_tier=free)
    later = msgspec.structs.replace(workload, leads=workload.leads + more)
    assert of(later, free_tier=free).total >= fewer.total * (1 - 1e-12)


@settings(max_examples=60)
@given(leads, st.floats(0, 5), st.floats(0, 1))
def test_more_alerts_and_larger_bodies_never_cost_less(n: int, alerts: float, more: float) -> None:
    small = of(Workload(n, alerts, alerts))
    assert of(Workload(n, alerts + more, alerts)).total >= small.total * (1 - 1e-12)
    assert of(Workload(n, alerts, alerts + more)).total >= small.total
    assert of(Workload(n, alerts, alerts, tasks_after=more)).total >= small.total * (1 - 1e-12)
    assert of(Workload(n, alerts, alerts, by_team=more)).total >= small.total * (1 - 1e-12)


@settings(max_examples=60)
@given(st.integers(1, 1_000_000), st.integers(1, 50))
def test_what_each_lead_uses_grows_in_step_with_the_leads(n: int, times: int) -> None:
    once, often = of(Workload(n)), of(Workload(n * times))
    named = {*PER_LEAD, *PER_ALERT, "raw and refined", "items", "answers and alerts"}
    seen = 0
    for before, after in zip(once.lines, often.lines, strict=True):
        if before.what in named and "runs" not in before.formula and before.service != "Lambda":
            assert after.quantity == pytest.approx(before.quantity * times)
            seen += 1
    assert seen > 15


@settings(max_examples=60)
@given(workloads, st.sampled_from(REGIONS))
def test_the_free_tier_never_makes_it_dearer_and_is_given_but_once(
    workload: Workload, region: str
) -> None:
    paid, free = of(workload, region), of(workload, region, free_tier=True)
    assert free.total <= paid.total
    for dear, cheap in zip(every(paid), every(free), strict=True):
        assert cheap.dollars <= dear.dollars
        assert 0 <= cheap.free <= cheap.quantity
        assert dear.free == 0
    for name, meter in PRICES.meters.items():
        deployed = (*free.lines, *free.parts)
        given_away = math.fsum(one.free for one in deployed if one.meter == name)
        assert given_away <= meter.free * (1 + 1e-12)


def test_nothing_but_idling_costs_anything_without_leads() -> None:
    paid = {(one.service, one.what) for one in of(Workload(0)).lines if one.dollars}
    assert paid == {
        ("SQS", "refine queue: empty receives"),
        ("SQS", "delivery queue: empty receives"),
        ("Lambda", "invocations"),
        ("Lambda", "Sweep"),
        ("Lambda", "Sweep, measuring"),
        ("KMS", "decrypting the settings"),
        ("EventBridge", "Sweep"),
        ("EventBridge", "Sweep, measuring"),
        ("S3", "Sweep: lists"),
        ("DynamoDB", "Sweep"),
        ("DynamoDB", "Sweep, measuring"),
        ("CloudWatch", "logs"),
        ("CloudWatch", "logs kept"),
    }


def test_five_pollers_of_an_idle_queue_ask_657_000_times_a_month() -> None:
    assert empty_receives(0) == 657_000 == 5 * 730 * 3_600 / 20
    assert empty_receives(0, pollers=2) == 262_800
    assert empty_receives(1e-9) == pytest.approx(657_000)


@settings(max_examples=100)
@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_busy_queue_has_fewer_empty_receives_but_never_fewer_receives(
    some: float, more: float
) -> None:
    quiet, busy = empty_receives(some), empty_receives(some + more)
    assert 0 <= busy <= quiet * (1 + 1e-9) + 1e-6
    assert some + more + busy >= (some + quiet) * (1 - 1e-9)


def test_the_empty_receives_are_those_of_pollers_that_wait_anew_after_each_message() -> None:
    """By another way: a poll of 20 s is empty with chance e^-20r, and lasts (1 - e^-20r) / r."""
    found = 1_000_000
    rate = found / (5 * quantities.SECONDS)  # messages a second that one poller finds
    empty = math.exp(-20 * rate)
    polls = 5 * quantities.SECONDS / ((1 - empty) / rate)
    assert empty_receives(found) == pytest.approx(polls * empty)
    assert polls * (1 - empty) == pytest.approx(found)


def test_the_formula_is_cpu_by_the_share_of_a_core_and_waits_one_after_another() -> None:
    """By hand: 884 MB are half of 1,769, so half of a core, and computing takes twice as long."""
    took = Durations(
        884, cpu_ms=20, lead_cpu_ms=6, connections=2, connection_cpu_ms=2, settings_cpu_ms=4,
        import_cpu_ms=50, first_cpu_ms=40, cold_share=0.5,
        waits={"s3_put": 1, "read": 2}, lead_waits={"transaction": 1.5}, log_bytes=1,
    )  # fmt: skip
    assert took.invocation_ms == pytest.approx(2 * 22 + 40 + 2 * 5 + 2 * 5, rel=1e-3)
    assert took.lead_ms == pytest.approx(2 * 6 + 1.5 * 20, rel=1e-3)
    assert took.settings_ms == pytest.approx(2 * 4 + 30 + 5, rel=1e-3)
    assert took.init_ms == pytest.approx(100 + 50 + 2 * 40 + 30 + 5, rel=1e-3)


def test_every_wait_has_an_assumed_answer_time() -> None:
    for took in MEASURED.values():
        assert {*took.waits, *took.lead_waits} <= ANSWER_MS.keys()


# By hand, at the prices of us-east-1, for functions of which an invocation computes for 52 ms and
# waits for 20 + 20 + 8 ms, a lead takes 2 ms, settings 35 ms, a cold start 100 + 5 + 35 ms.
def simple(name: str, memory_mb: int) -> Durations:
    share = memory_mb / 1_769
    return Durations(
        memory_mb, cpu_ms=50 * share, lead_cpu_ms=0 if name == "Capture" else 2 * share,
        connections=0, connection_cpu_ms=2 * share, settings_cpu_ms=0, import_cpu_ms=5,
        first_cpu_ms=0, cold_share=0.1, waits={"transaction": 2, "write": 1}, lead_waits={},
        log_bytes=1_000,
    )  # fmt: skip


TEN_THOUSAND = {
    ("API Gateway", "Capture", "api_request"): 10_000 * 3.5e-6,
    ("S3", "Capture", "s3_put"): 0.05,
    ("S3", "Refine", "s3_put"): 0.05,
    ("S3", "Refine", "s3_get"): 0.004,
    ("S3", "Deliver", "s3_get"): 0.004,
    ("S3", "Sweep: lists", "s3_put"): (10 + 2_920 + 30.416667) * 5e-6,
    ("S3", "raw and refined", "s3_storage"): 120_000 * 6 / 1_048_576 * 0.023,
    ("SQS", "Capture", "sqs_request"): 0.004,
    ("SQS", "Refine, for the alert", "sqs_request"): 0.004,
    ("SQS", "refine queue: messages", "sqs_request"): 0.008,
    ("SQS", "refine queue: empty receives", "sqs_request"): 652_012.7 * 4e-7,
    ("SQS", "delivery queue: empty receives", "sqs_request"): 652_012.7 * 4e-7,
    ("DynamoDB", "Capture", "table_write"): 50_000 * 0.625e-6,
    ("DynamoDB", "Refine", "table_write"): 130_000 * 0.625e-6,
    ("DynamoDB", "Refine, for the alert", "table_write"): 30_000 * 0.625e-6,
    ("DynamoDB", "Deliver", "table_write"): 80_000 * 0.625e-6,
    ("DynamoDB", "Sweep", "table_write"): (2_920 + 100) * 0.625e-6,
    ("DynamoDB", "Refine", "table_read"): 45_000 * 0.125e-6,
    ("DynamoDB", "Deliver", "table_read"): 85_000 * 0.125e-6,
    ("DynamoDB", "Sweep", "table_read"): (5_000 + 33_580 + 2_920 * 6.5) * 0.125e-6,
    ("DynamoDB", "items", "table_storage"): 120_000 * 4.8 / 1_048_576 * 0.25,
    ("DynamoDB", "Sweep, measuring", "table_read"): 8_760 * 6.5 * 0.125e-6,
    ("Lambda", "invocations", "lambda_request"): 41_680 * 0.2e-6,
    ("Lambda", "Capture", "lambda_gb_second"): (1_140 + 4_669.51 * 0.035) * 0.25 * 0.0000133334,
    ("Lambda", "Refine", "lambda_gb_second"): (1_160 + 163.43) * 0.5 * 0.0000133334,
    ("Lambda", "Deliver", "lambda_gb_second"): (1_160 + 163.43) * 0.25 * 0.0000133334,
    ("Lambda", "Sweep", "lambda_gb_second"): (332.88 + 2_628 * 0.035 + 20) * 0.5 * 0.0000133334,
    ("Lambda", "Sweep, measuring", "lambda_gb_second"): 8_760 * 0.135 * 0.5 * 0.0000133334,
    ("KMS", "decrypting the settings", "kms_request"): (3 * 1_000 + 292) * 3e-6,
    ("EventBridge", "Sweep", "schedule"): 0.00292,
    ("EventBridge", "Sweep, measuring", "schedule"): 0.00876,
    ("CloudWatch", "logs", "log_ingest"): (32_920 * 1_000 + 8_760 * 1_000 + 4_000_000)
    / 1_073_741_824
    * 0.5,
    ("Data transfer", "answers and alerts", "data_out"): 42_000_000 / 1_073_741_824 * 0.09,
    ("CloudWatch", "alarms", "alarm"): 0.70,
    ("CloudWatch", "all alarms", "alarm"): 1.60,
    ("CloudWatch", "our own metrics (EMF)", "metric"): 0.30,
    ("CloudWatch", "all of our own metrics (EMF)", "metric"): 2.10,
    ("CloudWatch", "dashboard", "dashboard"): 3,
    ("WAF", "WAF", "waf_request"): 0.006,
    ("Lambda", "one Capture kept ready", "kept_ready"): 657_000 * 0.0000033334,
}
TEN_MILLION = {
    ("API Gateway", "Capture", "api_request"): 35,
    ("S3", "Capture", "s3_put"): 50,
    ("S3", "Refine", "s3_put"): 50,
    ("S3", "Sweep: lists", "s3_put"): (10_000 + 2_920 + 30.416667) * 5e-6,
    ("S3", "raw and refined", "s3_storage"): 686.646 * 0.023,
    ("SQS", "refine queue: messages", "sqs_request"): 8,
    ("SQS", "refine queue: empty receives", "sqs_request"): 2.4533 * 4e-7,
    ("DynamoDB", "Capture", "table_write"): 31.25,
    ("DynamoDB", "Refine", "table_write"): 81.25,
    ("DynamoDB", "Refine, for the alert", "table_write"): 18.75,
    ("DynamoDB", "Deliver", "table_write"): 50,
    ("DynamoDB", "Sweep", "table_read"): (5_000_000 + 33_580 + 2_920 * 6.5) * 0.125e-6,
    ("DynamoDB", "Sweep", "table_write"): (2_920 + 100_000) * 0.625e-6,
    ("DynamoDB", "items", "table_storage"): 549.316 * 0.25,
    ("Lambda", "Capture", "lambda_gb_second"): (1_140_000 + 8_751.25 * 0.035) / 4 * 0.0000133334,
    ("KMS", "decrypting the settings", "kms_request"): (3 * 8_751.25 + 292) * 3e-6,
    ("CloudWatch", "logs", "log_ingest"): 31.6651 * 0.5,
}


@pytest.mark.parametrize(("n", "by_hand"), [(10_000, TEN_THOUSAND), (10_000_000, TEN_MILLION)])
def test_the_bill_is_the_one_computed_by_hand(
    n: int, by_hand: dict[tuple[str, str, str], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    took = {name: simple(name, old.memory_mb) for name, old in MEASURED.items()}
    monkeypatch.setattr(quantities, "MEASURED", took)
    measuring = msgspec.structs.replace(simple("Sweep", 512), cold_share=0.0, lead_cpu_ms=0)
    monkeypatch.setattr(quantities, "MEASURING", measuring)
    found = dollars(of(Workload(n)))
    for line, expected in by_hand.items():
        assert found[line] == pytest.approx(expected, rel=2e-3), line


def test_leads_that_a_team_gives_out_cost_what_is_computed_by_hand() -> None:
    without, given_out = dollars(of(Workload(10_000))), dollars(of(Workload(10_000, by_team=0.5)))
    turn = "Refine, for a team's turn"
    assert {line for line in given_out if line not in without} == {
        ("DynamoDB", turn, "table_write"), ("DynamoDB", turn, "table_read"),
    }  # fmt: skip
    assert given_out["DynamoDB", turn, "table_write"] == pytest.approx(5_000 * 14 * 0.625e-6)
    assert given_out["DynamoDB", turn, "table_read"] == pytest.approx(5_000 * 4 * 0.125e-6)
    more = {line: given_out[line] - before for line, before in without.items()}
    assert more.pop(("DynamoDB", "items", "table_storage")) == pytest.approx(
        120_000 * 0.5 * 1.5 / 1_048_576 * 0.25
    )
    assert more.pop(("Lambda", "Refine", "lambda_gb_second")) == pytest.approx(
        5_000 * 0.005 * 0.5 * 0.0000133334, rel=1e-2
    )
    assert more.pop(("DynamoDB", "point-in-time recovery", "table_pitr")) > 0
    assert {line for line, change in more.items() if abs(change) > 1e-4} == set()


def test_the_goal_is_out_of_reach_for_what_nobody_can_leave_out() -> None:
    found = dollars(of(Workload(10_000)))
    three = [
        found["API Gateway", "Capture", "api_request"],
        found["S3", "Capture", "s3_put"],
        found["S3", "Refine", "s3_put"],
    ]
    assert sum(three) == pytest.approx(0.135)


@settings(max_examples=60)
@given(workloads, st.floats(0, 2), st.sampled_from(sorted(PROFILES)))
def test_the_dearest_lines_are_named_and_no_more_of_them_than_must_go(
    workload: Workload, share: float, profile: str
) -> None:
    bill = of(workload, parts=PROFILES[profile])
    result = compare(bill, bill.deployed * share)
    every_line = (*bill.lines, *bill.parts)
    named = math.fsum(one.dollars for one in result.lines)
    assert bill.deployed - named <= result.goal * (1 + 1e-9) + 1e-9
    assert len(result.lines) >= 3
    cheapest = min(one.dollars for one in result.lines)
    assert all(one in result.lines or one.dollars <= cheapest for one in every_line)
    if len(result.lines) > 3:
        rest = bill.deployed - named + result.lines[-1].dollars
        assert rest > result.goal * (1 - 1e-9) - 1e-9
    assert result.met is (round(bill.deployed, 2) <= result.goal)
    assert (result.missed_by == 0) is (result.met or bill.deployed == result.goal)


def test_a_region_without_prices_is_refused_with_those_that_have_some() -> None:
    with pytest.raises(ConfigurationError, match="eu-central-1, eu-west-1, us-east-1"):
        of(Workload(1), "mars-north-1")


def test_the_model_knows_the_alarms_metrics_and_memory_of_the_template() -> None:
    assert parts.OWN_METRICS["full"] == len(METRICS) + len(AGES)
    for name, count in parts.ALARM_METRICS.items():
        chosen = {"Alarms": name} if name in ("none", "plain") else {"Profile": name}
        alarms = Stack(**chosen).of_type("AWS::CloudWatch::Alarm").values()
        watched = sum(
            sum("MetricStat" in m for m in one["Metrics"]) if "Metrics" in one else 1
            for one in alarms
        )
        assert watched == count, name
    for name, took in MEASURED.items():
        match = re.search(rf"\n  {name}Memory:\n    Type: Number\n    Default: (\d+)\n", TEMPLATE)
        assert match is not None
        assert int(match[1]) == took.memory_mb


@pytest.mark.parametrize("profile", ["small", "standard", "full"])
@pytest.mark.parametrize("alarms", ["by-profile", "all", "plain", "none"])
@pytest.mark.parametrize("dashboard", ["by-profile", "true", "false"])
def test_the_parts_of_a_stack_are_those_that_the_template_makes(
    profile: str, alarms: str, dashboard: str
) -> None:
    chosen = {"Profile": profile, "Alarms": alarms, "WithDashboard": dashboard}
    found, stack = parts_of(chosen), Stack(**chosen)
    variables = stack.properties("Sweep")["Environment"]["Variables"]
    assert found["metrics"] == len(metrics_in(variables["OWN_METRICS"]))
    assert bool(found["dashboard"]) is ("Dashboard" in stack.resources)
    assert bool(found["lateness runs"]) is ("MeasureScheduleRule" in stack.resources)
    assert bool(found["watch"]) is ("late" in variables.get("WATCHED", ""))
    assert bool(found["alarms"]) is bool(stack.of_type("AWS::CloudWatch::Alarm"))


def test_the_how_to_shows_what_the_model_says() -> None:
    columns = (10_000, 100_000, 1_000_000, 10_000_000)
    bills = [of(Workload(n)) for n in columns]
    free = [of(Workload(n), free_tier=True) for n in columns]
    rows = {
        service: [
            f"{math.fsum(one.dollars for one in bill.lines if one.service == service):,.2f}"
            for bill in bills
        ]
        for service in dict.fromkeys(one.service for one in bills[0].lines if one.usd)
    }
    rows["needed"] = [f"{bill.total:,.2f}" for bill in bills]
    rows["alarms, metric, recovery"] = [f"{bill.deployed - bill.total:,.2f}" for bill in bills]
    rows["**as deployed**"] = [f"**{bill.deployed:,.2f}**" for bill in bills]
    rows["with the free tier"] = [f"{bill.deployed:,.2f}" for bill in free]
    rows["a lead"] = [f"{bill.deployed / bill.workload.leads:.6f}" for bill in bills]
    table = "\n".join(f"| {name} | {' | '.join(shown)} |" for name, shown in rows.items())
    page = Path(__file__).parents[3] / "docs/how-to/estimate-aws-cost.md"
    assert table in page.read_text(encoding="utf-8"), f"the page should show:\n{table}"


@pytest.mark.parametrize("page", ["estimate-aws-cost.md", "deploy-to-aws.md"])
def test_the_pages_show_what_each_profile_costs(page: str) -> None:
    shown = (Path(__file__).parents[3] / "docs/how-to" / page).read_text(encoding="utf-8")
    for name in ("small", "standard", "full"):
        costs = " | ".join(
            f"{of_profile(name, free_tier=free).deployed:.2f}" for free in (False, True)
        )
        assert re.search(rf"^\| `{name}` \| .* \| {re.escape(costs)} \|$", shown, re.MULTILINE), (
            f"the page should show: | `{name}` | … | {costs} |"
        )


def test_the_stack_as_it_is_deployed_has_what_the_template_has_by_default() -> None:
    bill = of(Workload(10_000))
    assert {one.what for one in bill.parts} == {
        "alarms", "our own metrics (EMF)", "point-in-time recovery",
    }  # fmt: skip
    assert bill.deployed == math.fsum(one.dollars for one in (*bill.lines, *bill.parts))
    assert {k: v for k, v in parts_of({"Profile": "standard"}).items() if v} == BY_DEFAULT
    known = set(re.findall(r"^  (\w+):\n    Type: (?:String|Number)", TEMPLATE, re.MULTILINE))
    for changed, name, value in (
        (1.60 + 0.30, "Alarms", "all"), (0.80 + 0.30, "Alarms", "plain"),
        (3 + 2.10, "WithDashboard", "true"),
        (1, "KmsKeyArn", "arn:key"), (0.50, "DomainName", "leads.example.com"),
        (2 * 657_000 * 0.0000033334, "CaptureProvisioned", "2"),
    ):  # fmt: skip
        assert name in known
        cost = of(Workload(10_000), parts=parts_of({name: value})).deployed
        assert cost - bill.deployed == pytest.approx(changed, rel=1e-3), name


def test_every_part_says_what_it_buys() -> None:
    for name in PROFILES:
        bill = of_profile(name)
        assert [one.what for one in (*bill.parts, *bill.options) if not one.buys] == []
        assert [one.what for one in bill.lines if one.buys or one.part] == []


def test_a_stack_without_an_alarm_of_its_own_for_it_pays_for_the_looks_of_sweep() -> None:
    small, full = of_profile("small"), of_profile("full")
    looks = {(one.service, one.what, one.meter): one.dollars for one in small.lines}
    assert looks["CloudWatch", "Sweep, watching", "figure_request"] == pytest.approx(0.0146)
    assert looks["SQS", "Sweep, watching", "sqs_request"] == pytest.approx(5_840 * 4e-7)
    assert not any(one.what == "Sweep, measuring" for one in small.lines)
    assert any(one.what == "Sweep, measuring" for one in full.lines)


def test_a_price_has_tiers_that_are_used_up_one_after_another() -> None:
    """By hand: API Gateway in us-east-1 asks 3.50 up to 333 million, 2.80 up to a billion."""
    found = dollars(of(Workload(1_000_000_000)))
    requests = 333 * 3.50 + 667 * 2.80
    assert found["API Gateway", "Capture", "api_request"] == pytest.approx(requests)
    stored = 1_000_000_000 * 12 * 6 / 1_048_576
    assert stored > 51_200
    assert found["S3", "raw and refined", "s3_storage"] == pytest.approx(
        51_200 * 0.023 + (stored - 51_200) * 0.022
    )
    line = of(Workload(1)).lines[0]
    later = msgspec.structs.replace(line, quantity=2e9, before=333_000_000.0)
    assert later.dollars == pytest.approx(667 * 2.80 + 1_333 * 2.38)


def test_the_profiles_are_in_order_of_what_they_cost() -> None:
    for n in (0, 10_000, 3_000_000):
        for free in (False, True):
            costs = [of_profile(name, n, free_tier=free).deployed for name in PROFILES]
            assert costs == sorted(costs)


def test_a_deployment_says_what_its_stack_costs() -> None:
    whole, words = cost_of_stack("us-east-1", {"Alarms": "by-profile"})
    assert whole.list_price == pytest.approx(of(Workload(10_000)).deployed)
    assert whole.free_tier == pytest.approx(of(Workload(10_000), free_tier=True).deployed)
    assert words.startswith(
        f"${whole.list_price:.2f} a month at list price, ${whole.free_tier:.2f}"
    )
    assert "in the profile standard" in words
    assert "at the prices of us-east-1" in cost_of_stack("mars-north-1", {})[1]
    small, words = cost_of_stack("us-east-1", {"Profile": "small"})
    assert small.list_price < whole.list_price
    assert "in the profile small" in words
    assert small.list_price == pytest.approx(of_profile("small").deployed)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["cost", *arguments], env={"COLUMNS": "250"})
    return result.exit_code, result.stdout


def test_the_command_prints_every_line_its_sum_and_the_date_of_the_prices() -> None:
    code, shown = run("--region", "eu-west-1")  # 10,000 leads, if no number is given
    bill = of(Workload(10_000), "eu-west-1")
    assert code == 0
    assert f"${bill.total:,.4f} a month" in shown
    assert PRICES.dated in shown
    free = of(Workload(10_000), "eu-west-1", free_tier=True)
    first = f"${bill.deployed:,.2f} a month at list price, ${free.deployed:,.2f} with the free"
    assert first in shown
    assert shown.index("$") == shown.index(first), "before any other figure"
    for one in every(bill):
        assert one.what in shown
        assert f"{one.dollars:,.4f}" in shown
    assert shown.index("Optional parts") > shown.index("Total")
    for part in BUYS.values():
        assert part in shown or part in run("--profile", "full")[1]


@pytest.mark.parametrize("profile", ["small", "standard"])
def test_the_command_says_whether_the_goals_are_met_and_which_lines_cost_most(
    profile: str,
) -> None:
    _, shown = run("--leads-per-month", "123", "--profile", profile)
    for free, goal in ((False, GOALS[profile].list_price), (True, GOALS[profile].free_tier)):
        bill = of_profile(profile, free_tier=free)
        result = compare(bill, goal)
        verdict = f"met with ${bill.deployed:.2f}" if result.met else (
            f"missed by ${bill.deployed - goal:.2f}"
        )  # fmt: skip
        where = "with the free tier" if free else "at list price"
        assert f"for 10,000 leads is ${goal:.2f} {where}: {verdict}" in shown
        assert all(f"{one.what} ${one.dollars:,.4f}" in shown for one in result.lines)
    assert "The goal" not in run("--profile", "full")[1]


@pytest.mark.parametrize("n", [10_000, 300_000, 3_000_000, 1_000_000_000])
@pytest.mark.parametrize("profile", ["small", "standard", "full"])
def test_the_command_gives_scripts_sane_figures_at_every_size(n: int, profile: str) -> None:
    code, shown = run("--leads-per-month", str(n), "--profile", profile, "--json")
    told = json.loads(shown)
    assert code == 0
    assert told["profile"] == profile
    assert 0 < told["as_deployed"]["free_tier"] < told["as_deployed"]["list_price"]
    lines = (*told["lines"], *told["deployed"])
    assert math.fsum(one["dollars"] for one in lines) == pytest.approx(
        told["as_deployed"]["list_price"]
    )
    assert 0.00002 < told["as_deployed"]["list_price"] / n < 0.001
    assert told["beyond_known_tiers"] == []
    assert (told["goal"] is None) is (profile == "full")


def test_the_command_says_of_which_prices_it_knows_no_higher_tier() -> None:
    _, shown = run("--leads-per-month", "1000000000", "--region", "eu-central-1")
    assert "Only the first price tier is known of API Gateway (request), S3 (GB-month)" in shown
    assert "Only the first" not in run("--region", "eu-central-1")[1]


def test_the_command_says_what_of_the_durations_was_measured_and_what_is_assumed() -> None:
    _, shown = run("--leads-per-month", "1")
    for name, took in MEASURED.items():
        assert f"Duration of {name}: {took.invocation_ms:,.0f} ms an invocation" in shown
    assert shown.count(HOW_MEASURED) == len(MEASURED)
    assert HOW_MEASURED == "CPU measured with `make bench`, waits assumed"


def test_the_command_gives_scripts_the_same_figures() -> None:
    code, shown = run("--leads-per-month", "500", "--alerts-per-lead", "2", "--free-tier", "--json")
    told = json.loads(shown)
    bill = of(Workload(500, 2), free_tier=True)
    assert code == 0
    assert next(iter(told)) == "as_deployed"
    paid = of(Workload(500, 2))
    assert told["as_deployed"]["list_price"] == pytest.approx(paid.deployed)
    assert told["as_deployed"]["free_tier"] == pytest.approx(bill.deployed)
    assert told["total"] == pytest.approx(bill.total)
    assert math.fsum(one["dollars"] for one in told["lines"]) == pytest.approx(told["total"])
    assert told["per_lead"] == pytest.approx(bill.total / 500)
    assert [one["what"] for one in told["optional"]] == [one.what for one in bill.options]
    assert told["prices_dated"] == PRICES.dated
    assert told["durations_are"] == HOW_MEASURED
    assert told["durations"]["Deliver"]["lead_ms"] == MEASURED["Deliver"].lead_ms
    assert told["answers_assumed_ms"] == ANSWER_MS


def test_the_command_prices_the_stack_that_a_file_of_parameters_makes(tmp_path: Path) -> None:
    params = tmp_path / "params.toml"
    params.write_text('Profile = "full"\nAlarms = "none"\nWithDashboard = false\nDelay = "5m"\n')
    code, shown = run("--leads-per-month", "10000", "--params", str(params), "--json")
    told = json.loads(shown)
    chosen = parts_of({"Profile": "full", "Alarms": "none", "WithDashboard": "false"})
    assert code == 0
    bill = of(Workload(10_000), parts=chosen)
    assert told["as_deployed"]["list_price"] == pytest.approx(bill.deployed)
    assert told["parts"] == {"metrics": 8, "recovery": 1}
    _, shown = run("--params", str(params))
    without = shown.index("Parts that it does not have")
    assert shown.index("our own metrics (EMF)") < without < shown.index("dashboard")
    _, shown = run("--params", str(params), "--profile", "small", "--json")
    assert json.loads(shown)["parts"] == {"recovery": 1}


@pytest.mark.parametrize("written", ['Profile = "tiny"', 'Alarms = "some"', 'Clock = "sundial"'])
def test_the_command_refuses_a_choice_that_the_template_does_not_offer(
    written: str, tmp_path: Path
) -> None:
    (tmp_path / "p.toml").write_text(written)
    words = ("--params", str(tmp_path / "p.toml"))
    result = CliRunner().invoke(app, ["cost", *words])
    assert isinstance(result.exception, ConfigurationError)
    assert "must be one of" in str(result.exception)


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ('Clock = "schedules"', SCHEDULES),
        ('Profile = "small"', SCHEDULES),
        ('Profile = "small"\nClock = "queues"', QUEUES),
        ('Profile = "full"', QUEUES),
    ],
)
def test_the_command_prices_the_clock_of_the_stack(
    tmp_path: Path, written: str, clock: str
) -> None:
    params = tmp_path / "params.toml"
    params.write_text(written)
    code, shown = run("--leads-per-month", "10000", "--params", str(params), "--json")
    told = json.loads(shown)
    assert code == 0
    assert told["workload"]["clock"] == clock
    polled = [one for one in told["lines"] if "empty receives" in one["what"]]
    assert len(polled) == (2 if clock == QUEUES else 0)
    chosen = {"Profile": told["profile"]}
    bill = of(Workload(10_000, clock=clock), parts=parts_of(chosen))
    assert told["total"] == pytest.approx(bill.total)
    if chosen["Profile"] in GOALS:
        deployed = of(Workload(10_000, clock=clock), parts=parts_of({**chosen, "Clock": clock}))
        assert told["goal"]["list_price"]["cost"] == pytest.approx(deployed.deployed)


def test_schedules_cost_what_is_computed_by_hand() -> None:
    queues, schedules = (of(Workload(10_000, tasks_after=2, clock=c)) for c in (QUEUES, SCHEDULES))
    by_queue = math.fsum(one.dollars for one in queues.lines if one.meter == "sqs_request")
    by_schedule = 10_000 * (1 + 2) / 1_000_000  # a dollar a million, a lead and two tasks
    assert queues.total - schedules.total == pytest.approx(by_queue - by_schedule)


def test_the_command_refuses_parameters_that_the_template_does_not_have(tmp_path: Path) -> None:
    params = tmp_path / "params.json"
    params.write_text('{"Alarm": "none"}')
    result = CliRunner().invoke(app, ["cost", "--leads-per-month", "1", "--params", str(params)])
    assert isinstance(result.exception, ConfigurationError)
    assert "there is no parameter Alarm; did you mean Alarms?" in str(result.exception)


def test_the_command_takes_no_leads_for_an_answer() -> None:
    code, shown = run("--leads-per-month", "0", "--json")
    assert code == 0
    assert json.loads(shown)["per_lead"] is None
    assert run("--leads-per-month", "-1")[0] == 2
