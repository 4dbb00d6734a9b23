"""What happened in an embedded store since somebody looked last."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

import msgspec


class Seen(NamedTuple):
    """How far somebody has read: the numbers of the last event, message and line of the history."""

    events: int = 0
    alerts: int = 0
    history: int = 0


class News(msgspec.Struct, frozen=True):
    """One thing that happened: an event came in, a channel accepted a message, or a line of a
    lead's timeline was written. `source` is that of the lead; `detail` says more, such as the name
    of the channel. `lead_id` is "" for what is about no lead."""

    at: datetime
    what: str
    source: str
    lead_id: str = ""
    detail: str = ""


@runtime_checkable
class NewsReader(Protocol):
    """Tells what is new; only the embedded store does, since on AWS the logs tell it."""

    def seen_at(self, at: datetime) -> Seen:
        """How far somebody had read who read everything until then."""

    def seen_now(self) -> Seen:
        """How far somebody has read who has read everything. It is quick however much there is."""

    def news(self, seen: Seen, most: int) -> tuple[Sequence[News], Seen]:
        """What happened since, in order of time, at most *most* of each kind; and how far that
        is."""

    def last_of_each(self, most: int) -> Sequence[News]:
        """Of the newest *most* messages, the last one by each step and channel, and of as many
        lines of timelines the last one of each kind, source and beginning of the detail (until the
        first ":"); in order of time."""
