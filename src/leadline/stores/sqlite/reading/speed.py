"""Queries for the speed of alerts and responses, and for leads on hold."""

from collections.abc import Iterator

from leadline.model.handling import UNHANDLED
from leadline.model.task import ON_HOLD_UNTIL, WAIT_CHANGED
from leadline.ports.ledger import Followed, LeadFilter
from leadline.stores.sqlite.checksums import whole_rows
from leadline.stores.sqlite.database import Database
from leadline.stores.sqlite.handling import handling_decoder
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.rows import head_decoder
from leadline.stores.sqlite.reading.selection import about
from leadline.stores.sqlite.values import micros, moment, text_of

_sql = Queries(__name__)
_AT_ONCE = 1000


def followed_rows(db: Database, which: LeadFilter) -> Iterator[Followed]:
    """See `ports.ledger.Ledger.followed`; read in slices, so that writers need not wait."""
    query, values = about(_sql.followed, which)
    left, before = which.limit, 1 << 62
    while left > 0:
        most = min(left, _AT_ONCE)
        rows = db.rows(query, f"{WAIT_CHANGED}*", *values, before, most)
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


def on_hold_rows(db: Database) -> list[str]:
    """See `ports.ledger.Ledger.on_hold`."""
    return [text_of(key) for (key,) in db.rows(_sql.on_hold, micros(ON_HOLD_UNTIL))]
