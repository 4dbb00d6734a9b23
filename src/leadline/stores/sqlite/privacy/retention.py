"""Retention and legal holds in the SQLite store."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import apsw

from leadline.model.formats import refined_head
from leadline.model.keys import match_keys
from leadline.model.lead import Kind, RefinedLead
from leadline.model.personal_data.privacy import DataHold
from leadline.model.personal_data.retiring import (
    HELD,
    RELEASED,
    RETIRED_WORDS,
    DataKind,
    handling_retired,
    note_on,
    person_retired,
)
from leadline.ports.clock import Clock
from leadline.ports.personal_data.retention import MOST, Aged, AgedPage
from leadline.ports.store import Among
from leadline.stores.refined import decoded
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.capture.quotas import refund_quota
from leadline.stores.sqlite.file.checksums import sum_of
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.index.at_once import taking_in_at_once
from leadline.stores.sqlite.persons.candidates import CandidateIndex
from leadline.stores.sqlite.persons.duplicates import forget_person
from leadline.stores.sqlite.privacy.blanking import note_space
from leadline.stores.sqlite.privacy.scrubbing import empty_log, note_erasure, overwriting
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros, moment, text_of
from leadline.stores.sqlite.work.attempts import forget_attempts
from leadline.stores.sqlite.work.handling import handling_decoder, keep_handlings
from leadline.stores.sqlite.work.tasks import add_history

_sql = Queries(__name__)
_LOOKED_AT = 1024
"""So many events are looked at in one read transaction."""


class _Row(NamedTuple):
    number: int
    key: bytes
    source: str
    at: int

    @property
    def aged(self) -> Aged:
        return Aged(text_of(self.key), self.source, moment(self.at))


class SqliteRetention:
    """`ports.personal_data.retention.Retention` on SQLite."""

    db: Database
    keys: KeyIndex
    candidate_index: CandidateIndex
    clock: Clock

    def too_old(
        self, kind: DataKind, before: datetime, among: Among, after: str = "", limit: int = MOST
    ) -> AgedPage:
        """See `ports.personal_data.retention.Retention.too_old`."""
        start = bytes_of(after) if after else b""
        with self.db.reading() as db:
            if kind is DataKind.DEAD:
                rows = bulk.query(db, _sql.next_dead, micros(before), start, _LOOKED_AT)
            else:
                rows = bulk.query(db, _sql.next_leads, start, _LOOKED_AT)
            seen = [_Row(*row) for row in rows]
            found = _too_old(db, kind, before, [row for row in seen if among.has(row.source)])
        last = ""
        if len(found) > limit:
            last = text_of(found[limit - 1].key)
        elif len(seen) == _LOOKED_AT:
            last = text_of(seen[-1].key)
        return AgedPage(tuple(row.aged for row in found[:limit]), last)

    def retire(self, kind: DataKind, before: datetime, lead_ids: Sequence[str]) -> Sequence[str]:
        """See `ports.personal_data.retention.Retention.retire`."""
        if not lead_ids:
            return ()
        with (
            taking_in_at_once(self.db) as mark,
            self.keys.forgetting_on_failure(),
            self.candidate_index.forgetting_on_failure(),
            self.db.writing() as db,
        ):
            mark(db)
            rows = [_Row(*row) for row in bulk.select(db, _sql.these, map(bytes_of, lead_ids))]
            rows = _too_old(db, kind, before, rows)
            if not rows:
                return ()
            note_erasure(self.db.folder)
            note_space(self.db.folder)
            with overwriting(db):
                done = self._retire(db, kind, before, rows)
            now = micros(self.clock())
            add_history(db, [(row.number, now, note_on(kind), "") for row in done])
            mark(db)
        empty_log(self.db)
        return [text_of(row.key) for row in done]

    def hold_data(self, hold: DataHold) -> bool:
        """See `ports.personal_data.retention.Retention.hold_data`."""
        key = bytes_of(hold.lead_id)
        with self.db.writing() as db:
            keep_holds(db, [hold])
            return self._noted(db, key, HELD)

    def release_data(self, lead_id: str) -> bool:
        """See `ports.personal_data.retention.Retention.release_data`."""
        key = bytes_of(lead_id)
        with self.db.writing() as db:
            if not bulk.select(db, _sql.held, [key]):
                return False
            bulk.select(db, _sql.release, [key])
            return self._noted(db, key, RELEASED)

    def held(self, lead_ids: Collection[str]) -> Mapping[str, DataHold]:
        """See `ports.personal_data.retention.Retention.held`."""
        with self.db.reading() as db:
            return holds_of(db, lead_ids)

    def all_held(self) -> Sequence[DataHold]:
        """See `ports.personal_data.retention.Retention.all_held`."""
        return [_hold(*row) for row in self.db.rows(_sql.all_held)]

    def _noted(self, db: apsw.Connection, key: bytes, note: str) -> bool:
        """Note something on a lead; False if there is no such lead."""
        numbers = [row[0] for row in bulk.select(db, _sql.these, [key])]
        add_history(db, [(n, micros(self.clock()), note, "") for n in numbers])
        return bool(numbers)

    def _retire(
        self, db: apsw.Connection, kind: DataKind, before: datetime, rows: Sequence[_Row]
    ) -> Sequence[_Row]:
        """Delete in a write transaction; returns the rows of which something was deleted."""
        numbers = [row.number for row in rows]
        match kind:
            case DataKind.RAW:
                _retire_words(db, numbers)
            case DataKind.REFINED:
                return self._retire_persons(db, rows)
            case DataKind.TIMELINE:
                bulk.select(db, _sql.delete_lines, numbers)
                bulk.select(db, _sql.forget_messages, numbers)
                forget_attempts(db, numbers)
            case DataKind.DEAD:
                _end_dead(db, numbers, micros(before))
        return rows

    def _retire_persons(self, db: apsw.Connection, rows: Sequence[_Row]) -> Sequence[_Row]:
        heads = decoded(bulk.select(db, _sql.heads, [row.number for row in rows]))
        found = {int(n): lead for n, lead in heads.items()}  # without damaged ones, which are told
        done = [row for row in rows if row.number in found]
        for row in done:
            self._leave_keys(db, row.number, found[row.number])
            head = refined_head(person_retired(found[row.number]))
            db.execute(_sql.retire_person, (head, sum_of(head), row.number))
            forget_person(db, self.candidate_index, row.number, text_of(row.key))
            forget_attempts(db, [row.number])
        handled = bulk.select(db, _sql.handlings, [row.number for row in done])
        handlings = [(n, handling_retired(_handling(body))) for n, body in handled]
        keep_handlings(db, handlings)
        return done

    def _leave_keys(self, db: apsw.Connection, number: int, lead: RefinedLead) -> None:
        keys = match_keys(lead).values()
        owners = self.keys.owners(db, keys)
        self.keys.remove(db, [k for k in keys if k in owners and owners[k].lead == number])


_handling = handling_decoder.decode
_Left = Callable[[apsw.Connection, Sequence[int], datetime], Iterable[tuple[int]]]
_LEFT: Mapping[DataKind, _Left] = {
    DataKind.RAW: lambda db, numbers, _: bulk.select(
        db, _sql.with_words, numbers, len(RETIRED_WORDS), RETIRED_WORDS
    ),
    DataKind.REFINED: lambda db, numbers, _: bulk.select(db, _sql.with_person, numbers),
    DataKind.TIMELINE: lambda db, numbers, _: bulk.select(db, _sql.with_timeline, numbers),
    DataKind.DEAD: lambda db, numbers, before: bulk.select(
        db, _sql.with_dead, numbers, micros(before)
    ),
}
"""Those of some events (by row number) of which something of a kind is left."""


def _too_old(
    db: apsw.Connection, kind: DataKind, before: datetime, rows: Sequence[_Row]
) -> list[_Row]:
    """Those of these rows of which something may be deleted."""
    if kind is not DataKind.DEAD:
        rows = [row for row in rows if row.at < micros(before)]
    numbers = [row.number for row in rows]
    left = {n for (n,) in _LEFT[kind](db, numbers, before)} if numbers else set()
    working = _sql.at_work if kind is DataKind.DEAD else _sql.with_tasks
    for query in (working, _sql.on_hold):
        left -= {n for (n,) in bulk.select(db, query, left)}
    return [row for row in rows if row.number in left]


def _retire_words(db: apsw.Connection, numbers: Sequence[int]) -> None:
    bulk.select(db, _sql.retire_words, numbers, RETIRED_WORDS, sum_of(RETIRED_WORDS))


def _end_dead(db: apsw.Connection, numbers: Sequence[int], before: int) -> None:
    """Delete the dead letters of leads; those that were never refined lose everything."""
    bulk.select(db, _sql.expect_fewer_channels, numbers, before)
    bulk.select(db, _sql.end_dead, numbers, before)
    ended = bulk.select(db, _sql.never_refined, numbers)
    for _, source, kind, size in ended:
        if kind == Kind.UNREADABLE:
            refund_quota(db, source, size)
    mine = [n for n, *_ in ended]
    bulk.select(db, _sql.end_leads, mine)
    _retire_words(db, [*mine, *(n for (n,) in bulk.select(db, _sql.families, mine))])


def holds_of(db: apsw.Connection, lead_ids: Iterable[str]) -> dict[str, DataHold]:
    """The legal holds of those of these leads that have one."""
    found = [_hold(*row) for row in bulk.select(db, _sql.held, map(bytes_of, lead_ids))]
    return {hold.lead_id: hold for hold in found}


def keep_holds(db: apsw.Connection, holds: Iterable[DataHold]) -> None:
    """Keep legal holds, over earlier ones, in a write transaction."""
    for hold in holds:
        key = bytes_of(hold.lead_id)
        db.execute(_sql.hold, (key, hold.why, hold.by, micros(hold.since)))


def replace_holds(db: apsw.Connection, holds: Mapping[str, DataHold | None]) -> None:
    """Give leads these legal holds, or none, in a write transaction."""
    bulk.select(db, _sql.release, map(bytes_of, holds))
    keep_holds(db, [hold for hold in holds.values() if hold is not None])


def _hold(key: bytes, why: str, by: str, since: int) -> DataHold:
    return DataHold(text_of(key), why, by, moment(since))
