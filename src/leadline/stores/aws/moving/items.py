"""The items of whole leads, to and from the values that move; and tasks that are parked.

A parked task is a dead letter whose reason is PARKED: nobody claims it, nothing of it is forgotten,
and whoever gives a move up half-way can replay it like any other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.model.formats import from_iso, iso, refined_document, refined_head
from leadline.model.handling import Handling
from leadline.model.keys import key_digest
from leadline.model.lead import CapturedLead, Fate, Kind, RefinedLead
from leadline.model.task import Step, Task, told_as
from leadline.ports.homes import (
    REDELIVERED,
    Family,
    MovedLead,
    MovedTask,
    OwnedKey,
    in_order,
    tasks_in_order,
)
from leadline.ports.ledger import Happening
from leadline.stores.aws.documents import document_of, read_document
from leadline.stores.aws.items import (
    LeadItem,
    Noted,
    TaskItem,
    TaskState,
    alerts_of,
    short,
    summary_of,
    task_in,
    told_of,
)

PARKED = "moved"
_FULL_TIMELINE = 100
_decoder = msgspec.json.Decoder(RefinedLead)


class Documents(msgspec.Struct, frozen=True):
    """What S3 keeps of a lead; None where there is nothing."""

    raw: bytes | None = None
    refined: bytes | None = None


def parked(task: TaskState, now: datetime) -> TaskState:
    """The task so that nobody can claim it; a dead letter stays what it is."""
    if task.dead_at:
        return task
    return msgspec.structs.replace(task, dead_at=iso(now), reason=PARKED)


def unparked(task: TaskState) -> TaskState:
    """The task as it was before it was parked."""
    if task.dead_at and task.reason == PARKED:
        return msgspec.structs.replace(task, dead_at="", reason="")
    return task


def moved_lead(
    item: LeadItem,
    further: Sequence[TaskItem],
    handling: Handling | None,
    kept: Documents,
    *,
    first_is_here: bool,
) -> MovedLead:
    """The value of a lead; raises msgspec.MsgspecError when a document is damaged.

    *further* are its tasks after refinement; *first_is_here*: whether the lead that this one
    repeats is, and knows of it.
    """
    raw, body, media_type, record = None, None, "", item.record
    if kept.raw is not None:
        document = read_document(kept.raw)
        raw = _very_raw(kept.raw, item) or document.raw
        body, media_type = document.whole_body, document.media_type
        record = document.record or item.record  # whole, where the item may have its beginning
    holders: list[LeadItem | TaskItem] = [item, *further]
    tasks = [_task(task_in(holder), holder.task) for holder in holders if holder.task]
    history = _history(item)
    return MovedLead(
        lead_id=item.lead_id,
        source=item.source,
        kind=Kind(item.kind),
        captured_at=from_iso(item.captured_at),
        fate=Fate(item.fate),
        why=item.why,
        record=record,
        joined=item.joined,
        raw=raw,
        body=body,
        media_type=media_type,
        head=_head_of(kept.refined, raw) if kept.refined is not None else None,
        told=item.summary.told if item.summary else 0,
        duplicate_of=item.summary.duplicate_of if item.summary and first_is_here else None,
        tasks=tasks_in_order(tasks),
        alerts=tuple(sorted(alerts_of(item), key=lambda a: (a.sent_at, a.channel))),
        history=in_order(h for h in history if h.what != REDELIVERED),
        redelivered=item.redelivered,
        redelivered_at=tuple(h.at for h in history if h.what == REDELIVERED),
        handling=handling,
    )


def lead_item(
    lead: MovedLead,
    family: Family,
    key: OwnedKey | None,
    over: LeadItem | None,
    version: str,
    now: datetime,
) -> LeadItem:
    """The item of a lead, with its tasks parked, in the place of *over*.

    *key* is the event key that the lead has, *version* that of its refined document. Events that
    came to the lead here meanwhile stay.
    """
    refine = next((t for t in lead.tasks if t.step is Step.REFINE), None)
    events = [] if lead is not family.leads[0] else family.leads[1:]
    ours = {event.lead_id for event in family.leads}
    related = [e.lead_id for e in events] + [i for i in over.related if i not in ours] if over \
        else [e.lead_id for e in events]  # fmt: skip
    folded = [e.lead_id for e in events if e.fate is Fate.FOLDED]
    updates = folded + [i for i in over.updates if i not in ours] if over else folded
    summary = None
    if lead.head is not None:
        summary = summary_of(_decoder.decode(lead.head), lead.told, version)
    state = parked(_state(refine), now) if refine else None
    return LeadItem(
        lead_id=lead.lead_id,
        source=lead.source,
        kind=lead.kind,
        captured_at=iso(lead.captured_at),
        fate=lead.fate,
        event_key=key.key.hex() if key else over.event_key if over else _digest_key(lead).hex(),
        lasting_key=key.lasting if key else over.lasting_key if over else False,
        rev=over.rev if over else 0,
        why=lead.why,
        record=short(lead.record),
        record_key=record_key_of(lead).hex() if lead.record else None,
        joined=lead.joined,
        updates=tuple(updates),
        related=tuple(related),
        attempts=max(state.attempt if state else 0, over.attempts if over else 0),
        task=state,
        summary=summary,
        alerts=tuple(map(told_of, lead.alerts)),
        timeline=_timeline(lead),
        dead_channels=tuple(t.channel for t in lead.tasks if t.step is Step.NOTIFY and t.dead_at),
        redelivered=max(lead.redelivered, over.redelivered if over else 0),
    )


def further_items(lead: MovedLead, now: datetime) -> list[TaskItem]:
    """The items of a lead's tasks after refinement, parked."""
    return [
        TaskItem(lead.lead_id, t.channel, parked(_state(t), now), t.step)
        for t in lead.tasks
        if t.step is not Step.REFINE
    ]


def raw_document_of(lead: MovedLead, event_key: bytes, *, lasting: bool) -> bytes | None:
    """The raw document of a lead; None when its words are lost."""
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
        )
    )


def refined_document_of(lead: MovedLead) -> bytes | None:
    """The refined document of a lead; None when it has none."""
    return refined_document(lead.head, lead.raw or b"null") if lead.head is not None else None


def people_of(lead: MovedLead) -> Mapping[str, bytes]:
    """The keys by which the person of a lead is known."""
    from leadline.model.keys import match_keys

    return match_keys(_decoder.decode(lead.head)) if lead.head is not None else {}


def record_key_of(lead: MovedLead) -> bytes:
    """The key of a lead's CRM record."""
    record = lead.record or ""
    return key_digest("record", lead.source, record.encode(errors="surrogatepass"))


def _digest_key(lead: MovedLead) -> bytes:
    """The key of an event that had no lasting one, and has lost it to a later event."""
    raw = lead.raw if lead.raw is not None else b""
    words = lead.body if raw == b"null" and lead.body is not None else raw
    return key_digest("digest", lead.source, words)


def _task(what: Task, state: TaskState) -> MovedTask:
    state = unparked(state)
    return MovedTask(
        what.step, what.channel, from_iso(state.put_at), from_iso(state.due_at), state.attempt,
        state.failures, state.held, state.again, state.error,
        from_iso(state.dead_at) if state.dead_at else None, state.reason,
    )  # fmt: skip


def _state(task: MovedTask) -> TaskState:
    return TaskState(
        iso(task.put_at), iso(task.due_at), task.attempt, task.failures, task.held, task.again,
        task.error, iso(task.dead_at) if task.dead_at else "", task.reason,
    )  # fmt: skip


def _told_lines(item: LeadItem) -> list[Noted]:
    """The lines of a timeline that follow from the rest of the item."""
    lines = [Noted(a.at, told_as(Step(a.step)), f"{a.channel}, {a.template}") for a in item.alerts]
    if item.summary:
        lines.append(Noted(item.summary.processed_at, item.summary.status))
    return lines


def _history(item: LeadItem) -> list[Happening]:
    lines = list(item.timeline)
    for line in _told_lines(item):
        if line in lines:
            lines.remove(line)
    return [Happening(from_iso(line.at), line.what, line.detail) for line in lines]


def _timeline(lead: MovedLead) -> tuple[Noted, ...]:
    """What happened to a lead, in order; of redeliveries as many as there is room for."""
    happened = list(lead.history)
    happened += [
        Happening(a.sent_at, told_as(a.step), f"{a.channel}, {a.template}") for a in lead.alerts
    ]
    if lead.head is not None:
        refined = _decoder.decode(lead.head)
        happened.append(Happening(refined.processed_at, refined.status))
    room = max(0, _FULL_TIMELINE - len(happened))
    times = lead.redelivered_at[-room:] if room else ()
    happened += [Happening(at, REDELIVERED) for at in times]
    return tuple(Noted(iso(h.at), h.what, h.detail) for h in in_order(happened))


def _very_raw(document: bytes, item: LeadItem) -> bytes | None:
    """The event as it was spliced into its document, the white space around it included."""
    at = iso(from_iso(item.captured_at))
    start = f'{{"lead_id":"{item.lead_id}","timestamp":"{at}","raw_data":'.encode()
    end = document.rfind(b',"status":"captured"')
    return document[len(start) : end] if document.startswith(start) and end > 0 else None


def _head_of(document: bytes, raw: bytes | None) -> bytes:
    """A refined document as it was before its metadata was spliced in."""
    end = b"".join((b',"metadata":{"original_data":', raw or b"null", b"}}"))
    if document.endswith(end):
        return document[: -len(end)] + b"}"
    return refined_head(_decoder.decode(document))
