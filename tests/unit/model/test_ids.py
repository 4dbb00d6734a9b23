"""Lead ids."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadline.model.ids import is_lead_id, moment_of_id, uuid7

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = uuid.UUID(uuid7(NOON + timedelta(days=900)))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_an_id_carries_the_millisecond_of_its_capture() -> None:
    at = NOON + timedelta(days=1000, milliseconds=123)
    assert uuid.UUID(uuid7(at)).int >> 80 == int(at.timestamp() * 1000)


def test_ids_never_go_back_even_when_the_clock_does() -> None:
    later = NOON + timedelta(days=2000)
    made = [uuid7(later - timedelta(seconds=i)) for i in range(2000)]
    assert made == sorted(set(made))


def test_only_uuids_are_lead_ids() -> None:
    assert is_lead_id(uuid7(NOON))
    assert is_lead_id("7F3C2A9E-5B1D-4C8A-9E0F-2D6B1A4C8E77")
    assert not is_lead_id("7f3c2a9e5b1d4c8a9e0f2d6b1a4c8e77")
    assert not is_lead_id("lead-1")


@given(st.integers(0, 2**40))
def test_an_id_says_when_its_lead_came_to_the_microsecond(micros: int) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(microseconds=micros)
    stamp = int(at.timestamp() * 1000)
    fraction = at.microsecond % 1000 * 4096 // 1000
    text = f"{stamp:012x}7{fraction:03x}8{0:015x}"
    lead_id = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    found = moment_of_id(lead_id)
    assert found is not None
    assert abs(found - at) <= timedelta(microseconds=1)
    assert moment_of_id("no id") is None
    assert moment_of_id("019cadc6-d518-4000-b113-f7d2ce34ee36") is None
