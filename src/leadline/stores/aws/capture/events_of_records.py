"""A lead's item and those of the other events of its record."""

from collections.abc import Sequence
from typing import Any

import msgspec

from leadline.model.formats import iso
from leadline.model.lead import CapturedLead, Fate, Kind
from leadline.model.monitoring.event_notes import NOT_READ
from leadline.stores.aws.base import Base, changed
from leadline.stores.aws.items import LeadItem, TaskState, lead_of
from leadline.stores.aws.keys import digest_key, lead_key, short
from leadline.stores.aws.table import Put, Write

_MOST_REPEATED = 20


class EarlyEvents(Base):
    """The part of the inbox that handles events that came before their lead."""

    def _with_early(self, item: LeadItem, ids: Sequence[str]) -> tuple[LeadItem, list[Write]]:
        """A new lead's item with the earlier events of its record, and those events' items."""
        items = self.table.get_all([lead_key(i) for i in ids])
        events = [lead_of(items[key]) for i in ids if (key := lead_key(i)) in items]
        news = [event.lead_id for event in events if event.kind == Kind.UPDATED]
        writes: list[Write] = []
        for event in events:
            mine = changed(event, joined=item.lead_id, related=())
            if event.kind == Kind.UPDATED:
                mine = changed(mine, fate=str(Fate.FOLDED), why="")
            writes.append(Put(mine.item(), event.rev))
        return changed(item, related=tuple(e.lead_id for e in events), updates=tuple(news)), writes


def item_of(lead: CapturedLead, fate: Fate, why: str, head: LeadItem | None) -> LeadItem:
    """The item of an event."""
    return LeadItem(
        lead_id=lead.id,
        source=lead.source,
        kind=lead.kind,
        captured_at=iso(lead.captured_at),
        fate=fate,
        event_key=lead.event_key.hex(),
        lasting_key=lead.lasting_key,
        why=why,
        record=short(lead.record),
        record_key=lead.record_key.hex() if lead.record_key else None,
        joined=head.lead_id if head else None,
    )


def record_item(record_key: bytes, lead: CapturedLead) -> dict[str, Any]:
    """The item that assigns a record to a new lead."""
    return record_of(record_key, lead.id, iso(lead.captured_at))


def record_of(record_key: bytes, lead_id: str, captured_at: str) -> dict[str, Any]:
    """The item that assigns a record to a lead; by its time the lead's document is found. Items of
    earlier versions have none."""
    pk, sk = digest_key("R", record_key)
    return {"pk": pk, "sk": sk, "lead_id": lead_id, "taken_at": captured_at}


def met_again(item: LeadItem, again: CapturedLead) -> LeadItem:
    """The event's item after a redelivery, which may be in the body that another event has."""
    repeated = item.repeated
    if again.body_with is not None:
        repeated = (*repeated, f"{again.body_with} {iso(again.captured_at)}")[-_MOST_REPEATED:]
    return changed(item, redelivered=item.redelivered + 1, repeated=repeated)


def with_event(head: LeadItem, event_id: str, fate: Fate, *, unseen: bool) -> LeadItem:
    """The lead with another event of its record. If a worker holds its lease and must read the
    event, the lease is revoked."""
    if not unseen:
        return changed(head, related=(*head.related, event_id))
    task = head.task
    attempts = head.attempts
    if task is not None and task.leased and not task.dead_at:
        attempts = task.attempt + 1
        task = msgspec.structs.replace(task, attempt=attempts, leased=False, due_at=task.put_at)
    updates = (*head.updates, event_id) if fate is Fate.FOLDED else head.updates
    related = (*head.related, event_id)
    return changed(head, related=related, updates=updates, task=task, attempts=attempts)


def unread_item(item: LeadItem, lead: CapturedLead) -> LeadItem:
    """The dead letter of an unreadable event."""
    at = iso(lead.captured_at)
    task = TaskState(at, at, error=short(lead.why), dead_at=at, reason=NOT_READ)
    item = msgspec.structs.replace(item, task=task, why=short(lead.why))
    return item.note(lead.captured_at, "refine.dead", NOT_READ)
