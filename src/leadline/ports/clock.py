"""The clock."""

from collections.abc import Callable
from datetime import UTC, datetime


def wall_clock() -> datetime:
    """The current time of this machine, in UTC."""
    return datetime.now(UTC)


Clock = Callable[[], datetime]
"""Returns the current time, as an aware datetime in UTC."""
