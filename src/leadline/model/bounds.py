"""How much one delivery may make of itself, so that a small body does not become a large store.

Each event of a delivery is kept for itself, with what it shares with its neighbours: a change event
of Salesforce names any number of records and tells once what they have in common.
"""

from collections.abc import Iterable

import msgspec

from leadline.model.errors import TooManyEvents, TooMuchToStore
from leadline.model.lead import Event

MOST_EVENTS = 10_000
"""The highest `max_events`: readers of arrays and of XML make no more pieces than that."""

_TIMES_THE_BODY = 8
# JSON writes a control character of a form in six bytes instead of one, and the body may be kept
# beside its only event: what is not copied stays below eight times the body.


class Bounds(msgspec.Struct, frozen=True):
    """Of how many events a delivery may consist, and how many bytes they may take up together
    where that is more than eight times its body."""

    max_events: int = 1000
    max_stored: int = 4 << 20

    def within(self, events: Iterable[Event], body: bytes) -> list[Event]:
        """The events of a body; no more are made of it than are allowed.

        Raises TooManyEvents or TooMuchToStore at the first one that goes too far.
        """
        most = max(self.max_stored, _TIMES_THE_BODY * len(body))
        kept: list[Event] = []
        stored = 0
        for event in events:
            if len(kept) == self.max_events:
                raise TooManyEvents(self.max_events)
            stored += len(event.raw)
            if not kept and event.raw != body:
                stored += len(body)  # it is kept beside the first
            if stored > most:
                raise TooMuchToStore(stored, most, len(body))
            kept.append(event)
        return kept
