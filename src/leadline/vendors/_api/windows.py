"""Paging through lists that are not sorted by time: a time window is read completely and sorted."""

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
    """A page for `Crm.since`: the records that *read* finds in the next time window that has any.
    Windows begin with a week and double while they are empty; the one that ends in the future is
    the last."""
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
