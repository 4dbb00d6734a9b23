"""A store that forgets: the promises without a disk, for tests and for `preview`.

It keeps every promise but the first one's "survives a crash".
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.formats import refined_document, refined_head
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import (
    WORKER_DIED,
    CapturedLead,
    Fate,
    FirstSeen,
    Kind,
    Receipt,
    RefinedLead,
    fate_of,
)
from leadline.model.task import Alert, Claim, Done, Drop, Later, Retry, Step, Task
from leadline.ports.clock import Clock
from leadline.ports.store import Archived, Settlement, Trouble, Waiting


class _Job:
    """A task with what happens to it."""

    def __init__(self, ref: int, task: Task, put_at: datetime, due_at: datetime) -> None:
        self.ref = ref
        self.task = task
        self.put_at = put_at
        self.due_at = due_at
        self.attempt = 0
        self.failures = 0
        self.leased = False
        self.error = ""
        self.dead: Drop | None = None


class MemoryStore:
    """`ports.store.Store` in dictionaries; for one thread."""

    def __init__(self, clock: Clock, redelivery_window: timedelta = timedelta(days=7)) -> None:
        self.clock = clock
        self.redelivery_window = redelivery_window
        self.events: dict[str, CapturedLead] = {}
        self.fates: dict[str, Fate] = {}
        self.joined: dict[str, str] = {}
        self.known: dict[bytes, str] = {}
        self.documents: dict[str, RefinedLead] = {}
        self.told: list[Alert] = []
        self.handled: dict[str, Handling] = {}
        self.notes: list[tuple[str, str]] = []
        self.free_at: dict[str, datetime] = {}
        self.troubles: dict[str, Trouble] = {}
        self._jobs: dict[tuple[str, Step, str], _Job] = {}
        self._refs = itertools.count(1)

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """See `ports.store.Inbox.accept`."""
        return [self._accept(lead) for lead in leads]

    def _accept(self, lead: CapturedLead) -> Receipt:
        again = self.known.get(lead.event_key)
        if again is not None:
            first = self.events[again]
            recent = lead.captured_at - first.captured_at < self.redelivery_window
            if first.lasting_key or recent:
                return Receipt(self.joined.get(again, again), Fate.REDELIVERED)
        owner = self.known.get(lead.record_key) if lead.record_key else None
        head = self.joined.get(owner, owner) if owner else None
        fate, why = fate_of(lead, known=head is not None, refined=head in self.documents)
        self.events[lead.id] = lead
        self.fates[lead.id] = fate
        self.known[lead.event_key] = lead.id
        if head is not None:
            self.joined[lead.id] = head
        if fate is Fate.CAPTURED:
            if lead.record_key:
                self.known[lead.record_key] = lead.id
            self._put(Task(Step.REFINE, lead.id), lead.captured_at, lead.due_at)
        if fate is Fate.FOLDED and head is not None:
            job = self._jobs.get((head, Step.REFINE, ""))
            if job is not None and job.leased and job.dead is None:
                job.attempt, job.leased, job.due_at = job.attempt + 1, False, job.put_at
            return Receipt(head, fate)
        if head is not None and self._is_late(lead.id):
            self._put(Task(Step.LOOK_UP, head), self.clock(), self.clock())
        return Receipt(lead.id, fate, why)

    def _is_late(self, event_id: str) -> bool:
        """Whether an event is news of a lead that was refined already."""
        ignored = self.events[event_id].kind is Kind.IGNORED
        return event_id in self.joined and self.fates[event_id] is Fate.FILTERED and not ignored

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        """See `ports.store.Inbox.readmit`."""
        asked = set(lead_ids)
        filtered = [
            e for i, e in self.events.items()
            if i in asked and self.fates[i] is Fate.FILTERED and i not in self.joined
        ]  # fmt: skip
        return [event.id for event in filtered if self._readmit(event, due_at)]

    def _readmit(self, event: CapturedLead, due_at: datetime) -> bool:
        key = event.record_key
        if key and self.known.setdefault(key, event.id) != event.id:
            return False  # its record has a lead by now
        self.fates[event.id] = Fate.CAPTURED
        self._put(Task(Step.REFINE, event.id), self.clock(), due_at)
        return True

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """See `ports.store.Leads.archived`."""
        kept = [self.events[i] for i in lead_ids if i in self.events]
        return {
            e.id: Archived(
                e.id, e.source, e.captured_at, self.fates[e.id], e.raw, e.body, e.media_type
            )
            for e in kept
        }

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
        self._jobs[key] = job

    def claim(self, step: Step, limit: int, lease: timedelta, channel: str = "") -> list[Claim]:
        """See `ports.store.Queue.claim`."""
        due = self._due(step, channel)[:limit]
        suspects = [i for i, job in enumerate(due) if job.leased]
        if suspects:
            due = due[: suspects[0]] or due[:1]
        return [self._lease(job, lease) for job in due]

    def _lease(self, job: _Job, lease: timedelta) -> Claim:
        due_at, now = job.due_at, self.clock()
        job.attempt += 1
        if job.leased:
            job.failures, job.error = job.failures + 1, WORKER_DIED
        job.leased, job.put_at, job.due_at = True, now, now + lease
        return Claim(job.task, job.attempt, job.failures, job.error, due_at, job.ref)

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """See `ports.store.Queue.settle`."""
        return [self._settle(one) for one in settlements]

    def _settle(self, one: Settlement) -> bool:
        task = one.claim.task
        key = (task.lead_id, task.step, task.channel)
        job = self._jobs.get(key)
        if job is None or job.dead or job.attempt != one.claim.attempt:
            return False
        match one.outcome:
            case Done() as done:
                if not self._keep(job, done):
                    return False
                job.leased = False
                follow_ups = [*map(Later, done.then), *done.later]
                self._follow(follow_ups)
                if all(f.task.step != task.step or f.task.channel != task.channel
                       for f in follow_ups):  # fmt: skip
                    del self._jobs[key]
            case Retry() as retry:
                job.put_at = self.clock()
                job.due_at, job.leased, job.error = job.put_at + retry.after, False, retry.why
                job.failures += int(retry.counts)
            case Drop() as drop:
                job.dead, job.leased, job.error = drop, False, drop.detail
        return True

    def _keep(self, job: _Job, done: Done) -> bool:
        lead_id = job.task.lead_id
        if done.refined is not None:
            taken = any(self.known.get(k, lead_id) != lead_id for k in done.match_keys.values())
            if taken and done.refined.duplicate_of is None:
                job.due_at, job.leased = job.put_at, False
                return False
            self.documents[lead_id] = done.refined
            for match_key in done.match_keys.values():
                self.known.setdefault(match_key, lead_id)
        if done.alert is not None:
            self.told.append(msgspec.structs.replace(done.alert, step=job.task.step))
        if done.handling is not None and lead_id not in self.handled:
            self.handled[lead_id] = msgspec.structs.replace(done.handling, rev=1)
        return True

    def _follow(self, follow_ups: Sequence[Later]) -> None:
        now = self.clock()
        for one in follow_ups:
            self._put(one.task, now, now + one.after)

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """See `ports.store.Queue.next_due`."""
        return min((j.due_at for j in self._alive(step, channel)), default=None)

    def count_due(self, step: Step, channel: str = "") -> int:
        """See `ports.store.Queue.count_due`."""
        return len(self._due(step, channel))

    def rebase(self) -> int:
        """See `ports.store.Queue.rebase`."""
        now = self.clock()
        moved = [j for j in self._jobs.values() if j.put_at > now and j.dead is None]
        for job in moved:
            job.put_at, job.due_at = now, now + (job.due_at - job.put_at)
        self.free_at = {name: min(at, now) for name, at in self.free_at.items()}
        self.troubles = {
            name: Trouble(t.failures, min(t.since, now) if t.since else None)
            for name, t in self.troubles.items()
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
        return sorted(due, key=lambda j: j.due_at)

    def dead(self) -> list[tuple[Task, Drop]]:
        """Every dead letter with the reason."""
        return [(j.task, j.dead) for j in self._jobs.values() if j.dead is not None]

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """See `ports.store.Leads.waiting`."""
        return {i: self._waiting(i) for i in lead_ids if i in self.events}

    def _waiting(self, lead_id: str) -> Waiting:
        event = self.events[lead_id]
        others = [i for i, head in self.joined.items() if head == lead_id]
        updates = tuple(self.events[i].raw for i in others if self.fates[i] is Fate.FOLDED)
        late = tuple(self.events[i].raw for i in others if self._is_late(i))
        folded = [self.events[i].why for i in others if self.fates[i] is Fate.FOLDED]
        whys = tuple(filter(None, (event.why, *folded)))
        return Waiting(
            lead_id, event.source, event.captured_at, event.raw, event.record, updates, late, whys
        )

    def first_seen(self, keys: Sequence[bytes]) -> Mapping[bytes, FirstSeen]:
        """See `ports.store.Leads.first_seen`."""
        owners = {k: self.known[k] for k in keys if k in self.known}
        return {k: FirstSeen(i, self.events[i].captured_at, ()) for k, i in owners.items()}

    def of_records(self, record_keys: Sequence[bytes]) -> Mapping[bytes, str]:
        """See `ports.store.Leads.of_records`."""
        return {k: self.known[k] for k in record_keys if k in self.known}

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `ports.store.Leads.refined`."""
        return {
            i: refined_document(refined_head(self.documents[i]), self.events[i].raw)
            for i in lead_ids
            if i in self.documents
        }

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.store.Channels.reserve`."""
        now = self.clock()
        free_at = self.free_at.get(channel, now)
        if free_at > now:
            return free_at - now
        self.free_at[channel] = now + gap
        return timedelta()

    def hold(self, channel: str, until: datetime) -> None:
        """See `ports.store.Channels.hold`."""
        self.free_at[channel] = max(until, self.free_at.get(channel, until))

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """See `ports.store.Channels.alerts`."""
        found: dict[str, list[Alert]] = {}
        for alert in sorted(self.told, key=lambda a: a.sent_at):
            if alert.lead_id in lead_ids:
                found.setdefault(alert.lead_id, []).append(alert)
        return found

    def fared(self, channel: str, *, well: bool) -> Trouble:
        """See `ports.store.Channels.fared`."""
        before = self.trouble(channel)
        after = Trouble() if well else Trouble(before.failures + 1, before.since or self.clock())
        self.troubles[channel] = after
        return after

    def trouble(self, channel: str) -> Trouble:
        """See `ports.store.Channels.trouble`."""
        return self.troubles.get(channel, Trouble())

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Desk.handling`."""
        return {i: self.handled[i] for i in lead_ids if i in self.handled}

    def handle(
        self,
        lead_id: str,
        before: Handling,
        after: Handling,
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
    ) -> bool:
        """See `ports.store.Desk.handle`."""
        kept = self.handled.get(lead_id, UNHANDLED)
        if lead_id not in self.documents or kept.rev != before.rev:
            return False
        self.handled[lead_id] = msgspec.structs.replace(after, rev=kept.rev + 1)
        self._follow(then)
        if note:
            self.notes.append((lead_id, f"{note} {detail}".rstrip()))
        return True

    def desk(self, person: str, limit: int = 50) -> Sequence[str]:
        """See `ports.store.Desk.desk`."""
        ids = [i for i, handled in self.handled.items() if person in handled.desks]
        return sorted(ids, reverse=True)[:limit]
