"""What people and the CRM made of refined leads, and on whose desk they are."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

import apsw
import msgspec

from leadline.model.handling import UNHANDLED, Handling
from leadline.model.task import Later
from leadline.ports.clock import Clock
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import Database, micros
from leadline.stores.sqlite.tasks import put, rows_of

handling_decoder = msgspec.json.Decoder(Handling)


class SqliteDesk:
    """`ports.store.Desk` on SQLite."""

    db: Database
    clock: Clock

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Desk.handling`."""
        with self.db.reading() as db:
            rows = bulk.select(
                db,
                "SELECT id, body FROM lead JOIN handling ON handling.lead = lead.n WHERE id IN ()",
                [uuid.UUID(i).bytes for i in lead_ids],
            )
        return {str(uuid.UUID(bytes=i)): handling_decoder.decode(body) for i, body in rows}

    def handle(
        self,
        lead_id: str,
        before: Handling,
        after: Handling,
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
    ) -> bool:
        """See `ports.store.Desk.handle`."""
        now = micros(self.clock())
        key = uuid.UUID(lead_id).bytes
        with self.db.writing() as db:
            rows = bulk.query(
                db,
                """SELECT n, body FROM lead JOIN refined ON refined.lead = n
                   LEFT JOIN handling ON handling.lead = n WHERE id = ?""",
                key,
            )
            if not rows:
                return False
            ((lead, body),) = rows
            kept = handling_decoder.decode(body) if body is not None else UNHANDLED
            if kept.rev != before.rev:
                return False
            after = msgspec.structs.replace(after, rev=kept.rev + 1)
            keep_handlings(db, [(lead, after)])
            _clear(db, key, [name for name in kept.desks if name not in after.desks])
            lay_on_desks(db, [(key, after)])
            put(db, rows_of(lead, then, now))
            if note:
                bulk.insert(db, "history (lead, at, what, detail)", [(lead, now, note, detail)])
        return True

    def desk(self, person: str, limit: int = 50) -> Sequence[str]:
        """See `ports.store.Desk.desk`."""
        rows = self.db.rows(
            "SELECT id FROM desk WHERE person = ? ORDER BY id DESC LIMIT ?", person, limit
        )
        return [str(uuid.UUID(bytes=row[0])) for row in rows]


def keep_first_handlings(db: apsw.Connection, made: Mapping[int, Handling]) -> int:
    """Keep what is known of leads (by number) that nobody has handled yet; how many they are."""
    if not made:
        return 0
    there = {n for (n,) in bulk.select(db, "SELECT lead FROM handling WHERE lead IN ()", made)}
    new = {n: msgspec.structs.replace(h, rev=1) for n, h in made.items() if n not in there}
    keep_handlings(db, list(new.items()))
    owned = [n for n, handling in new.items() if handling.desks]
    ids = bulk.select(db, "SELECT n, id FROM lead WHERE n IN ()", owned)
    lay_on_desks(db, [(key, new[n]) for n, key in ids])
    return len(new)


def keep_handlings(db: apsw.Connection, handlings: Iterable[tuple[int, Handling]]) -> None:
    """Write how leads (by number) are handled, over what stands there."""
    bulk.insert(
        db,
        "handling (lead, rev, body)",
        [(lead, one.rev, msgspec.json.encode(one)) for lead, one in handlings],
        tail="ON CONFLICT DO UPDATE SET rev = excluded.rev, body = excluded.body",
    )


def lay_on_desks(db: apsw.Connection, handlings: Iterable[tuple[bytes, Handling]]) -> None:
    """Lay leads (by id) on the desks of those who hold them."""
    rows = [(person, key) for key, one in handlings for person in dict.fromkeys(one.desks)]
    bulk.insert(db, "desk (person, id)", rows, tail="ON CONFLICT DO NOTHING")


def remove_handlings(db: apsw.Connection, numbers: Sequence[int]) -> None:
    """Take leads (by number) off all desks, as if nobody had handled them."""
    rows = bulk.select(
        db,
        "SELECT id, body FROM lead JOIN handling ON handling.lead = n WHERE n IN ()",
        numbers,
    )
    for key, body in rows:
        _clear(db, key, handling_decoder.decode(body).desks)
    bulk.select(db, "DELETE FROM handling WHERE lead IN ()", numbers)


def _clear(db: apsw.Connection, key: bytes, people: Iterable[str]) -> None:
    bulk.select(db, "DELETE FROM desk WHERE id = ? AND person IN ()", people, key)
