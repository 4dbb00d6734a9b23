"""Times as vendors write them."""

import pytest

from leadline.model.texts.moments import seconds_of

AT = 1_772_442_000.0


@pytest.mark.parametrize(
    "written",
    [
        1_772_442_000, 1_772_442_000.0, "1772442000", 1_772_442_000_000, "1772442000000",
        1_772_442_000_000_000, "2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000+0000",
        "2026-03-02T10:00:00+01:00", "2026-03-02 09:00:00", "2026-03-02T09:00:00.000000",
    ],
)  # fmt: skip
def test_a_time_is_read_however_it_is_written(written: object) -> None:
    assert seconds_of(written) == AT


@pytest.mark.parametrize(
    "written", [None, True, "", "soon", "2026", {}, [], -5, 0, float("nan"), 1e300, "9" * 400]
)
def test_what_is_no_time_is_none(written: object) -> None:
    assert seconds_of(written) is None
