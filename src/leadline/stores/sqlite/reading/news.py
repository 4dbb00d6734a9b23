"""What happened since somebody looked last."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from leadline.model.task import event_name
from leadline.ports.reading.news import News, Seen
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment, text_of

_sql = Queries(__name__)


class SqliteNews:
    """`ports.reading.news.NewsReader` on SQLite."""

    _db: Database

    def seen_at(self, at: datetime) -> Seen:
        """See `ports.reading.news.NewsReader.seen_at`."""
        (numbers,) = self._db.rows(_sql.seen_at, micros(at))
        return Seen(*numbers)

    def seen_now(self) -> Seen:
        """See `ports.reading.news.NewsReader.seen_now`."""
        (numbers,) = self._db.rows(_sql.seen_now)
        return Seen(*numbers)

    def news(self, seen: Seen, most: int) -> tuple[Sequence[News], Seen]:
        """See `ports.reading.news.NewsReader.news`."""
        with self._db.reading() as db:
            events = bulk.query(db, _sql.events, seen.events, most)
            alerts = bulk.query(db, _sql.alerts, seen.alerts, most)
            history = bulk.query(db, _sql.history, seen.history, most)
        ends = (rows[-1][0] if rows else None for rows in (events, alerts, history))
        now = Seen(*(old if end is None else end for old, end in zip(seen, ends, strict=True)))
        return _in_order(events, map(_named, alerts), history), now

    def last_of_each(self, most: int) -> Sequence[News]:
        """See `ports.reading.news.NewsReader.last_of_each`."""
        with self._db.reading() as db:
            alerts = bulk.query(db, _sql.last_alerts, most)
            history = bulk.query(db, _sql.last_lines, most)
        return _in_order(map(_named, alerts), history)


def _in_order(*kinds: Iterable[tuple[Any, ...]]) -> list[News]:
    found = [
        News(moment(at), what, source, text_of(key), detail)
        for rows in kinds
        for _, at, what, source, key, detail in rows
    ]
    return sorted(found, key=lambda one: one.at)


def _named(row: tuple[Any, ...]) -> tuple[Any, ...]:
    number, at, step, *rest = row
    return (number, at, event_name(step), *rest)
