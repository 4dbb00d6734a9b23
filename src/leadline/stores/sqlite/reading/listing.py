"""Lists of leads, short ids, waits and the states of channels."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leadline.model.task import Addressee, Step
from leadline.ports.reading.ledger import LeadFilter, LeadRow, id_digits
from leadline.ports.reading.listing import (
    FEWEST_DIGITS,
    LONGER,
    MANY,
    MOST_CANDIDATES,
    SHORT,
    ChannelState,
    Wait,
)
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import is_whole
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.rows import lead_row
from leadline.stores.sqlite.reading.selection import about
from leadline.stores.sqlite.values import bytes_of, moment, text_of

_sql = Queries(__name__)
_FIRST_SLICE, _LARGEST_SLICE = 64, 1024
_ALL = 1 << 62
"""A row number above all others."""


def query_of_rows(which: LeadFilter, before: int = _ALL) -> tuple[str, list[Any]]:
    """The query for the selected leads before a row number as rows of a list, latest first, and its
    values except for the last, which is the limit."""
    query, values = about(_sql.each, which)
    return query, [*values, before]


class SqliteListing:
    """`ports.reading.listing.Listing` on SQLite."""

    _db: Database

    def each(self, which: LeadFilter) -> Iterator[LeadRow]:
        """See `ports.reading.listing.Listing.each`."""
        left, before, most = which.limit, _ALL, _FIRST_SLICE
        while left > 0:
            query, values = query_of_rows(which, before)
            rows = self._db.rows(query, *values, min(left, most))
            yield from map(lead_row, rows)
            if len(rows) < min(left, most):
                return
            left, before, most = left - len(rows), rows[-1][0], min(most * 4, _LARGEST_SLICE)

    def count(self, which: LeadFilter, most: int) -> int:
        """See `ports.reading.listing.Listing.count`."""
        query, values = about(_sql.count, which)
        ((number,),) = self._db.rows(query, *values, most)
        return int(number)

    def ending(self, digits: str) -> Sequence[str]:
        """See `ports.reading.listing.Listing.ending`."""
        end = id_digits(digits)
        if len(end) < FEWEST_DIGITS:
            return []
        rows = self._db.rows(_sql.ending, bytes.fromhex(end[-FEWEST_DIGITS:]))
        found = [text_of(key) for (key,) in rows if key.hex().endswith(end)]
        return found[:MOST_CANDIDATES]

    def short_length(self) -> int:
        """See `ports.reading.listing.Listing.short_length`."""
        ((events,),) = self._db.rows(_sql.events)
        return SHORT if events < MANY else LONGER

    def waits(self, lead_ids: Sequence[str], most_bytes: int) -> Mapping[str, Wait]:
        """See `ports.reading.listing.Listing.waits`."""
        with self._db.reading() as db:
            rows = bulk.select(db, _sql.waits, [bytes_of(i) for i in lead_ids], most_bytes)
        return {
            text_of(key): Wait(
                moment(due_at), raw if raw and is_whole(raw, kept) else b"", record, why
            )
            for key, due_at, raw, kept, record, why in rows
        }

    def failures(self) -> Mapping[str, str]:
        """See `operations.watching.lately.FailureReader.failures`."""
        steps = [step for step in Step if step.addressee is Addressee.CHANNEL]
        found: dict[str, str] = {}
        for name, failures, *_ in self._db.rows(_sql.channels):
            for step in steps if failures else ():
                for (words,) in self._db.rows(_sql.failure, step, name):
                    found.setdefault(name, words)
        return found

    def channels(self, names: Sequence[str]) -> Mapping[str, ChannelState]:
        """See `ports.reading.listing.Listing.channels`."""
        return {
            name: ChannelState(failures, None if since is None else moment(since), moment(free_at))
            for name, failures, since, free_at in self._db.rows(_sql.channels)
            if name in names
        }
