"""Reading whole leads from their items and documents, for a move."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from leadline.model.facts.likeness import Judgement
from leadline.model.formats import from_iso, iso, refined_head
from leadline.model.handling import Handling
from leadline.model.keys import match_keys
from leadline.model.lead import Fate, Kind, RefinedLead
from leadline.model.personal_data.privacy import DataHold
from leadline.model.task import Step, Task, event_name
from leadline.ports.homes import (
    REDELIVERED,
    Family,
    MovedLead,
    MovedTask,
    in_order,
    tasks_in_order,
    with_hold,
    with_judgements,
)
from leadline.ports.reading.ledger import Happening
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.items import (
    LeadItem,
    TaskItem,
    TaskState,
    TimelineItem,
    alerts_of,
    task_in,
)
from leadline.stores.aws.moving.parking import unparked

_decoder = msgspec.json.Decoder(RefinedLead)


class Documents(msgspec.Struct, frozen=True):
    """The documents of a lead in S3; None for those that are missing."""

    raw: bytes | None = None
    refined: bytes | None = None


class _Delivered(NamedTuple):
    """What was delivered of a lead, as far as its raw document exists."""

    raw: bytes | None
    body: bytes | None
    media_type: str
    record: str | None


def moved_lead(
    item: LeadItem,
    further: Sequence[TaskItem],
    handling: Handling | None,
    document: Documents,
    *,
    first_is_here: bool,
) -> MovedLead:
    """The lead as a value; raises msgspec.MsgspecError if a document is damaged.

    *further* are its tasks after refinement; *first_is_here* says whether the lead that this one
    duplicates is here and lists it.
    """
    delivered = _delivered(item, document.raw)
    history = _history(item)
    summary = item.summary
    return MovedLead(
        lead_id=item.lead_id,
        source=item.source,
        kind=Kind(item.kind),
        captured_at=from_iso(item.captured_at),
        fate=Fate(item.fate),
        why=item.why,
        record=delivered.record,
        joined=item.joined,
        raw=delivered.raw,
        body=delivered.body,
        media_type=delivered.media_type,
        head=_head_of(document.refined, delivered.raw) if document.refined is not None else None,
        channel_count=summary.channel_count if summary else 0,
        duplicate_of=summary.duplicate_of if summary and first_is_here else None,
        tasks=tasks_in_order(_tasks(item, further)),
        alerts=tuple(sorted(alerts_of(item), key=lambda a: (a.sent_at, a.channel))),
        history=in_order(h for h in history if h.what != REDELIVERED),
        redelivered=item.redelivered,
        redelivered_at=tuple(h.at for h in history if h.what == REDELIVERED),
        handling=handling,
    )


def _delivered(item: LeadItem, document: bytes | None) -> _Delivered:
    if document is None:
        return _Delivered(None, None, "", item.record)
    stored = read_document(document)
    raw = _very_raw(document, item) or stored.raw
    record = stored.record or item.record  # complete, while the item may have a shortened one
    return _Delivered(raw, stored.whole_body, stored.media_type, record)


def _tasks(item: LeadItem, further: Sequence[TaskItem]) -> list[MovedTask]:
    holders: list[LeadItem | TaskItem] = [item, *further]
    return [_task(task_in(holder), holder.task) for holder in holders if holder.task]


def _task(what: Task, state: TaskState) -> MovedTask:
    state = unparked(state)
    return MovedTask(
        what.step, what.channel, from_iso(state.put_at), from_iso(state.due_at), state.attempt,
        state.failures, state.leased, state.again, state.error,
        from_iso(state.dead_at) if state.dead_at else None, state.reason,
        from_iso(state.first_due_at) if state.first_due_at else None,
    )  # fmt: skip


def _told_lines(item: LeadItem) -> list[TimelineItem]:
    """The lines of a timeline that can be derived from the rest of the item."""
    lines = [
        TimelineItem(a.at, event_name(Step(a.step)), f"{a.channel}, {a.template}")
        for a in item.alerts
    ]
    if item.summary:
        lines.append(TimelineItem(item.summary.processed_at, item.summary.status))
    return lines


def _history(item: LeadItem) -> list[Happening]:
    lines = list(item.timeline)
    for line in _told_lines(item):
        if line in lines:
            lines.remove(line)
    return [Happening(from_iso(line.at), line.what, line.detail) for line in lines]


def _very_raw(document: bytes, item: LeadItem) -> bytes | None:
    """The event exactly as it is in its document, including white space around it."""
    at = iso(from_iso(item.captured_at))
    start = f'{{"lead_id":"{item.lead_id}","timestamp":"{at}","raw_data":'.encode()
    end = document.rfind(b',"status":"captured"')
    return document[len(start) : end] if document.startswith(start) and end > 0 else None


def _head_of(document: bytes, raw: bytes | None) -> bytes:
    """A refined document without the original data."""
    end = b"".join((b',"metadata":{"original_data":', raw or b"null", b"}}"))
    if document.endswith(end):
        return document[: -len(end)] + b"}"
    return refined_head(_decoder.decode(document))


def people_of(lead: MovedLead) -> Mapping[str, bytes]:
    """The match keys of a lead's person, by name."""
    return match_keys(_decoder.decode(lead.head)) if lead.head is not None else {}


def judged(
    families: Mapping[str, Family], judgements: Mapping[str, Sequence[Judgement]]
) -> dict[str, Family]:
    """The families with what people decided about their leads."""

    def told(family: Family) -> tuple[MovedLead, ...]:
        leads = family.leads
        return tuple(with_judgements(one, judgements.get(one.lead_id, ())) for one in leads)

    return {i: msgspec.structs.replace(one, leads=told(one)) for i, one in families.items()}


def under_hold(families: Mapping[str, Family], holds: Mapping[str, DataHold]) -> dict[str, Family]:
    """The families with the legal holds on their leads."""

    def told(family: Family) -> tuple[MovedLead, ...]:
        return tuple(with_hold(one, holds.get(one.lead_id)) for one in family.leads)

    return {i: msgspec.structs.replace(one, leads=told(one)) for i, one in families.items()}
