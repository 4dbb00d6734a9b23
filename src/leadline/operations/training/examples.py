"""Leads whose outcome is known, from a CSV file or from the leads of an installation."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from pathlib import Path

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.facts.scored_leads import before_scoring, can_be_scored
from leadline.model.handling import Ending
from leadline.operations.training.dates import form_of_dates, time_in_form
from leadline.ports.reading.ledger import Followed
from leadline.refine import About, refine
from leadline.scoring.columns import Value, as_number, capture_columns
from leadline.vendors._reader.on_demand import guessed_late as guessed

ANY = "*"
_WON = frozenset(("1", "1.0", "yes", "y", "true", "t", "won", "converted", "closed won", "win"))
_LOST = frozenset(("0", "0.0", "no", "n", "false", "f", "lost", "closed lost", "open", "loss"))
_FROM = "csv"
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class Example(msgspec.Struct, frozen=True):
    """A lead that was won or not: its columns at its capture, and what orders it in time. `place`
    is the place of its hash among all hashes (0 to 1), by which leads without time are parted."""

    found: dict[str, Value]
    at: datetime
    order: float
    place: float
    won: bool


class LeadTable(msgspec.Struct, frozen=True):
    """A CSV file of leads, and what its columns mean: `outcome` says whether a lead was won, by the
    value `won` (any, if it is `ANY`; "" if the usual ones are to be known), and `time` when it came
    ("" if that is not known). Columns in `drop` are not read; if `keep` names any, no others are.
    """

    path: Path
    outcome: str
    won: str = ""
    time: str = ""
    drop: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()


class Examples(msgspec.Struct, frozen=True):
    """Leads with their outcome, in the order of time where `timed`; `dated` is whether it is known
    when they were captured, and not only in which order. `outcome` says in words what counts as
    won, and `notes` what was left out. `own` leads are those of an installation."""

    rows: Sequence[Example]
    timed: bool
    dated: bool
    outcome: str
    notes: tuple[str, ...] = ()
    own: bool = False


def examples_of_table(table: LeadTable, zone: tzinfo, region: str) -> Examples:
    """The rows of a CSV file, read and refined as if they had come to a webhook.

    Raises ConfigurationError if the file can't be read, lacks a column, or has no value that says
    who was won.
    """
    rows = _rows(table)
    won = _won_value(table, [row.get(table.outcome, "") for row in rows])
    known = [row for row in rows if row.get(table.outcome) or won == ANY]
    moments = _moments(table, known, zone)
    found = [
        _example(row, table, won, when, (zone, region))
        for row, when in zip(known, moments, strict=True)
    ]
    notes = [f"{len(rows) - len(known)} rows without an outcome"] if len(rows) > len(known) else []
    if table.time:
        found.sort(key=lambda one: one.order)
    said = f"{table.outcome} is {'given' if won == ANY else won}"
    dated = any(one.at != _NO_TIME for one in found)
    return Examples(found, bool(table.time), dated, said, tuple(notes))


def examples_of_leads(
    leads: Iterable[Followed], zone: tzinfo, now: datetime, window: timedelta
) -> Examples:
    """The leads of an installation. Only those count that came at least *window* ago, each once: as
    won, if it was won within *window* after its capture, else as lost. A younger lead counts as
    neither, whatever became of it: only some of those that will be won have been. A lead whose data
    was deleted (erasure, retention) tells nothing."""
    rows: list[Example] = []
    young = later = 0
    for one in leads:
        if not can_be_scored(one.lead):
            continue
        captured, handling = one.lead.captured_at, one.handling
        if now - captured < window:
            young += 1
            continue
        is_won = handling.ending is Ending.WON
        in_time = is_won and (handling.ended_at or captured) - captured <= window
        later += is_won and not in_time
        found = capture_columns(before_scoring(one.lead), zone)
        order = captured.timestamp()
        rows.append(Example(found, captured, order, hash_place(one.lead.lead_id), in_time))
    rows.sort(key=lambda row: row.order)
    days = window / timedelta(days=1)
    notes = (
        f"{young} leads that came less than {days:g} days ago",
        f"{later} leads were won later than {days:g} days after they came: they count as lost",
    )
    return Examples(rows, True, True, f"won within {days:g} days", notes, own=True)


def hash_place(text: str) -> float:
    """The place of a text's hash among all hashes, 0 to 1."""
    return int.from_bytes(sha256(text.encode()).digest()[:6], "big") / float(1 << 48)


def _rows(table: LeadTable) -> list[dict[str, str]]:
    try:
        with table.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or ())
            rows = [dict(_cells(row)) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{table.path} can't be read: {error}") from error
    wanted = {table.outcome, table.time, *table.drop, *table.keep} - {""}
    if missing := sorted(wanted - set(names)):
        raise ConfigurationError(
            f"{table.path} has no column {', '.join(missing)} (it has: {', '.join(names)})"
        )
    return rows


def _cells(row: Mapping[str | None, str | list[str] | None]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if name and isinstance(value, str) and value.strip():
            yield name, value


def _won_value(table: LeadTable, values: Sequence[str]) -> str:
    there = {value.strip().lower() for value in values} - {""}
    if table.won == ANY or table.won.strip().lower() in there:
        return table.won.strip().lower()
    known = sorted(there & _WON)
    if not table.won and len(known) == 1 and there <= _WON | _LOST:
        return known[0]
    some = ", ".join(sorted(there)[:8])
    raise ConfigurationError(
        f"name the value of {table.outcome} that says that a lead was won with --won, or --won "
        f"'{ANY}' if any value does (it has: {some})"
    )


def _moments(
    table: LeadTable, rows: Sequence[Mapping[str, str]], zone: tzinfo
) -> Iterator[tuple[datetime, float]]:
    """When each row came and what orders it: a time, or a number that grows (then no time)."""
    if not table.time:
        yield from ((_NO_TIME, 0.0) for _ in rows)
        return
    values = [row.get(table.time, "") for row in rows]
    form = form_of_dates(values)
    for number, value in enumerate(values, 2):
        if form is not None and (at := time_in_form(value, form, zone)) is not None:
            yield at, at.timestamp()
        elif form is None and (order := as_number(value)) is not None:
            yield _NO_TIME, order
        else:
            raise ConfigurationError(
                f"{table.path}, row {number}: {table.time} is no time like those of other rows"
            )


def _example(
    row: Mapping[str, str],
    table: LeadTable,
    won: str,
    when: tuple[datetime, float],
    where: tuple[tzinfo, str],
) -> Example:
    unread = {table.outcome, table.time} | table.drop
    cells = {
        name: value
        for name, value in row.items()
        if name not in unread and (not table.keep or name in table.keep)
    }
    (at, order), (zone, region) = when, where
    lead = refine(guessed(cells, {}), About("", at, at, _FROM, region))
    text = "\n".join(f"{name}={row[name]}" for name in sorted(row) if name != table.outcome)
    said = row.get(table.outcome, "").strip().lower()
    is_won = bool(said) if won == ANY else said == won
    return Example(capture_columns(lead, zone), at, order, hash_place(text), is_won)
