"""Outcomes carried out: one transaction for a whole batch of them."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence

import apsw

from leadline.adapters.sqlite import bulk
from leadline.adapters.sqlite.database import micros, moment
from leadline.adapters.sqlite.inbox import count, micros_of
from leadline.formats import refined_head
from leadline.lead import Claim
from leadline.outcome import Done, Drop, Retry
from leadline.ports import Settlement


def numbers_of(db: apsw.Connection, lead_ids: Collection[str]) -> dict[str, int]:
    """The row numbers of leads, by id; unknown ids are left out."""
    keys = {uuid.UUID(i).bytes: i for i in lead_ids}
    return {keys[i]: n for i, n in bulk.select(db, "SELECT id, n FROM lead WHERE id IN ()", keys)}


def put(db: apsw.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Rows are (lead, step, channel, again, put_at, due_at)."""
    bulk.insert(
        db,
        "task (lead, step, channel, again, put_at, due_at)",
        rows,
        tail="""ON CONFLICT (lead, step, channel) DO UPDATE SET
                put_at = excluded.put_at, due_at = excluded.due_at, attempt = attempt + 1,
                again = excluded.again, failures = 0, leased = 0, error = '',
                dead_at = NULL, reason = NULL""",
    )


class Settling:
    """One transaction's worth of settlements."""

    def __init__(self, db: apsw.Connection, now: int, settlements: Sequence[Settlement]) -> None:
        self.db = db
        self.now = now
        self.settlements = settlements
        self.ended: list[int] = []
        self.refined: list[tuple[object, ...]] = []
        self.known: list[tuple[object, ...]] = []
        self.alerts: list[tuple[object, ...]] = []
        self.follow_ups: list[tuple[object, ...]] = []
        self.history: list[tuple[object, ...]] = []
        self.tally: Counter[tuple[str, str, str]] = Counter()

    def run(self) -> list[bool]:
        """Carry everything out; False where the claim had passed to somebody else."""
        rows = bulk.select(
            self.db,
            """SELECT task.n, attempt, task.lead, source FROM task JOIN lead ON lead.n = task.lead
               WHERE dead_at IS NULL AND task.n IN ()""",
            [s.claim.ref for s in self.settlements],
        )
        held = {(n, attempt): (lead, source) for n, attempt, lead, source in rows}
        self.numbers = self._numbers_of_first_seen()
        self.owners = self._owners_of_match_keys()
        carried_out = [self._one(s, held) for s in self.settlements]
        self._write()
        return carried_out

    def _one(self, one: Settlement, held: dict[tuple[int, int], tuple[int, str]]) -> bool:
        claim = one.claim
        found = held.get((claim.ref, claim.attempt))
        if found is None:
            return False
        lead, source = found
        match one.outcome:
            case Done() as done:
                return self._done(claim, lead, source, done)
            case Retry() as retry:
                self._retry(claim, lead, retry)
            case Drop() as drop:
                self._drop(claim, lead, source, drop)
        return True

    def _done(self, claim: Claim, lead: int, source: str, done: Done) -> bool:
        if done.refined is not None:
            first = done.refined.duplicate_of
            taken = [k for k in done.match_keys.values() if self.owners.get(k, lead) != lead]
            if taken and first is None:
                # Another worker refined the same person meanwhile: look again, and see them.
                self.db.execute(
                    "UPDATE task SET due_at = put_at, leased = 0 WHERE n = ?", (claim.ref,)
                )
                return False
            original = self.numbers.get(first.lead_id) if first else None
            self.refined.append(
                (
                    lead,
                    self.now,
                    done.refined.status,
                    original,
                    len(done.then),
                    refined_head(done.refined),
                )
            )
            for key in done.match_keys.values():
                self.owners.setdefault(key, lead)
                self.known.append((key, lead, micros(done.refined.captured_at), 1))
            self._count(source, done.refined.status)
            if first:
                self._count(source, "duplicate")
        if done.alert is not None:
            alert = done.alert
            self.alerts.append(
                (lead, alert.channel, micros(alert.sent_at), alert.template, int(alert.digest))
            )
            self._count(source, "alerted")
        if done.note:
            self.history.append((lead, self.now, done.note, ""))
        self.follow_ups += [
            (lead, t.step, t.channel, int(t.again), self.now, self.now) for t in done.then
        ]
        self.ended.append(claim.ref)
        return True

    def _retry(self, claim: Claim, lead: int, retry: Retry) -> None:
        self.db.execute(
            """UPDATE task SET put_at = ?, due_at = ?, leased = 0, failures = ?, error = ?
               WHERE n = ?""",
            (
                self.now,
                self.now + micros_of(retry.after),
                claim.failures + int(retry.counts),
                retry.why,
                claim.ref,
            ),
        )
        if retry.counts:
            self.history.append((lead, self.now, f"{claim.task.step}.failed", retry.why))

    def _drop(self, claim: Claim, lead: int, source: str, drop: Drop) -> None:
        self.db.execute(
            "UPDATE task SET dead_at = ?, leased = 0, reason = ?, error = ? WHERE n = ?",
            (self.now, drop.reason, drop.detail, claim.ref),
        )
        self.history.append((lead, self.now, f"{claim.task.step}.dead", drop.reason))
        self._count(source, f"{claim.task.step}.dead")

    def _count(self, source: str, what: str) -> None:
        self.tally[moment(self.now).strftime("%Y-%m-%d"), source, what] += 1

    def _numbers_of_first_seen(self) -> dict[str, int]:
        firsts = {
            s.outcome.refined.duplicate_of.lead_id
            for s in self.settlements
            if isinstance(s.outcome, Done) and s.outcome.refined and s.outcome.refined.duplicate_of
        }
        return numbers_of(self.db, firsts)

    def _owners_of_match_keys(self) -> dict[bytes, int]:
        keys = {
            k
            for s in self.settlements
            if isinstance(s.outcome, Done)
            for k in s.outcome.match_keys.values()
        }
        return dict(bulk.select(self.db, "SELECT key, lead FROM known WHERE key IN ()", keys))

    def _write(self) -> None:
        db = self.db
        bulk.insert(
            db,
            "refined",
            self.refined,
            tail="""ON CONFLICT DO UPDATE SET processed_at = excluded.processed_at,
                    status = excluded.status, duplicate_of = excluded.duplicate_of,
                    told = excluded.told, head = excluded.head""",
        )
        bulk.insert(db, "known", self.known, tail="ON CONFLICT DO NOTHING")
        bulk.insert(db, "alert (lead, channel, sent_at, template, digest)", self.alerts)
        bulk.select(db, "DELETE FROM task WHERE n IN ()", self.ended)
        put(db, self.follow_ups)
        bulk.insert(db, "history (lead, at, what, detail)", self.history)
        count(db, self.tally)
