"""Filters of leads as conditions in SQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw

from leadline.model.ids import lowest_id
from leadline.ports.reading.ledger import UNOWNED_STATUSES, LeadFilter, id_digits, searchable
from leadline.ports.reading.listing import FEWEST_DIGITS
from leadline.stores.facets import digits_of
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros

_sql = Queries(__name__)
_Condition = tuple[str, tuple[Any, ...]]
_SLACK = timedelta(days=1)
"""By so much an id may be of an earlier time than the lead's capture."""
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


def teach_to_search(connection: apsw.Connection) -> None:
    """Add the SQL functions that searches need; SQLite's LIKE ignores case only for ASCII."""
    connection.create_scalar_function("folded", _folded, 1, deterministic=True)
    connection.create_scalar_function("digits", _digits, 1, deterministic=True)


def _folded(*arguments: Any) -> str | None:
    (words,) = arguments
    return searchable(words) if isinstance(words, str) else None


def _digits(*arguments: Any) -> str | None:
    (number,) = arguments
    return digits_of(number) if isinstance(number, str) else None


def ids_that_begin(prefix: str) -> tuple[bytes, bytes] | None:
    """The lowest and the highest possible id with this prefix; None if no id can have it."""
    digits = id_digits(prefix)
    if not digits:
        return None
    first, last = (bytes_of(digits.ljust(32, end)) for end in "0f")
    return first, last


def about(query: str, which: LeadFilter) -> tuple[str, list[Any]]:
    """A query with its `{selection}` (and `{status}`) filled in, and the values of the question
    marks in the selection."""
    parts = (_which_events, _which_captures, _which_owners, _which_tasks)
    conditions = [condition for part in parts for condition in part(which)]
    selection = " AND ".join(condition for condition, _ in conditions) or "1"
    values = [value for _, bound in conditions for value in bound]
    return query.format(selection=selection, status=_sql.status), values


def _which_events(which: LeadFilter) -> Iterator[_Condition]:
    if which.ids:
        marks = ",".join("?" * len(which.ids))
        yield _sql.has_ids.replace("()", f"({marks})"), tuple(bytes_of(i) for i in which.ids)
    if which.status is not None:
        yield _sql.has_status.format(status=_sql.status), (str(which.status),)
    elif not which.ids and not which.events:
        yield _sql.is_lead, ()


def _which_captures(which: LeadFilter) -> Iterator[_Condition]:
    if which.source is not None:
        yield _sql.has_source, (which.source,)
    if which.since is not None:
        first = lowest_id(max(which.since, _EARLIEST) - _SLACK)
        yield _sql.since, (micros(which.since), bytes_of(first))
    if which.until is not None:
        yield _sql.until, (micros(which.until),)
    if which.search:
        yield _has_text(which.search)


def _has_text(text: str) -> _Condition:
    """The words of the lead, its number or record, or a part of its id, are this text."""
    parts: list[_Condition] = [
        (_sql.has_words, (text.casefold(),)),
        (_sql.is_of_record, (text.strip(),)),
    ]
    if digits := digits_of(text):
        parts.append((_sql.has_number, (digits, digits)))
    if bounds := ids_that_begin(text):
        parts.append((_sql.has_id_between, bounds))
    if len(digits := id_digits(text)) >= FEWEST_DIGITS:
        parts.append((_sql.has_id_ending, (len(digits), digits.upper())))
    words = " OR ".join(condition for condition, _ in parts)
    return f"({words})", tuple(value for _, values in parts for value in values)


def _which_owners(which: LeadFilter) -> Iterator[_Condition]:
    if which.unowned:
        marks = ",".join("?" * len(UNOWNED_STATUSES))
        yield _sql.is_unowned, ()
        in_one = _sql.has_one_status.replace("()", f"({marks})").format(status=_sql.status)
        yield in_one, tuple(map(str, UNOWNED_STATUSES))


def _which_tasks(which: LeadFilter) -> Iterator[_Condition]:
    if which.reason is not None:
        yield _sql.has_reason, (which.reason,)
    if which.dead:
        yield _sql.has_dead_task, ()
