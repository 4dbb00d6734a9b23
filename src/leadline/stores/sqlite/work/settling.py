"""Carrying out outcomes of tasks: a whole batch in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from zlib import crc32

import apsw

from leadline.model.facts.scored_leads import is_hot
from leadline.model.formats import refined_head
from leadline.model.handling import Handling
from leadline.model.task import Done, Drop, Later, Lease, Retry, Step, Turn, event_name
from leadline.ports.store import Settlement
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.persons.candidates import CandidateIndex
from leadline.stores.sqlite.persons.likeness import LikenessKeeping
from leadline.stores.sqlite.privacy.scrubbing import overwriting
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, micros_of, moment
from leadline.stores.sqlite.work.assigning import DocumentsOfBatch
from leadline.stores.sqlite.work.attempts import keep_attempts
from leadline.stores.sqlite.work.handling import handled_among, keep_first_handlings
from leadline.stores.sqlite.work.tasks import add_history, count, numbers_of, put, rows_of

_sql = Queries(__name__)


class Settling:
    """Carries out settlements in one transaction."""

    def __init__(
        self,
        db: apsw.Connection,
        keys: KeyIndex,
        candidates: CandidateIndex,
        now: int,
        settlements: Sequence[Settlement],
    ) -> None:
        self.db = db
        self.keys = keys
        self.likenesses = LikenessKeeping(db, candidates)
        self.now = now
        self.settlements = settlements
        self.ended: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.dropped: list[tuple[object, ...]] = []
        self.refined: list[tuple[object, ...]] = []
        self.known: list[tuple[bytes, int, int, int]] = []
        self.alerts: list[tuple[object, ...]] = []
        self.elsewhere: dict[str, list[int]] = defaultdict(list)
        self.handlings: dict[int, Handling] = {}
        self.documents = DocumentsOfBatch(db)
        self.follow_ups: list[tuple[object, ...]] = []
        self.history: list[tuple[object, ...]] = []
        self.hot: list[int] = []
        self.replaces = False
        self.today = moment(now).date()
        self.tally: Counter[tuple[date, str, str]] = Counter()

    def run(self) -> list[bool]:
        """Carry out all settlements; False for each whose lease had ended or passed to another
        worker."""
        self.leased = self._leased()
        self.numbers = self._numbers_of_first_seen()
        self.owners = self._owners_of_match_keys()
        self.handled = self._handled()
        if self.replaces:
            self.likenesses.read_earlier([s.lease.ref for s in self.settlements])
        carried_out = [self._one(s) for s in self.settlements]
        self._write()
        return carried_out

    def _leased(self) -> dict[tuple[str, str, int, int], str]:
        """The sources of tasks that are not dead, by step, channel, lead and attempt."""
        places: dict[tuple[str, str], list[int]] = defaultdict(list)
        for one in self.settlements:
            places[_place(one.lease)].append(one.lease.ref)
        found = {}
        for (step, channel), leads in places.items():
            for lead, attempt, source, again in bulk.select(
                self.db, _sql.alive, leads, step, channel
            ):
                found[step, channel, lead, attempt] = source
                self.replaces = self.replaces or bool(again)
        return found

    def _one(self, one: Settlement) -> bool:
        lease = one.lease
        source = self.leased.get((*_place(lease), lease.ref, lease.attempt))
        if source is None:
            return False
        match one.outcome:
            case Done(turn=None) as done:
                return self._done(lease, source, done)
            case Done(turn=turn) if turn is not None:
                return self._take_turn(lease, source, turn)
            case Retry() as retry:
                self._retry(lease, retry)
            case Drop() as drop:
                self._drop(lease, source, drop)
        return True

    def _take_turn(self, lease: Lease, source: str, turn: Turn) -> bool:
        """Carry out what is decided now; False if the lead starts again, which takes no turn."""
        done, documents = self.documents.finish(turn)
        if done.handling is not None and lease.ref in self.handled:
            self._update(lease, _sql.start_again)
            return False
        if not self._done(lease, source, done):
            return False
        self.documents.note(documents)
        return True

    def _done(self, lease: Lease, source: str, done: Done) -> bool:
        lead = lease.ref
        follow_ups = [Later(task) for task in done.then]
        follow_ups += done.later
        if done.refined is not None and not self._keep(lease, source, done, follow_ups):
            return False
        self._record_alert(lease, source, done)
        if done.handling is not None:
            self.handlings.setdefault(lead, done.handling)
        if done.note:
            self.history.append((lead, self.now, done.note, done.detail))
        self.follow_ups += rows_of(lead, follow_ups, self.now)
        # A task that is its own follow-up is kept, so that its attempts continue to count.
        place = _place(lease)
        if not any((one.task.step, one.task.channel) == place for one in follow_ups):
            self.ended[place].append(lead)
        else:
            self._update(lease, _sql.end_lease)
        return True

    def _record_alert(self, lease: Lease, source: str, done: Done) -> None:
        lead, step, alert = lease.ref, lease.task.step, done.alert
        if alert is not None:
            at = micros(alert.sent_at)
            self.alerts.append(
                (lead, alert.channel, at, alert.template, int(alert.digest), alert.ref, step)
            )
            self._count(source, event_name(step))
        if step is Step.NOTIFY and (alert is None or alert.channel != lease.task.channel):
            self.elsewhere[lease.task.channel].append(lead)

    def _keep(self, lease: Lease, source: str, done: Done, follow_ups: Sequence[Later]) -> bool:
        """Store the refined lead, unless another lead has got one of its match keys meanwhile."""
        refined, lead = done.refined, lease.ref
        assert refined is not None  # noqa: S101 - the caller looked
        first = refined.duplicate_of
        keys = done.match_keys.values() if done.traits is None else ()
        taken = first is None and any(self.owners.get(k, lead) != lead for k in keys)
        if taken or self.likenesses.is_overtaken(lead, done):
            # Another worker refined the same person meanwhile: refine again, as a duplicate.
            self._update(lease, _sql.start_again)
            return False
        original = self.numbers.get(first.lead_id) if first else None
        head = refined_head(refined)
        to_tell = {one.task.channel for one in follow_ups if one.task.step is Step.NOTIFY}
        self.refined.append(
            (lead, self.now, refined.status, original, len(to_tell), head, crc32(head))
        )
        for key in keys:
            if key not in self.owners:
                self.owners[key] = lead
                self.known.append((key, lead, micros(refined.captured_at), 1))
        self.likenesses.keep(lead, done, original)
        self._count(source, refined.status)
        if is_hot(refined):
            self.hot.append(lead)
        if first:
            self._count(source, "duplicate")
        return True

    def _retry(self, lease: Lease, retry: Retry) -> None:
        self._update(
            lease,
            _sql.retry,
            int(retry.planned),
            self.now,
            self.now + micros_of(retry.after),
            lease.failures + int(retry.counts),
            retry.why,
        )
        if retry.counts:
            self.history.append((lease.ref, self.now, f"{lease.task.step}.failed", retry.why))

    def _drop(self, lease: Lease, source: str, drop: Drop) -> None:
        self.dropped.append((lease.ref, *_place(lease), self.now, drop.reason, drop.detail))
        self.history.append((lease.ref, self.now, f"{lease.task.step}.dead", drop.reason))
        self._count(source, f"{lease.task.step}.dead")

    def _update(self, lease: Lease, sql: str, *values: object) -> None:
        self.db.execute(sql, (*values, lease.ref, *_place(lease)))

    def _count(self, source: str, what: str) -> None:
        self.tally[self.today, source, what] += 1

    def _numbers_of_first_seen(self) -> dict[str, int]:
        firsts = {
            s.outcome.refined.duplicate_of.lead_id
            for s in self.settlements
            if isinstance(s.outcome, Done) and s.outcome.refined and s.outcome.refined.duplicate_of
        }
        return numbers_of(self.db, firsts)

    def _owners_of_match_keys(self) -> dict[bytes, int]:
        keys = {
            key
            for s in self.settlements
            if isinstance(s.outcome, Done) and s.outcome.traits is None
            for key in s.outcome.match_keys.values()
        }
        return {key: owned.lead for key, owned in self.keys.owners(self.db, keys).items()}

    def _handled(self) -> set[int]:
        """Those leads with a turn that have a handling already."""
        leads = {
            s.lease.ref
            for s in self.settlements
            if isinstance(s.outcome, Done) and s.outcome.turn is not None
        }
        return handled_among(self.db, leads)

    def _write(self) -> None:
        db = self.db
        # An erasure finds only the latest documents.
        with overwriting(db) if self.replaces else nullcontext():
            bulk.insert(db, _sql.keep_refined, self.refined)
            self.likenesses.write()
        self.keys.add(db, self.known)
        bulk.insert(db, _sql.add_alerts, self.alerts)
        for channel, leads in self.elsewhere.items():
            _expect_no_word_through(db, channel, leads)
        keep_first_handlings(db, self.handlings)
        self.documents.write()
        for place, leads in self.ended.items():
            bulk.select(db, _sql.end_tasks, leads, *place)
        bulk.update(db, _sql.drop, self.dropped)
        keep_attempts(db, self.settlements)
        put(db, self.follow_ups)
        bulk.select(db, _sql.come_first, self.hot)
        add_history(db, self.history)
        count(db, self.tally)


def _expect_no_word_through(db: apsw.Connection, channel: str, leads: Sequence[int]) -> None:
    """Reduce the number of channels that must alert about these leads by one: a fallback alerted in
    the channel's place, or no alert was needed, so the account must not expect one."""
    bulk.select(db, _sql.expect_one_channel_less, leads, channel)


def _place(lease: Lease) -> tuple[str, str]:
    return lease.task.step, lease.task.channel
