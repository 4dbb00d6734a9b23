"""Which leads a question is about: the filter of a list in the words of SQL."""

import uuid
from typing import Any

import apsw

from leadline.ports.ledger import LeadFilter, id_digits, searchable
from leadline.stores.sqlite.database import micros

FROM = "FROM lead LEFT JOIN refined ON refined.lead = lead.n"
# Status is not stored but follows from the other tables.
STATUS = """
  CASE
    WHEN lead.fate <> 'captured' THEN lead.fate
    WHEN refined.status = 'quarantined' THEN 'quarantined'
    WHEN EXISTS (SELECT 1 FROM task WHERE task.lead = lead.n AND step IN ('refine', 'notify')
                                      AND dead_at IS NOT NULL) THEN 'dead'
    WHEN refined.lead IS NULL THEN 'waiting'
    WHEN EXISTS (SELECT 1 FROM alert WHERE alert.lead = lead.n AND step = 'notify') THEN 'alerted'
    ELSE 'refined'
  END"""
# Where a search looks, in one reading of the document.
_WORDS = """
  CASE
    WHEN refined.lead IS NULL THEN
      folded((SELECT CAST(raw.raw AS TEXT) FROM raw WHERE raw.lead = lead.n))
    ELSE
      folded(json_extract(refined.head, '$.contact.name', '$.contact.email', '$.contact.company'))
  END"""


def teach_to_search(connection: apsw.Connection) -> None:
    """Give the connection the function that searches need; SQLite's own LIKE knows the case of
    ASCII alone."""
    connection.create_scalar_function("folded", _folded, 1, deterministic=True)


def _folded(*arguments: Any) -> str | None:
    (words,) = arguments
    return searchable(words) if isinstance(words, str) else None


def ids_that_begin(prefix: str) -> tuple[bytes, bytes] | None:
    """The first and the last id that may begin so; None when no id does."""
    digits = id_digits(prefix)
    if not digits:
        return None
    first, last = (uuid.UUID(digits.ljust(32, end)).bytes for end in "0f")
    return first, last


def conditions(which: LeadFilter) -> tuple[str, list[Any]]:
    """What comes behind WHERE, and the values of its question marks."""
    all_of = ["1"]
    values: list[Any] = []

    def add(condition: str, *bound: Any) -> None:
        all_of.append(condition)
        values.extend(bound)

    if which.ids:
        marks = ",".join("?" * len(which.ids))
        add(f"lead.id IN ({marks})", *(uuid.UUID(i).bytes for i in which.ids))
    if which.status is not None:
        add(f"{STATUS} = ?", str(which.status))
    elif not which.ids and not which.events:
        add("lead.fate = 'captured'")
    if which.source is not None:
        add("lead.source = ?", which.source)
    if which.since is not None:
        add("lead.captured_at >= ?", micros(which.since))
    if which.until is not None:
        add("lead.captured_at < ?", micros(which.until))
    if which.search:
        bounds = ids_that_begin(which.search)
        begins = "lead.id BETWEEN ? AND ? OR" if bounds else ""
        add(f"({begins} instr({_WORDS}, ?))", *(bounds or ()), which.search.casefold())
    if which.reason is not None:
        add("EXISTS (SELECT 1 FROM task WHERE task.lead = lead.n AND reason = ?)", which.reason)
    if which.dead:
        add("lead.n IN (SELECT lead FROM task WHERE dead_at IS NOT NULL)")
    return " AND ".join(all_of), values
