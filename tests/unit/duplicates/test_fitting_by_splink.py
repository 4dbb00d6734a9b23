"""`leadline.operations.fitting_by_splink`: weights that Splink estimates, and what is said without
it. Without the extra `fit` only the latter can be tested."""

import sys
from importlib.util import find_spec

import pytest

from leadline.duplicates.weights import Weights, weights_in, written
from leadline.model.errors import ConfigurationError
from leadline.operations import fitting_by_splink
from leadline.operations.fitting_by_splink import weights_by_splink
from tests.unit.duplicates.test_evaluating import people

START = Weights.load_default()
needs_splink = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("splink", "duckdb", "numpy")),
    reason="Splink is not installed; the extra fit brings it",
)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(ConfigurationError) as caught:
        weights_by_splink([], START)
    assert "the extra fit of Leadline" in caught.value.detail


def test_what_splink_estimated_becomes_weights_and_the_rest_stays() -> None:
    levels = [
        {"label_for_charts": "email.same", "m_probability": 0.8, "u_probability": 0.1},
        {"label_for_charts": "email.other", "m_probability": 0.1},
        {"label_for_charts": "else", "m_probability": 0.1, "u_probability": 0.9},
        {"is_null_level": True},
    ]
    first = [{"label_for_charts": "first.same", "m_probability": 0.5, "u_probability": 0.01}]
    model = {
        "comparisons": [
            {"output_column_name": "email", "comparison_levels": levels},
            {"output_column_name": "first", "comparison_levels": first},
        ]
    }
    assert dict(fitting_by_splink.estimated(model)) == {"email.same": 3.0, "first.same": -1.0}


@needs_splink
@pytest.mark.parametrize("is_labelled", [True, False])
def test_splink_fits_the_weights_of_our_own_comparisons(is_labelled: bool) -> None:
    leads, clusters = people()
    weights = weights_by_splink(leads, START, clusters if is_labelled else None)
    assert weights_in(written(weights)) == weights
    assert weights.levels["first.other"] < 0
    assert weights.prior < -3
    assert weights.levels["phone.same"] == START.levels["phone.same"]  # nothing was seen
