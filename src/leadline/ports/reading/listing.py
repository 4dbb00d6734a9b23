"""The part of a store's read side that lists leads for people: short ids, waits, channels."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from leadline.ports.reading.ledger import LeadFilter, LeadRow

FEWEST_DIGITS = 8
"""The fewest digits of a beginning or an end of an id by which commands look for a lead."""
SHORT, LONGER = 8, 12
"""How many last digits of an id lists print: the last 62 bits of an id are random (RFC 9562,
section 5.7), while the first eight digits are the same for about a minute."""
MANY = 50_000
"""From this number of events on, lists print `LONGER` ends of ids, because `SHORT` ones, of 32
bits, are soon no longer unique."""
ENDS_ARE_FOUND_FOR = timedelta(days=14)
"""For how long after its capture a lead of a stack is found by the end of its id."""
MOST_CANDIDATES = 10
"""The maximum number of ids that a look-up of a part of an id returns."""


class Wait(msgspec.Struct, frozen=True):
    """The wait of a lead that is not refined: when it is due, and the raw JSON of its event; b"" if
    that is longer than was asked for, missing or damaged. `why` holds notes on how it came in."""

    due_at: datetime
    raw: bytes = b""
    record: str | None = None
    why: str = ""


class ChannelState(msgspec.Struct, frozen=True):
    """The state of a channel: the number of attempts in a row that failed, since when they fail
    (None: the last one succeeded), and until when the channel is reserved or paused."""

    failures: int = 0
    since: datetime | None = None
    free_at: datetime | None = None


class Listing(Protocol):
    """Lists leads. See `ports.reading.ledger.Ledger`."""

    def each(self, which: "LeadFilter") -> Iterator["LeadRow"]:
        """The selected leads as `Ledger.find` returns them, read in slices, so that neither memory
        nor a long transaction grows with their number."""

    def count(self, which: "LeadFilter", most: int) -> int:
        """The number of selected leads, without the filter's limit; at most *most* are counted."""

    def ending(self, digits: str) -> Sequence[str]:
        """Up to `MOST_CANDIDATES` ids with these last digits, at least `FEWEST_DIGITS`; dashes and
        case do not matter. On AWS only ids of leads captured within `ENDS_ARE_FOUND_FOR`."""

    def short_length(self) -> int:
        """How many last digits of an id a list should print: `SHORT`, or `LONGER` from `MANY`
        events on. A store that can't tell quickly how many it has says `LONGER`."""

    def waits(self, lead_ids: Sequence[str], most_bytes: int) -> Mapping[str, Wait]:
        """The waits of those of these leads that wait, with raw JSON of up to *most_bytes*."""

    def channels(self, names: Sequence[str]) -> Mapping[str, ChannelState]:
        """The states of these channels; those of which nothing is known are left out."""
