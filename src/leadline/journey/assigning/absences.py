"""Absences that people announce: from when until when."""

from datetime import datetime
from typing import Protocol

import msgspec

from leadline.model.errors import StorageFailed
from leadline.model.staff.assigning import Absence, Absences, Kept, Rewrite
from leadline.model.task import Step, Task
from leadline.ports.store import Queue
from leadline.ports.store_parts.assigning import ABSENCES, Assigning
from leadline.team.giving.teams import Teams

_ROUNDS = 10


class AbsenceStore(Assigning, Queue, Protocol):
    """The parts of a store that absences need."""


def announced(store: Assigning) -> Absences:
    """The absences that people announced."""
    return absences_in(store.kept([ABSENCES])[ABSENCES])


def absences_in(kept: Kept) -> Absences:
    """The absences in their document as stored."""
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
        known = absences_in(seen)
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
