"""Absences that people announce: from when until when, and what follows when one begins or ends."""

import logging
from datetime import datetime
from typing import Protocol

import msgspec

from leadline.journey.handing_on import Move, leads_held_by, move
from leadline.kit import Kit
from leadline.model.assigning import Absence, Absences, Kept, Rewrite
from leadline.model.errors import StorageFailed
from leadline.model.task import Step, Task
from leadline.ports.assigning import ABSENCES, Assigning
from leadline.ports.store import Queue
from leadline.team.presence import Attendance
from leadline.team.teams import Teams

log = logging.getLogger(__name__)

_ROUNDS = 10


class AbsenceStore(Assigning, Queue, Protocol):
    """The parts of a store that absences need."""


def announced(store: Assigning) -> Absences:
    """The absences that people announced."""
    return _read(store.kept([ABSENCES])[ABSENCES])


def _read(kept: Kept) -> Absences:
    return msgspec.json.decode(kept.body, type=Absences) if kept.body else Absences()


def go_away(
    store: Assigning, name: str, since: datetime, until: datetime | None, by: str = ""
) -> None:
    """Keep that somebody of `[people]` is away from *since* until *until* (None: until they are
    back), in place of what was announced for them before. Raises StorageFailed if others changed
    the absences all the time."""
    _change(store, name, Absence(since, until, by))


def come_back(store: AbsenceStore, teams: Teams, name: str, at: datetime) -> bool:
    """Keep that somebody is back, and have what waits for their teams handed out; False if they
    were not away by an announcement. An absence in the settings lasts until its end."""
    if not _change(store, name, None):
        return False
    for team in teams.having(name):
        store.put([Task(Step.ASSIGN, one) for one in store.queue_of(team, 1)], at)
    return True


def _change(store: Assigning, name: str, absence: Absence | None) -> bool:
    for _ in range(_ROUNDS):
        seen = store.kept([ABSENCES])[ABSENCES]
        known = _read(seen)
        if absence is None and name not in known.people:
            return False
        people = {who: one for who, one in known.people.items() if who != name}
        if absence is not None:
            people[name] = absence
        handed_on = tuple(one for one in known.handed_on if one != name)
        body = msgspec.json.encode(Absences(people, handed_on))
        if store.keep({ABSENCES: Rewrite(seen, body)}):
            return True
    raise StorageFailed("the absences were changed by others all the time; try again")


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
    known = _read(seen)
    after = msgspec.structs.replace(known, handed_on=tuple(sorted(away)))
    store.keep({ABSENCES: Rewrite(seen, msgspec.json.encode(after))})
