"""The clock of this machine."""

from datetime import UTC, datetime


def wall_clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)
