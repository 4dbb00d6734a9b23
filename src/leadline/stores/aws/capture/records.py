"""The leads of CRM records, and events that become leads after all."""

from collections.abc import Sequence
from datetime import datetime

from leadline.model.formats import from_iso, iso
from leadline.model.lead import CapturedLead, Fate
from leadline.model.task import Step, Task
from leadline.stores.aws.base import Contested, changed
from leadline.stores.aws.capture.events_of_records import EarlyEvents, record_of
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import LeadItem, TaskState, lead_of
from leadline.stores.aws.keys import digest_key, lead_key
from leadline.stores.aws.table import Put, Stale
from leadline.stores.aws.values import Item

_MOST_ROUNDS = 20


class RecordOwners(EarlyEvents):
    """The part of the inbox that knows which lead a record has."""

    def _head(self, lead: CapturedLead) -> LeadItem | None:
        """The lead of the event's record, or the one that a correction joins."""
        if lead.joins:
            named = self._lead(lead.joins)
            return self._lead(named.joined) if named is not None and named.joined else named
        owner = self._owner(lead.record_key)
        return self._lead(owner["lead_id"]) if owner else None

    def _owner(self, record_key: bytes | None) -> Item | None:
        """The item of a record, which names its lead."""
        return self.table.get(digest_key("R", record_key)) if record_key else None

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        """See `ports.store.Inbox.readmit`."""
        items = self.table.get_all([lead_key(i) for i in lead_ids])
        events = sorted((lead_of(item) for item in items.values()), key=lambda e: e.lead_id)
        made = [event for event in events if self._readmit(event, due_at)]
        self._send_wakeups([wake_of(event, due_at) for event in made])
        return [event.lead_id for event in made]

    def _readmit(self, event: LeadItem, due_at: datetime) -> bool:
        record_key = bytes.fromhex(event.record_key) if event.record_key else None
        for _ in range(_MOST_ROUNDS):
            if event.fate != Fate.FILTERED or event.joined is not None:
                return False
            owner = self._owner(record_key)
            if owner is not None and owner["lead_id"] != event.lead_id:
                return False  # its record has got a lead meanwhile
            now = self.clock()
            task = TaskState(iso(now), iso(due_at), event.attempts + 1)
            lead = changed(event, fate=str(Fate.CAPTURED), why="", task=task, attempts=task.attempt)
            lead, writes = self._with_early(lead, lead.related)
            writes.append(Put(lead.note(now, "readmitted").item(), event.rev))
            if record_key and owner is None:
                writes.append(Put(record_of(record_key, event.lead_id, event.captured_at), None))
            try:
                self.table.write_all(writes)
            except Stale:
                event = self._lead(event.lead_id) or event
            else:
                return True
        raise Contested(event.lead_id)


def wake_of(lead: LeadItem, due_at: datetime) -> Wakeup:
    """The wake-up for the refinement of a lead."""
    return Wakeup(Task(Step.REFINE, lead.lead_id), due_at, from_iso(lead.captured_at))
