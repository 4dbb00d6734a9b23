"""What the index reads in the data file: new and changed leads, as it takes them in."""

from collections.abc import Sequence

import apsw

from leadline.ports.reading.ledger import LeadFilter
from leadline.stores.facets import IndexEntry
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.rows import read_row
from leadline.stores.sqlite.reading.selection import about

_sql = Queries(__name__)


def entries(data: apsw.Connection, numbers: Sequence[int]) -> list[tuple[int, IndexEntry]]:
    """These events by their row numbers, as the index takes them in."""
    query, _ = about(_sql.entries, LeadFilter(events=True))
    return [(int(str(row[0])), _entry(row)) for row in bulk.select(data, query, numbers)]


def _entry(row: tuple[object, ...]) -> IndexEntry:
    shown, lead, handling = read_row(row[:11])
    told, dead, raw = row[11:]
    words = raw.decode(errors="replace") if isinstance(raw, bytes) else ""
    return IndexEntry(shown, lead, handling, bool(told), bool(dead), words)


def new_after(data: apsw.Connection, reached: int, most: int) -> list[int]:
    """The row numbers of the next events."""
    return [n for (n,) in bulk.query(data, _sql.new, reached, most)]


def id_of(data: apsw.Connection, number: int) -> bytes | None:
    """The id of an event by its row number."""
    found = bulk.query(data, _sql.id_of, number)
    return found[0][0] if found else None


def changes(data: apsw.Connection, most: int) -> list[tuple[int, int]]:
    """The first changes: their numbers, and the row numbers of their leads."""
    return [(n, lead) for n, lead in bulk.query(data, _sql.changed, most)]


def take_off(data: apsw.Connection, change: int) -> None:
    """Take the changes up to one off, in a write transaction."""
    data.execute(_sql.taken, (change,))


def last_change(data: apsw.Connection) -> int:
    """The number of the last change so far."""
    ((n,),) = bulk.query(data, _sql.last_change)
    return int(n)


def changed_after(data: apsw.Connection, change: int) -> list[int]:
    """The row numbers of the leads that have changed since a change."""
    return [n for (n,) in bulk.query(data, _sql.changed_after, change)]


def waiting(data: apsw.Connection) -> tuple[int, int]:
    """The row number of the last event, and how many leads have changed."""
    ((last, changed),) = bulk.query(data, _sql.waiting)
    return last, changed
