"""What a change of a lead's handling means for the rosters of teams: the one place for that.

Refinement takes the first turn (`journey.assigning.first_turn`); every later change goes through
here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from leadline.journey.assigning.documents import (
    account_names,
    bodies,
    books_of,
    documents_in,
    reads_of,
    rewrites,
)
from leadline.model.handling import Ending, Handling, holder_of
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import AccountOwner, Charge, Decision, Kept, Rewrite, TeamRoster
from leadline.model.task import Later, Step, Task
from leadline.ports.store import Handlings, Queue
from leadline.ports.store_parts.assigning import Assigning, roster_of
from leadline.team.giving.asking import Ask, Books
from leadline.team.giving.charging import charge_for, is_free
from leadline.team.giving.teams import Teams
from leadline.team.giving.turns import JUNK, Booking, rebooked
from leadline.team.matching.kinds import kind_values
from leadline.team.matching.rules import Looked
from leadline.team.people import Team

ASSIGNED = "assigned"
"""The timeline note of a decision; its detail is the JSON of a `model.staff.assigning.Decision`."""


class AssigningStore(Assigning, Handlings, Queue, Protocol):
    """The parts of a store that a change of a handling needs."""


class HandlingChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a lead's handling: *how* it came (a code of `model.staff.assigning.HOWS`), when,
    and which team was asked ("": the one to which a rule gave the lead)."""

    lead: RefinedLead
    before: Handling
    after: Handling
    how: str
    at: datetime
    team: str = ""

    def team_in(self, teams: Teams) -> str:
        """The team asked, or that to which a rule gave the lead; "" if none did."""
        return self.team or team_of(teams, self.lead, self.before)


class Booked(msgspec.Struct, frozen=True):
    """A handling with its charge, the documents that change with it, and the tasks that give out
    leads for which there is room now."""

    after: Handling
    changes: Mapping[str, Rewrite] = {}
    wake: tuple[Task, ...] = ()


def change_handling(
    store: AssigningStore,
    teams: Teams,
    change: HandlingChange,
    then: Sequence[Later] = (),
    note: str = "",
    detail: str = "",
    kept: Mapping[str, Kept] | None = None,
) -> Handling | None:
    """Store a change of a handling with what it means for the rosters; returns the handling after
    it, or None if somebody else was faster and nothing was done.

    Without a *detail*, that of an owner whom the CRM or the sender names is the JSON of the
    decision. *kept* are the documents as they were when somebody was chosen (`names_for`); None:
    they are read now.
    """
    booked = roster_changes(store, teams, change, kept)
    detail = detail or _decision_named(teams, change, booked.after)
    lead_id, before = change.lead.lead_id, change.before
    if not store.handle(lead_id, before, booked.after, then, note, detail, changes=booked.changes):
        return None
    if booked.wake:
        store.put(booked.wake, change.at)
    return booked.after


def _decision_named(teams: Teams, change: HandlingChange, after: Handling) -> str:
    """The JSON of the decision, if the CRM or the sender named another owner than the lead had and
    rules give out leads; else ""."""
    owner, had = change.after.owner, change.before.owner
    if owner is None or owner == had or not teams.asked or change.how not in ("crm", "sender"):
        return ""
    decision = change.lead.decision
    named = Decision(
        at=change.at,
        how=change.how,
        person=Team(teams.members).name_of(owner) or owner.shown,
        team=after.charge.team if after.charge is not None else "",
        rule=decision.rule if decision is not None else "",
    )
    return msgspec.json.encode(named).decode()


def roster_changes(
    store: AssigningStore,
    teams: Teams,
    change: HandlingChange,
    kept: Mapping[str, Kept] | None = None,
) -> Booked:
    """What a change of a lead's handling means for the rosters of teams.

    Somebody new who works on the lead pays for it, and who paid before gets that back. A lead that
    ends is not open any more, and junk costs nothing where the team says so (`credit`). A lead that
    somebody has, or that has ended, waits in no queue.
    """
    lead, before, after = change.lead, change.before, change.after
    people = Team(teams.members)
    was, now = (_holder(people, lead, one) for one in (before, after))
    if now or not _is_open(after):
        after = msgspec.structs.replace(after, queued=None)
    moves = now != was and (teams.asked or before.charge is not None)
    if not moves and (before.charge, before.queued, after.queued) == (None, None, None):
        return Booked(after)
    if kept is None:
        names = names_for(teams, lead, before, change.team, moves=moves)
        kept = store.kept(names) if names else {}
    books = books_of(documents_in(kept))
    accounts: Mapping[str, AccountOwner] = {}
    if moves:
        charge = _new_charge(teams, change, now, books)
        after = msgspec.structs.replace(after, charge=charge)
        accounts = _accounts(teams, change, was, now, books)
    rosters = {
        team: _rebooked(teams, team, books.rosters.get(team, TeamRoster()), before, after)
        for team in _touched(before, after)
    }
    changes = rewrites(kept, bodies(rosters, accounts))
    return Booked(after, changes, _wake(store, lead, before, after, rosters))


def names_for(
    teams: Teams, lead: RefinedLead, before: Handling, team: str = "", *, moves: bool = True
) -> tuple[str, ...]:
    """The documents that a change of the lead's handling may read and change; with *moves*, also if
    somebody else gets it, of that *team* ("": the one to which a rule gave it)."""
    names = tuple(roster_of(team) for team in _touched(before, before))
    asked = (team or team_of(teams, lead, before)) if moves else ""
    if asked:
        names += reads_of(teams, asked, account_names(lead))
    return tuple(dict.fromkeys(names))


def team_of(teams: Teams, lead: RefinedLead, handling: Handling) -> str:
    """The team to which a rule gave the lead; "" if none did."""
    return teams.of_lead(lead, handling)


def _holder(people: Team, lead: RefinedLead, handling: Handling) -> str:
    """The name in `[people]` of who works on the lead, else as shown; "" for nobody."""
    holder = holder_of(lead, handling)
    return (people.name_of(holder) or holder.shown) if holder is not None else ""


def _is_open(handling: Handling) -> bool:
    return handling.ending is Ending.OPEN and not handling.gone


def _touched(before: Handling, after: Handling) -> tuple[str, ...]:
    """The teams in whose rosters the lead stands before or after a change."""
    parts = (before.charge, after.charge, before.queued, after.queued)
    return tuple(dict.fromkeys(one.team for one in parts if one is not None))


def _new_charge(teams: Teams, change: HandlingChange, person: str, books: Books) -> Charge | None:
    """The charge of who works on the lead now. Within the same team it passes from one to the
    other; a lead that leaves the team costs nobody of it anything."""
    lead, earlier = change.lead, change.before.charge
    if not person:
        return None
    if earlier is not None and (config := teams.of(earlier.team)) and person in config.people:
        return msgspec.structs.replace(earlier, person=person, at=change.at, how=change.how)
    team = change.team_in(teams)
    ask = Ask(
        lead_id=lead.lead_id,
        at=change.at,
        looked=Looked(team=team),
        kind_values=kind_values(lead, teams.kind_fields(team)),
    )
    return charge_for(teams, ask, books, person, change.how)


def _rebooked(
    teams: Teams, team: str, roster: TeamRoster, before: Handling, after: Handling
) -> TeamRoster:
    was, now = (_standing(teams, team, one) for one in (before, after))
    roster = rebooked(roster, teams.zone(team), was, now)
    more = sum(
        sign * (one.queued is not None and one.queued.team == team)
        for one, sign in ((before, -1), (after, 1))
    )
    if not more:
        return roster
    return msgspec.structs.replace(roster, waiting=max(roster.waiting + more, 0))


def _standing(teams: Teams, team: str, handling: Handling) -> Booking:
    """How a lead stands in a team's roster."""
    charge, config = handling.charge, teams.of(team)
    if charge is None or charge.team != team:
        return Booking()
    credited = handling.ending is Ending.JUNK and config is not None and JUNK in config.credit
    return Booking(charge, _is_open(handling), credited)


def _accounts(
    teams: Teams, change: HandlingChange, was: str, person: str, books: Books
) -> dict[str, AccountOwner]:
    """The accounts that go to who works on the lead now: of a lead that nobody had as at its
    refinement; else that of a company without one, or that somebody has by this lead; and whatever
    the CRM says."""
    if person not in teams.members:
        return {}
    config = teams.of(change.team_in(teams))
    if config is None or config.sticky != "company":
        return {}
    lead_id, changed = change.lead.lead_id, {}
    for name in account_names(change.lead):
        has = books.accounts.get(name)
        moves = has is None or has.lead_id == lead_id or change.how == "crm"
        if moves or (not was and is_free(teams, config, has, person, change.at)):
            changed[name] = AccountOwner(person, lead_id, change.at)
    return changed


def _wake(
    store: AssigningStore,
    lead: RefinedLead,
    before: Handling,
    after: Handling,
    rosters: Mapping[str, TeamRoster],
) -> tuple[Task, ...]:
    """A task for the first lead in the queue of a team in which somebody may have room now."""
    charge = before.charge
    if charge is None or (charge == after.charge and _is_open(before) == _is_open(after)):
        return ()
    if not rosters[charge.team].waiting:
        return ()
    first = next((i for i in store.queue_of(charge.team, 2) if i != lead.lead_id), None)
    return () if first is None else (Task(Step.ASSIGN, first),)
