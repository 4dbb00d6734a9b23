"""The options of `deploy aws` for canaries and tags, without a cloud."""

from datetime import timedelta

import pytest
import typer

from leadline.cloud.canaries.canary import CanaryRequest
from leadline.cloud.canaries.canary_watch import Runs, trouble
from leadline.entrypoints.cli.aws._canary import canary_request, tags_of
from leadline.model.errors import ConfigurationError


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("10 %", 0.1), ("99%", 0.99)])
def test_a_share_is_written_in_percent(text: str, share: float) -> None:
    assert canary_request(text, "90s") == CanaryRequest(share, timedelta(seconds=90))


def test_without_a_share_there_is_no_canary() -> None:
    assert canary_request(None, "10m") is None


@pytest.mark.parametrize(
    ("share", "duration"), [("0%", "1m"), ("100%", "1m"), ("10", "1m"), ("10%", "0"), ("10%", "x")]
)
def test_what_is_no_share_or_no_time_is_refused(share: str, duration: str) -> None:
    with pytest.raises(typer.BadParameter):
        canary_request(share, duration)


def test_a_tag_may_have_an_empty_value_and_one_with_equals_signs() -> None:
    assert tags_of(["a=", "b=c=d"]) == {"a": "", "b": "c=d"}


@pytest.mark.parametrize(
    "given",
    [
        ["team"],
        ["=sales"],
        ["aws:team=sales"],
        ["AWS:team=sales"],
        ["k" * 129 + "=v"],
        ["k=" + "v" * 257],
        [f"k{i}=v" for i in range(51)],
    ],
)
def test_tags_that_aws_would_refuse_are_refused_at_once(given: list[str]) -> None:
    with pytest.raises(ConfigurationError):
        tags_of(given)


@pytest.mark.parametrize(
    ("rings", "runs", "said"),
    [
        ([], {}, ""),
        ([], {"Refine": Runs(0, 0)}, ""),
        ([], {"Refine": Runs(100, 5)}, ""),
        ([], {"Refine": Runs(100, 6)}, "6 of 100 runs of the new Refine failed"),
        ([], {"Capture": Runs(9, 0), "Deliver": Runs(1, 1)}, "1 of 1 runs of the new Deliver"),
        (["a"], {}, "an alarm rings: a"),
        (["a", "b"], {}, "alarms ring: a, b"),
    ],
)
def test_a_canary_is_taken_back_for_alarms_and_for_more_failed_runs_than_are_borne(
    rings: list[str], runs: dict[str, Runs], said: str
) -> None:
    told = trouble(rings, runs)
    assert told.startswith(said)
    assert bool(told) == bool(said)
