"""The handlings of refined leads, the open leads of each person, and the queues of teams."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import apsw
import msgspec

from leadline.model.errors import StorageFailed
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.staff.assigning import Rewrite
from leadline.model.task import Later
from leadline.ports.clock import Clock
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.encryption.blinding import stored_names
from leadline.stores.sqlite.file.checksums import is_whole, sum_of, whole_rows
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros, text_of
from leadline.stores.sqlite.work.assigning import add_to_queues, leave_queues, rewrite
from leadline.stores.sqlite.work.tasks import add_history, put, rows_of

_sql = Queries(__name__)
handling_decoder = msgspec.json.Decoder(Handling)


class SqliteHandlings:
    """`ports.store.Handlings` on SQLite."""

    db: Database
    clock: Clock

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Handlings.handling`."""
        with self.db.reading() as db:
            rows = bulk.select(db, _sql.handlings, [bytes_of(i) for i in lead_ids])
        rows = whole_rows(rows, 0, (1, 2))
        return {text_of(i): handling_decoder.decode(body) for i, body, _ in rows}

    def handle(
        self,
        lead_id: str,
        before: Handling,
        after: Handling,
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
        changes: Mapping[str, Rewrite] = {},
    ) -> bool:
        """See `ports.store.Handlings.handle`."""
        now = micros(self.clock())
        key = bytes_of(lead_id)
        with self.db.writing() as db:
            rows = bulk.query(db, _sql.refined_lead, key)
            if not rows:
                return False
            ((lead, body, kept_sum),) = rows
            if not is_whole(body, kept_sum):
                raise StorageFailed(f"what is known of how {lead_id} is handled is damaged")
            handling = handling_decoder.decode(body) if body is not None else UNHANDLED
            if handling.rev != before.rev or not rewrite(db, changes):
                return False
            after = msgspec.structs.replace(after, rev=handling.rev + 1)
            keep_handlings(db, [(lead, after)])
            _clear(db, key, [name for name in handling.work_lists if name not in after.work_lists])
            if handling.waits_in is not None:
                leave_queues(db, [key])
            list_open_leads(db, [(key, after)])
            put(db, rows_of(lead, then, now))
            if note:
                add_history(db, [(lead, now, note, detail)])
        return True

    def work_list(self, person: str, limit: int = 50) -> Sequence[str]:
        """See `ports.store.Handlings.work_list`."""
        with self.db.reading() as db:
            found = {
                key
                for name in stored_names(db, person)
                for (key,) in bulk.query(db, _sql.open_leads, name, limit)
            }
        return [text_of(key) for key in sorted(found, reverse=True)[:limit]]


def keep_first_handlings(db: apsw.Connection, made: Mapping[int, Handling]) -> int:
    """Store handlings (by row number) of leads that have none yet; returns how many were stored."""
    if not made:
        return 0
    there = handled_among(db, made)
    new = {n: msgspec.structs.replace(h, rev=1) for n, h in made.items() if n not in there}
    keep_handlings(db, list(new.items()))
    listed = [n for n, one in new.items() if one.work_lists or one.waits_in]
    ids = bulk.select(db, _sql.ids, listed)
    list_open_leads(db, [(key, new[n]) for n, key in ids])
    return len(new)


def handled_among(db: apsw.Connection, leads: Collection[int]) -> set[int]:
    """Those of these leads (by row number) that have a handling."""
    return {n for (n,) in bulk.select(db, _sql.handled, leads)}


def keep_handlings(db: apsw.Connection, handlings: Iterable[tuple[int, Handling]]) -> None:
    """Store handlings (by row number), replacing those that exist."""
    bodies = [(lead, one.rev, msgspec.json.encode(one)) for lead, one in handlings]
    bulk.insert(db, _sql.keep_handlings, [(*row, sum_of(row[2])) for row in bodies])


def list_open_leads(db: apsw.Connection, handlings: Sequence[tuple[bytes, Handling]]) -> None:
    """Add leads (by id) to the open leads of their holders, or to the queue in which they wait."""
    rows = [
        (stored_names(db, person)[0], key)
        for key, one in handlings
        for person in dict.fromkeys(one.work_lists)
    ]
    bulk.insert(db, _sql.add_open_leads, rows)
    add_to_queues(db, [(key, one.waits_in) for key, one in handlings])


def leave_queue_for_good(db: apsw.Connection, lead: int, key: bytes) -> None:
    """Take an erased lead (by row number and id) from the queue in which it waits."""
    leave_queues(db, [key])
    for _, body, _ in whole_rows(bulk.select(db, _sql.handlings, [key]), 0, (1, 2)):
        handling = handling_decoder.decode(body)
        if handling.queued is not None:
            after = msgspec.structs.replace(handling, queued=None, rev=handling.rev + 1)
            keep_handlings(db, [(lead, after)])


def remove_handlings(db: apsw.Connection, numbers: Sequence[int]) -> None:
    """Remove the handlings of leads (by row number), also from the open leads of people and from
    queues."""
    for key, body in bulk.select(db, _sql.handlings_by_number, numbers):
        handling = handling_decoder.decode(body)
        _clear(db, key, handling.work_lists)
        leave_queues(db, [key])
    bulk.select(db, _sql.remove_handlings, numbers)


def _clear(db: apsw.Connection, key: bytes, people: Iterable[str]) -> None:
    names = [name for person in people for name in stored_names(db, person)]
    bulk.select(db, _sql.remove_open_lead, names, key)
