"""The inbox on AWS.

The order of writes makes a capture durable: the event's key is reserved, the raw document is stored
in S3, then one conditional write stores the lead together with its task. A capture that dies in
between is continued by the sender's next attempt, under the same id; after the write to S3 also by
the sweep.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from leadline.model.event_notes import NOT_READ, OTHER_WORDS
from leadline.model.formats import from_iso, iso, key_of
from leadline.model.ids import uuid7
from leadline.model.keys import set_apart
from leadline.model.lead import (
    ERASED,
    CapturedLead,
    Fate,
    Kind,
    Receipt,
    fate_of,
    is_early,
    is_end,
    is_privacy_deletion,
)
from leadline.model.task import Later, Step, Task
from leadline.stores.aws.base import Contested, changed
from leadline.stores.aws.comparing import Comparing
from leadline.stores.aws.documents import document_of
from leadline.stores.aws.events_of_records import (
    EarlyEvents,
    item_of,
    met_again,
    record_item,
    unread_item,
    with_event,
)
from leadline.stores.aws.first_look import first_look_of
from leadline.stores.aws.items import MOST_EARLY, MOST_RELATED, LeadItem, TaskState, lead_of
from leadline.stores.aws.keys import digest_key, lead_key, task_key
from leadline.stores.aws.parallel import in_parallel
from leadline.stores.aws.queue import schedule, wakeups_of
from leadline.stores.aws.table import Put, PutIf, Stale, Write
from leadline.stores.aws.wakeups import Wakeup

_MOST_ROUNDS = 20
_NO_NEWS = (Kind.IGNORED, Kind.CORRECTED)


class AwsInbox(Comparing, EarlyEvents):
    """`ports.store.Inbox` on S3 and DynamoDB.

    Each lead is stored by itself. After a failure, the redelivery finds those that were stored
    already, under the same ids."""

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """See `ports.store.Inbox.accept`."""
        wakeups: list[Wakeup] = []
        try:
            return self._accept_all(leads, wakeups)
        finally:
            self._send_wakeups(wakeups)

    def take_up(self, lead: CapturedLead) -> Receipt:
        """Continue a capture whose raw document is in the archive already."""
        wakeups: list[Wakeup] = []
        receipt = self._accept(lead, wakeups, archived=True)
        self._send_wakeups(wakeups)
        return receipt

    def _accept_all(self, leads: Sequence[CapturedLead], wakeups: list[Wakeup]) -> list[Receipt]:
        """Accept events in parallel, because senders do not wait for long; but those of one record,
        or with the same key, in order."""
        if len(leads) < 2:
            return [self._accept(lead, wakeups) for lead in leads]
        receipts: dict[int, Receipt] = {}
        groups: dict[bytes, list[int]] = {}
        for place, lead in enumerate(leads):
            groups.setdefault(lead.record_key or lead.event_key, []).append(place)

        def accept(places: Sequence[int]) -> None:
            for place in places:
                receipts[place] = self._accept(leads[place], wakeups)

        in_parallel(accept, groups.values())
        return [receipts[place] for place in range(len(leads))]

    def _accept(
        self, lead: CapturedLead, wakeups: list[Wakeup], *, archived: bool = False
    ) -> Receipt:
        if not self._is_within_quota(lead):
            return Receipt(lead.id, Fate.REFUSED)
        lead, reserved = self._with_key(lead)
        if reserved is not None:
            first = self._lead(reserved["lead_id"])
            if first is not None:
                return self._met_again(lead, first, reserved, wakeups)
            lead, archived = self._resumed(lead, reserved), False
        if not archived:
            key = key_of("raw", lead.id, lead.captured_at)
            if not self.bucket.put_new(key, document_of(lead)):
                told = self._beside(lead, lead.id, lead.captured_at, reserved)
                if told.identity:  # another event took the key and died, or is about to be kept
                    return self._set_apart(lead, told.identity, wakeups)
        for _ in range(_MOST_ROUNDS):
            try:
                return self._keep(lead, wakeups)
            except Stale:
                first = self._lead(lead.id)
                if first is not None:
                    return self._redelivered(first, "", wakeups, lead)
        raise Contested(lead.id)

    def _is_within_quota(self, lead: CapturedLead) -> bool:
        """Whether an event fits its quota, if it has one. A repeat of an earlier text is not
        charged."""
        if lead.quota is None or self._is_known(lead):
            return True
        from leadline.stores.aws.quotas import is_within_quota  # most events have no quota

        return is_within_quota(self.table, lead)

    def _met_again(
        self, lead: CapturedLead, first: LeadItem, reserved: dict[str, Any], wakeups: list[Wakeup]
    ) -> Receipt:
        """The receipt of an event with a known key: a redelivery, or about somebody else."""
        told = self._beside(lead, first.lead_id, from_iso(first.captured_at), reserved)
        if told.identity:
            return self._set_apart(lead, told.identity, wakeups)
        if told.erased:
            self._erase_again(first.joined or first.lead_id, wakeups)
        return self._redelivered(first, told.difference, wakeups, lead)

    def _set_apart(self, lead: CapturedLead, identity: str, wakeups: list[Wakeup]) -> Receipt:
        """Store an event whose key belongs to another person's event, under an id of its own."""
        own = msgspec.structs.replace(lead, id=uuid7(lead.captured_at))
        return self._accept(set_apart(own, identity), wakeups)

    def _erase_again(self, head_id: str, wakeups: list[Wakeup]) -> None:
        """Put a look-up, which erases the words that a redelivery brought back."""
        head, ask = self._lead(head_id), [Later(Task(Step.LOOK_UP, head_id))]
        if head is not None:
            now = self.clock()
            there = self.table.get_all([task_key(one.task) for one in ask])
            self.table.write_all(schedule(head, ask, there, now)[1])
            wakeups += wakeups_of(head, ask, now)

    def _redelivered(
        self, first: LeadItem, difference: str, wakeups: list[Wakeup], again: CapturedLead
    ) -> Receipt:
        self._change(first, lambda item: met_again(item, again))
        head = self._lead(first.joined or first.lead_id) if difference else None
        if head is not None:
            now = self.clock()
            self._change(head, lambda lead: lead.note(now, OTHER_WORDS, difference))
        task = first.task
        if task is not None and not task.dead_at and not task.leased:
            # The first capture may have died before its wake-up; one too many does no harm.
            wakeups.append(_wake(first, from_iso(task.due_at)))
        no_lead = first.why if first.fate == Fate.FILTERED else ""
        return Receipt(first.joined or first.lead_id, Fate.REDELIVERED, no_lead)

    def _keep(self, lead: CapturedLead, wakeups: list[Wakeup]) -> Receipt:
        """Store the event as a lead, or as an event of its record's lead; raises Stale if the
        record has changed meanwhile."""
        head = self._head(lead)
        if head is not None and head.lead_id == lead.id:
            raise Stale  # another attempt at this event was faster
        early = head if head is not None and head.is_early else None
        refined = head is not None and head.summary is not None
        fate, why = fate_of(lead, known=head is not None and early is None, refined=refined)
        if fate is Fate.CAPTURED:
            return self._keep_lead(lead, early, wakeups)
        if head is not None:
            return self._keep_event(lead, fate, why, head, wakeups)
        writes: list[Write] = [Put(item_of(lead, fate, why, None).item(), None)]
        if head is None and lead.record_key and is_early(lead):
            writes.append(Put(record_item(lead.record_key, lead.id), None))
        self.table.write_all(writes)
        return Receipt(lead.id, fate, why)

    def _keep_event(
        self, lead: CapturedLead, fate: Fate, why: str, head: LeadItem, wakeups: list[Wakeup]
    ) -> Receipt:
        """Store an event of a lead, add it to the lead, and put a look-up for a refined lead."""
        most = MOST_EARLY if head.is_early else MOST_RELATED
        full = len(head.related) >= most and not lead.joins  # there are few corrections
        if full:  # this one is stored by itself
            fate, why = Fate.FILTERED, "too_many_events"
        writes: list[Write] = [Put(item_of(lead, fate, why, None if full else head).item(), None)]
        unseen = fate is Fate.FOLDED or (is_end(lead) and head.summary is None)
        joined = head if full else with_event(head, lead.id, fate, unseen=unseen)
        if joined is not head:
            writes.append(Put(joined.item(), head.rev))
        is_news = head.summary is not None and (lead.kind not in _NO_NEWS or is_end(lead))
        is_news = is_news or is_privacy_deletion(lead) or self._has_erased(head)
        ask = [Later(Task(Step.LOOK_UP, head.lead_id))] if is_news else []
        now = self.clock()
        there = self.table.get_all([task_key(one.task) for one in ask]) if ask else {}
        self.table.write_all([*writes, *schedule(head, ask, there, now)[1]])
        wakeups += wakeups_of(head, ask, now)
        if joined.attempts != head.attempts and joined.task is not None:
            wakeups.append(_wake(joined, from_iso(joined.task.due_at)))
        if fate is Fate.FOLDED:
            return Receipt(head.lead_id, fate)
        return Receipt(lead.id, fate, why)

    def _has_erased(self, head: LeadItem) -> bool:
        """Whether a record without a lead was deleted for privacy, so that further events of it
        must be erased. For those of a lead a look-up is put anyway."""
        if not head.is_early:
            return False
        items = self.table.get_all([lead_key(i) for i in head.related])
        return ERASED in (head.why, *(item.get("why") for item in items.values()))

    def _keep_lead(
        self, lead: CapturedLead, early: LeadItem | None, wakeups: list[Wakeup]
    ) -> Receipt:
        """Store a new lead with its task, and assign to it its record and the *early* events of
        that record."""
        item = item_of(lead, Fate.CAPTURED, lead.why, None)
        if lead.kind is Kind.UNREADABLE:
            item = unread_item(item, lead)
            self.table.write(Put(item.item(), None))
            self._report_dead_letter(Task(Step.REFINE, lead.id), item, NOT_READ)
            return Receipt(lead.id, Fate.CAPTURED)
        task = TaskState(iso(lead.captured_at), iso(lead.due_at))
        item = msgspec.structs.replace(item, task=task)
        writes: list[Write] = []
        if early is not None:
            item, writes = self._with_early(item, [early.lead_id, *early.related])
        writes.append(Put(item.item(), None))
        if lead.record_key:
            record = record_item(lead.record_key, lead.id)
            free = Put(record, None)
            writes.append(
                free if early is None else PutIf(record, "lead_id = :e", {":e": early.lead_id})
            )
        look, looked_at = first_look_of(lead)
        self.table.write_all([*writes, *look])
        wakeups.append(Wakeup(Task(Step.REFINE, lead.id), lead.due_at, lead.captured_at))
        wakeups += looked_at
        return Receipt(lead.id, Fate.CAPTURED)

    def _head(self, lead: CapturedLead) -> LeadItem | None:
        """The lead of the event's record, or the one that a correction joins."""
        if lead.joins:
            named = self._lead(lead.joins)
            return self._lead(named.joined) if named is not None and named.joined else named
        owner = self._owner(lead.record_key)
        return self._lead(owner) if owner else None

    def _owner(self, record_key: bytes | None) -> str | None:
        """The id of a record's lead."""
        item = self.table.get(digest_key("R", record_key)) if record_key else None
        return item["lead_id"] if item else None

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        """See `ports.store.Inbox.readmit`."""
        items = self.table.get_all([lead_key(i) for i in lead_ids])
        events = sorted((lead_of(item) for item in items.values()), key=lambda e: e.lead_id)
        made = [event for event in events if self._readmit(event, due_at)]
        self._send_wakeups([_wake(event, due_at) for event in made])
        return [event.lead_id for event in made]

    def _readmit(self, event: LeadItem, due_at: datetime) -> bool:
        record_key = bytes.fromhex(event.record_key) if event.record_key else None
        for _ in range(_MOST_ROUNDS):
            if event.fate != Fate.FILTERED or event.joined is not None:
                return False
            owner = self._owner(record_key)
            if owner not in (None, event.lead_id):
                return False  # its record has got a lead meanwhile
            now = self.clock()
            task = TaskState(iso(now), iso(due_at), event.attempts + 1)
            lead = changed(event, fate=str(Fate.CAPTURED), why="", task=task, attempts=task.attempt)
            lead, writes = self._with_early(lead, lead.related)
            writes.append(Put(lead.note(now, "readmitted").item(), event.rev))
            if record_key and owner is None:
                writes.append(Put(record_item(record_key, event.lead_id), None))
            try:
                self.table.write_all(writes)
            except Stale:
                event = self._lead(event.lead_id) or event
            else:
                return True
        raise Contested(event.lead_id)


def _wake(lead: LeadItem, due_at: datetime) -> Wakeup:
    return Wakeup(Task(Step.REFINE, lead.lead_id), due_at, from_iso(lead.captured_at))
