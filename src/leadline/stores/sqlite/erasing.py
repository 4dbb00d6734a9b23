"""Erases personal data from the SQLite store."""

import apsw

from leadline.model.erasing import ERASED_WORDS, person_erased
from leadline.model.formats import refined_head
from leadline.model.keys import match_keys
from leadline.model.lead import RefinedLead
from leadline.stores.refined import decoded
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.checksums import sum_of
from leadline.stores.sqlite.database import Database
from leadline.stores.sqlite.keys import KeyIndex
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.tasks import numbers_of
from leadline.stores.sqlite.values import text_of

_sql = Queries(__name__)
LEFT = (
    "backups, exports, and copies that a restore or an update put aside",
    "deliveries that could not be read, if they tell of the person",
)
"""The copies of personal data that no store can erase."""
_NAMED = 10
"""So many leads of the same person are named."""


class SqliteErasing:
    """`ports.store.Erasing` on SQLite."""

    db: Database
    keys: KeyIndex

    def erase(self, lead_id: str) -> tuple[str, ...]:
        """See `ports.store.Erasing.erase`."""
        with self.keys.forgetting_on_failure(), self.db.writing() as db:
            number = numbers_of(db, [lead_id]).get(lead_id)
            if number is None:
                return LEFT
            self._erase(db, number)
            later = [text_of(key) for (key,) in bulk.query(db, _sql.later, number, _NAMED)]
        return (*(f"lead {one} of the same person" for one in later), *LEFT)

    def _erase(self, db: apsw.Connection, lead: int) -> None:
        # Overwrite freed space in the file, which would still hold the data.
        was = db.pragma("secure_delete")
        db.pragma("secure_delete", True)
        try:
            events = bulk.query(db, _sql.kept, lead)
            said = [n for n, _, _, is_end in events if not is_end]
            bulk.select(db, _sql.erase_words, said, ERASED_WORDS, sum_of(ERASED_WORDS))
            for n, source, at, _ in events:
                db.execute(_sql.erase_bodies, (n, source, at))
            bulk.select(db, _sql.erase_differences, [n for n, *_ in events])
            for refined in decoded(bulk.query(db, _sql.head, lead)).values():
                self._erase_refined(db, lead, refined)
        finally:
            db.pragma("secure_delete", was)

    def _erase_refined(self, db: apsw.Connection, lead: int, refined: RefinedLead) -> None:
        keys = match_keys(refined).values()
        owners = self.keys.owners(db, keys)
        self.keys.remove(db, [key for key in keys if key in owners and owners[key].lead == lead])
        head = refined_head(person_erased(refined))
        db.execute(_sql.erase_refined, (head, sum_of(head), lead))
