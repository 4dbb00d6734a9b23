"""A store in memory, for tests and for `preview`.

It keeps all promises of `ports.store`, except that nothing survives a crash.
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.formats import refined_document, refined_head
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import CapturedLead, Fate, FirstSeen, Kind, Receipt, RefinedLead, fate_of
from leadline.model.task import Alert, Later, Step, Task
from leadline.ports.clock import Clock
from leadline.ports.store import Archived, Trouble, Waiting
from leadline.stores.memory_queue import MemoryQueue


class MemoryStore(MemoryQueue):
    """`ports.store.Store` in dictionaries; for one thread."""

    def __init__(self, clock: Clock, redelivery_window: timedelta = timedelta(days=7)) -> None:
        self.clock = clock
        self.redelivery_window = redelivery_window
        self.events: dict[str, CapturedLead] = {}
        self.fates: dict[str, Fate] = {}
        self.joined: dict[str, str] = {}
        self.known: dict[bytes, str] = {}
        self.refined_leads: dict[str, RefinedLead] = {}
        self.told: list[Alert] = []
        self.handled: dict[str, Handling] = {}
        self.notes: list[tuple[str, str]] = []
        self.free_at: dict[str, datetime] = {}
        self.troubles: dict[str, Trouble] = {}
        self._jobs = {}
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
        fate, why = fate_of(lead, known=head is not None, refined=head in self.refined_leads)
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
        """Whether an event is an update that came after its lead was refined."""
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
            return False  # its record has got a lead meanwhile
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

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, RefinedLead]:
        """See `ports.store.Leads.refined`."""
        return {i: self.refined_leads[i] for i in lead_ids if i in self.refined_leads}

    def documents(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `ports.store.Leads.documents`."""
        return {
            i: refined_document(refined_head(self.refined_leads[i]), self.events[i].raw)
            for i in lead_ids
            if i in self.refined_leads
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
        if lead_id not in self.refined_leads or kept.rev != before.rev:
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
