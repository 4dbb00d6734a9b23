"""Times as browsers' fields and addresses write them."""

from datetime import UTC, datetime

from leadline.settings.notation.zones import zone

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""From when on and before when a time may be: it can be shown in every time zone, and days can be
added to it."""


def moment_in(text: str, zone_name: str) -> datetime:
    """A time, in UTC: with an offset, or in the viewer's zone. Raises ValueError if it is none, or
    is out of bounds."""
    try:
        at = datetime.fromisoformat(text)
        at = (at if at.tzinfo else at.replace(tzinfo=zone(zone_name))).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error
    if not EARLIEST <= at < LATEST:
        raise ValueError(text)
    return at
