"""Export and import of leads: the file's side."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from leadline.model.formats import raw_document, refined_document
from leadline.model.handling import Handling
from leadline.model.lead import Kind, RefinedLead
from leadline.ports.archive import Outgoing
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import is_whole, sum_of
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.persons.likeness import put_likenesses
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.values import micros, moment, text_of
from leadline.stores.sqlite.work.handling import handling_decoder, keep_first_handlings
from leadline.stores.sqlite.work.tasks import count_rows, numbers_of

_sql = Queries(__name__)


def outgoing(folder: Path, since: datetime | None) -> tuple[int, Iterator[Outgoing]]:
    """The number of leads captured since then, and an iterator over them."""
    db = Database(folder, read_only=True)
    return _count_leads(db, since), _leads_from(db, since)


def _leads_from(db: Database, since: datetime | None, batch: int = 500) -> Iterator[Outgoing]:
    """All leads captured since then, oldest first; new ones may arrive meanwhile."""
    last = 0
    while True:
        rows = db.rows(_sql.exported, last, micros(since) if since else 0, batch)
        if not rows:
            db.close()
            return
        last = rows[-1][0]
        corrections = _corrections(db, [row[0] for row in rows])
        yield from (_outgoing(row, corrections.get(row[0], ())) for row in rows)


def _corrections(db: Database, numbers: Sequence[int]) -> Mapping[int, tuple[bytes, ...]]:
    """What people corrected of these leads (by row number); damaged data is left out."""
    found: dict[int, tuple[bytes, ...]] = {}
    with db.reading() as connection:
        rows = bulk.select(connection, _sql.corrections, numbers)
    for lead, raw, kept in rows:
        if is_whole(raw, kept):
            found[lead] = (*found.get(lead, ()), raw)
    return found


def _outgoing(row: tuple[Any, ...], corrections: tuple[bytes, ...]) -> Outgoing:
    _, key, at, source, record, unread, media_type, why, raw, head, body, *sums, unread_sum = row
    lead_id = text_of(key)
    is_raw, is_head, is_body = map(is_whole, (raw, head, body), sums)
    beside: dict[str, object] = {"source": source}
    if record:
        beside["record"] = record
    if unread is not None:
        is_raw = is_raw and is_whole(unread, unread_sum)
        beside |= {"kind": Kind.UNREADABLE, "media_type": media_type or "", "why": why or ""}
        beside["body"] = b64encode(unread).decode()
    return Outgoing(
        lead_id,
        moment(at),
        raw_document(lead_id, moment(at), raw, beside) if is_raw else None,
        refined_document(head, raw) if head is not None and is_head and is_raw else None,
        is_lost=not (is_raw and is_head and is_body),
        handling=handling_decoder.decode(body) if body is not None and is_body else None,
        source=source,
        corrections=corrections,
    )


def _count_leads(db: Database, since: datetime | None) -> int:
    """The number of leads that `_leads_from` will yield."""
    ((leads,),) = db.rows(_sql.count_leads, micros(since) if since else 0)
    return int(leads)


class SqliteIntake:
    """`ports.installation.Intake` on the embedded store."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.accept = store.accept
        self.close = store.close

    def known(self, lead_ids: Sequence[str]) -> set[str]:
        """See `Intake.known`."""
        with self._store.db.reading() as db:
            return set(numbers_of(db, lead_ids))

    def unrefined(self, lead_ids: Sequence[str]) -> set[str]:
        """See `Intake.unrefined`."""
        return self.known(lead_ids) - set(self._store.documents(lead_ids))

    def adopt(
        self, refined: Sequence[tuple[RefinedLead, bytes]], keys: Mapping[str, Sequence[bytes]]
    ) -> int:
        """See `Intake.adopt`."""
        return _adopt(self._store, refined, keys)

    def adopt_handlings(self, handlings: Mapping[str, Handling]) -> int:
        """See `Intake.adopt_handlings`."""
        return _adopt_handlings(self._store, handlings)


def _adopt(
    store: SqliteStore,
    refined: Sequence[tuple[RefinedLead, bytes]],
    keys: Mapping[str, Sequence[bytes]],
) -> int:
    """Import refined leads without alerts; their captured leads must be in the store already.

    *refined* are leads with the heads of their documents, *keys* their match keys by lead id.
    Returns how many were imported.
    """
    with (
        store.keys.forgetting_on_failure(),
        store.candidate_index.forgetting_on_failure(),
        store.db.writing() as db,
    ):
        numbers = numbers_of(db, [lead.lead_id for lead, _ in refined])
        repeated = {lead.duplicate_of.lead_id for lead, _ in refined if lead.duplicate_of}
        originals = numbers_of(db, repeated)
        rows = [
            (
                numbers[lead.lead_id],
                micros(lead.processed_at),
                lead.status,
                originals.get(lead.duplicate_of.lead_id) if lead.duplicate_of else None,
                0,
                head,
                sum_of(head),
            )
            for lead, head in refined
            if lead.lead_id in numbers
        ]
        bulk.insert(db, _sql.add_refined, rows)
        done = [row[0] for row in rows]
        bulk.select(db, _sql.end_refinement, done)
        come = {numbers[one.lead_id]: one for one, _ in refined if one.lead_id in numbers}
        _give_keys(store, db, come, keys)
        count_rows(db, [(lead.captured_at, lead.received_from, lead.status) for lead, _ in refined])
    return len(rows)


def _give_keys(
    store: SqliteStore,
    db: apsw.Connection,
    leads: Mapping[int, RefinedLead],
    keys: Mapping[str, Sequence[bytes]],
) -> None:
    """Give leads (by row number) their match keys that are free, and their candidate keys."""
    mine = {
        key: (n, micros(lead.captured_at))
        for n, lead in leads.items()
        for key in keys[lead.lead_id]
    }
    taken = store.keys.owners(db, mine)
    store.keys.add(db, [(k, n, at, 1) for k, (n, at) in mine.items() if k not in taken])
    put_likenesses(db, store.candidate_index, leads.items())


def _adopt_handlings(store: SqliteStore, handlings: Mapping[str, Handling]) -> int:
    """Import the handlings of refined leads that have none here; returns how many were imported."""
    with store.db.writing() as db:
        numbers = numbers_of(db, handlings)
        refined = {n for (n,) in bulk.select(db, _sql.refined, numbers.values())}
        return keep_first_handlings(
            db, {n: handlings[lead_id] for lead_id, n in numbers.items() if n in refined}
        )
