"""Functions that several modules of the store use in their transactions: row numbers, tasks,
history, counts."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

import apsw

from leadline.model.task import Later
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros, micros_of, moment

_sql = Queries(__name__)


def numbers_of(db: apsw.Connection, lead_ids: Collection[str]) -> dict[str, int]:
    """The row numbers of leads, by id; unknown ids are left out."""
    keys = {bytes_of(i): i for i in lead_ids}
    return {keys[i]: n for i, n in bulk.select(db, _sql.numbers, keys)}


def next_number(db: apsw.Connection) -> int:
    """The row number of the next new lead."""
    ((last,),) = bulk.query(db, _sql.last_number)
    return int(last) + 1


def put(db: apsw.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Write tasks (lead, step, channel, again, put_at, due_at) and revive dead ones; an alert that
    is leased stays unchanged (`ports.store.Queue.put`)."""
    bulk.insert(db, _sql.put, rows)


def rows_of(lead: int, follow_ups: Iterable[Later], now: int) -> list[tuple[object, ...]]:
    """The rows for `put` of one lead's follow-up tasks."""
    return [
        (lead, one.task.step, one.task.channel, int(one.task.again), now,
         now + micros_of(one.after))
        for one in follow_ups
    ]  # fmt: skip


def untold_since(db: Database, now: datetime) -> datetime | None:
    """See `ports.store.Queue.untold_since`."""
    ((first,),) = db.rows(_sql.untold_since)
    return None if first is None or first > micros(now) else moment(first)


def add_history(db: apsw.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Add lines (lead, at, what, detail) to the history."""
    bulk.insert(db, _sql.add_history, rows)


def count(db: apsw.Connection, tally: Counter[tuple[date, str, str]]) -> None:
    """Add to the running counts, keyed (day, source, what)."""
    rows = [(day.isoformat(), *key, number) for (day, *key), number in tally.items()]
    bulk.insert(db, _sql.add_counts, rows)


def count_rows(db: apsw.Connection, rows: Iterable[tuple[datetime, str, str]]) -> None:
    """Add single events (when, source, what) to the running counts."""
    count(db, Counter((at.date(), source, what) for at, source, what in rows))
