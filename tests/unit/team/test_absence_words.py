"""The end of an absence, as people write it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.team.giving.absence_words import end_of_absence

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("", None),
        ("until", None),
        ("until Tuesday", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("until Monday", datetime(2026, 12, 6, 23, tzinfo=UTC)),
        ("fri", datetime(2026, 12, 3, 23, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("until 2027-06-01", datetime(2027, 5, 31, 22, tzinfo=UTC)),
        ("for 3d", NOW + timedelta(days=3)),
        ("4h", NOW + timedelta(hours=4)),
        ("2w", NOW + timedelta(weeks=2)),
    ],
)
def test_days_begin_at_midnight_in_the_zone_of_the_person(words: str, end: datetime | None) -> None:
    assert end_of_absence(words, "Europe/Berlin", NOW) == end


@pytest.mark.parametrize("words", ["someday", "m", "2026-13-01", "-3d", "3", "99999w", "0d"])
def test_what_cannot_be_read_is_refused_with_examples(words: str) -> None:
    with pytest.raises(ValueError, match=r"write a day|not in the future"):
        end_of_absence(words, "", NOW)


@pytest.mark.parametrize("words", ["2026-11-30", "2020-01-01"])
def test_an_end_that_is_past_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="is not in the future"):
        end_of_absence(words, "", NOW)


@pytest.mark.parametrize("words", ["9999-12-31", "9000-01-02", "2910000d", "400000w"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_an_end_that_is_too_far_off_is_refused(words: str, zone: str) -> None:
    with pytest.raises(ValueError, match=r"too long|write a day"):
        end_of_absence(words, zone, NOW)
    with pytest.raises(ValueError, match="is not in the future"):
        end_of_absence("0001-01-01", zone, NOW)


@given(st.text(max_size=40))
def test_any_words_have_an_answer(words: str) -> None:
    try:
        end = end_of_absence(words, "Pacific/Auckland", NOW)
    except ValueError:
        return
    assert end is None or end > NOW
