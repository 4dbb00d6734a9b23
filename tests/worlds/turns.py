"""A small team whose turns are simple to count: whoever has got fewest leads is next."""

import json
from collections.abc import Callable
from datetime import timedelta

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import CapturedLead, Ownership
from leadline.model.staff.assigning import Documents, Queued
from leadline.model.staff.people import Person
from leadline.model.task import Done, Step, Task, Turn
from leadline.ports.store import Store
from leadline.ports.store_parts.assigning import roster_of
from tests.worlds.leads import HandClock, captured, lease_task, refined, refined_in, settle

TEAM = "sales"
ROSTER = roster_of(TEAM)
PEOPLE = ("ada", "bob", "cleo")


def counts_in(body: bytes | None) -> dict[str, int]:
    """How many leads each person has got, by a roster of these tests."""
    counts: dict[str, int] = json.loads(body) if body else {}
    return counts


def counts(store: Store) -> dict[str, int]:
    """How many leads each person has got."""
    return counts_in(store.kept([ROSTER])[ROSTER].body)


def turn_for(
    lead: CapturedLead,
    clock: HandClock,
    *,
    reads: tuple[str, ...] = (ROSTER,),
    called: Callable[[Documents], object] = lambda _documents: None,
) -> Done:
    """A refinement that gives a lead to whoever has got fewest; *called* is called before."""
    plain = refined(lead, clock)

    def finish(documents: Documents) -> tuple[Done, Documents]:
        called(documents)
        before = counts_in(documents.get(ROSTER))
        person = min(PEOPLE, key=lambda name: (before.get(name, 0), name))
        after = {**before, person: before.get(person, 0) + 1}
        owned = msgspec.structs.replace(plain.lead_details, owner=person)
        done = Done(
            refined=msgspec.structs.replace(plain, lead_details=owned),
            handling=Handling(owner=Person(slack=person), ownership=Ownership.ASSIGNED),
            then=(Task(Step.NOTIFY, lead.id, person),),
            note="assigned",
            detail=person,
        )
        return done, {ROSTER: json.dumps(after).encode()}

    return Done(refined=plain, turn=Turn(reads, finish))


def owner_in(store: Store, lead_id: str) -> str:
    """Who has a lead by its handling, which is who has it by the refined document."""
    owner = store.handling([lead_id])[lead_id].owner
    assert owner is not None
    assert store.refined([lead_id])[lead_id].lead_details.owner == owner.slack
    return owner.slack


def given_in(store: Store, clock: HandClock, name: str) -> CapturedLead:
    """A lead that came in and was given to somebody."""
    lead = captured(clock, name, delay=timedelta())
    store.accept([lead])
    assert settle(store, lease_task(store, Step.REFINE), turn_for(lead, clock))
    return lead


def queued_in(
    store: Store, clock: HandClock, name: str, score: float = 0.0, team: str = TEAM
) -> CapturedLead:
    """A lead that waits in the queue of a team."""
    waits = Handling(queued=Queued(team, score, clock.now))
    return refined_in(store, clock, name, handling=waits)
