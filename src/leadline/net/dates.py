"""The clocks of servers that are asked anyway, by the `Date` of their answers (RFC 9110, 6.6.1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_noted: ContextVar[list[timedelta] | None] = ContextVar("noted", default=None)


@contextmanager
def noting_dates() -> Iterator[list[timedelta]]:
    """Collect how far this machine's clock is ahead of each server that answers in the block; a
    `Date` has whole seconds."""
    ahead: list[timedelta] = []
    token = _noted.set(ahead)
    try:
        yield ahead
    finally:
        _noted.reset(token)


def note_date(date: str | None) -> None:
    """Note the `Date` of an answer, if somebody collects them."""
    ahead = _noted.get()
    if ahead is None or date is None:
        return
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return
    if at.tzinfo is not None:  # a server may write -0000
        ahead.append(datetime.now(UTC) - at)
