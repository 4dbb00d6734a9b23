"""Tasks that wait, are claimed for a while, and are settled."""

import logging
import os
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import apsw

from leadline.model.lead import WORKER_DIED
from leadline.model.task import Claim, Drop, Step, Task
from leadline.ports.clock import Clock
from leadline.ports.store import Settlement
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import Database, micros, micros_of, moment
from leadline.stores.sqlite.keys import KeyIndex
from leadline.stores.sqlite.settling import Settling
from leadline.stores.sqlite.tasks import numbers_of, put

log = logging.getLogger(__name__)


class SqliteQueue:
    """`ports.store.Queue` on SQLite."""

    db: Database
    keys: KeyIndex
    clock: Clock

    def put(self, tasks: Sequence[Task], due_at: datetime, note: str = "") -> None:
        """See `ports.store.Queue.put`."""
        now = micros(self.clock())
        with self.db.writing() as db:
            numbers = numbers_of(db, {t.lead_id for t in tasks})
            rows = [
                (numbers[t.lead_id], t.step, t.channel, int(t.again), now, micros(due_at))
                for t in tasks
                if t.lead_id in numbers
            ]
            put(db, rows)
            if note:
                notes = [(row[0], now, note, row[1]) for row in rows]
                bulk.insert(db, "history (lead, at, what, detail)", notes)

    def claim(self, step: Step, limit: int, lease: timedelta, channel: str = "") -> list[Claim]:
        """See `ports.store.Queue.claim`."""
        now = micros(self.clock())
        if not self._any_due(step, channel, now):
            return []
        with self.db.writing() as db:
            rows = bulk.query(
                db,
                """SELECT task.lead, lead.id, again, attempt + 1, failures + (leased <> 0),
                          leased, error, due_at
                   FROM task JOIN lead ON lead.n = task.lead
                   WHERE step = ? AND channel = ? AND dead_at IS NULL AND due_at <= ?
                   ORDER BY due_at LIMIT ?""",
                step,
                channel,
                now,
                limit,
            )
            rows = _alone_if_it_killed_its_worker(rows)
            bulk.select(
                db,
                """UPDATE task SET attempt = attempt + 1, failures = failures + (leased <> 0),
                          leased = ?, put_at = ?, due_at = ?
                   WHERE step = ? AND channel = ? AND lead IN ()""",
                [row[0] for row in rows],
                os.getpid(),
                now,
                now + micros_of(lease),
                step,
                channel,
            )
        return [
            Claim(
                Task(step, str(uuid.UUID(bytes=row[1])), channel, bool(row[2])),
                attempt=row[3],
                failures=row[4],
                error=WORKER_DIED if row[5] else row[6],
                due_at=moment(row[7]),
                ref=row[0],
            )
            for row in rows
        ]

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """See `ports.store.Queue.settle`."""
        try:
            return self._settle_together(settlements)
        except apsw.Error as error:
            if len(settlements) == 1:
                raise
            # One of them can't be stored; alone, each of the others can.
            log.warning("settle.apart", extra={"error": type(error).__name__})
        return [self._settle_alone(one) for one in settlements]

    def _settle_alone(self, one: Settlement) -> bool:
        try:
            return self._settle_together([one])[0]
        except apsw.Error as error:
            lead = one.claim.task.lead_id
            log.exception("settle.failed", extra={"lead": lead, "error": type(error).__name__})
            drop = Drop("store.refused", type(error).__name__)
            return self._settle_together([Settlement(one.claim, drop)])[0]

    def _settle_together(self, settlements: Sequence[Settlement]) -> list[bool]:
        now = micros(self.clock())
        with self.keys.forgetting_on_failure(), self.db.writing() as db:
            return Settling(db, self.keys, now, settlements).run()

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """See `ports.store.Queue.next_due`."""
        rows = self.db.rows(
            """SELECT min(due_at) FROM task
               WHERE step = ? AND channel = ? AND dead_at IS NULL""",
            step,
            channel,
        )
        return None if rows[0][0] is None else moment(rows[0][0])

    def count_due(self, step: Step, channel: str = "") -> int:
        """See `ports.store.Queue.count_due`."""
        rows = self.db.rows(
            """SELECT count(*) FROM task
               WHERE step = ? AND channel = ? AND dead_at IS NULL AND due_at <= ?""",
            step,
            channel,
            micros(self.clock()),
        )
        return int(rows[0][0])

    def rebase(self) -> int:
        """See `ports.store.Queue.rebase`."""
        now = micros(self.clock())
        with self.db.writing() as db:
            db.execute(
                """UPDATE task SET due_at = ? + (due_at - put_at), put_at = ?
                   WHERE put_at > ? AND dead_at IS NULL""",
                (now, now, now),
            )
            moved = db.changes()
            db.execute("UPDATE channel SET free_at = ? WHERE free_at > ?", (now, now))
            db.execute("UPDATE channel SET failing_since = ? WHERE failing_since > ?", (now, now))
        return moved

    def release(self, holder: int) -> int:
        """Give back at once what a process that has died still held; returns how many tasks."""
        now = micros(self.clock())
        with self.db.writing() as db:
            db.execute(
                "UPDATE task SET due_at = ? WHERE leased = ? AND due_at > ?", (now, holder, now)
            )
            return db.changes()

    def set_apart(self, holder: int, lead_id: str, hold: timedelta) -> int:
        """Give back what a process that hangs holds, as if it had never been taken, but for the
        lead at which it hangs: that stays its own for *hold*, and is handed out alone after it.

        Returns how many tasks were given back. Where nothing of the lead is held, none are.
        """
        now = micros(self.clock())
        with self.db.writing() as db:
            number = numbers_of(db, {lead_id}).get(lead_id)
            db.execute(
                "UPDATE task SET due_at = ? WHERE leased = ? AND lead = ?",
                (now + micros_of(hold), holder, number),
            )
            if not db.changes():
                return 0
            db.execute(
                "UPDATE task SET due_at = put_at, leased = 0 WHERE leased = ? AND lead <> ?",
                (holder, number),
            )
            return db.changes()

    def _any_due(self, step: Step, channel: str, now: int) -> bool:
        return bool(
            self.db.rows(
                """SELECT 1 FROM task WHERE step = ? AND channel = ? AND dead_at IS NULL
                   AND due_at <= ? LIMIT 1""",
                step,
                channel,
                now,
            )
        )


def _alone_if_it_killed_its_worker(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    suspects = [i for i, row in enumerate(rows) if row[5]]
    if not suspects:
        return rows
    return rows[: suspects[0]] or rows[:1]
