"""Times in addresses and forms, also such as no calendar of the viewer has."""

from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.addresses.moments import moment_in
from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard import CSRF
from tests.worlds.leads import HandClock
from tests.worlds.sales_floor import SalesFloor

EXTREMES = (
    "0001-01-01T00:00Z", "0001-01-01T00:00+14:00", "1970-01-01T00:00", "9999-12-31T23:59",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59-14:00", "2026-02-30T00:00",
)  # fmt: skip
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12")
"""Now fourteen hours before UTC, and twelve after it."""


@pytest.mark.parametrize("zone", ZONES)
def test_every_time_in_an_address_is_understood_or_ignored(
    zone: str, tmp_path: Path, clock: HandClock
) -> None:
    browser = SalesFloor(tmp_path, clock).browser(UserRole.ADMIN, zone)
    pages = ("/leads", "/audit", "/audit/export.jsonl", "/response", "/analytics")
    for path in pages:
        for name in ("from", "to"):
            for text in EXTREMES:
                query = f"{name}={text.replace('+', '%2B')}"
                assert browser.get(f"{path}?{query}").status == 200, (path, query)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", EXTREMES)
def test_a_payload_is_tried_at_every_time_that_is_one(
    text: str, zone: str, tmp_path: Path, clock: HandClock
) -> None:
    form = {"csrf": CSRF, "source": "generic", "body": '{"email": "a@a.example"}', "at": text}
    shown = SalesFloor(tmp_path, clock).browser(zone=zone).post("/rules/try", form)
    is_one = text.startswith("1970")
    assert shown.status == (200 if is_one else 422)
    assert ("is not a time" in shown.text) is not is_one


def test_a_time_without_an_offset_is_the_viewers() -> None:
    assert moment_in("2026-03-02T10:00", "Europe/Berlin") == moment_in("2026-03-02T09:00Z", "UTC")
    with pytest.raises(ValueError, match="9999"):
        moment_in("9999-12-31T23:59-14:00", "UTC")
