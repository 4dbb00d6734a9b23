"""Each source's use of its quota for unreadable deliveries."""

import apsw

from leadline.model.lead import CapturedLead
from leadline.model.quotas import Quota, Spent, given_back, spend
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)


def charge_quota(db: apsw.Connection, lead: CapturedLead, quota: Quota) -> bool:
    """Charge a delivery to its quota, in a write transaction; False, and nothing is charged, if it
    does not fit."""
    spent = spend(quota, _spent(db, lead.source), lead.captured_at, len(lead.body or b""))
    if spent is not None:
        _note(db, lead.source, spent)
    return spent is not None


def refund_quota(db: apsw.Connection, source: str, size: int) -> None:
    """Note that a source no longer uses so many bytes, in a write transaction."""
    spent = _spent(db, source)
    if spent is not None:
        _note(db, source, given_back(spent, size))


def _spent(db: apsw.Connection, source: str) -> Spent | None:
    rows = bulk.query(db, _sql.spent, source)
    return Spent(moment(rows[0][0]), *rows[0][1:]) if rows else None


def _note(db: apsw.Connection, source: str, spent: Spent) -> None:
    db.execute(_sql.spend, (source, micros(spent.since), spent.count, spent.bytes))
