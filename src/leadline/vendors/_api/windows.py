"""Lists in no useful order, read by windows of time: each is read whole and put in order."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from leadline.ports.crm import Found, Page
from leadline.ports.messenger import Busy, Refused, Unreachable

_WINDOW = timedelta(days=7)


def page_of_windows(
    at: datetime,
    after: str,
    read: Callable[[datetime, datetime], Sequence[Found] | Busy | Unreachable | Refused],
) -> Page | Busy | Unreachable | Refused:
    """A page as `Crm.since` wants it: what *read* finds in the next window in which there is
    anything. A week at first, and longer while windows are empty; the last one ends in the future,
    which is all that the clock decides."""
    start = datetime.fromisoformat(after) if after else at.astimezone(UTC)
    span = _WINDOW
    while True:
        end = start + span
        told = read(start, end)
        if isinstance(told, Busy | Unreachable | Refused):
            return told
        found = sorted(
            (one for one in told if start <= one.created_at < end), key=lambda one: one.created_at
        )
        over = end > datetime.now(UTC)
        if found or over:
            return Page(tuple(found), "" if over else end.isoformat())
        start, span = end, span * 2
