"""The handlings of refined leads, and the open leads of each person."""

from collections.abc import Iterable, Mapping, Sequence

import apsw
import msgspec

from leadline.model.errors import StorageFailed
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.task import Later
from leadline.ports.clock import Clock
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.checksums import is_whole, sum_of, whole_rows
from leadline.stores.sqlite.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.tasks import add_history, put, rows_of
from leadline.stores.sqlite.values import bytes_of, micros, text_of

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
            if handling.rev != before.rev:
                return False
            after = msgspec.structs.replace(after, rev=handling.rev + 1)
            keep_handlings(db, [(lead, after)])
            _clear(db, key, [name for name in handling.work_lists if name not in after.work_lists])
            add_to_work_lists(db, [(key, after)])
            put(db, rows_of(lead, then, now))
            if note:
                add_history(db, [(lead, now, note, detail)])
        return True

    def work_list(self, person: str, limit: int = 50) -> Sequence[str]:
        """See `ports.store.Handlings.work_list`."""
        return [text_of(key) for (key,) in self.db.rows(_sql.open_leads, person, limit)]


def keep_first_handlings(db: apsw.Connection, made: Mapping[int, Handling]) -> int:
    """Store handlings (by row number) of leads that have none yet; returns how many were stored."""
    if not made:
        return 0
    there = {n for (n,) in bulk.select(db, _sql.handled, made)}
    new = {n: msgspec.structs.replace(h, rev=1) for n, h in made.items() if n not in there}
    keep_handlings(db, list(new.items()))
    owned = [n for n, handling in new.items() if handling.work_lists]
    ids = bulk.select(db, _sql.ids, owned)
    add_to_work_lists(db, [(key, new[n]) for n, key in ids])
    return len(new)


def keep_handlings(db: apsw.Connection, handlings: Iterable[tuple[int, Handling]]) -> None:
    """Store handlings (by row number), replacing those that exist."""
    bodies = [(lead, one.rev, msgspec.json.encode(one)) for lead, one in handlings]
    bulk.insert(db, _sql.keep_handlings, [(*row, sum_of(row[2])) for row in bodies])


def add_to_work_lists(db: apsw.Connection, handlings: Iterable[tuple[bytes, Handling]]) -> None:
    """Add leads (by id) to the open leads of their holders."""
    rows = [(person, key) for key, one in handlings for person in dict.fromkeys(one.work_lists)]
    bulk.insert(db, _sql.add_open_leads, rows)


def remove_handlings(db: apsw.Connection, numbers: Sequence[int]) -> None:
    """Remove the handlings of leads (by row number), also from the open leads of people."""
    for key, body in bulk.select(db, _sql.handlings_by_number, numbers):
        _clear(db, key, handling_decoder.decode(body).work_lists)
    bulk.select(db, _sql.remove_handlings, numbers)


def _clear(db: apsw.Connection, key: bytes, people: Iterable[str]) -> None:
    bulk.select(db, _sql.remove_open_lead, people, key)
