"""Limits on the events of one delivery, so that a small body can't fill the store.

Each event is stored with a copy of what it shares with other events of the delivery: a Salesforce
change event, for instance, lists any number of records and has their common fields once.
"""

from collections.abc import Iterable

import msgspec

from leadline.model.errors import TooManyEvents, TooMuchToStore
from leadline.model.lead import Event

MOST_EVENTS = 10_000
"""The highest allowed `max_events`; parsers of arrays and XML stop at this number."""

_TIMES_THE_BODY = 8
# JSON takes six bytes for a control character that is one byte in a form, and the body may be
# stored in addition to its event. Without shared content, the total stays below eight times the
# body.


class Bounds(msgspec.Struct, frozen=True):
    """The limits of a delivery: the number of events, and their total size in bytes (or eight times
    the size of the body, if that is more)."""

    max_events: int = 1000
    max_stored: int = 4 << 20

    def within(self, events: Iterable[Event], body: bytes) -> list[Event]:
        """The events of a body; *events* is not read beyond the limits.

        Raises TooManyEvents or TooMuchToStore at the first event that exceeds a limit.
        """
        most = max(self.max_stored, _TIMES_THE_BODY * len(body))
        kept: list[Event] = []
        stored = 0
        for event in events:
            if len(kept) == self.max_events:
                raise TooManyEvents(self.max_events)
            stored += len(event.raw)
            if not kept and event.raw != body:
                stored += len(body)  # the body is stored with the first event
            if stored > most:
                raise TooMuchToStore(stored, most, len(body))
            kept.append(event)
        return kept
