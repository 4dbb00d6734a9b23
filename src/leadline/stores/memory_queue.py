"""The tasks of the store in memory."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

from leadline.model.facts.scored_leads import is_hot
from leadline.model.handling import Handling
from leadline.model.lead import CapturedLead, RefinedLead
from leadline.model.monitoring.attempts import AttemptRecord, kept_attempts
from leadline.model.monitoring.event_notes import WAIT_BY_EXPERIMENT, WAIT_ENDED, WORKER_DIED
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.task import (
    HOT_STEPS,
    UNTOLD_STEPS,
    Alert,
    Done,
    Drop,
    Later,
    Lease,
    Retry,
    Step,
    Task,
    Turn,
)
from leadline.ports.clock import Clock
from leadline.ports.store import Among, ChannelHealth, Settlement
from leadline.ports.store_parts.first_look import HotLead, ended_words
from leadline.ports.store_parts.trial_waits import TrialWait
from leadline.stores.deciding import TurnFailed, given_up
from leadline.stores.memory_assigning import MemoryAssigning
from leadline.stores.memory_duplicates import MemoryDuplicates


class _Job:
    """A task with its state."""

    def __init__(self, ref: int, task: Task, put_at: datetime, due_at: datetime) -> None:
        self.ref = ref
        self.task = task
        self.put_at = put_at
        self.due_at = due_at
        self.first_due_at = due_at
        self.attempt = 0
        self.failures = 0
        self.leased = False
        self.error = ""
        self.dead: Drop | None = None
        self.hot = False


class MemoryQueue(MemoryDuplicates, MemoryAssigning):
    """`ports.store.Queue` in dictionaries."""

    clock: Clock
    events: dict[str, CapturedLead]
    known: dict[bytes, str]
    refined_leads: dict[str, RefinedLead]
    sent_alerts: list[Alert]
    handled: dict[str, Handling]
    notes: list[tuple[str, str]]
    free_at: dict[str, datetime]
    channel_health: dict[str, ChannelHealth]
    tried: dict[str, tuple[AttemptRecord, ...]]
    _jobs: dict[tuple[str, Step, str], _Job]
    _refs: Iterator[int]

    def put(self, tasks: Sequence[Task], due_at: datetime, note: str = "") -> None:
        """See `ports.store.Queue.put`."""
        for task in tasks:
            if task.lead_id in self.events:
                if note:
                    self.notes.append((task.lead_id, note))
                self._put(task, self.clock(), due_at)

    def _put(self, task: Task, put_at: datetime, due_at: datetime) -> None:
        key = (task.lead_id, task.step, task.channel)
        old = self._jobs.get(key)
        if old and old.leased and not (old.dead or task.again) and task.step is Step.NOTIFY:
            return
        job = _Job(old.ref if old else next(self._refs), task, put_at, due_at)
        job.attempt = old.attempt + 1 if old else 0
        if old and not old.dead and due_at <= put_at:
            job.first_due_at = min(old.first_due_at, due_at)
        self._jobs[key] = job

    def lease(
        self,
        step: Step,
        limit: int,
        duration: timedelta,
        channel: str = "",
        among: Among | None = None,
    ) -> list[Lease]:
        """See `ports.store.Queue.lease`."""
        due = self._due(step, channel)
        if among is not None:
            due = [job for job in due if among.has(self.events[job.task.lead_id].source)]
        del due[limit:]
        suspects = [i for i, job in enumerate(due) if job.leased]
        if suspects:
            due = due[: suspects[0]] or due[:1]
        return [self._lease(job, duration) for job in due]

    def _lease(self, job: _Job, duration: timedelta) -> Lease:
        due_at, now = job.due_at, self.clock()
        job.attempt += 1
        if job.leased:
            job.failures, job.error = job.failures + 1, WORKER_DIED
        job.leased, job.put_at, job.due_at = True, now, now + duration
        return Lease(job.task, job.attempt, job.failures, job.error, due_at, job.ref, job.due_at)

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """See `ports.store.Queue.settle`."""
        batch = {one.lease.task.lead_id for one in settlements}
        self._keep_attempts(settlements)
        return [self._settle_alone(one, batch) for one in settlements]

    def _keep_attempts(self, settlements: Sequence[Settlement]) -> None:
        for one in settlements:
            lead_id, new = one.lease.task.lead_id, one.attempt
            if new is not None and self.events[lead_id].raw != ERASED_WORDS:
                before = self.tried.get(lead_id, ())
                self.tried[lead_id] = kept_attempts(before, [new.record], new.most)

    def _settle_alone(self, one: Settlement, batch: AbstractSet[str]) -> bool:
        try:
            return self._settle(one, batch)
        except TurnFailed as error:
            return self._settle(Settlement(one.lease, given_up(one.lease, error)), batch)

    def _settle(self, one: Settlement, batch: AbstractSet[str]) -> bool:
        task = one.lease.task
        key = (task.lead_id, task.step, task.channel)
        job = self._jobs.get(key)
        if job is None or job.dead or job.attempt != one.lease.attempt:
            return False
        match one.outcome:
            case Done(turn=None) as done:
                return self._done(job, done, batch)
            case Done(turn=turn) if turn is not None:
                return self._take_turn(job, turn, batch)
            case Retry() as retry:
                job.put_at = self.clock()
                job.due_at, job.leased, job.error = job.put_at + retry.after, False, retry.why
                job.failures += int(retry.counts)
                if retry.planned:
                    job.first_due_at = job.due_at
            case Drop() as drop:
                job.dead, job.leased, job.error = drop, False, drop.detail
                job.due_at = self.clock()  # since when it is dead
        return True

    def _take_turn(self, job: _Job, turn: Turn, batch: AbstractSet[str]) -> bool:
        """Carry out what is decided now; False if the lead starts again, which takes no turn."""
        done, documents = self._finish(turn)
        if done.handling is not None and job.task.lead_id in self.handled:
            job.due_at, job.leased = job.put_at, False
            return False
        if not self._done(job, done, batch):
            return False
        self._change(documents)
        return True

    def _done(self, job: _Job, done: Done, batch: AbstractSet[str]) -> bool:
        task = job.task
        if not self._keep(job, done, batch):
            return False
        if done.note:
            self.notes.append((task.lead_id, f"{done.note} {done.detail}".rstrip()))
        job.leased = False
        follow_ups = [*map(Later, done.then), *done.later]
        self._follow(follow_ups)
        if done.refined is not None and is_hot(done.refined):
            for step, channel in ((f.task.step, f.task.channel) for f in follow_ups):
                self._jobs[task.lead_id, step, channel].hot = step in HOT_STEPS
        if all(f.task.step != task.step or f.task.channel != task.channel for f in follow_ups):
            del self._jobs[task.lead_id, task.step, task.channel]
        return True

    def _keep(self, job: _Job, done: Done, batch: AbstractSet[str]) -> bool:
        lead_id = job.task.lead_id
        if done.refined is not None:
            keys = done.match_keys.values() if done.traits is None else ()
            taken = any(self.known.get(k, lead_id) != lead_id for k in keys)
            taken = taken and done.refined.duplicate_of is None
            if taken or self._is_overtaken(lead_id, done, batch):
                job.due_at, job.leased = job.put_at, False
                return False
            self.refined_leads[lead_id] = done.refined
            for match_key in keys:
                self.known.setdefault(match_key, lead_id)
            self._keep_likeness(lead_id, done)
        if done.alert is not None:
            self.sent_alerts.append(msgspec.structs.replace(done.alert, step=job.task.step))
        if done.handling is not None and lead_id not in self.handled:
            self.handled[lead_id] = msgspec.structs.replace(done.handling, rev=1)
        return True

    def _follow(self, follow_ups: Sequence[Later]) -> None:
        now = self.clock()
        for one in follow_ups:
            self._put(one.task, now, now + one.after)

    def end_waits(self, leads: Sequence[HotLead]) -> list[timedelta | None]:
        """See `ports.store_parts.first_look.FirstLooks.end_waits`."""
        return [self._end_wait(one) for one in leads]

    def _end_wait(self, hot: HotLead) -> timedelta | None:
        job, now = self._jobs.get((hot.lead_id, Step.REFINE, "")), self.clock()
        if job is None or job.attempt or job.leased or job.dead:
            return None
        job.hot, job.attempt = True, 1
        if job.due_at <= now:
            return None
        spared = job.due_at - now
        job.due_at = job.first_due_at = now
        self.notes.append((hot.lead_id, f"{WAIT_ENDED} {ended_words(spared, hot.why)}"))
        return spared

    def move_waits(self, leads: Sequence[TrialWait]) -> list[bool]:
        """See `ports.store_parts.trial_waits.TrialWaits.move_waits`."""
        return [self._move_wait(one) for one in leads]

    def _move_wait(self, one: TrialWait) -> bool:
        job = self._jobs.get((one.lead_id, Step.REFINE, ""))
        if job is None or job.attempt or job.leased or job.dead:
            return False
        job.attempt, job.due_at, job.first_due_at = 1, one.until, one.until
        self.notes.append((one.lead_id, f"{WAIT_BY_EXPERIMENT} {one.why}"))
        return True

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """See `ports.store.Queue.next_due`."""
        return min((j.due_at for j in self._alive(step, channel)), default=None)

    def count_due(self, step: Step, channel: str = "") -> int:
        """See `ports.store.Queue.count_due`."""
        return len(self._due(step, channel))

    def untold_since(self, channels: Collection[str]) -> datetime | None:
        """See `ports.store.Queue.untold_since`."""
        del channels  # unlike on AWS, tasks of all channels are found at once
        now = self.clock()
        firsts = (
            j.first_due_at
            for j in self._jobs.values()
            if j.task.step in UNTOLD_STEPS and j.dead is None and j.first_due_at <= now
        )
        return min(firsts, default=None)

    def rebase(self) -> int:
        """See `ports.store.Queue.rebase`."""
        now = self.clock()
        moved = [j for j in self._jobs.values() if j.put_at > now and j.dead is None]
        for job in moved:
            job.put_at, job.due_at = now, now + (job.due_at - job.put_at)
            if job.first_due_at > now:
                job.first_due_at = job.due_at
        self.free_at = {name: min(at, now) for name, at in self.free_at.items()}
        self.channel_health = {
            name: ChannelHealth(t.failures, min(t.since, now) if t.since else None)
            for name, t in self.channel_health.items()
        }
        return len(moved)

    def _alive(self, step: Step, channel: str) -> list[_Job]:
        return [
            j
            for j in self._jobs.values()
            if j.task.step == step and j.task.channel == channel and j.dead is None
        ]

    def _due(self, step: Step, channel: str) -> list[_Job]:
        due = [j for j in self._alive(step, channel) if j.due_at <= self.clock()]
        return sorted(due, key=lambda j: (not j.hot, j.due_at))

    def dead(self) -> list[tuple[Task, Drop]]:
        """All dead letters with their reasons."""
        return [(j.task, j.dead) for j in self._jobs.values() if j.dead is not None]
