"""Erases personal data from the SQLite store."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import apsw

from leadline.duplicates.merging import without_values_of
from leadline.model.bounds import MOST_EVENTS
from leadline.model.formats import refined_head
from leadline.model.keys import match_keys
from leadline.model.lead import RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS, no_longer_possible, person_erased
from leadline.model.texts.cutting import body_without
from leadline.stores.refined import decoded
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.capture.quotas import refund_quota
from leadline.stores.sqlite.file.checksums import sum_of
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.index.at_once import taking_in_at_once
from leadline.stores.sqlite.persons.candidates import CandidateIndex
from leadline.stores.sqlite.persons.duplicates import forget_person
from leadline.stores.sqlite.privacy.blanking import blank_unused_space, note_space
from leadline.stores.sqlite.privacy.scrubbing import empty_log, note_erasure, overwriting
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, text_of
from leadline.stores.sqlite.work.attempts import forget_attempts
from leadline.stores.sqlite.work.handling import leave_queue_for_good
from leadline.stores.sqlite.work.tasks import numbers_of

_sql = Queries(__name__)
LEFT = "backups, exports, and copies that a restore or an update put aside"
"""The copies of personal data that no store can erase."""
_IN_UNUSED_SPACE = (
    "the log or unused space of the data file or of its index, because somebody reads it: a "
    "running `leadline serve` overwrites them soon; else run the command again",
)
"""What is left for now, if somebody reads the data file while the person is erased."""
_MOST_REPEATED = 1000
_NAMED = 10
"""So many leads of the same person are named."""


class _Event(NamedTuple):
    number: int
    source: str
    at: int
    asks: int
    """Whether it asks for a privacy deletion."""
    raw: bytes


class SqliteErasing:
    """`ports.store.Erasing` on SQLite."""

    db: Database
    keys: KeyIndex
    candidate_index: CandidateIndex

    def erase(self, lead_id: str) -> tuple[str, ...]:
        """See `ports.store.Erasing.erase`."""
        with (
            taking_in_at_once(self.db) as mark,
            self.keys.forgetting_on_failure(),
            self.candidate_index.forgetting_on_failure(),
            self.db.writing() as db,
        ):
            mark(db)
            number = numbers_of(db, [lead_id]).get(lead_id)
            if number is None:
                return self._left()
            note_erasure(self.db.folder)
            note_space(self.db.folder)
            later = [text_of(key) for (key,) in bulk.query(db, _sql.later, number, _NAMED)]
            self._erase(db, number)
            _take_values_back(db, number, lead_id)
            _take_out_of_reviews(db, lead_id)
            with overwriting(db):
                forget_person(db, self.candidate_index, number, lead_id)
            forget_attempts(db, [number])
            leave_queue_for_good(db, number, bytes_of(lead_id))
            mark(db)
        empty_log(self.db)
        return (*(f"lead {one} of the same person" for one in later), *self._left())

    def _left(self) -> tuple[str, ...]:
        """The copies that no store can erase, with the names of those in the data folder."""
        aside = sorted(one.name for one in self.db.folder.glob("before-*") if one.is_dir())
        where = f" (delete {', '.join(aside)} in the data folder)" if aside else ""
        return (f"{LEFT}{where}",)

    def overwrite_erased(self) -> tuple[str, ...]:
        """See `ports.store.Erasing.overwrite_erased`."""
        note_space(self.db.folder)  # an earlier version of Leadline left bytes, and no note
        return () if blank_unused_space(self.db) else _IN_UNUSED_SPACE

    def _erase(self, db: apsw.Connection, lead: int) -> None:
        with overwriting(db):
            events = [_Event(*row) for row in bulk.query(db, _sql.kept, lead)]
            _erase_bodies(db, lead, events)
            said = [one.number for one in events if not one.asks]
            bulk.select(db, _sql.erase_words, said, ERASED_WORDS, sum_of(ERASED_WORDS))
            numbers = [one.number for one in events]
            _erase_unread(db, numbers)
            bulk.select(db, _sql.erase_details, numbers)
            bulk.select(db, _sql.erase_errors, numbers)
            for refined in decoded(bulk.query(db, _sql.head, lead)).values():
                self._erase_refined(db, lead, refined)

    def _erase_refined(self, db: apsw.Connection, lead: int, refined: RefinedLead) -> None:
        keys = match_keys(refined).values()
        owners = self.keys.owners(db, keys)
        self.keys.remove(db, [key for key in keys if key in owners and owners[key].lead == lead])
        head = refined_head(person_erased(refined))
        db.execute(_sql.erase_refined, (head, sum_of(head), lead))


def _erase_unread(db: apsw.Connection, numbers: Sequence[int]) -> None:
    """Erase the bodies of those of these events that could not be read."""
    for n, source, size in bulk.select(db, _sql.unread, numbers):
        db.execute(_sql.keep_body, (None, None, n))
        refund_quota(db, source, size)


def _take_values_back(db: apsw.Connection, lead: int, lead_id: str) -> None:
    """Take the values of a lead out of leads of the same person, whose blanks they fill."""
    with overwriting(db):
        for n, other in decoded(bulk.query(db, _sql.filled, lead, lead_id)).items():
            head = refined_head(without_values_of(other, lead_id))
            db.execute(_sql.erase_refined, (head, sum_of(head), int(n)))
            forget_attempts(db, [int(n)])  # its messages may have named the person


def _take_out_of_reviews(db: apsw.Connection, lead_id: str) -> None:
    """Take a lead out of those that others may be about the same person as, whether people have
    decided about them or not."""
    with overwriting(db):
        for n, other in decoded(bulk.query(db, _sql.compared, bytes_of(lead_id), lead_id)).items():
            head = refined_head(no_longer_possible(other, lead_id))
            db.execute(_sql.erase_refined, (head, sum_of(head), int(n)))
            forget_attempts(db, [int(n)])


def _erase_bodies(db: apsw.Connection, lead: int, events: Sequence[_Event]) -> None:
    """Cut these events out of the bodies of their deliveries, and erase the bodies of deliveries
    that repeated them."""
    deliveries: dict[tuple[str, int], list[_Event]] = defaultdict(list)
    for one in events:
        if not one.asks and one.raw != ERASED_WORDS:
            deliveries[one.source, one.at].append(one)
    for (source, at), said in deliveries.items():
        numbers = [one.number for one in said]
        for n, body in _bodies(db, source, at, min(numbers) - MOST_EVENTS, max(numbers)):
            left = body_without(body, [one.raw for one in said])
            db.execute(_sql.keep_body, (left, sum_of(left), n))
    for source in {one.source for one in events}:
        for (at,) in bulk.query(db, _sql.redeliveries, lead, _MOST_REPEATED):
            for n, _ in _bodies(db, source, at, 0, -1):
                db.execute(_sql.keep_body, (None, None, n))


def _bodies(
    db: apsw.Connection, source: str, at: int, first: int, last: int
) -> list[tuple[int, bytes]]:
    """The bodies that came from a source at a time, by the numbers of their events. Ids of one
    moment may be a little later than it."""
    earliest, latest = ((at // 1000 + after).to_bytes(6) for after in (0, 1000))
    return bulk.query(
        db, _sql.bodies, source, at, first, last, earliest + bytes(10), latest + bytes(10)
    )
