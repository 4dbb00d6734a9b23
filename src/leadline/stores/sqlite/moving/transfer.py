"""Leads in and out of the file: what `export` and `import` need."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from leadline.model.formats import refined_document
from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import Database
from leadline.stores.sqlite.handling import handling_decoder, keep_first_handlings
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.tasks import count_rows, numbers_of
from leadline.stores.sqlite.values import micros, moment, text_of

_sql = Queries(__name__)


class Exported(NamedTuple):
    """One lead as it goes out; `refined` is None while it waits."""

    lead_id: str
    captured_at: datetime
    source: str
    record: str | None
    raw: bytes
    refined: bytes | None
    handling: Handling | None = None


def leads_from(db: Database, since: datetime | None, batch: int = 500) -> Iterator[Exported]:
    """Every lead captured since then, oldest first; new ones may come in meanwhile."""
    last = 0
    while True:
        rows = db.rows(_sql.exported, last, micros(since) if since else 0, batch)
        if not rows:
            return
        for n, key, at, source, record, raw, head, body in rows:
            last = n
            lead_id = text_of(key)
            whole = refined_document(head, raw) if head is not None else None
            handled = handling_decoder.decode(body) if body is not None else None
            yield Exported(lead_id, moment(at), source, record, raw, whole, handled)


def count_leads(db: Database, since: datetime | None) -> int:
    """How many `leads_from` will give."""
    ((leads,),) = db.rows(_sql.count_leads, micros(since) if since else 0)
    return int(leads)


def adopt(
    store: SqliteStore,
    refined: Sequence[tuple[RefinedLead, bytes]],
    keys: Mapping[str, Sequence[bytes]],
) -> int:
    """Take refined leads in as they were, with nobody told again; their captures are there.

    *refined* are leads with their documents' heads, *keys* their match keys by lead id.
    """
    with store.keys.forgetting_on_failure(), store.db.writing() as db:
        numbers = numbers_of(db, [lead.lead_id for lead, _ in refined])
        originals = numbers_of(
            db, {lead.duplicate_of.lead_id for lead, _ in refined if lead.duplicate_of}
        )
        rows = [
            (
                numbers[lead.lead_id],
                micros(lead.processed_at),
                lead.status,
                originals.get(lead.duplicate_of.lead_id) if lead.duplicate_of else None,
                0,
                head,
            )
            for lead, head in refined
            if lead.lead_id in numbers
        ]
        bulk.insert(db, _sql.add_refined, rows)
        done = [row[0] for row in rows]
        bulk.select(db, _sql.end_refinement, done)
        mine = {
            key: (numbers[lead.lead_id], micros(lead.captured_at))
            for lead, _ in refined
            if lead.lead_id in numbers
            for key in keys[lead.lead_id]
        }
        taken = store.keys.owners(db, mine)
        store.keys.add(db, [(k, n, at, 1) for k, (n, at) in mine.items() if k not in taken])
        count_rows(db, [(lead.captured_at, lead.received_from, lead.status) for lead, _ in refined])
    return len(rows)


def adopt_handlings(store: SqliteStore, handlings: Mapping[str, Handling]) -> int:
    """Take in what people made of refined leads that nobody has handled here; how many."""
    with store.db.writing() as db:
        numbers = numbers_of(db, handlings)
        refined = {n for (n,) in bulk.select(db, _sql.refined, numbers.values())}
        return keep_first_handlings(
            db, {n: handlings[lead_id] for lead_id, n in numbers.items() if n in refined}
        )
