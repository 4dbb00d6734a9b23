"""Figures over time from the rollups of the index."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import apsw

from leadline.ports.questions import DAYS, HOURS, STEPS, Bar, By, Figures
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.index.file import errors_of_reading
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)
_MOMENT, _DAY = timedelta(microseconds=1), timedelta(days=1)


class SqliteFigures:
    """The figures of `ports.questions.Questions` on SQLite."""

    @property
    def _index(self) -> apsw.Connection:
        raise NotImplementedError

    def figures(
        self, since: datetime, until: datetime, by: Sequence[By] = ()
    ) -> Mapping[tuple[str, ...], Figures]:
        """See `ports.questions.Questions.figures`."""
        values = [one for one in by if one is not By.DAY]
        if By.BAND in values and len(values) > 1:
            raise ValueError("there are no figures by band of the score and another value")
        times = _parted(since, until)
        with errors_of_reading():
            if len(values) <= 1:
                kind, value = (str(values[0]),) * 2 if values else ("all", "''")
                names = ["day" if one is By.DAY else "value" for one in by]
                text = _grouped(_sql.totals, names, value)
                rows = bulk.query(self._index, text, kind, *times)
            else:
                names = [str(one) for one in by]
                rows = bulk.query(self._index, _grouped(_sql.figures, names), *times)
        found = {row[: len(by)]: Figures(*row[len(by) :]) for row in rows if row[-1] is not None}
        return found or ({} if by else {(): Figures()})

    def hours(self, since: datetime, until: datetime, step: timedelta) -> Sequence[Bar]:
        """See `ports.questions.Questions.hours`."""
        if step not in STEPS:
            raise ValueError(f"there are no numbers for steps of {step}")
        seconds = int(step.total_seconds())
        with errors_of_reading():
            rows = bulk.query(self._index, _sql.bars, seconds, micros(since), micros(until))
        return [Bar(moment(at), source, captured) for at, source, captured in rows]

    def hour_of_week(self, since: datetime, until: datetime, zone: str) -> Sequence[Sequence[int]]:
        """See `ports.questions.Questions.hour_of_week`."""
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


def _parted(since: datetime, until: datetime) -> tuple[str, str, int, int, int, int]:
    """The first and the last whole day of a time, and the parts of days before and after them."""
    since, until = (at.astimezone(UTC) for at in (since, until))
    first, last = _midnight(since + _DAY - _MOMENT), _midnight(until)
    if first > last:  # within one day
        first = last = until
    first_day, last_day = (at.date().isoformat() for at in (first, last - _MOMENT))
    if first >= last:  # no whole day: none is between these
        first_day, last_day = "9999", "0000"
    return first_day, last_day, micros(since), micros(first), micros(last), micros(until)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
