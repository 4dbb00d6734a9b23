"""Every reason that a comparison can give has words for people."""

import pytest

from leadline.alerts.wording.likeness import reason_words
from leadline.duplicates.weights import Weights


@pytest.mark.parametrize("code", Weights.load_default().levels)
def test_each_outcome_of_a_comparison_has_words(code: str) -> None:
    assert reason_words(code) != code
