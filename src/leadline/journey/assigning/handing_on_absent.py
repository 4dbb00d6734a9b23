"""Open leads of people who are away are handed on, where their team says so."""

import logging

import msgspec

from leadline.journey.assigning.absences import absences_in, announced
from leadline.journey.assigning.handing_on import Move, leads_held_by, move
from leadline.kit import Kit
from leadline.model.staff.assigning import Absences, Rewrite
from leadline.ports.store_parts.assigning import ABSENCES, Assigning
from leadline.team.giving.presence import Attendance

log = logging.getLogger(__name__)


def hand_on_absent(kit: Kit) -> int:
    """Give the open leads of people who are away to others of their team, once for each absence,
    where the team says so (`hand_on`). Returns how many leads got somebody else; those for which
    nobody else is there stay with who is away."""
    teams = kit.teams
    chosen = {
        name
        for team in teams.names()
        if (config := teams.of(team)) is not None and config.hand_on == "yes"
        for name in config.people
    }
    if not chosen:
        return 0
    known = announced(kit.store)
    away = {name for name in chosen if _is_away(kit, known, name)}
    moved = sum(_hand_on(kit, name) for name in sorted(away.difference(known.handed_on)))
    if away != set(known.handed_on):
        _note_handed_on(kit.store, away)
    return moved


def _is_away(kit: Kit, known: Absences, name: str) -> bool:
    """Whether somebody is away: not those whose hours are over or who have a public holiday."""
    member = kit.team.members.get(name)
    if member is None:
        return False
    why = Attendance(member, known.people.get(name)).why_absent(kit.clock())
    return why is not None and why[0] == "away"


def _hand_on(kit: Kit, name: str) -> int:
    moved = 0
    for lead_id in leads_held_by(kit, name):
        handling = kit.store.handling([lead_id]).get(lead_id)
        charge = handling.charge if handling is not None else None
        config = kit.teams.of(charge.team) if charge is not None else None
        if config is not None and config.hand_on == "yes":
            done = move(kit, lead_id, Move(how="away"))
            moved += bool(done.after)
            log.info("lead.handed_on", extra={"lead": lead_id, "count": int(bool(done.after))})
    return moved


def _note_handed_on(store: Assigning, away: set[str]) -> None:
    """Keep whose leads were handed on, so that it happens once for each absence. Another worker may
    do the same at the same time: whoever is later finds nothing to do."""
    seen = store.kept([ABSENCES])[ABSENCES]
    known = absences_in(seen)
    after = msgspec.structs.replace(known, handed_on=tuple(sorted(away)))
    store.keep({ABSENCES: Rewrite(seen, msgspec.json.encode(after))})
