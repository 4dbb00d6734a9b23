"""Claiming, assigning and junking one lead among many, unless others changed it; and undoing it."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from leadline.entrypoints.dashboard.bulk.looking import CHANGED, UNKNOWN, stand_of
from leadline.entrypoints.dashboard.bulk.wanted import BulkAction, BulkParts, BulkWanted
from leadline.journey.assigning.changing import (
    ASSIGNED,
    HandlingChange,
    change_handling,
    names_for,
    team_of,
)
from leadline.journey.assigning.giving import what_follows
from leadline.journey.assigning.handing_on import Move, holder_name, move
from leadline.journey.responding.claiming import CLAIM, JUNK, Press, press
from leadline.journey.responding.meanwhile import update_later_alerts
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import Decision, Rewrite
from leadline.model.task import Later, Step, Task
from leadline.ports.store import Store
from leadline.ports.store_parts.assigning import account_of, roster_of

UNDONE = "undone"
"""The timeline note of an undone action; its detail names the action and who undid it."""
_ROUNDS = 10
_COMPANY = account_of(b"")


class HandlingBefore(msgspec.Struct, frozen=True, omit_defaults=True, tag="handling"):
    """The handling of a lead before an action changed it, and a digest of what the action made of
    it (`looking.stand_of`). `companies` are the documents of who has its company, by name: as
    they were, and as the action left them."""

    lead_id: str
    action: BulkAction
    made: bytes
    before: Handling
    companies: Mapping[str, tuple[bytes, bytes]] = {}


class _Changed(Exception):
    """Others changed the lead since it was looked at."""


class _Watched:
    """A store for an action on one lead that others must not have changed: it keeps the handling
    before and after. Reading another handling than was seen raises _Changed."""

    def __init__(self, store: Store, seen: bytes) -> None:
        self._store = store
        self._seen = seen
        self._is_done = False
        self.before = self.after = UNHANDLED
        self.changes: Mapping[str, Rewrite] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Handlings.handling`."""
        found = self._store.handling(lead_ids)
        if self._is_done:
            return found
        if stand_of(found.get(lead_ids[0], UNHANDLED)) != self._seen:
            raise _Changed
        return found

    def handle(
        self, lead_id: str, before: Handling, after: Handling, *rest: Any, **more: Any
    ) -> bool:
        """See `ports.store.Handlings.handle`."""
        is_stored = self._store.handle(lead_id, before, after, *rest, **more)
        if is_stored:
            self._is_done, self.before, self.after = True, before, after
            self.changes = more.get("changes", {})
        return is_stored


def handle_one(
    parts: BulkParts, wanted: BulkWanted, lead_id: str, seen: bytes
) -> HandlingBefore | str:
    """Claim, assign or junk a lead if it is as it was *seen*. Returns what it had, or why nothing
    was done. Raises StorageFailed if it could not be stored."""
    watched = _Watched(parts.kit.store, seen)
    store = cast("Store", watched)
    try:
        why_not = _changed(parts, wanted, lead_id, store)
    except _Changed:
        return CHANGED
    if why_not:
        return why_not
    return HandlingBefore(
        lead_id=lead_id,
        action=wanted.action,
        made=stand_of(watched.after),
        before=watched.before,
        companies={
            name: (one.seen.body, one.body)
            for name, one in watched.changes.items()
            if name.startswith(_COMPANY)
        },
    )


def _changed(parts: BulkParts, wanted: BulkWanted, lead_id: str, store: Store) -> str:
    """Change the handling; returns why that was not possible."""
    kit = msgspec.structs.replace(parts.kit, store=store)
    if wanted.action is BulkAction.ASSIGN:
        moved = move(kit, lead_id, Move(how="operator", person=wanted.to, by=parts.by))
        return "" if moved.after else moved.why_not or "it stays where it is"
    button = CLAIM if wanted.action is BulkAction.CLAIM else JUNK
    user = (kit.team.person(wanted.to) if wanted.to else None) or parts.person
    request = Press(action=button, lead_id=lead_id, user=user)
    pressed = press(store, kit.team, request, kit.clock(), parts.rules)
    return "" if pressed.changed else f"it is {str(pressed.result).replace('_', ' ')}"


def undo_handled(parts: BulkParts, had: HandlingBefore) -> str:
    """Give a lead back what it had; returns why not ("": it was done)."""
    kit, lead_id = parts.kit, had.lead_id
    lead = kit.store.refined([lead_id]).get(lead_id)
    if lead is None:
        return UNKNOWN
    for _ in range(_ROUNDS):
        before = kit.store.handling([lead_id]).get(lead_id, UNHANDLED)
        if stand_of(before) != had.made:
            return CHANGED
        if _is_restored(parts, lead, before, had):
            _give_companies_back(kit.store, had)
            return ""
    return CHANGED


def _is_restored(
    parts: BulkParts, lead: RefinedLead, before: Handling, had: HandlingBefore
) -> bool:
    """Store what a lead had; False if somebody else was faster."""
    kit, now = parts.kit, parts.kit.clock()
    after = _as_it_was(before, had)
    team = team_of(kit.teams, lead, before)
    decision = Decision(
        at=now,
        how="operator",
        person=holder_name(kit, lead, after),
        team=team,
        by=parts.by,
        waits=after.queued is not None,
    )
    then = what_follows(kit, lead, after, decision)
    if after.queued is not None:
        then.append(Later(Task(Step.ASSIGN, lead.lead_id)))
    is_given = had.action is BulkAction.ASSIGN and bool(decision.person)
    note = ASSIGNED if is_given else UNDONE
    detail = f"{had.action} {parts.by}"
    if is_given:
        detail = msgspec.json.encode(decision).decode()
    change = HandlingChange(
        lead=lead, before=before, after=after, how="operator", at=now, team=team
    )
    names = names_for(kit.teams, lead, before, team)
    if after.queued is not None:  # the queue that it enters is none that it is in
        names += (roster_of(after.queued.team),)
    kept = kit.store.kept(tuple(dict.fromkeys(names))) if names else None
    if change_handling(kit.store, kit.teams, change, then, note, detail, kept) is None:
        return False
    update_later_alerts(kit.store, lead.lead_id, then, now)
    return True


def _give_companies_back(store: Store, had: HandlingBefore) -> None:
    """Leave the lead's company to who had it, if it is still with whom the action gave it."""
    kept = store.kept(list(had.companies))
    for name, (before, made) in had.companies.items():
        if kept[name].body == made:  # else it is somebody's by now, and stays so
            store.keep({name: Rewrite(kept[name], before)})


def _as_it_was(before: Handling, had: HandlingBefore) -> Handling:
    if had.action is BulkAction.JUNK:
        queued = had.before.queued if before.holder is None else None
        return msgspec.structs.replace(
            before, ending=Ending.OPEN, ended_at=None, ended_by=None, queued=queued
        )
    was = had.before
    return msgspec.structs.replace(
        before,
        owner=was.owner,
        ownership=was.ownership,
        claimed_by=was.claimed_by,
        claimed_at=was.claimed_at,
        snoozed_until=was.snoozed_until,
        touched_at=was.touched_at,
        queued=was.queued,
        clock_from=was.clock_from,
        ending=Ending.OPEN,
        ended_at=None,
        ended_by=None,
    )
