"""The read side of the embedded store."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from leadline.model.ids import is_lead_id
from leadline.model.lead import RefinedLead, Status
from leadline.model.task import Alert, Step, Task, told_as
from leadline.ports.ledger import (
    Account,
    Backlog,
    DeadGroup,
    Followed,
    Happening,
    LeadFilter,
    LeadRow,
    LeadStory,
    RelatedEvent,
    Tally,
    TaskRow,
    owner_of,
)
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import Database, micros, moment
from leadline.stores.sqlite.handling import handling_decoder
from leadline.stores.sqlite.reading.accounting import account
from leadline.stores.sqlite.reading.selection import (
    FROM,
    STATUS,
    conditions,
    ids_that_begin,
    teach_to_search,
)
from leadline.stores.sqlite.reading.speed import followed_rows, held_rows

_head = msgspec.json.Decoder(RefinedLead)

_ROW = f"""
  SELECT lead.n, lead.id, lead.captured_at, lead.source, {STATUS} AS status, lead.why,
         refined.head, original.id, handling.body
  {FROM}
  LEFT JOIN handling ON handling.lead = lead.n
  LEFT JOIN lead original ON original.n = refined.duplicate_of
"""
_REPEATS_SHOWN = 100


class SqliteLedger:
    """`ports.ledger.Ledger` on SQLite."""

    def __init__(self, folder: Path) -> None:
        self._db = Database(folder, read_only=True)
        teach_to_search(self._db.connection)

    def find(self, which: LeadFilter) -> Sequence[LeadRow]:
        """See `ports.ledger.Ledger.find`."""
        where, values = conditions(which)
        sql = f"{_ROW} WHERE {where} ORDER BY lead.n DESC LIMIT ?"
        return [_row(row) for row in self._db.rows(sql, *values, which.limit)]

    def ids(self, which: LeadFilter) -> Sequence[str]:
        """See `ports.ledger.Ledger.ids`."""
        where, values = conditions(which)
        sql = f"SELECT lead.id {FROM} WHERE {where} ORDER BY lead.n"
        return [_text(row[0]) for row in self._db.rows(sql, *values)]

    def complete(self, prefix: str) -> Sequence[str]:
        """See `ports.ledger.Ledger.complete`."""
        bounds = ids_that_begin(prefix)
        if bounds is None:
            return []
        rows = self._db.rows("SELECT id FROM lead WHERE id BETWEEN ? AND ? LIMIT 10", *bounds)
        return [_text(row[0]) for row in rows]

    def story(self, lead_id: str) -> LeadStory | None:
        """See `ports.ledger.Ledger.story`."""
        if not is_lead_id(lead_id):
            return None
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
                repeated_by=self._repeats(number),
                handling=handling_decoder.decode(rows[0][8]) if rows[0][8] else None,
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
            Happening(moment(at), told_as(step), f"{channel}, {template}")
            for at, channel, template, step in self._db.rows(
                "SELECT sent_at, channel, template, step FROM alert WHERE lead = ?", number
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
            """SELECT channel, sent_at, template, digest, ref, step FROM alert
               WHERE lead = ? ORDER BY sent_at, n""",
            number,
        )
        return tuple(
            Alert(lead_id, channel, moment(at), template, bool(digest), ref, Step(step))
            for channel, at, template, digest, ref, step in rows
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

    def _repeats(self, number: int) -> tuple[str, ...]:
        rows = self._db.rows(
            """SELECT id FROM refined JOIN lead ON lead.n = refined.lead
               WHERE duplicate_of = ? ORDER BY n LIMIT ?""",
            number,
            _REPEATS_SHOWN,
        )
        return tuple(_text(row[0]) for row in rows)

    def dead(self) -> Sequence[DeadGroup]:
        """See `ports.ledger.Ledger.dead`."""
        # Next to a single max(), SQLite takes the bare columns from the row that has it.
        rows = self._db.rows(
            """SELECT step, reason, count, first_at, last_at, id, error FROM (
                 SELECT step, reason, lead AS newest, error, max(dead_at) AS last_at
                 FROM task WHERE dead_at IS NOT NULL GROUP BY step, reason
               ) JOIN (
                 SELECT step, reason, count(*) AS count, min(dead_at) AS first_at
                 FROM task WHERE dead_at IS NOT NULL GROUP BY step, reason
               ) USING (step, reason)
               JOIN lead ON lead.n = newest ORDER BY count DESC"""
        )
        return [
            DeadGroup(Step(step), reason, count, moment(first), moment(last), _text(i), error)
            for step, reason, count, first, last, i, error in rows
        ]

    def dead_tasks(
        self, lead_ids: Sequence[str], reason: str | None = None
    ) -> Mapping[str, Sequence[Task]]:
        """See `ports.ledger.Ledger.dead_tasks`."""
        with self._db.reading() as db:
            rows = bulk.select(
                db,
                """SELECT id, step, channel, again FROM task JOIN lead ON lead.n = task.lead
                   WHERE dead_at IS NOT NULL AND reason = coalesce(?, reason) AND id IN ()
                   ORDER BY task.lead, step, channel""",
                [uuid.UUID(i).bytes for i in lead_ids],
                reason,
            )
        found: dict[str, list[Task]] = defaultdict(list)
        for key, step, channel, again in rows:
            lead_id = _text(key)
            found[lead_id].append(Task(Step(step), lead_id, channel, bool(again)))
        return dict(found)

    def backlog(self, now: datetime) -> Sequence[Backlog]:
        """See `ports.ledger.Ledger.backlog`."""
        at = micros(now)
        rows = self._db.rows(
            """SELECT step, channel,
                      sum(dead_at IS NULL AND (leased = 0 OR due_at <= ?)),
                      sum(dead_at IS NULL AND due_at <= ?),
                      sum(dead_at IS NULL AND leased <> 0 AND due_at > ?),
                      sum(dead_at IS NOT NULL),
                      min(CASE WHEN dead_at IS NULL AND due_at <= ? THEN due_at END)
               FROM task GROUP BY step, channel""",
            *[at] * 4,
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

    def followed(self, which: LeadFilter) -> Iterator[Followed]:
        """See `ports.ledger.Ledger.followed`."""
        return followed_rows(self._db, which)

    def held(self) -> Sequence[str]:
        """See `ports.ledger.Ledger.held`."""
        return held_rows(self._db)

    def tallies(self) -> Sequence[Tally]:
        """See `ports.ledger.Ledger.tallies`."""
        return [Tally(*row) for row in self._db.rows("SELECT * FROM tally ORDER BY day")]

    def account(self, *, deep: bool = False) -> Account:
        """See `ports.ledger.Ledger.account`."""
        with self._db.reading() as db:
            return account(db, deep=deep)

    def close(self) -> None:
        """See `ports.ledger.Ledger.close`."""
        self._db.close()


def _text(lead_id: bytes) -> str:
    return str(uuid.UUID(bytes=lead_id))


def _row(row: tuple[Any, ...]) -> LeadRow:
    _, lead_id, captured_at, source, status, why, head, original, handled = row
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
        owner=owner_of(lead, handling_decoder.decode(handled) if handled else None),
        score=lead.lead_details.lead_score,
        duplicate_of=_text(original) if original else None,
    )
