"""How a task ends that was tried often enough."""

from datetime import UTC, datetime, timedelta

import pytest

from leadline import wiring
from leadline.kit import exhausted
from leadline.model.task import Drop, Lease, Step, Task
from leadline.settings.loading import load

KIT = wiring.in_memory(load({}, environ={}).settings)


def failed(step: Step, failures: int, error: str) -> Drop | None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return exhausted(KIT, Lease(Task(step, "0190"), failures + 1, failures, error, at, 0))


def test_a_refinement_that_never_finished_says_so_in_words() -> None:
    assert failed(Step.REFINE, 2, "worker.died") is None
    assert failed(Step.REFINE, 3, "worker.died") == Drop(
        "refine.never_finished",
        "never finished within its lease of 60 s, in 3 attempts; its worker died or was killed",
    )


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.REFINE])
def test_what_waits_for_others_is_tried_as_often_as_the_settings_say(step: Step) -> None:
    assert failed(step, 24, "worker.died") is None
    end = failed(step, 25, "worker.died")
    assert end is not None
    assert end.reason == f"{step}.never_finished"


def test_a_refinement_that_fails_with_its_worker_alive_is_tried_as_often_as_ever() -> None:
    assert failed(Step.REFINE, 24, "KeyError") is None
    assert failed(Step.REFINE, 25, "KeyError") == Drop("refine.gave_up", "KeyError")


def test_no_more_attempts_are_made_than_the_settings_allow() -> None:
    once = wiring.in_memory(load({"max_attempts": 1}, environ={}).settings)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    end = exhausted(once, Lease(Task(Step.REFINE, "0190"), 2, 1, "worker.died", at, 0))
    assert end is not None
    assert "in 1 attempt;" in end.detail
    assert timedelta(seconds=60) == once.lease_duration
