"""Lead ids."""

import uuid
from datetime import UTC, datetime, timedelta

from leadline.model.ids import is_lead_id, uuid7

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
