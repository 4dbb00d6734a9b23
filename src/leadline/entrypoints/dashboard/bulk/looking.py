"""What a bulk action would do with each lead, and what others must not have changed meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec

from leadline.entrypoints.dashboard.bulk.wanted import AT_ONCE, BulkAction, BulkParts, BulkWanted
from leadline.journey.assigning.handing_on import holder_name
from leadline.model.batches import batched
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import ERASED, RefinedLead, Status
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.task import ON_HOLD_UNTIL
from leadline.operations.repair import replay as replaying
from leadline.operations.repair.replay import Plan, Start
from leadline.operations.repair.retrying import plans_of_dead
from leadline.ports.reading.ledger import LeadFilter, LeadRow
from leadline.ports.reading.listing import Wait

UNKNOWN = "there is no such lead"
HELD = "it is under a legal hold"
ERASED_LEAD = "the person was erased"
CHANGED = "others changed it since it was looked at"
STILL_UNREAD = "it still can't be read"
_ENDED: Mapping[Ending, str] = {Ending.JUNK: "it is junk"}
_STAND_BYTES = 8


class LeadLook(msgspec.Struct, frozen=True):
    """A lead as an action found it: why it would be skipped ("": it would not), and a digest of
    what others must not change before it is done."""

    lead_id: str
    why_not: str = ""
    stand: bytes = b""


class _Facts(msgspec.Struct, frozen=True):
    """What is known of some leads."""

    rows: Mapping[str, LeadRow]
    held: frozenset[str]
    refined: Mapping[str, RefinedLead]
    handled: Mapping[str, Handling]
    waits: Mapping[str, Wait]
    erased: frozenset[str]


def look_at(parts: BulkParts, wanted: BulkWanted, lead_ids: Sequence[str]) -> Iterator[LeadLook]:
    """What the action would do with each of these leads; nothing is changed."""
    for some in batched(lead_ids, AT_ONCE):
        ids = list(some)
        facts = _facts(parts, ids, _is_replay(wanted))
        left = _not_replayed(parts, wanted, ids) if _is_replay(wanted) else {}
        for lead_id in ids:
            why_not = _why_never(facts, lead_id) or left.get(lead_id, "")
            if not why_not and not _is_replay(wanted):
                why_not = _why_not(parts, wanted, facts, lead_id)
            yield LeadLook(lead_id, why_not, _stand(wanted, facts, lead_id))


def why_never(parts: BulkParts, lead_ids: Sequence[str]) -> dict[str, str]:
    """Why leads must not be touched, by id; those that may be are left out."""
    facts = _facts(parts, list(lead_ids), looks_at_kept=False)
    return {one: why_not for one in lead_ids if (why_not := _why_never(facts, one))}


def stand_of(handling: Handling) -> bytes:
    """A digest of what people and the CRM decided about a lead: who has it, and how it ended."""
    one = handling
    parts = (
        one.owner, one.claimed_by, one.claimed_at, one.snoozed_until, one.touched_at,
        one.ending, one.ended_by, one.ended_at, one.gone,
    )  # fmt: skip
    return _digest(repr(parts))


def plans_for(parts: BulkParts, wanted: BulkWanted, lead_ids: Sequence[str]) -> list[Plan]:
    """The plans of a replay or a retry of these leads."""
    kit, ledger, start = parts.kit, parts.ledger, wanted.replays_from
    if start is Start.DEAD:
        return list(plans_of_dead(kit, ledger, lead_ids, ""))
    routed = replaying.routed(kit)
    return [replaying.plan(kit.store, kit.sources, routed, lead_ids, start)]


def _is_replay(wanted: BulkWanted) -> bool:
    return wanted.action in (BulkAction.REPLAY, BulkAction.RETRY)


def _facts(parts: BulkParts, ids: list[str], looks_at_kept: bool) -> _Facts:
    store, ledger = parts.kit.store, parts.ledger
    which = LeadFilter(ids=tuple(ids), events=True, limit=len(ids))
    rows = {row.lead_id: row for row in ledger.each(which)}
    refined = store.refined(ids)
    waiting = [i for i, row in rows.items() if row.status is Status.WAITING]
    waits = ledger.waits(waiting, 2 * len(ERASED_WORDS)) if waiting else {}
    erased = {i for i, lead in refined.items() if f"record.{ERASED}" in lead.problems}
    erased |= {i for i, wait in waits.items() if wait.raw == ERASED_WORDS}
    if looks_at_kept:
        others = [i for i in ids if i not in refined and i not in waits]
        kept = store.archived(others) if others else {}
        erased |= {i for i, one in kept.items() if one.raw == ERASED_WORDS}
    handled = store.handling(ids) if refined else {}
    return _Facts(rows, frozenset(store.held(ids)), refined, handled, waits, frozenset(erased))


def _why_never(facts: _Facts, lead_id: str) -> str:
    """Why no bulk action touches a lead; "" if some may."""
    if lead_id not in facts.rows:
        return UNKNOWN
    if lead_id in facts.held:
        return HELD
    return ERASED_LEAD if lead_id in facts.erased else ""


def _why_not(parts: BulkParts, wanted: BulkWanted, facts: _Facts, lead_id: str) -> str:
    status = facts.rows[lead_id].status
    if status in (Status.FILTERED, Status.FOLDED):
        return f"it is no lead ({status})"
    if wanted.action.is_of_wait:
        return _why_no_wait(wanted, facts.waits.get(lead_id), status)
    lead = facts.refined.get(lead_id)
    if lead is None:
        return "it is a dead letter" if status is Status.DEAD else "it is not refined yet"
    if lead.status != "refined":
        return f"it is {lead.status}"
    handling = facts.handled.get(lead_id, UNHANDLED)
    if handling.ending is not Ending.OPEN or handling.gone:
        ended = f"it has ended ({handling.gone or handling.ending})"
        return _ENDED.get(handling.ending, ended)
    if wanted.action is BulkAction.CLAIM and handling.claimed_by is not None:
        return "it is claimed already"
    has_it = wanted.action is BulkAction.ASSIGN and wanted.to == holder_name(
        parts.kit, lead, handling
    )
    return f"{wanted.to} has it already" if has_it else ""


def _why_no_wait(wanted: BulkWanted, wait: Wait | None, status: Status) -> str:
    if wait is None:
        return "it is a dead letter" if status is Status.DEAD else "it does not wait any more"
    is_held = wait.due_at >= ON_HOLD_UNTIL
    if wanted.action is BulkAction.HOLD and is_held:
        return "it is on hold already"
    if wanted.action is BulkAction.RELEASE and not is_held:
        return "it is not on hold"
    return ""


def _not_replayed(parts: BulkParts, wanted: BulkWanted, ids: list[str]) -> dict[str, str]:
    """Why some of the leads would not be done again."""
    left: dict[str, str] = {}
    for todo in plans_for(parts, wanted, ids):
        unread = replaying.still_unreadable(parts.kit.store, todo, parts.read)
        left |= {**todo.skipped, **dict.fromkeys(unread, STILL_UNREAD)}
    return left


def _stand(wanted: BulkWanted, facts: _Facts, lead_id: str) -> bytes:
    if wanted.action.is_of_handling:
        return stand_of(facts.handled.get(lead_id, UNHANDLED))
    wait = facts.waits.get(lead_id)
    return _digest(_due(wait)) if wanted.action.is_of_wait else b""


def _due(wait: Wait | None) -> str:
    due: datetime | None = wait.due_at if wait is not None else None
    return repr(due)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=_STAND_BYTES).digest()
