"""The items and documents of leads that were moved from another home."""

from datetime import datetime

import msgspec

from leadline.model.formats import iso, refined_document
from leadline.model.keys import key_digest
from leadline.model.lead import CapturedLead, Fate, Kind, RefinedLead
from leadline.model.task import Step, event_name
from leadline.ports.homes import REDELIVERED, Family, MovedLead, MovedTask, OwnedKey, in_order
from leadline.ports.reading.ledger import Happening
from leadline.stores.aws.capture.documents import document_of
from leadline.stores.aws.items import (
    LeadItem,
    Summary,
    TaskItem,
    TaskState,
    TimelineItem,
    alert_item,
)
from leadline.stores.aws.keys import short
from leadline.stores.aws.moving.parking import parked
from leadline.stores.aws.summaries import summary_of

_FULL_TIMELINE = 100
_decoder = msgspec.json.Decoder(RefinedLead)


def lead_item(
    lead: MovedLead,
    family: Family,
    key: OwnedKey | None,
    over: LeadItem | None,
    version: str,
    now: datetime,
) -> LeadItem:
    """The item of a lead with its tasks parked; it replaces *over*.

    *key* is the lead's event key, *version* that of its refined document. Events that the lead got
    here meanwhile are kept.
    """
    item = _new_item(lead, family, version, now)
    if over is not None:
        item = _in_place_of(over, item, family)
    if key is not None:
        item = msgspec.structs.replace(item, event_key=key.key.hex(), lasting_key=key.lasting)
    return item


def _new_item(lead: MovedLead, family: Family, version: str, now: datetime) -> LeadItem:
    """The item of a lead that is not here yet, without its event key."""
    events = family.leads[1:] if lead is family.leads[0] else ()
    states = [parked(_state(task), now) for task in lead.tasks if task.step is Step.REFINE]
    task = states[0] if states else None
    return LeadItem(
        lead_id=lead.lead_id,
        source=lead.source,
        kind=lead.kind,
        captured_at=iso(lead.captured_at),
        fate=lead.fate,
        event_key=_digest_key(lead).hex(),
        lasting_key=False,
        why=lead.why,
        record=short(lead.record),
        record_key=record_key_of(lead).hex() if lead.record else None,
        joined=lead.joined,
        updates=tuple(e.lead_id for e in events if e.fate is Fate.FOLDED),
        related=tuple(e.lead_id for e in events),
        attempts=task.attempt if task else 0,
        task=task,
        summary=_summary(lead, version),
        alerts=tuple(map(alert_item, lead.alerts)),
        timeline=_timeline(lead),
        dead_channels=tuple(t.channel for t in lead.tasks if t.step is Step.NOTIFY and t.dead_at),
        redelivered=lead.redelivered,
    )


def _in_place_of(over: LeadItem, item: LeadItem, family: Family) -> LeadItem:
    """A new item with what must be kept of the old one: its event key, the events that it got here,
    and its counts."""
    ours = {event.lead_id for event in family.leads}
    return msgspec.structs.replace(
        item,
        event_key=over.event_key,
        lasting_key=over.lasting_key,
        rev=over.rev,
        updates=(*item.updates, *(i for i in over.updates if i not in ours)),
        related=(*item.related, *(i for i in over.related if i not in ours)),
        attempts=max(item.attempts, over.attempts),
        redelivered=max(item.redelivered, over.redelivered),
    )


def _summary(lead: MovedLead, version: str) -> Summary | None:
    if lead.head is None:
        return None
    return summary_of(_decoder.decode(lead.head), lead.channel_count, version)


def further_items(lead: MovedLead, now: datetime) -> list[TaskItem]:
    """The items of a lead's tasks after refinement, parked."""
    return [
        TaskItem(lead.lead_id, t.channel, parked(_state(t), now), t.step)
        for t in lead.tasks
        if t.step is not Step.REFINE
    ]


def raw_document_of(lead: MovedLead, event_key: bytes, *, lasting: bool) -> bytes | None:
    """The raw document of a lead; None if it is lost."""
    if lead.raw is None:
        return None
    waits = [t.due_at for t in lead.tasks if t.step is Step.REFINE]
    return document_of(
        CapturedLead(
            id=lead.lead_id,
            source=lead.source,
            kind=lead.kind,
            captured_at=lead.captured_at,
            due_at=waits[0] if waits else lead.captured_at,
            raw=lead.raw,
            event_key=event_key,
            lasting_key=lasting,
            record=lead.record,
            why=lead.why,
            body=lead.body,
            media_type=lead.media_type,
            joins=(lead.joined or "") if lead.kind is Kind.CORRECTED else "",
        )
    )


def refined_document_of(lead: MovedLead) -> bytes | None:
    """The refined document of a lead; None if it has none."""
    return refined_document(lead.head, lead.raw or b"null") if lead.head is not None else None


def record_key_of(lead: MovedLead) -> bytes:
    """The key of a lead's CRM record."""
    record = lead.record or ""
    return key_digest("record", lead.source, record.encode(errors="surrogatepass"))


def _digest_key(lead: MovedLead) -> bytes:
    """The event key of an event without a lasting key, which a later event has taken over."""
    raw = lead.raw if lead.raw is not None else b""
    words = lead.body if raw == b"null" and lead.body is not None else raw
    return key_digest("digest", lead.source, words)


def _state(task: MovedTask) -> TaskState:
    return TaskState(
        iso(task.put_at), iso(task.due_at), task.attempt, task.failures, task.leased, task.again,
        task.error, iso(task.dead_at) if task.dead_at else "", task.reason,
        iso(task.first_due_at) if task.first_due_at else "",
    )  # fmt: skip


def _timeline(lead: MovedLead) -> tuple[TimelineItem, ...]:
    """What happened to a lead, in order, with as many redeliveries as there is room for."""
    happened = list(lead.history)
    happened += [
        Happening(a.sent_at, event_name(a.step), f"{a.channel}, {a.template}") for a in lead.alerts
    ]
    if lead.head is not None:
        refined = _decoder.decode(lead.head)
        happened.append(Happening(refined.processed_at, refined.status))
    room = max(0, _FULL_TIMELINE - len(happened))
    times = lead.redelivered_at[-room:] if room else ()
    happened += [Happening(at, REDELIVERED) for at in times]
    return tuple(TimelineItem(iso(h.at), h.what, h.detail) for h in in_order(happened))
