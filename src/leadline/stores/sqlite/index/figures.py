"""Figures over time from the rollups of the index."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import apsw

from leadline.ports.reading.questions import DAYS, HOURS, STEPS, Bar, By, Figures
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.index.file import errors_of_reading
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)
_MOMENT, _DAY = timedelta(microseconds=1), timedelta(days=1)


class SqliteFigures:
    """The figures of `ports.reading.questions.Questions` on SQLite."""

    @property
    def _index(self) -> apsw.Connection:
        raise NotImplementedError

    def figures(
        self, since: datetime, until: datetime, by: Sequence[By] = ()
    ) -> Mapping[tuple[str, ...], Figures]:
        """See `ports.reading.questions.Questions.figures`."""
        values = [one for one in by if one is not By.DAY]
        if By.BAND in values and len(values) > 1:
            raise ValueError("there are no figures by band of the score and another value")
        with errors_of_reading():
            ((newest,),) = bulk.query(self._index, _sql.newest)
            times = _parted(since, until, moment(newest))
            if len(values) <= 1:
                kind, value = (str(values[0]),) * 2 if values else ("all", "''")
                names = ["day" if one is By.DAY else "value" for one in by]
                text = _grouped(_sql.totals, names, value)
                rows = bulk.query(self._index, text, kind, *times)
            else:
                names = [str(one) for one in by]
                rows = bulk.query(self._index, _grouped(_sql.figures, names), *times)
        found = {row[: len(by)]: Figures(*row[len(by) :]) for row in rows if row[len(by)]}
        return found or ({} if by else {(): Figures()})

    def hours(self, since: datetime, until: datetime, step: timedelta) -> Sequence[Bar]:
        """See `ports.reading.questions.Questions.hours`."""
        if step not in STEPS:
            raise ValueError(f"there are no numbers for steps of {step}")
        seconds = int(step.total_seconds())
        with errors_of_reading():
            rows = bulk.query(self._index, _sql.bars, seconds, micros(since), micros(until))
        return [Bar(moment(at), source, captured) for at, source, captured in rows]

    def hour_of_week(self, since: datetime, until: datetime, zone: str) -> Sequence[Sequence[int]]:
        """See `ports.reading.questions.Questions.hour_of_week`."""
        with errors_of_reading():
            rows = bulk.query(self._index, _sql.hours, micros(since), micros(until))
        found = [[0] * HOURS for _ in range(DAYS)]
        clocks = ZoneInfo(zone)
        for at, captured in rows:
            local = moment(at).astimezone(clocks)
            found[local.weekday()][local.hour] += captured
        return found


def _grouped(query: str, names: Sequence[str], value: str = "") -> str:
    """A query of figures by these columns, of which *value* may be one."""
    columns = ", ".join(names)
    groups = f"GROUP BY {columns} ORDER BY {columns}" if columns else ""
    return query.format(columns=columns and f"{columns},", groups=groups, value=value)


class _Part(NamedTuple):
    """A part of a day, in microseconds. `sign` is -1 if it is taken off a whole day."""

    sign: int
    since: int
    until: int


_NO_PART = _Part(1, 0, 0)
_NO_DAYS = ("9999", "0000")
"""Between these is no day."""


def _parted(since: datetime, until: datetime, newest: datetime) -> tuple[str | int, ...]:
    """The first and the last whole day of a time, and the two parts of days to count beside them,
    each as the values of `_Part`: so that at most half a day of leads is read for each end, the
    rest of a day is taken off its whole where that is less. *newest* is when the latest lead was
    captured; nothing is read of the time after it."""
    since, until = since.astimezone(UTC), min(until, _midnight(newest) + _DAY).astimezone(UTC)
    if since >= until:
        return (*_NO_DAYS, *_NO_PART, *_NO_PART)
    first, last = _midnight(since), _midnight(until - _MOMENT)
    if first == last and until - since <= _DAY / 2:
        return (*_NO_DAYS, *_part(1, since, until), *_NO_PART)
    before, after = _part(-1, first, since), _part(-1, until, last + _DAY)
    begin, end = first, last
    if first < last and since - first > _DAY / 2:
        before, begin = _part(1, since, first + _DAY), first + _DAY
    if first < last and newest >= until and until - last < _DAY / 2:
        after, end = _part(1, last, until), last - _DAY
    return *_days(begin, end), *before, *after


def _part(sign: int, since: datetime, until: datetime) -> _Part:
    return _Part(sign, micros(since), micros(until))


def _days(first: datetime, last: datetime) -> tuple[str, str]:
    if first > last:
        return _NO_DAYS
    return first.date().isoformat(), last.date().isoformat()


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
