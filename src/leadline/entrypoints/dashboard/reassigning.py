"""Whose leads a form of TEAM gives to whom, and what that would do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import islice

import msgspec
from starlette.requests import Request

from leadline import wiring
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.forms import SentForm
from leadline.journey.assigning.handing_on import Move, Moved, leads_held_by, move
from leadline.journey.assigning.trial_store import pretending
from leadline.kit import Kit
from leadline.ports.installation import OpenStore

MOST_TRIED = 200
"""Of how many leads it is said beforehand who would get them."""
PERSON, TEAM = "person:", "team:"
"""What a value of the field `to` begins with; each lead goes to its own team if it is empty."""
_LONGEST = 200


class Reassigning(msgspec.Struct, frozen=True):
    """Whose leads go to whom: `source` is a name in `[people]` or the e-mail address of somebody
    who has left; they go to `person`, else by turn of `team`, else by turn of their own teams."""

    source: str = ""
    person: str = ""
    team: str = ""

    @property
    def to(self) -> str:
        """The value of the field `to`."""
        if self.person:
            return PERSON + self.person
        return TEAM + self.team if self.team else ""

    @property
    def to_words(self) -> str:
        """To whom they go, in words."""
        if self.person:
            return self.person
        return f"the team {self.team}, by turn" if self.team else "their own teams, by turn"

    def as_move(self, by: str) -> Move:
        """The move of each lead."""
        return Move(how="operator", person=self.person, team=self.team, by=by)


class ExpectedMoves(msgspec.Struct, frozen=True):
    """What would be done: the number of leads, what would become of those that were tried, and what
    of the form is wrong ("": nothing)."""

    leads: int = 0
    moves: tuple[Moved, ...] = ()
    fault: str = ""

    @property
    def given(self) -> int:
        """How many of those tried would get somebody else."""
        return sum(bool(one.after) for one in self.moves)

    @property
    def spread(self) -> Mapping[str, int]:
        """How many of those tried each person would get, the most first."""
        return dict(Counter(one.after for one in self.moves if one.after).most_common())


def reassigning_in(form: SentForm) -> Reassigning:
    """What a form asks for."""
    source, to = (form.get(one, "").strip()[:_LONGEST] for one in ("from", "to"))
    if to.startswith(PERSON):
        return Reassigning(source, person=to.removeprefix(PERSON))
    return Reassigning(source, team=to.removeprefix(TEAM) if to.startswith(TEAM) else "")


def kit_for(request: Request, store: OpenStore) -> Kit:
    """The parts for giving out leads, with this store."""
    dashboard = dashboard_of(request)
    channels = wiring.channels_on_demand(dashboard.settings)
    kit = wiring.kit_of(dashboard.settings, store, channels, dashboard.clock)
    return msgspec.structs.replace(kit, audit=dashboard.installation.audit())


def fault_of(kit: Kit, which: Reassigning, held: Sequence[str]) -> str:
    """What is wrong with a form, in words; "" if nothing is."""
    people = kit.team.members
    if which.person and which.person not in people:
        return f"There is nobody “{which.person}” in [people]."
    if which.team and which.team not in kit.teams.names():
        return f"There is no team “{which.team}”."
    if which.person and which.person == which.source:
        return f"They are {which.source}'s already."
    if not held and which.source not in people and "@" not in which.source:
        return (
            f"There is nobody “{which.source}” in [people]; of somebody who has left, give the "
            "e-mail address."
        )
    return ""


def expected_moves(request: Request, which: Reassigning) -> ExpectedMoves:
    """What would be done, with nothing done. Call it in a thread."""
    if not which.source:
        return ExpectedMoves()
    with closing(dashboard_of(request).installation.past()) as store:
        kit = kit_for(request, store)
        ids = leads_held_by(kit, which.source)
        if fault := fault_of(kit, which, ids):
            return ExpectedMoves(fault=fault)
        kit = msgspec.structs.replace(kit, store=pretending(kit.store))
        wanted = which.as_move("")
        return ExpectedMoves(len(ids), tuple(move(kit, i, wanted) for i in islice(ids, MOST_TRIED)))
