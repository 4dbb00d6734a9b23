"""Reads unreadable deliveries again, on AWS."""

import msgspec

from leadline.model.formats import from_iso, key_of
from leadline.model.lead import CapturedLead, Fate, Kind, fate_of
from leadline.model.task import Step, Task
from leadline.stores.aws.base import Contested, changed
from leadline.stores.aws.capture.documents import document_of, read_document
from leadline.stores.aws.capture.events_of_records import record_item
from leadline.stores.aws.capture.inbox import AwsInbox
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import MOST_EARLY, MOST_RELATED, LeadItem, revived
from leadline.stores.aws.keys import short
from leadline.stores.aws.table import Put, PutIf, Stale, Write

_MOST_ROUNDS = 20


class AwsUnreadable(AwsInbox):
    """The part of `ports.store.Inbox` for deliveries that could not be read."""

    def read_again(self, lead_id: str, lead: CapturedLead, belongs_to: str = "") -> bool:
        """See `ports.store.Inbox.read_again`."""
        for _ in range(_MOST_ROUNDS):
            item = self._lead(lead_id)
            if item is None or item.kind != Kind.UNREADABLE:
                return False
            if self._is_known(lead):
                return False  # it was sent again, and could be read
            head = self._head(lead)
            early = head if head is not None and head.is_early else None
            if head is not None and not (early and lead.kind is Kind.CREATED):
                return False  # its record has a lead by now
            key = key_of("raw", lead_id, from_iso(item.captured_at))
            document = self.bucket.get(key)
            if document is None:
                return False
            body = read_document(document).whole_body
            read = msgspec.structs.replace(
                lead, id=lead_id, captured_at=from_iso(item.captured_at), body=body
            )
            # If the write below fails, reading again writes the same document again.
            self.bucket.put(key, document_of(read))
            try:
                self.table.write_all(self._writes(item, read, early, self._home(belongs_to)))
            except Stale:
                continue
            from leadline.stores.aws.capture.quotas import give_back  # reading again is rare

            give_back(self.table, item.source, len(body or b""))
            if fate_of(read, known=False, refined=False)[0] is Fate.CAPTURED:
                self._send_wakeups(
                    [Wakeup(Task(Step.REFINE, lead_id), read.due_at, read.captured_at)]
                )
            return True
        raise Contested(lead_id)

    def _home(self, event_id: str) -> LeadItem | None:
        """The lead of an event; None if it is full, or there is none."""
        event = self._lead(event_id) if event_id else None
        lead = self._lead(event.joined) if event is not None and event.joined else event
        most = MOST_EARLY if lead is not None and lead.is_early else MOST_RELATED
        return lead if lead is not None and len(lead.related) < most else None

    def _writes(
        self, item: LeadItem, read: CapturedLead, early: LeadItem | None, home: LeadItem | None
    ) -> list[Write]:
        """The writes that store the event as it was read, assign to it its key, its record and the
        *early* events of that record, and add it to the events of its *home*."""
        now = self.clock()
        fate, why = fate_of(read, known=False, refined=False)
        is_lead = fate is Fate.CAPTURED
        task = revived(item.task, item.attempts, now, read.due_at) if is_lead else None
        new = changed(
            item,
            kind=str(read.kind),
            fate=str(fate),
            why=why,
            record=short(read.record),
            record_key=read.record_key.hex() if read.record_key else None,
            task=task,
            attempts=task.attempt if task else item.attempts,
        ).note(now, "read_again")
        writes: list[Write] = []
        if home is not None:
            new = changed(new, joined=home.lead_id)
            related = (*home.related, item.lead_id)
            writes.append(Put(changed(home, related=related).item(), home.rev))
        if early is not None:
            new, writes = self._with_early(new, [early.lead_id, *early.related])  # has no home
        writes += [Put(new.item(), item.rev), self._key(read)]
        if read.record_key:
            record = record_item(read.record_key, read)
            writes.append(
                Put(record, None)
                if early is None
                else PutIf(record, "lead_id = :e", {":e": early.lead_id})
            )
        return writes
