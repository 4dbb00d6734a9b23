"""Leads that wait for a team that is not in the settings any more.

The names of the teams that gave out leads are remembered in a document
(`ports.store_parts.assigning.TEAMS`), as the queues of a store can be read by the name of a team
only.
"""

from collections.abc import Mapping

import msgspec

from leadline.kit import Kit
from leadline.model.staff.assigning import KnownTeams, Rewrite
from leadline.model.task import Step, Task
from leadline.ports.store_parts.assigning import TEAMS, Assigning
from leadline.team.giving.teams import Teams

MOST = 1000
"""How many leads of one queue are counted, and sent on at one look."""


def waiting_for_removed(store: Assigning, teams: Teams) -> Mapping[str, tuple[str, ...]]:
    """The leads that wait for teams that are not in the settings any more, by the name of the team:
    up to `MOST` ids each, in the order of the queue. Teams for which none waits are left out."""
    gone = [name for name in _known(store).names if teams.of(name) is None]
    queues = {name: tuple(store.queue_of(name, MOST)) for name in gone}
    return {name: queue for name, queue in queues.items() if queue}


def send_on(kit: Kit) -> int:
    """Have leads that wait for removed teams sent where the rules send them now; returns how many.

    Also remembers which teams there are. Whoever has changed what is remembered meanwhile has done
    the same.
    """
    names = kit.teams.names() if kit.teams.asked else ()
    seen = kit.store.kept([TEAMS])[TEAMS]
    known = known_teams(seen.body)
    if new := [name for name in names if name not in known.names]:
        body = msgspec.json.encode(KnownTeams((*known.names, *new)))
        kit.store.keep({TEAMS: Rewrite(seen, body)})
    left = waiting_for_removed(kit.store, kit.teams).values()
    tasks = [Task(Step.ASSIGN, lead_id) for queue in left for lead_id in queue]
    if tasks:
        kit.store.put(tasks, kit.clock())
    return len(tasks)


def has_known_teams(store: Assigning) -> bool:
    """Whether leads were ever given out, so that some may wait though no rule gives any now."""
    return bool(store.kept([TEAMS])[TEAMS].body)


def known_teams(body: bytes) -> KnownTeams:
    """The names in their document as stored (empty: there is none yet)."""
    return msgspec.json.decode(body, type=KnownTeams) if body else KnownTeams()


def _known(store: Assigning) -> KnownTeams:
    return known_teams(store.kept([TEAMS])[TEAMS].body)


def removed_words(waiting: int) -> str:
    """What is said of a team that is not in the settings any more."""
    count = f"{waiting:,}{'+' if waiting >= MOST else ''} {'lead' if waiting == 1 else 'leads'}"
    verb = "waits" if waiting == 1 else "wait"
    return (
        f"{count} {verb} for it, and it is not in the settings any more: "
        "they go where the rules send them at a worker's next look"
    )
