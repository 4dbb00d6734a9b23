"""Queries for the speed of alerts and responses, and for leads on hold."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from leadline.model.handling import UNHANDLED
from leadline.model.task import ON_HOLD_UNTIL, WAIT_CHANGED
from leadline.ports.reading.ledger import Followed, LeadFilter
from leadline.stores.sqlite.file.checksums import whole_rows
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.rows import head_decoder
from leadline.stores.sqlite.reading.selection import about
from leadline.stores.sqlite.values import micros, moment, text_of
from leadline.stores.sqlite.work.handling import handling_decoder

_sql = Queries(__name__)
_AT_ONCE = 1000


def followed_rows(db: Database, which: LeadFilter) -> Iterator[Followed]:
    """See `ports.reading.ledger.Ledger.followed`; read in slices, so that writers need not wait."""
    read = _named_ones if 0 < len(which.ids) <= min(which.limit, _AT_ONCE) else _latest_ones
    query, values = about(_sql.followed, which)
    ((last,),) = db.rows(_sql.last_refined)
    left, before = which.limit, last + 1  # the newest leads may wait, and be many
    while left > 0:
        most = min(left, _AT_ONCE)
        rows = read(db, query, (f"{WAIT_CHANGED}*", *values, before), most)
        before = rows[-1][0] if rows else before
        for _, _, head, _, body, _, told_at, moved in whole_rows(rows, 1, (2, 3), (4, 5)):
            lead = head_decoder.decode(head)
            yield Followed(
                lead=lead,
                handling=handling_decoder.decode(body) if body else UNHANDLED,
                told_at=moment(told_at) if told_at is not None else None,
                moved=bool(moved),
                repeats=lead.duplicate_of.lead_id if lead.duplicate_of else "",
            )
        left = left - most if len(rows) == most else 0


def _latest_ones(
    db: Database, query: str, values: Sequence[Any], most: int
) -> list[tuple[Any, ...]]:
    """The latest leads of a query."""
    return db.rows(f"{query} {_sql.latest_first}", *values, most)


def _named_ones(
    db: Database, query: str, values: Sequence[Any], most: int
) -> list[tuple[Any, ...]]:
    """All leads of a query for at most so many ids. They are put in order here: SQLite would copy
    their documents to do it, which takes twice as long as to read them."""
    rows = db.rows(query, *values)
    assert len(rows) <= most  # noqa: S101 - an id is of one lead
    rows.sort(key=itemgetter(0), reverse=True)
    return rows


def on_hold_rows(db: Database) -> list[str]:
    """See `ports.reading.ledger.Ledger.on_hold`."""
    return [text_of(key) for (key,) in db.rows(_sql.on_hold, micros(ON_HOLD_UNTIL))]
