"""The read side of the embedded store."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from leadline.adapters.sqlite import bulk
from leadline.adapters.sqlite.accounting import account
from leadline.adapters.sqlite.database import Database, micros, moment
from leadline.lead import Alert, RefinedLead, Status, Step
from leadline.reports import (
    Account,
    Backlog,
    DeadGroup,
    Happening,
    LeadFilter,
    LeadRow,
    LeadStory,
    RelatedEvent,
    Tally,
    TaskRow,
)

_head = msgspec.json.Decoder(RefinedLead)

# Status is not stored but follows from the other tables.
_STATUS = """
  CASE
    WHEN lead.fate <> 'captured' THEN lead.fate
    WHEN refined.status = 'quarantined' THEN 'quarantined'
    WHEN EXISTS (SELECT 1 FROM task WHERE task.lead = lead.n AND dead_at IS NOT NULL) THEN 'dead'
    WHEN refined.lead IS NULL THEN 'waiting'
    WHEN EXISTS (SELECT 1 FROM alert WHERE alert.lead = lead.n) THEN 'alerted'
    ELSE 'refined'
  END"""
_ROW = f"""
  SELECT lead.n, lead.id, lead.captured_at, lead.source, {_STATUS} AS status, lead.why,
         refined.head, original.id
  FROM lead
  LEFT JOIN refined ON refined.lead = lead.n
  LEFT JOIN lead original ON original.n = refined.duplicate_of
"""  # noqa: S608 - our own words


class SqliteLedger:
    """`reports.Ledger` on SQLite."""

    def __init__(self, folder: Path) -> None:
        self._db = Database(folder, read_only=True)

    def find(self, which: LeadFilter) -> Sequence[LeadRow]:
        """See `reports.Ledger.find`."""
        conditions, values = _conditions(which)
        where = " AND ".join(conditions) or "1"
        sql = f"{_ROW} WHERE {where} ORDER BY lead.n DESC LIMIT ?"
        return [_row(row) for row in self._db.rows(sql, *values, which.limit)]

    def complete(self, prefix: str) -> Sequence[str]:
        """See `reports.Ledger.complete`."""
        digits = prefix.replace("-", "").lower()
        if not digits or len(digits) > 32 or set(digits) - set("0123456789abcdef"):
            return []
        first = uuid.UUID(digits.ljust(32, "0")).bytes
        last = uuid.UUID(digits.ljust(32, "f")).bytes
        rows = self._db.rows("SELECT id FROM lead WHERE id BETWEEN ? AND ? LIMIT 10", first, last)
        return [_text(row[0]) for row in rows]

    def story(self, lead_id: str) -> LeadStory | None:
        """See `reports.Ledger.story`."""
        with self._db.reading() as db:
            rows = bulk.query(db, f"{_ROW} WHERE lead.id = ?", uuid.UUID(lead_id).bytes)
            if not rows:
                return None
            number = rows[0][0]
            ((raw, media_type, record),) = bulk.query(
                db,
                """SELECT raw.raw, raw.media_type, lead.record FROM lead
                   LEFT JOIN raw ON raw.lead = lead.n WHERE lead.n = ?""",
                number,
            )
            return LeadStory(
                row=_row(rows[0]),
                raw=msgspec.Raw(raw or b"null"),
                media_type=media_type or "",
                record=record,
                timeline=self._timeline(number, rows[0]),
                tasks=self._tasks(number),
                alerts=self._alerts(number, lead_id),
                related=self._related(number),
                refined=msgspec.Raw(rows[0][6]) if rows[0][6] else None,
            )

    def _timeline(self, number: int, row: tuple[Any, ...]) -> tuple[Happening, ...]:
        happened = [Happening(moment(row[2]), "captured", row[5])]
        happened += [
            Happening(moment(at), what, detail)
            for at, what, detail in self._db.rows(
                "SELECT at, what, detail FROM history WHERE lead = ? ORDER BY n", number
            )
        ]
        happened += [
            Happening(moment(at), f"event.{fate}", why)
            for at, fate, why in self._db.rows(
                "SELECT captured_at, fate, why FROM lead WHERE joined = ?", number
            )
        ]
        happened += [
            Happening(moment(at), status, "")
            for at, status in self._db.rows(
                "SELECT processed_at, status FROM refined WHERE lead = ?", number
            )
        ]
        happened += [
            Happening(moment(at), "alerted", f"{channel}, {template}")
            for at, channel, template in self._db.rows(
                "SELECT sent_at, channel, template FROM alert WHERE lead = ?", number
            )
        ]
        return tuple(sorted(happened, key=lambda h: h.at))

    def _tasks(self, number: int) -> tuple[TaskRow, ...]:
        rows = self._db.rows(
            """SELECT step, channel, due_at, attempt, failures, leased, error, dead_at, reason
               FROM task WHERE lead = ?""",
            number,
        )
        return tuple(
            TaskRow(
                Step(step),
                channel,
                moment(due_at),
                attempts,
                failures,
                bool(leased),
                error,
                moment(dead_at) if dead_at is not None else None,
                reason,
            )
            for step, channel, due_at, attempts, failures, leased, error, dead_at, reason in rows
        )

    def _alerts(self, number: int, lead_id: str) -> tuple[Alert, ...]:
        rows = self._db.rows(
            "SELECT channel, sent_at, template, digest FROM alert WHERE lead = ? ORDER BY n",
            number,
        )
        return tuple(
            Alert(lead_id, channel, moment(at), template, bool(digest))
            for channel, at, template, digest in rows
        )

    def _related(self, number: int) -> tuple[RelatedEvent, ...]:
        rows = self._db.rows(
            """SELECT id, captured_at, kind, fate, why, raw FROM lead
               JOIN raw ON raw.lead = lead.n WHERE joined = ? ORDER BY lead.n""",
            number,
        )
        return tuple(
            RelatedEvent(_text(i), moment(at), kind, fate, why, msgspec.Raw(raw))
            for i, at, kind, fate, why, raw in rows
        )

    def dead(self) -> Sequence[DeadGroup]:
        """See `reports.Ledger.dead`."""
        rows = self._db.rows(
            """SELECT step, reason, count(*), min(dead_at), max(dead_at), id, error
               FROM task JOIN lead ON lead.n = task.lead
               WHERE dead_at IS NOT NULL GROUP BY step, reason ORDER BY 3 DESC"""
        )
        return [
            DeadGroup(Step(step), reason, count, moment(first), moment(last), _text(i), error)
            for step, reason, count, first, last, i, error in rows
        ]

    def backlog(self, now: datetime) -> Sequence[Backlog]:
        """See `reports.Ledger.backlog`."""
        rows = self._db.rows(
            """SELECT step, channel, sum(dead_at IS NULL AND leased = 0),
                      sum(dead_at IS NULL AND leased = 0 AND due_at <= :now),
                      sum(dead_at IS NULL AND leased <> 0), sum(dead_at IS NOT NULL),
                      min(CASE WHEN dead_at IS NULL AND due_at <= :now THEN due_at END)
               FROM task GROUP BY step, channel""".replace(":now", str(micros(now)))
        )
        return [
            Backlog(
                Step(step),
                channel,
                waiting,
                due,
                held,
                dead,
                moment(oldest) if oldest is not None else None,
            )
            for step, channel, waiting, due, held, dead, oldest in rows
        ]

    def tallies(self) -> Sequence[Tally]:
        """See `reports.Ledger.tallies`."""
        return [Tally(*row) for row in self._db.rows("SELECT * FROM tally ORDER BY day")]

    def account(self, *, deep: bool = False) -> Account:
        """See `reports.Ledger.account`."""
        with self._db.reading() as db:
            return account(db, deep=deep)

    def close(self) -> None:
        """See `reports.Ledger.close`."""
        self._db.close()


def _text(lead_id: bytes) -> str:
    return str(uuid.UUID(bytes=lead_id))


def _row(row: tuple[Any, ...]) -> LeadRow:
    _, lead_id, captured_at, source, status, why, head, original = row
    base = LeadRow(_text(lead_id), moment(captured_at), source, Status(status), why)
    if head is None:
        return base
    lead = _head.decode(head)
    return msgspec.structs.replace(
        base,
        name=lead.contact.name,
        email=lead.contact.email,
        phone=lead.contact.phone,
        company=lead.contact.company,
        owner=lead.lead_details.owner,
        score=lead.lead_details.lead_score,
        duplicate_of=_text(original) if original else None,
    )


def _conditions(which: LeadFilter) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []

    def add(condition: str, *bound: Any) -> None:
        conditions.append(condition)
        values.extend(bound)

    if which.ids:
        marks = ",".join("?" * len(which.ids))
        add(f"lead.id IN ({marks})", *(uuid.UUID(i).bytes for i in which.ids))
    if which.status is not None:
        add(f"{_STATUS} = ?", str(which.status))
    elif not which.ids:
        # By default only leads are listed, not the events that were none.
        add("lead.fate = 'captured'")
    if which.source is not None:
        add("lead.source = ?", which.source)
    if which.since is not None:
        add("lead.captured_at >= ?", micros(which.since))
    if which.until is not None:
        add("lead.captured_at < ?", micros(which.until))
    if which.search:
        word = which.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        places = ("name", "email", "company")
        tests = [f"refined.head ->> '$.contact.{place}' LIKE ? ESCAPE '\\'" for place in places]
        digits = which.search.replace("-", "").lower()
        tests.append("lower(hex(lead.id)) LIKE ?")
        add(f"({' OR '.join(tests)})", *[f"%{word}%"] * len(places), f"{digits}%")
    if which.reason is not None:
        add("EXISTS (SELECT 1 FROM task WHERE task.lead = lead.n AND reason = ?)", which.reason)
    return conditions, values
