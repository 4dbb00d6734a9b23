"""The documents that are remembered to give out leads, and the queues of teams."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import apsw

from leadline.model.staff.assigning import Documents, Kept, Queued, Rewrite
from leadline.model.task import Done, Turn
from leadline.stores.damage import note_damaged_document
from leadline.stores.deciding import decided
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import is_whole, sum_of
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import text_of

_sql = Queries(__name__)


class SqliteAssigning:
    """`ports.store_parts.assigning.Assigning` on SQLite."""

    db: Database

    def kept(self, names: Collection[str]) -> Mapping[str, Kept]:
        """See `ports.store_parts.assigning.Assigning.kept`."""
        with self.db.reading() as db:
            return kept_in(db, names)

    def keep(self, changes: Mapping[str, Rewrite]) -> bool:
        """See `ports.store_parts.assigning.Assigning.keep`."""
        with self.db.writing() as db:
            return rewrite(db, changes)

    def queue_of(self, team: str, limit: int = 100) -> Sequence[str]:
        """See `ports.store_parts.assigning.Assigning.queue_of`."""
        return [text_of(key) for (key,) in self.db.rows(_sql.queue, team, limit)]


class DocumentsOfBatch:
    """The documents that the turns of one transaction read and change: each is read once, handed
    from lead to lead, and written at the end."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._kept: dict[str, Kept] = {}
        self._now: dict[str, bytes] = {}

    def finish(self, turn: Turn) -> tuple[Done, Documents]:
        """The outcome of a turn, and the documents that it changes, which are not noted yet; raises
        TurnFailed."""
        self._read(turn.reads)
        return decided(turn, {n: self._now.get(n, self._kept[n].body) for n in turn.reads})

    def note(self, changes: Documents) -> None:
        """Note changed documents, for the turns that follow and for `write`."""
        self._now.update(changes)

    def write(self) -> None:
        """Write the documents that were changed."""
        keep_documents(
            self._db,
            {name: Rewrite(self._kept[name], body) for name, body in self._now.items()},
        )

    def _read(self, names: Iterable[str]) -> None:
        missing = [name for name in names if name not in self._kept]
        if missing:
            self._kept.update(kept_in(self._db, missing))


def kept_in(db: apsw.Connection, names: Collection[str]) -> dict[str, Kept]:
    """See `ports.store_parts.assigning.Assigning.kept`."""
    found = dict.fromkeys(names, Kept())
    for name, rev, body, body_sum in bulk.select(db, _sql.documents, found):
        whole = is_whole(body, body_sum)
        if not whole:
            note_damaged_document(name)
        found[name] = Kept(body if whole else b"", rev)
    return found


def rewrite(db: apsw.Connection, changes: Mapping[str, Rewrite]) -> bool:
    """See `ports.store_parts.assigning.Assigning.keep`, in a write transaction."""
    if not is_as_seen(db, changes):
        return False
    keep_documents(db, changes)
    return True


def is_as_seen(db: apsw.Connection, changes: Mapping[str, Rewrite]) -> bool:
    """Whether no document has changed since it was seen."""
    rows = bulk.select(db, _sql.documents, changes)
    revisions = {name: rev for name, rev, _, _ in rows}
    return all(revisions.get(name, 0) == one.seen.rev for name, one in changes.items())


def keep_documents(db: apsw.Connection, changes: Mapping[str, Rewrite]) -> None:
    """Store documents, each with the revision after the one that was seen."""
    rows = [(n, one.seen.rev + 1, one.body, sum_of(one.body)) for n, one in changes.items()]
    bulk.insert(db, _sql.keep_documents, rows)


def add_to_queues(db: apsw.Connection, waiting: Iterable[tuple[bytes, Queued | None]]) -> None:
    """Add leads (by id) to the queues in which they wait."""
    rows = [(key, one.team, one.score) for key, one in waiting if one is not None]
    bulk.insert(db, _sql.add_to_queues, rows)


def leave_queues(db: apsw.Connection, keys: Collection[bytes]) -> None:
    """Remove leads (by id) from the queues in which they wait."""
    bulk.select(db, _sql.leave_queues, keys)
