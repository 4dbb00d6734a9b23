"""Leads counted by source and hour in SQLite (`ports.reading.arrivals`)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import apsw

from leadline.model.monitoring.arrivals import Arrivals
from leadline.ports.clock import Clock
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)

KEPT_HOURS = 8 * 168
"""How many hours before the last lead of a source are kept."""
_MOST_EVENTS = 20_000
"""How many events are counted in one transaction: about 20 ms."""
_FOUND_IN_CRM = "reconciled"
"""How the `why` of a lead begins that only a search of the CRM found
(`journey.receiving.capture.RECONCILED`)."""
_HOUR = 3_600_000_000
_NOTED_EVERY = timedelta(minutes=5)
_DOWN = timedelta(minutes=15)
"""A server that was not known to run for this long was down."""


class SqliteArrivals:
    """`ports.reading.arrivals.ArrivalBook` on SQLite."""

    db: Database
    clock: Clock

    def count_arrivals(self) -> bool:
        """See `ports.reading.arrivals.ArrivalBook.count_arrivals`."""
        newest = self.db.rows(_sql.newest_event)[0][0]
        if newest == self.db.rows(_sql.counted)[0][0]:
            return False  # nothing to write
        with self.db.writing() as db:
            counted = bulk.query(db, _sql.counted)[0][0]
            end = min(newest, counted + _MOST_EVENTS)
            for source, hour, leads, last_at in bulk.query(
                db, _sql.arrived, counted, end, _FOUND_IN_CRM
            ):
                db.execute(_sql.add_arrivals, (source, hour, leads))
                db.execute(_sql.add_quiet, (source, last_at, last_at))
            db.execute(_sql.forget_arrivals, (KEPT_HOURS,))
            db.execute(_sql.note_counted, (max(end, counted),))
        return bool(end < newest)

    def note_heard(self) -> None:
        """See `ports.reading.arrivals.ArrivalBook.note_heard`."""
        now = self.clock()
        before = self._heard_at()
        if before is not None and timedelta() <= now - before < _NOTED_EVERY:
            return
        with self.db.writing() as db:
            if before is None or now - before > _DOWN:
                db.execute(_sql.restart_quiet, (micros(now),))
                for source, *_ in bulk.query(db, _sql.all_quiet):
                    _leave_out(db, source, before or now, now)
            db.execute(_sql.note_heard, (micros(now),))

    def arrivals(self) -> Sequence[Arrivals]:
        """See `ports.reading.arrivals.ArrivalBook.arrivals`."""
        leads: dict[str, dict[int, int]] = defaultdict(dict)
        unheard: dict[str, set[int]] = defaultdict(set)
        with self.db.reading() as db:
            for source, hour, count in bulk.query(db, _sql.all_arrivals):
                if count is None:
                    unheard[source].add(hour)
                else:
                    leads[source][hour] = count
            rows = bulk.query(db, _sql.all_quiet)
        return [
            Arrivals(
                source, leads[source], unheard[source], moment(last_at), moment(since),
                *(moment(at) if at is not None else None for at in (told, all_quiet)),
            )
            for source, last_at, since, told, all_quiet in rows
        ]  # fmt: skip

    def note_told_silence(self, source: str, all_quiet: datetime | None = None) -> None:
        """See `ports.reading.arrivals.ArrivalBook.note_told_silence`."""
        with self.db.writing() as db:
            since = micros(all_quiet) if all_quiet is not None else None
            db.execute(_sql.note_told_silence, (since, source))

    def note_end_of_silence(self, source: str) -> None:
        """See `ports.reading.arrivals.ArrivalBook.note_end_of_silence`."""
        with self.db.writing() as db:
            for told_after, last_at in bulk.query(db, _sql.told_silence, source):
                _leave_out(db, source, moment(told_after), moment(last_at))
            db.execute(_sql.note_end_of_silence, (source,))

    def restart_silences(self, since: datetime) -> None:
        """See `ports.reading.arrivals.ArrivalBook.restart_silences`."""
        with self.db.writing() as db:
            db.execute(_sql.restart_quiet, (micros(since),))
            db.execute(_sql.end_all_quiet)

    def _heard_at(self) -> datetime | None:
        value = self.db.rows(_sql.counted)[0][1]
        return moment(value) if value is not None else None


def _leave_out(db: apsw.Connection, source: str, begin: datetime, end: datetime) -> None:
    """Note that nothing of a source could come between two moments; at most as many hours as are
    kept. An hour in which a lead came counts."""
    last = micros(end) // _HOUR
    for hour in range(max(micros(begin) // _HOUR + 1, last - KEPT_HOURS), last):
        db.execute(_sql.add_unheard, (source, hour))
