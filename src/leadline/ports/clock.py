"""The clock of this machine."""

from collections.abc import Callable
from datetime import UTC, datetime


def wall_clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


Clock = Callable[[], datetime]
"""The time now, aware, in UTC."""
