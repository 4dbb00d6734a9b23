"""What of the embedded store tells how fast leads were told and answered, and which are held."""

import uuid
from collections.abc import Iterator

import msgspec

from leadline.model.handling import UNHANDLED
from leadline.model.lead import RefinedLead
from leadline.model.task import HELD_UNTIL, MOVED
from leadline.ports.ledger import Followed, LeadFilter
from leadline.stores.sqlite.database import Database, micros, moment
from leadline.stores.sqlite.handling import handling_decoder
from leadline.stores.sqlite.reading.selection import FROM, conditions

_AT_ONCE = 1000
_head = msgspec.json.Decoder(RefinedLead)


def followed_rows(db: Database, which: LeadFilter) -> Iterator[Followed]:
    """See `ports.ledger.Ledger.followed`; some at a time, so that no write waits for whoever
    reads."""
    where, values = conditions(which)
    sql = f"""
      SELECT lead.n, refined.head, handling.body,
             (SELECT min(sent_at) FROM alert WHERE alert.lead = lead.n AND step = 'notify'),
             EXISTS (SELECT 1 FROM history WHERE history.lead = lead.n AND what GLOB ?)
      {FROM} LEFT JOIN handling ON handling.lead = lead.n
      WHERE {where} AND refined.status = 'refined' AND lead.n < ?
      ORDER BY lead.n DESC LIMIT ?"""  # noqa: S608 - all that users say is bound
    left, before = which.limit, 1 << 62
    while left > 0:
        most = min(left, _AT_ONCE)
        rows = db.rows(sql, f"{MOVED}*", *values, before, most)
        for number, head, body, told_at, moved in rows:
            before = number
            yield Followed(
                lead=_head.decode(head),
                handling=handling_decoder.decode(body) if body else UNHANDLED,
                told_at=moment(told_at) if told_at is not None else None,
                moved=bool(moved),
            )
        left = left - most if len(rows) == most else 0


def held_rows(db: Database) -> list[str]:
    """See `ports.ledger.Ledger.held`."""
    rows = db.rows(
        """SELECT id FROM task JOIN lead ON lead.n = task.lead
           WHERE step = 'refine' AND task.channel = '' AND dead_at IS NULL AND due_at >= ?
           ORDER BY task.lead""",
        micros(HELD_UNTIL),
    )
    return [str(uuid.UUID(bytes=row[0])) for row in rows]
