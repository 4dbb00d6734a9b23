"""Working through many leads, some at a time; and giving them back what they had."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from leadline.entrypoints.dashboard.bulk.handled import HandlingBefore, handle_one, undo_handled
from leadline.entrypoints.dashboard.bulk.looking import (
    CHANGED,
    STILL_UNREAD,
    LeadLook,
    look_at,
    plans_for,
    why_never,
)
from leadline.entrypoints.dashboard.bulk.wanted import AT_ONCE, BulkAction, BulkParts, BulkWanted
from leadline.model.batches import batched
from leadline.model.lead import Status
from leadline.model.task import ON_HOLD_UNTIL
from leadline.operations.repair import replay as replaying
from leadline.operations.repair.replay import Plan
from leadline.operations.repair.waits import change_wait, end_of_wait
from leadline.ports.reading.ledger import LeadFilter, LeadRow

Note = Callable[[Sequence[str]], None]
"""Notes, before it is done, that an action is done with these leads."""
Tidy = Callable[[Plan], None]
"""Tidies up after a replay was put back."""


class WaitBefore(msgspec.Struct, frozen=True, tag="wait"):
    """When a lead was due before it was put on hold."""

    lead_id: str
    due_at: datetime


Before = HandlingBefore | WaitBefore
"""What a lead had before an action."""


class BulkDone(msgspec.Struct, frozen=True):
    """What became of one lead: why nothing was done with it ("": it was), and what it had, if it
    can get that back."""

    lead_id: str
    why_not: str = ""
    had: Before | None = None


def do_all(
    parts: BulkParts, wanted: BulkWanted, seen: Sequence[LeadLook], note: Note, tidy: Tidy
) -> Iterator[list[BulkDone]]:
    """Do the action with leads as they were *seen*, some at a time; it may be left after any of
    these. Those that were to be skipped, and those that others changed meanwhile, are left. If it
    breaks off, what was done before is yielded first."""
    for some in batched(seen, AT_ONCE):
        done = [BulkDone(one.lead_id, one.why_not) for one in some if one.why_not]
        stands = {one.lead_id: one.stand for one in some if not one.why_not}
        todo = []
        for now in look_at(parts, wanted, list(stands)):
            why_not = CHANGED if now.stand != stands[now.lead_id] else now.why_not
            if why_not:
                done.append(BulkDone(now.lead_id, why_not))
            else:
                todo.append(now)
        if todo:
            note([one.lead_id for one in todo])
            yield from _as_far_as_it_goes(done, _done(parts, wanted, todo, tidy))
        else:
            yield done


def _as_far_as_it_goes(done: list[BulkDone], more: Iterator[BulkDone]) -> Iterator[list[BulkDone]]:
    """What is *done* and what comes to it, at once; also if that breaks off."""
    try:
        for one in more:
            done.append(one)
    except Exception:
        yield done
        raise
    yield done


def undo_all(parts: BulkParts, had: Sequence[Before], note: Note) -> Iterator[list[BulkDone]]:
    """Give leads back what they had, in this order and some at a time, unless somebody changed them
    since, or they are not to be touched any more. If it breaks off, what was done before is yielded
    first."""
    for some in batched(had, AT_ONCE):
        never = why_never(parts, [one.lead_id for one in some])
        note([one.lead_id for one in some if one.lead_id not in never])
        done = (
            BulkDone(one.lead_id, never.get(one.lead_id) or _undone(parts, one)) for one in some
        )
        yield from _as_far_as_it_goes([], done)


def _done(
    parts: BulkParts, wanted: BulkWanted, todo: Sequence[LeadLook], tidy: Tidy
) -> Iterator[BulkDone]:
    ids = [one.lead_id for one in todo]
    if wanted.action.is_of_wait:
        yield from _waits_changed(parts, wanted, ids)
    elif wanted.action.is_of_handling:
        for one in todo:
            came = handle_one(parts, wanted, one.lead_id, one.stand)
            why_not, had = (came, None) if isinstance(came, str) else ("", came)
            yield BulkDone(one.lead_id, why_not, had)
    else:
        yield from _replayed(parts, wanted, ids, tidy)


def _waits_changed(parts: BulkParts, wanted: BulkWanted, ids: Sequence[str]) -> Iterator[BulkDone]:
    rows = {row.lead_id: row for row in _rows(parts, ids)}
    waits = parts.ledger.waits(list(ids), 0)
    for lead_id in ids:
        row, wait = rows.get(lead_id), waits.get(lead_id)
        if row is None or wait is None:
            yield BulkDone(lead_id, CHANGED)
            continue
        due_at, note = _due(parts, wanted, row.source, row.captured_at)
        if not change_wait(parts.kit.store, lead_id, due_at, f"{note} {parts.by}", _now(parts)):
            yield BulkDone(lead_id, "it has just been refined")
            continue
        is_hold = wanted.action is BulkAction.HOLD
        yield BulkDone(lead_id, had=WaitBefore(lead_id, wait.due_at) if is_hold else None)


def _due(
    parts: BulkParts, wanted: BulkWanted, source: str, captured_at: datetime
) -> tuple[datetime, str]:
    """When a lead is due after the action, and the word of its note."""
    now = _now(parts)
    if wanted.action is BulkAction.HOLD:
        return ON_HOLD_UNTIL, "held"
    if wanted.action is BulkAction.NOW:
        return now, "ended"
    return end_of_wait(captured_at, parts.delay_of(source), now), "released"


def _replayed(
    parts: BulkParts, wanted: BulkWanted, ids: Sequence[str], tidy: Tidy
) -> list[BulkDone]:
    left: dict[str, str] = {}
    for todo in plans_for(parts, wanted, ids):
        unread = replaying.still_unreadable(parts.kit.store, todo, parts.read)
        left |= {**todo.skipped, **dict.fromkeys(unread, STILL_UNREAD)}
        replaying.carry_out(parts.kit.store, todo, _now(parts), read=parts.read)
        tidy(todo)
    return [BulkDone(lead_id, left.get(lead_id, "")) for lead_id in ids]


def _undone(parts: BulkParts, had: Before) -> str:
    if isinstance(had, HandlingBefore):
        return undo_handled(parts, had)
    wait = parts.ledger.waits([had.lead_id], 0).get(had.lead_id)
    row = next(iter(_rows(parts, [had.lead_id])), None)
    is_held = wait is not None and wait.due_at >= ON_HOLD_UNTIL
    if row is None or row.status is not Status.WAITING or not is_held:
        return CHANGED
    due_at, now = max(had.due_at, _now(parts)), _now(parts)
    if change_wait(parts.kit.store, had.lead_id, due_at, f"released {parts.by}", now):
        return ""
    return "it has just been refined"


def _rows(parts: BulkParts, ids: Sequence[str]) -> Iterator[LeadRow]:
    return parts.ledger.each(LeadFilter(ids=tuple(ids), events=True, limit=len(ids)))


def _now(parts: BulkParts) -> datetime:
    return parts.kit.clock()
