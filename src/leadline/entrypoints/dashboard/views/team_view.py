"""What the page TEAM shows: who is there, and how each team stands."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.alerts.wording.decision_words import absent_words
from leadline.journey.assigning.people_states import PersonPresence, presences
from leadline.journey.assigning.team_states import (
    PersonState,
    TeamState,
    removed_states,
    states_of,
)
from leadline.kit import Kit
from leadline.model.staff.assigning import Skipped
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.teams import TeamConfig
from leadline.settings.top.general import Settings
from leadline.team.giving.teams import QUEUE, Teams
from leadline.team.giving.turns import LEAST_OPEN

MOST_OPEN = 1000
"""Up to how many open leads of somebody are counted."""


class PersonLine(msgspec.Struct, frozen=True):
    """Somebody of `[people]`: whether they are there, in words, too, and how many open leads they
    have, of which up to `MOST_OPEN` are counted."""

    presence: PersonPresence
    words: str
    open: int

    @property
    def is_full(self) -> bool:
        """Whether they may have more open leads than were counted."""
        return self.open >= MOST_OPEN

    @property
    def is_said_away(self) -> bool:
        """Whether somebody announced an absence that has not ended."""
        return bool(self.presence.said_by)


class MemberLine(msgspec.Struct, frozen=True):
    """Somebody in a team: how they stand, why they are given no leads now ("": they are), which
    turn is theirs (0: none), and their share of the leads that the team gave out this week."""

    state: PersonState
    words: str
    turn: int
    share: float

    @property
    def owed(self) -> float:
        """How many leads they are owed, to hundredths; never a negative zero."""
        return round(self.state.owed, 2) + 0.0


class QueuedLine(msgspec.Struct, frozen=True):
    """A lead that waits in a team's queue, and since when."""

    lead_id: str
    since: datetime | None


class TeamCard(msgspec.Struct, frozen=True):
    """A team: how it stands, its settings (None: it is not in them any more), its people, why the
    next one is next, and the leads that wait."""

    state: TeamState
    config: TeamConfig | None
    members: tuple[MemberLine, ...]
    why_next: str
    queue: tuple[QueuedLine, ...]

    @property
    def here(self) -> int:
        """How many of its people are there and have room."""
        return sum(not one.words for one in self.members)

    @property
    def spread(self) -> tuple[int, int]:
        """The fewest and the most leads that anybody was given this week."""
        given = [one.state.this_week for one in self.members] or [0]
        return min(given), max(given)

    @property
    def falls_back_to(self) -> str:
        """Where leads go if nobody can take them."""
        return self.state.fallback or QUEUE


class TeamPicture(msgspec.Struct, frozen=True):
    """Everybody of `[people]`, and the teams."""

    people: tuple[PersonLine, ...]
    teams: tuple[TeamCard, ...]


def teams_in(settings: Settings) -> Teams:
    """The teams by these settings."""
    return Teams(settings.teams, settings.rules, settings.people, settings.hours)


def team_picture(kit: Kit) -> TeamPicture:
    """How people and teams stand now."""
    lines = [_person(kit, one) for one in presences(kit.store, kit.teams, kit.clock())]
    states = [*states_of(kit, kit.teams.names()), *removed_states(kit)]
    return TeamPicture(tuple(lines), tuple(_card(kit, one) for one in states))


def _person(kit: Kit, presence: PersonPresence) -> PersonLine:
    keys = _work_lists(presence.person, kit.teams.members[presence.person])
    ids = {lead_id for key in keys for lead_id in kit.store.work_list(key, MOST_OPEN)}
    return PersonLine(presence, _words(presence.skipped), min(len(ids), MOST_OPEN))


def _work_lists(name: str, member: MemberConfig) -> list[str]:
    """The keys of somebody's open leads (`model.handling.Handling.work_lists`)."""
    keys = (member.slack, member.email.lower(), *member.crm, name)
    return [key for key in dict.fromkeys(keys) if key]


def _words(skipped: Skipped | None) -> str:
    return "" if skipped is None else absent_words(skipped)


def _card(kit: Kit, state: TeamState) -> TeamCard:
    config = kit.teams.of(state.team)
    return TeamCard(
        state=state,
        config=None if state.removed else config,
        members=tuple(_members(state)),
        why_next=_why_next(state),
        queue=tuple(_queue(kit, state.queue)),
    )


def _members(state: TeamState) -> Iterator[MemberLine]:
    given = sum(one.this_week for one in state.people)
    turns: Mapping[str, int] = {name: place for place, name in enumerate(state.turns, 1)}
    for one in state.people:
        words = _words(Skipped(one.person, one.why, one.detail)) if one.why else ""
        share = one.this_week / given if given else 0.0
        yield MemberLine(one, words, turns.get(one.person, 0), share)


def _why_next(state: TeamState) -> str:
    """Why the next one is next, in words that follow their name."""
    by_name = {one.person: one for one in state.people}
    first = by_name.get(state.next)
    if first is None:
        return ""
    if len(state.turns) == 1:
        return "nobody else is there and has room"
    if state.order == LEAST_OPEN:
        return f"has the fewest open leads of the team ({first.open})"
    by = " by weight" if state.order == "weight" else ""
    most = max(by_name[name].owed for name in state.turns)
    if sum(by_name[name].owed == most for name in state.turns) > 1 and first.owed == most:
        return f"is owed as much as others{by}, and comes first in the settings"
    return f"is owed most{by} ({first.owed:+.2f} {'lead' if abs(first.owed) == 1 else 'leads'})"


def _queue(kit: Kit, lead_ids: Sequence[str]) -> Iterator[QueuedLine]:
    handled = kit.store.handling(lead_ids) if lead_ids else {}
    for one in lead_ids:
        queued = handled[one].queued if one in handled else None
        yield QueuedLine(one, queued.since if queued is not None else None)
