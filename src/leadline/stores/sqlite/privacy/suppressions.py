"""The suppression list in a table."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)


class SqliteSuppressions:
    """`ports.personal_data.suppressions.Suppressions` on SQLite."""

    db: Database

    def suppress(self, entries: Sequence[Suppressed]) -> int:
        """See `ports.personal_data.suppressions.Suppressions.suppress`."""
        rows = [(e.hash, str(e.by), e.key_id, micros(e.at), e.reason) for e in entries]
        with self.db.writing() as db:
            before = db.total_changes()
            bulk.insert(db, _sql.add, rows)
            return db.total_changes() - before

    def unsuppress(self, hashes: Collection[str]) -> int:
        """See `ports.personal_data.suppressions.Suppressions.unsuppress`."""
        with self.db.writing() as db:
            before = db.total_changes()
            bulk.select(db, _sql.remove, dict.fromkeys(hashes))
            return db.total_changes() - before

    def suppressed(self, hashes: Collection[str]) -> Mapping[str, Suppressed]:
        """See `ports.personal_data.suppressions.Suppressions.suppressed`."""
        with self.db.reading() as db:
            rows = bulk.select(db, _sql.some, dict.fromkeys(hashes))
        return {entry.hash: entry for entry in map(_entry, rows)}

    def suppressions(self) -> Iterator[Suppressed]:
        """See `ports.personal_data.suppressions.Suppressions.suppressions`."""
        return map(_entry, self.db.rows(_sql.all))

    def suppression_key(self) -> str | None:
        """See `ports.personal_data.suppressions.Suppressions.suppression_key`."""
        return next((str(key_id) for (key_id,) in self.db.rows(_sql.key)), None)

    def may_suppress(self) -> bool:
        """See `ports.personal_data.suppressions.Suppressions.may_suppress`."""
        return bool(self.db.rows(_sql.any))


def _entry(row: Sequence[Any]) -> Suppressed:
    hash_, kind, key_id, at, reason = row
    return Suppressed(hash_, SuppressedBy(kind), key_id, moment(at), reason)
