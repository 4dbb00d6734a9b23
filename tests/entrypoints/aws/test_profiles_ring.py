"""Whatever rings with all alarms rings with the fewer alarms of other profiles, in words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from leadline.entrypoints.aws.figures import AGE
from leadline.entrypoints.aws.promises import BEHIND
from leadline.model.task import ON_HOLD_UNTIL, Step, Task
from leadline.operations.cost.parts import parts_of
from leadline.operations.cost.quantities import SWEEPS, Workload, watch_runs, with_parts
from leadline.standins.slack_inbox import Reply
from tests.worlds.aws_outages import OutageStack, outage_stack
from tests.worlds.leads import HandClock

HOUR, QUARTER, MINUTE = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)
SEEN = timedelta(minutes=31)
"""A lead is late after a quarter of an hour, and a sweep, which comes each quarter, says so."""


@pytest.fixture(params=["standard", "small"])
def profile(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def stack(
    moto: str, quiet: None, clock: HandClock, monkeypatch: pytest.MonkeyPatch, profile: str
) -> Iterator[OutageStack]:
    with outage_stack(moto, clock, monkeypatch, profile) as made:
        made.live(QUARTER)  # until Sweep has run for the first time
        made.watch.changes.clear()
        assert made.watch.ringing == set()
        yield made


@pytest.fixture
def small(
    moto: str, quiet: None, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OutageStack]:
    with outage_stack(moto, clock, monkeypatch, "small") as made:
        made.live(QUARTER)
        yield made


def two_leads(stack: OutageStack) -> None:
    stack.lead("ada", delay=timedelta())
    stack.lead("bob", delay=timedelta(minutes=10))


def test_nothing_rings_while_all_is_well(stack: OutageStack, profile: str) -> None:
    for name in ("ada", "bob"):
        stack.lead(name)
    stack.live(HOUR)
    assert len(stack.functions.slack.messages) == 2
    assert stack.watch.changes == []
    assert stack.caller.told == []
    assert stack.metrics == ({AGE} if profile == "standard" else set())


@pytest.mark.parametrize("broken", ["ssm", "dynamodb", "s3 GET", "s3 PUT"])
def test_a_service_that_refuses_rings_and_the_end_ends_it(stack: OutageStack, broken: str) -> None:
    two_leads(stack)
    start = stack.clock.now
    stack.caller.broken, stack.is_cold = broken, broken == "ssm"
    stack.live(HOUR)
    assert stack.watch.ringing
    assert min(change.at for change in stack.watch.changes) - start <= SEEN
    stack.caller.broken, stack.is_cold = "", False
    stack.restart()
    stack.live(2 * HOUR)
    dead = {"RefineDeadLettersFilled", "PromiseBroken"}  # until somebody replays them
    assert stack.watch.ringing <= (dead if broken in ("ssm", "dynamodb") else set())


def test_a_slack_that_answers_500_rings_until_it_is_well_again(stack: OutageStack) -> None:
    two_leads(stack)
    start = stack.clock.now
    stack.functions.slack.behave = lambda _: Reply(500, b"down", {})
    stack.live(HOUR)
    assert len(stack.watch.ringing) == 1
    assert min(change.at for change in stack.watch.changes) - start <= SEEN
    stack.live(2 * HOUR)
    assert len(stack.watch.changes) == 1, "no retry may end it"
    stack.functions.slack.behave = lambda _: None
    stack.live(2 * HOUR)
    assert stack.watch.ringing == set()


def test_a_network_without_a_way_out_rings(stack: OutageStack) -> None:
    stack.lead("ada", delay=timedelta())
    stack.caller.is_cut_off = True
    stack.live(HOUR)
    assert stack.watch.ringing & {"SweepFailures", "PromiseBroken"}


def test_settings_that_cant_be_read_fail_deliveries_too(stack: OutageStack, profile: str) -> None:
    lead_id = stack.lead("ada", delay=timedelta())
    stack.live(MINUTE)
    stack.store.put([Task(Step.NOTIFY, lead_id, "slack", again=True)], stack.clock.now)
    stack.caller.broken, stack.is_cold = "ssm", True
    stack.live(HOUR)
    expected = "DeliverFailures" if profile == "standard" else "PromiseBroken"
    assert expected in stack.watch.rang()


@pytest.mark.parametrize("function", ["Refine", "Deliver"])
def test_a_function_that_gets_no_run_rings_by_what_is_late_or_dead(
    stack: OutageStack, profile: str, function: str
) -> None:
    stack.throttled = {function}
    stack.lead("ada", delay=timedelta())
    start = stack.clock.now
    stack.live(HOUR)
    dead = f"{'Refine' if function == 'Refine' else 'Delivery'}DeadLettersFilled"
    expected = {"LeadsUntold", dead} if profile == "standard" else {"PromiseBroken"}
    assert stack.watch.rang() == expected
    assert min(change.at for change in stack.watch.changes) - start <= SEEN


def test_one_bad_lead_rings_for_itself_alone(stack: OutageStack, profile: str) -> None:
    stack.lead("ada", raw=b'{"nothing":"known"}', delay=timedelta())
    stack.lead("bob", delay=timedelta())
    stack.live(HOUR)
    expected = "RefineDeadLettersFilled" if profile == "standard" else "PromiseBroken"
    assert stack.watch.rang() == {expected}
    assert len(stack.functions.slack.messages) == 1


def test_a_lead_that_cant_be_put_back_rings(stack: OutageStack, profile: str) -> None:
    lost = "raw/2024/01/14/018d0a5b-0000-7000-8000-000000000001.json"
    stack.functions.actor.rooms.bucket.put(lost, b"no document")
    stack.live(QUARTER + MINUTE)
    expected = "SweepFailures" if profile == "standard" else "PromiseBroken"
    assert stack.watch.rang() == {expected}


def test_a_sweep_that_does_not_run_any_more_rings(stack: OutageStack, profile: str) -> None:
    stack.sweeps_run = False
    stack.live(HOUR)
    expected = "SweepFailures" if profile == "standard" else "PromiseBroken"
    assert stack.watch.ringing == {expected}


def test_a_lead_held_for_a_day_rings_nothing(stack: OutageStack) -> None:
    lead_id = stack.lead("ada")
    stack.store.put([Task(Step.REFINE, lead_id)], ON_HOLD_UNTIL, note="wait.held cli")
    stack.live(timedelta(days=1), step=timedelta(minutes=5))
    assert stack.watch.changes == []


# --- what small says ---------------------------------------------------------------------------


def test_the_one_alarm_is_told_in_words_once_for_each_thing_that_is_wrong(
    small: OutageStack,
) -> None:
    two_leads(small)
    small.functions.slack.behave = lambda _: Reply(500, b"down", {})
    small.live(2 * HOUR)
    (words,) = small.caller.told
    assert "The most overdue lead is " in words
    assert "minutes late" in words
    assert "leadline status --aws leads" in words
    small.lead("eve", raw=b'{"nothing":"known"}', delay=timedelta())
    small.live(HOUR)
    _, more = small.caller.told
    assert "minutes late" in more
    assert "Dead letters in the queues: 1" in more


def test_what_is_well_again_and_goes_wrong_again_is_told_again(small: OutageStack) -> None:
    for name in ("ada", "bob"):
        small.lead(name, delay=timedelta())
        small.functions.slack.behave = lambda _: Reply(500, b"down", {})
        small.live(HOUR)
        small.functions.slack.behave = lambda _: None
        small.live(HOUR)
    assert len(small.caller.told) == 2
    assert "PromiseBroken" not in small.watch.ringing


def test_each_answer_with_5xx_is_counted_in_one_run_of_sweep(small: OutageStack) -> None:
    start = small.clock.now
    small.caller.refusals = [(start.timestamp() + 60 * minute, 2.0) for minute in (1, 20, 22)]
    small.live(HOUR)
    assert "PromiseBroken" in small.watch.rang()
    assert [text.partition("5xx: ")[2].partition(".")[0] for text in small.caller.told] == ["6"]
    small.live(HOUR)
    assert small.watch.ringing == set()
    small.caller.refusals = [((small.clock.now - BEHIND / 2).timestamp(), 1.0)]
    small.live(2 * QUARTER + MINUTE)
    assert "5xx: 1." in small.caller.told[-1], "the newest figures are left to the next run"


def test_each_minute_of_the_api_is_asked_for_once(
    small: OutageStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    real = small.caller.json

    def watched(service: str, target: str, body: dict[str, Any], version: str = "1.0") -> bytes:
        if service == "monitoring":
            asked.append((body["StartTime"], body["EndTime"]))
        return real(service, target, body, version)

    monkeypatch.setattr(small.caller, "json", watched)
    small.clock.advance(seconds=17)
    small.live(HOUR)
    assert len(asked) >= 2
    assert not [one for one in asked if one[0] % 60 or one[1] % 60], "figures are of whole minutes"
    assert [end for _, end in asked[:-1]] == [start for start, _ in asked[1:]]


def test_two_sweeps_within_a_minute_find_the_same_as_one(small: OutageStack) -> None:
    assert small.sweep() is not None
    assert small.sweep() is not None
    assert small.caller.told == []


def test_a_cloudwatch_that_cant_be_asked_rings_too(small: OutageStack) -> None:
    small.caller.broken = "monitoring"
    small.live(2 * QUARTER + MINUTE)  # every second run asks
    assert small.watch.ringing == {"PromiseBroken"}
    assert "CloudWatch could not be asked" in small.caller.told[0]


def test_what_the_topic_did_not_take_is_told_by_the_next_run(small: OutageStack) -> None:
    small.lead("ada", raw=b'{"nothing":"known"}', delay=timedelta())
    small.caller.broken = "sns"
    small.live(QUARTER + MINUTE)
    assert small.watch.ringing == {"PromiseBroken"}
    assert small.caller.told == []
    small.caller.broken = ""
    small.live(HOUR)
    assert len(small.caller.told) == 1


def test_a_sweep_that_fails_says_so_without_quoting_settings(small: OutageStack) -> None:
    small.functions.write('slack_webhook_url = "https://hooks.example.com/secret"\nnonsense = 1\n')
    small.is_cold = True
    small.live(HOUR)
    (words,) = small.caller.told
    assert "Sweep failed (ConfigurationError)" in words
    assert "secret" not in words


def test_the_looks_of_a_sweep_are_those_that_the_cost_model_counts(small: OutageStack) -> None:
    small.caller.watching.clear()
    small.live(HOUR)
    month = with_parts(Workload(10_000), parts_of({"Profile": "small"}))
    counted = {used.meter: used.quantity / SWEEPS for used in watch_runs(month)}
    assert {meter: count / 4 for meter, count in small.caller.watching.items()} == counted
