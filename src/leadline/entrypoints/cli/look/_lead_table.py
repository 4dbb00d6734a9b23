"""A list of leads as lines for terminals."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import NamedTuple

from rich.cells import cell_len

from leadline.entrypoints.cli._terminal import fitted, padded
from leadline.model.task import ON_HOLD
from leadline.model.texts.harmless_texts import one_line
from leadline.operations.lists.listing import Listed

NARROWEST = 60
_GAP = 2
_MEASURED = 64
"""The number of first leads whose cells decide how wide the columns are; more than are listed if
nothing is said."""


class _Column(NamedTuple):
    """A column: its least width, its greatest (0: fixed), and its importance (0: always shown)."""

    title: str
    least: int
    most: int
    rank: int


_COLUMNS = (
    _Column("captured", 10, 0, 0),
    _Column("lead", 8, 0, 0),
    _Column("status", 11, 0, 0),
    _Column("name", 12, 30, 0),
    _Column("e-mail", 12, 40, 1),
    _Column("source", 6, 20, 2),
    _Column("company", 12, 30, 3),
    _Column("owner", 10, 24, 4),
)


def end_of_id(lead_id: str, digits: int) -> str:
    """The last digits of an id, as commands take them."""
    return lead_id.replace("-", "")[-digits:]


def day_or_time(at: datetime, now: datetime) -> str:
    """The time of a moment of today in the machine's time zone ("09:41"), else the date."""
    here, today = at.astimezone(), now.astimezone().date()
    return f"{here:%H:%M}" if here.date() == today else f"{here:%Y-%m-%d}"


def soon_or_date(at: datetime, now: datetime) -> str:
    """The time of a moment less than twelve hours from now ("00:03", also on the eve of it), else
    the date."""
    here = at.astimezone()
    return f"{here:%H:%M}" if abs(at - now) < timedelta(hours=12) else f"{here:%Y-%m-%d}"


def table_lines(leads: Iterable[Listed], width: int, now: datetime, digits: int) -> Iterator[str]:
    """The heading and a line per lead, each at most *width* (at least `NARROWEST`) cells wide; none
    if there are no leads. Only the first leads are held in memory."""
    rows = (_cells(one, now, digits) for one in leads)
    first = list(islice(rows, _MEASURED))
    if not first:
        return
    widths = _widths(first, max(width, NARROWEST), is_all=len(first) < _MEASURED)
    for row in chain([[column.title for column in _COLUMNS]], first, rows):
        cells = [padded(cell, w) for cell, w in zip(row, widths, strict=True) if w]
        yield (" " * _GAP).join(cells).rstrip()


def _cells(one: Listed, now: datetime, digits: int) -> list[str]:
    row = one.row
    return [
        day_or_time(row.captured_at, now),
        end_of_id(row.lead_id, digits),
        _status(one, now),
        row.name or "",
        row.email or row.phone or "",
        row.source,
        row.company or "",
        row.owner or "",
    ]


def _status(one: Listed, now: datetime) -> str:
    """The status; for a lead that waits with the time at which it is due: "waiting 09:51"."""
    if one.on_hold or one.row.why == ON_HOLD:
        return ON_HOLD
    due = f" {soon_or_date(one.wait.due_at, now)}" if one.wait else ""
    return f"{one.row.status}{due}"


def _widths(rows: Sequence[Sequence[str]], width: int, *, is_all: bool) -> list[int]:
    """The width of each column; 0 for one for which there is no room, or, if these are all rows,
    that has nothing in it."""
    needed = [max(map(cell_len, map(one_line, cells))) for cells in zip(*rows, strict=True)]
    full = [
        max(column.least, len(column.title), need if not column.most else min(need, column.most))
        for column, need in zip(_COLUMNS, needed, strict=True)
    ]
    least = [
        f if not column.most else min(f, max(column.least, len(column.title)))
        for column, f in zip(_COLUMNS, full, strict=True)
    ]
    shown = [
        bool(need or not column.rank or not is_all)
        for column, need in zip(_COLUMNS, needed, strict=True)
    ]
    for at in sorted(range(len(_COLUMNS)), key=lambda at: -_COLUMNS[at].rank):
        room = width - sum(w + _GAP for w, s in zip(least, shown, strict=True) if s) + _GAP
        if room >= 0:
            break
        shown[at] = _COLUMNS[at].rank == 0
    given = [w if s else 0 for w, s in zip(least, shown, strict=True)]
    return _grown(given, full, width)


def _grown(given: list[int], full: Sequence[int], width: int) -> list[int]:
    """The widths with what is left shared out, a cell at a time, to columns that need more."""
    room = width - sum(w + _GAP for w in given if w) + _GAP
    while room > 0:
        short = [at for at, w in enumerate(given) if w and w < full[at]]
        if not short:
            break
        given[min(short, key=lambda at: given[at])] += 1
        room -= 1
    return given


def named_in_words(one: Listed) -> str:
    """One lead in a sentence: its id, whom it is about, its source and its time."""
    row = one.row
    who = next(filter(None, (row.name, row.email, row.phone, row.company)), "nobody named")
    at = f"{row.captured_at.astimezone():%Y-%m-%d %H:%M}"
    return f"{row.lead_id}  {fitted(who, 40)}  from {one_line(row.source)}, {at}"
