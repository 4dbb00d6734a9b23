"""The queue: tasks are put, leased for a limited time, and settled."""

import logging
import os
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import apsw
from msgspec import json

from leadline.model.monitoring.event_notes import WORKER_DIED
from leadline.model.task import Drop, Lease, Step, Task
from leadline.ports.clock import Clock
from leadline.ports.store import Among, Settlement
from leadline.stores.deciding import TurnFailed, given_up
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.persons.candidates import CandidateIndex
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, micros_of, moment, text_of
from leadline.stores.sqlite.work.settling import Settling
from leadline.stores.sqlite.work.tasks import add_history, numbers_of, put, untold_since

log = logging.getLogger(__name__)
_sql = Queries(__name__)


class SqliteQueue:
    """`ports.store.Queue` on SQLite."""

    db: Database
    keys: KeyIndex
    candidate_index: CandidateIndex
    clock: Clock
    took: Callable[[Step], None] | None = None
    """Is called with the step of tasks that were leased."""

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
                add_history(db, [(row[0], now, note, row[1]) for row in rows])

    def lease(
        self,
        step: Step,
        limit: int,
        duration: timedelta,
        channel: str = "",
        among: Among | None = None,
    ) -> list[Lease]:
        """See `ports.store.Queue.lease`."""
        now = micros(self.clock())
        wanted: list[int] = []
        if among is None:
            if not self.db.rows(_sql.any_due, step, channel, now) or not self.db.may_take_more():
                return []
        elif not (wanted := self._due_among(step, channel, now, among, limit)):
            return []
        with self.db.writing() as db:
            if among is None:
                rows = bulk.query(db, _sql.hot_due, step, channel, now, limit)
                if len(rows) < limit:
                    rows += bulk.query(db, _sql.due, step, channel, now, limit - len(rows))
            else:
                found = bulk.select(db, _sql.still_due, wanted, step, channel, now)
                rows = sorted(found, key=lambda row: (row[-1], row[-2]))
            rows = _alone_if_it_killed_its_worker(rows)
            until = now + micros_of(duration)
            leads = [row[0] for row in rows]
            bulk.select(db, _sql.lease, leads, os.getpid(), now, until, step, channel)
        if rows and self.took is not None:
            self.took(step)
        return [_lease_of(step, channel, row, moment(until)) for row in rows]

    def _due_among(self, step: Step, channel: str, now: int, among: Among, limit: int) -> list[int]:
        """The leads whose tasks are due, hot ones first, longest due first. Tasks of other sources
        are skipped one by one, so this is read before the write lock is taken."""
        sources = json.encode(sorted(among.sources)).decode()
        bindings = (step, channel, now, sources, not among.others)
        found = self.db.rows(_sql.hot_due_among, *bindings, limit)
        if (left := limit - len(found)) > 0:
            found = [*found, *self.db.rows(_sql.due_among, *bindings, left)]
        return [lead for (lead,) in found]

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """See `ports.store.Queue.settle`."""
        try:
            return self._settle_together(settlements)
        except (apsw.Error, TurnFailed) as error:
            if len(settlements) == 1 and isinstance(error, apsw.Error):
                raise
            # One of them cannot be stored: settle each alone, so that the others are.
            log.warning("settle.apart", extra={"error": type(error).__name__})
        return [self._settle_alone(one) for one in settlements]

    def _settle_alone(self, one: Settlement) -> bool:
        try:
            return self._settle_together([one])[0]
        except TurnFailed as error:
            dead = Settlement(one.lease, given_up(one.lease, error))
            return self._settle_together([dead])[0]
        except apsw.Error as error:
            lead = one.lease.task.lead_id
            log.exception("settle.failed", extra={"lead": lead, "error": type(error).__name__})
            drop = Drop("store.refused", type(error).__name__)
            return self._settle_together([Settlement(one.lease, drop)])[0]

    def _settle_together(self, settlements: Sequence[Settlement]) -> list[bool]:
        now = micros(self.clock())
        with (
            self.keys.forgetting_on_failure(),
            self.candidate_index.forgetting_on_failure(),
            self.db.writing() as db,
        ):
            return Settling(db, self.keys, self.candidate_index, now, settlements).run()

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """See `ports.store.Queue.next_due`."""
        ((due_at,),) = self.db.rows(_sql.next_due, step, channel)
        return None if due_at is None else moment(due_at)

    def count_due(self, step: Step, channel: str = "") -> int:
        """See `ports.store.Queue.count_due`."""
        ((due,),) = self.db.rows(_sql.count_due, step, channel, micros(self.clock()))
        return int(due)

    def untold_since(self, channels: Collection[str]) -> datetime | None:
        """See `ports.store.Queue.untold_since`."""
        del channels  # unlike on AWS, tasks of all channels are found at once
        return untold_since(self.db, self.clock())

    def rebase(self) -> int:
        """See `ports.store.Queue.rebase`."""
        now = micros(self.clock())
        with self.db.writing() as db:
            db.execute(_sql.rebase_tasks, (now,))
            moved = db.changes()
            db.execute(_sql.rebase_pauses, (now,))
            db.execute(_sql.rebase_trouble, (now,))
        return moved

    def release(self, holder: int) -> int:
        """End the leases of a process that has died; returns the number of tasks."""
        now = micros(self.clock())
        with self.db.writing() as db:
            db.execute(_sql.release, (now, holder))
            return db.changes()

    def set_apart(self, holder: int, lead_id: str, hold: timedelta) -> int:
        """End the leases of a process that hangs, as if its tasks had never been leased, except for
        the lead at which it hangs: that stays leased for *hold*, and is leased alone after that.

        Returns the number of tasks given back; zero if no task of the lead is leased by it.
        """
        now = micros(self.clock())
        with self.db.writing() as db:
            number = numbers_of(db, {lead_id}).get(lead_id)
            db.execute(_sql.prolong, (now + micros_of(hold), holder, number))
            if not db.changes():
                return 0
            db.execute(_sql.give_back_others, (holder, number))
            return db.changes()


def _lease_of(step: Step, channel: str, row: tuple[Any, ...], until: datetime) -> Lease:
    lead, key, again, attempt, failures, leased, error, due_at, _ = row
    return Lease(
        Task(step, text_of(key), channel, bool(again)),
        attempt=attempt,
        failures=failures,
        error=WORKER_DIED if leased else error,
        due_at=moment(due_at),
        ref=lead,
        until=until,
    )


def _alone_if_it_killed_its_worker(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    suspects = [i for i, row in enumerate(rows) if row[5]]
    if not suspects:
        return rows
    return rows[: suspects[0]] or rows[:1]
