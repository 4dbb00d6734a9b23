"""Back-off."""

from datetime import timedelta

import pytest

from leadline.model.retry import RetryPolicy

POLICY = RetryPolicy(timedelta(seconds=1), timedelta(hours=1), attempts=25)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 1), (2, 2), (3, 4), (12, 2048), (13, 3600), (24, 3600)],
)
def test_the_ceiling_doubles_up_to_the_longest(failures: int, seconds: int) -> None:
    assert POLICY.after(failures, 1.0) == timedelta(seconds=seconds)


def test_jitter_takes_any_part_of_the_ceiling() -> None:
    assert POLICY.after(5, 0.0) == timedelta()
    assert POLICY.after(5, 0.25) == timedelta(seconds=4)


def test_after_enough_failures_it_gives_up() -> None:
    assert POLICY.after(25, 0.5) is None
    assert POLICY.after(2000, 0.5) is None


def test_a_policy_that_never_gives_up_does_not_overflow() -> None:
    patient = RetryPolicy(attempts=10**9)
    assert patient.after(10**8, 1.0) == timedelta(hours=1)
