"""How sure the figures of a model are."""

from statistics import fmean, stdev, variance
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds.trained import needs_lightgbm

Scored = list[tuple[int, bool]]


@pytest.fixture(autouse=True, scope="module")
def extra() -> None:
    needs_lightgbm()


def arrays_of(leads: Scored) -> tuple[Any, Any]:
    import numpy as np

    return np.array([float(score) for score, _ in leads]), np.array([won for _, won in leads])


def share_below(score: int, others: list[int]) -> float:
    return fmean((other < score) + (other == score) / 2 for other in others)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=4, max_size=40))
def test_the_standard_error_is_that_of_the_comparisons_of_each_lead(leads: Scored) -> None:
    from leadline.operations.training.measuring import auc, auc_error

    won, lost = ([score for score, is_won in leads if is_won is kind] for kind in (True, False))
    error = auc_error(*arrays_of(leads))
    if min(len(won), len(lost)) < 2:
        assert error is None
        return
    of_won = [share_below(score, lost) for score in won]
    of_lost = [1 - share_below(score, won) for score in lost]
    assert auc(*arrays_of(leads)) == pytest.approx(fmean(of_won))
    expected = variance(of_won) / len(won) + variance(of_lost) / len(lost)
    assert error is not None
    assert error**2 == pytest.approx(expected, abs=1e-12)


def test_the_standard_error_is_how_much_the_auc_differs_between_draws() -> None:
    import numpy as np

    from leadline.operations.training.measuring import auc, auc_error

    chance, won = np.random.default_rng(1), np.arange(600) < 60
    draws = [chance.normal(size=600) + won for _ in range(300)]
    spread = stdev(auc(scores, won) for scores in draws)
    errors = [auc_error(scores, won) or 0.0 for scores in draws]
    assert fmean(errors) == pytest.approx(spread, rel=0.15)


def test_an_interval_stays_within_what_an_auc_can_be() -> None:
    from leadline.operations.training.measuring import auc_interval

    assert auc_interval(0.8, 0.01) == pytest.approx((0.7804, 0.8196))
    assert auc_interval(0.99, 0.02)[1] == 1.0
    assert auc_interval(0.01, 0.02)[0] == 0.0
