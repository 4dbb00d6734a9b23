"""The inbox on AWS.

The order of writes makes a capture durable: the event's key is reserved, the raw document is stored
in S3, then one conditional write stores the lead together with its task. A capture that dies in
between is continued by the sender's next attempt, under the same id; after the write to S3 also by
the sweep.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

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
from leadline.model.monitoring.event_notes import NOT_READ, OTHER_WORDS
from leadline.model.task import Later, Step, Task
from leadline.net.aws.pauses import pauses, wait
from leadline.stores.aws.base import Contested
from leadline.stores.aws.capture.documents import document_of, read_document
from leadline.stores.aws.capture.events_of_records import (
    item_of,
    met_again,
    record_item,
    unread_item,
    with_event,
)
from leadline.stores.aws.capture.records import RecordOwners, wake_of
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import MOST_EARLY, MOST_RELATED, LeadItem, TaskState
from leadline.stores.aws.keys import lead_key, task_key
from leadline.stores.aws.parallel import in_parallel
from leadline.stores.aws.people.comparing import Comparing
from leadline.stores.aws.table import Put, PutIf, Stale, Write
from leadline.stores.aws.work.first_look import first_look_of
from leadline.stores.aws.work.putting import schedule, wakeups_of

_MOST_ROUNDS = 20
_MOMENTS = 4
"""So often a lead is looked for whose record is assigned already, within two thirds of a second."""
_MINE_OR_FREE = "attribute_not_exists(pk) OR lead_id = :me"
_NO_NEWS = (Kind.IGNORED, Kind.CORRECTED)


class AwsInbox(Comparing, RecordOwners):
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
                self._finish_other(lead, wakeups)
        raise Contested(lead.id)

    def _is_within_quota(self, lead: CapturedLead) -> bool:
        """Whether an event fits its quota, if it has one. A repeat of an earlier text is not
        charged."""
        if lead.quota is None or self._is_known(lead):
            return True
        from leadline.stores.aws.capture.quotas import is_within_quota  # most events have no quota

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
            wakeups.append(wake_of(first, from_iso(task.due_at)))
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
            writes.append(Put(record_item(lead.record_key, lead), None))
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
            wakeups.append(wake_of(joined, from_iso(joined.task.due_at)))
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
        look, looked_at = first_look_of(lead)
        if early is None and not look:
            self._write_apart(lead, item)
        else:
            self._write_together(lead, item, early, look)
        wakeups.append(Wakeup(Task(Step.REFINE, lead.id), lead.due_at, lead.captured_at))
        wakeups += looked_at
        return Receipt(lead.id, Fate.CAPTURED)

    def _write_apart(self, lead: CapturedLead, item: LeadItem) -> None:
        """Assign its record to a lead, and then store the lead, since in one transaction both cost
        twice. In between the record has a lead that is not there: see `_finish_other`."""
        if lead.record_key:
            record = record_item(lead.record_key, lead)
            self.table.write(PutIf(record, _MINE_OR_FREE, {":me": lead.id}))
        self.table.write(Put(item.item(), None))

    def _write_together(
        self, lead: CapturedLead, item: LeadItem, early: LeadItem | None, look: Sequence[Write]
    ) -> None:
        """Store a lead with its first look and the *early* events of its record."""
        writes: list[Write] = []
        if early is not None:
            item, writes = self._with_early(item, [early.lead_id, *early.related])
        writes.append(Put(item.item(), None))
        if lead.record_key:
            record = record_item(lead.record_key, lead)
            owner = lead.id if early is None else early.lead_id
            writes.append(PutIf(record, _MINE_OR_FREE, {":me": owner}))
        self.table.write_all([*writes, *look])

    def _finish_other(self, lead: CapturedLead, wakeups: list[Wakeup]) -> None:
        """Finish the capture of the event to which the record of this one is assigned, if its lead
        is missing: it is under way, or died on the way, and then is brought in from its document,
        as the sweep would do."""
        owner = self._owner(lead.record_key)
        if owner is None or owner["lead_id"] == lead.id or "taken_at" not in owner:
            return
        for pause in pauses(_MOMENTS):
            wait(pause)
            if self._lead(owner["lead_id"]) is not None:
                return
        key = key_of("raw", owner["lead_id"], from_iso(owner["taken_at"]))
        document = self.bucket.get(key)
        if document is not None:
            self._accept(read_document(document).captured(), wakeups, archived=True)
