"""A store in memory, for tests and for `preview`.

It keeps all promises of `ports.store`, except that nothing survives a crash.
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.formats import refined_document, refined_head
from leadline.model.handling import Handling
from leadline.model.keys import is_older, set_apart, under_own_key
from leadline.model.lead import (
    CapturedLead,
    Fate,
    Kind,
    Receipt,
    RefinedLead,
    fate_of,
    is_early,
    is_end,
    is_privacy_deletion,
)
from leadline.model.monitoring.event_notes import NOT_READ, OTHER_WORDS
from leadline.model.personal_data.privacy import DataHold
from leadline.model.quotas import Quota, Spent, given_back, spend
from leadline.model.staff.assigning import Kept
from leadline.model.task import Alert, Drop, Step, Task
from leadline.ports.clock import Clock
from leadline.ports.store import (
    Apart,
    Archived,
    ChannelHealth,
    Ended,
    TellApart,
    Waiting,
    by_record,
)
from leadline.stores.memory_duplicates import MemoryDuplicates
from leadline.stores.memory_retention import MemoryRetention
from leadline.stores.memory_suppressions import MemorySuppressions


class MemoryStore(MemoryRetention, MemoryDuplicates, MemorySuppressions):
    """`ports.store.Store` in dictionaries; for one thread."""

    def __init__(
        self,
        clock: Clock,
        redelivery_window: timedelta = timedelta(days=7),
        apart: TellApart = by_record,
    ) -> None:
        super().__init__()
        self.clock = clock
        self.redelivery_window = redelivery_window
        self.apart = apart
        self.events: dict[str, CapturedLead] = {}
        self.fates: dict[str, Fate] = {}
        self.whys: dict[str, str] = {}
        self.joined: dict[str, str] = {}
        self.known: dict[bytes, str] = {}
        self.refined_leads: dict[str, RefinedLead] = {}
        self.sent_alerts: list[Alert] = []
        self.handled: dict[str, Handling] = {}
        self.kept_documents: dict[str, Kept] = {}
        self.holds: dict[str, DataHold] = {}
        self.listed = {}
        self.notes: list[tuple[str, str]] = []
        self.repeated: list[tuple[str, str, datetime]] = []
        self.free_at: dict[str, datetime] = {}
        self.channel_health: dict[str, ChannelHealth] = {}
        self.spent: dict[str, Spent] = {}
        self.tried = {}
        self._jobs = {}
        self._refs = itertools.count(1)

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """See `ports.store.Inbox.accept`."""
        return [self._accept(lead) for lead in leads]

    def _accept(self, lead: CapturedLead) -> Receipt:
        first = self._first(lead)
        if first is not None:
            return self._met_again(lead, first)
        if lead.quota is not None and not self._is_within_quota(lead, lead.quota):
            return Receipt(lead.id, Fate.REFUSED)
        owner = self.known.get(lead.record_key) if lead.record_key else None
        owner = lead.joins if lead.joins in self.events else owner
        head = self.joined.get(owner, owner) if owner else None
        early = head if head and self.fates[head] is Fate.FILTERED else None
        head = None if early else head
        fate, why = fate_of(lead, known=head is not None, refined=head in self.refined_leads)
        self.events[lead.id] = lead
        self.fates[lead.id] = fate
        self.whys[lead.id] = why
        self.known[lead.event_key] = lead.id
        if head is not None:
            self.joined[lead.id] = head
        if fate is Fate.CAPTURED:
            self._begin(lead, early)
        elif early:
            self.joined[lead.id] = early
        elif head is None and lead.record_key and is_early(lead):
            self.known[lead.record_key] = lead.id
        if (head and is_privacy_deletion(lead)) or (early and self._has_erased(early)):
            self._put(Task(Step.LOOK_UP, head or early or ""), self.clock(), self.clock())
        return self._about_a_lead(lead, fate, why, head)

    def _met_again(self, lead: CapturedLead, first: CapturedLead) -> Receipt:
        """The receipt of an event with the key of an earlier one."""
        if is_older(lead, first.captured_at):
            return self._accept(under_own_key(lead))
        told = self.apart(lead, first.raw, first.record) if lead.lasting_key else Apart()
        if told.identity:
            return self._accept(set_apart(lead, told.identity))
        head = self.joined.get(first.id, first.id)
        self.repeated.append((head, lead.source, lead.captured_at))
        if told.erased:
            self._put(Task(Step.LOOK_UP, head), self.clock(), self.clock())
        return self._redelivered(first, told.difference)

    def _has_erased(self, early: str) -> bool:
        """Whether a record without a lead was deleted for privacy."""
        its = (e for i, e in self.events.items() if early in (i, self.joined.get(i)))
        return any(is_privacy_deletion(event) for event in its)

    def _about_a_lead(self, lead: CapturedLead, fate: Fate, why: str, head: str | None) -> Receipt:
        """The receipt of another event of a record, after its effect on the lead's tasks."""
        refined = head in self.refined_leads
        if head is not None and not refined and (fate is Fate.FOLDED or is_end(lead)):
            job = self._jobs.get((head, Step.REFINE, ""))
            if job is not None and job.leased and job.dead is None:
                job.attempt, job.leased, job.due_at = job.attempt + 1, False, job.put_at
        if fate is Fate.FOLDED and head is not None:
            return Receipt(head, fate)
        if refined and head is not None and (self._is_late(lead.id) or is_end(lead)):
            self._put(Task(Step.LOOK_UP, head), self.clock(), self.clock())
        return Receipt(lead.id, fate, why)

    def _is_within_quota(self, lead: CapturedLead, quota: Quota) -> bool:
        size = len(lead.body or b"")
        spent = spend(quota, self.spent.get(lead.source), lead.captured_at, size)
        if spent is not None:
            self.spent[lead.source] = spent
        return spent is not None

    def _begin(self, lead: CapturedLead, early: str | None) -> None:
        if lead.record_key:
            self.known[lead.record_key] = lead.id
        self._fold_early(early, lead.id)
        self._put(Task(Step.REFINE, lead.id), lead.captured_at, lead.due_at)
        if lead.look_at:
            self._put(Task(Step.FIRST_LOOK, lead.id), lead.captured_at, lead.captured_at)
        if lead.kind is Kind.UNREADABLE:
            job = self._jobs[lead.id, Step.REFINE, ""]
            job.dead, job.error = Drop(NOT_READ, lead.why), lead.why

    def _fold_early(self, early: str | None, lead_id: str) -> None:
        """Give a new lead the events of its record that came before it."""
        waited = [early, *(i for i, head in self.joined.items() if head == early)] if early else []
        for event_id in filter(None, waited):
            self.joined[event_id] = lead_id
            if self.events[event_id].kind is Kind.UPDATED:
                self.fates[event_id], self.whys[event_id] = Fate.FOLDED, ""

    def _first(self, lead: CapturedLead) -> CapturedLead | None:
        """The earlier event with the same key, if that key is still valid."""
        first = self.events.get(self.known.get(lead.event_key, ""))
        if first is None or first.lasting_key:
            return first
        window = self.redelivery_window if lead.window is None else lead.window
        return first if lead.captured_at - first.captured_at < window else None

    def _redelivered(self, first: CapturedLead, difference: str) -> Receipt:
        head = self.joined.get(first.id, first.id)
        if difference:
            self.notes.append((head, f"{OTHER_WORDS} {difference}"))
        why = self.whys.get(first.id, "") if self.fates[first.id] is Fate.FILTERED else ""
        return Receipt(head, Fate.REDELIVERED, why)

    def _is_late(self, event_id: str) -> bool:
        """Whether an event is an update that came after its lead was refined."""
        no_news = self.events[event_id].kind in (Kind.IGNORED, Kind.CORRECTED)
        return event_id in self.joined and self.fates[event_id] is Fate.FILTERED and not no_news

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        """See `ports.store.Inbox.readmit`."""
        asked = set(lead_ids)
        filtered = [
            e for i, e in self.events.items()
            if i in asked and self.fates[i] is Fate.FILTERED and i not in self.joined
        ]  # fmt: skip
        return [event.id for event in filtered if self._readmit(event, due_at)]

    def read_again(self, lead_id: str, lead: CapturedLead, belongs_to: str = "") -> bool:
        """See `ports.store.Inbox.read_again`."""
        old = self.events.get(lead_id)
        if old is None or old.kind is not Kind.UNREADABLE or self._first(lead) is not None:
            return False
        early = self.known.get(lead.record_key) if lead.record_key else None
        if early and not (self.fates[early] is Fate.FILTERED and lead.kind is Kind.CREATED):
            return False  # its record has a lead by now
        self.events[lead_id] = msgspec.structs.replace(
            lead, id=lead_id, captured_at=old.captured_at, body=old.body, media_type=old.media_type
        )
        self.known[lead.event_key] = lead_id
        if lead.record_key:
            self.known[lead.record_key] = lead_id
        self._fold_early(early, lead_id)
        self.fates[lead_id], self.whys[lead_id] = fate_of(lead, known=False, refined=False)
        if belongs_to in self.events:
            self.joined[lead_id] = self.joined.get(belongs_to, belongs_to)
        del self._jobs[lead_id, Step.REFINE, ""]
        if self.fates[lead_id] is Fate.CAPTURED:
            self._put(Task(Step.REFINE, lead_id), self.clock(), lead.due_at)
        if (spent := self.spent.get(old.source)) is not None:
            self.spent[old.source] = given_back(spent, len(old.body or b""))
        return True

    def _readmit(self, event: CapturedLead, due_at: datetime) -> bool:
        key = event.record_key
        if key and self.known.setdefault(key, event.id) != event.id:
            return False  # its record has a lead by now
        self.fates[event.id] = Fate.CAPTURED
        self._fold_early(event.id, event.id)
        self.joined.pop(event.id, None)
        self._put(Task(Step.REFINE, event.id), self.clock(), due_at)
        return True

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """See `ports.store.Leads.archived`."""
        kept = [self.events[i] for i in lead_ids if i in self.events]
        return {
            e.id: Archived(
                e.id,
                e.source,
                e.captured_at,
                self.fates[e.id],
                e.raw,
                e.body,
                e.media_type,
                e.kind,
            )
            for e in kept
        }

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """See `ports.store.Leads.waiting`."""
        return {i: self._waiting(i) for i in lead_ids if i in self.events}

    def _waiting(self, lead_id: str) -> Waiting:
        event = self.events[lead_id]
        others = [i for i in self.events if self.joined.get(i) == lead_id]
        updates = tuple(self.events[i].raw for i in others if self.fates[i] is Fate.FOLDED)
        late = tuple(self.events[i].raw for i in others if self._is_late(i))
        folded = [self.events[i].why for i in others if self.fates[i] is Fate.FOLDED]
        whys = tuple(filter(None, (event.why, *folded)))
        return Waiting(
            lead_id,
            event.source,
            event.captured_at,
            event.raw,
            event.record,
            updates,
            late,
            whys,
            self._ends(lead_id, others),
            tuple(self.events[i].raw for i in others if self.events[i].kind is Kind.CORRECTED),
        )

    def _ends(self, lead_id: str, others: Sequence[str]) -> tuple[Ended, ...]:
        told: list[Ended] = []
        updates = 0
        for event in (self.events[i] for i in others):
            if is_end(event):
                told.append(Ended(event.why, event.raw, -1 if event.id < lead_id else updates))
            updates += self.fates[event.id] is Fate.FOLDED or self._is_late(event.id)
        return tuple(told)

    def of_records(self, record_keys: Sequence[bytes]) -> Mapping[bytes, str]:
        """See `ports.store.Leads.of_records`."""
        owners = {k: self.known[k] for k in record_keys if k in self.known}
        return {k: i for k, i in owners.items() if self.fates[i] is Fate.CAPTURED}

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
