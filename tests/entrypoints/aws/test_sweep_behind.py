"""A sweep that had no time for all says how old the first is that it left, in the metric of late
leads, so that their alarm rings."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.entrypoints.aws import sweep
from leadline.entrypoints.aws.figures import AGE
from leadline.model.formats import key_of
from leadline.stores.aws.capture.documents import document_of
from tests.standins.aws_faults import id_at
from tests.worlds.aws_functions import Context, Functions, now
from tests.worlds.leads import HandClock, captured

LITTLE_MS = 15_000
"""So little time that a sweep begins nothing that can wait."""


def ages(printed: str) -> list[float]:
    """The values of the metric that were written."""
    lines: list[dict[str, Any]] = [json.loads(one) for one in printed.splitlines() if AGE in one]
    return [line[AGE] for line in lines]


@pytest.fixture
def sweeping(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> Functions:
    monkeypatch.setattr(sweep, "_parts", lambda: functions.parts)
    return functions


def test_the_metric_is_the_age_of_what_was_not_listed(
    sweeping: Functions, capsys: pytest.CaptureFixture[str]
) -> None:
    at = now() - timedelta(hours=1)
    lead = msgspec.structs.replace(captured(HandClock(at)), id=id_at(at))
    sweeping.actor.bucket.put_new(key_of("raw", lead.id, at), document_of(lead))
    assert sweep.handler({}, Context(LITTLE_MS))["finished"] is False
    assert max(ages(capsys.readouterr().out)) == pytest.approx(3_600, abs=300)
    assert sweep.handler({}, Context(120_000))["recaptured"] == 1
    capsys.readouterr()
    assert sweep.handler({}, Context(120_000))["finished"] is True
    assert max(ages(capsys.readouterr().out)) < 3_600
