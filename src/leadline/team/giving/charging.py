"""What somebody pays for a lead, who of a team can be given one, and whose a company is."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from leadline.model.staff.assigning import AccountOwner, Charge, Skipped, TeamRoster
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.asking import Ask, Books
from leadline.team.giving.learning import drawn_for
from leadline.team.giving.presence import absent_why
from leadline.team.giving.teams import Teams
from leadline.team.giving.turns import DUPLICATES, LEARNED, TURN, calendar, capped, shares_of

_TURNS = frozenset(
    ("turn", "weight", "least_open", "fallback", "queue", "next", "reassign", "away")
)


def charge_for(
    teams: Teams, ask: Ask, books: Books, person: str, how: str, team: str = ""
) -> Charge | None:
    """What somebody who gets the lead pays in the team that is asked, or in one of those asked
    after it; None if they are in none of them."""
    for name in dict.fromkeys((team, *teams.chain(ask.looked.team))):
        config = teams.of(name)
        if config is None or person not in config.people:
            continue
        drawn = drawn_for(config, ask, person, how)
        free = drawn is None and _is_free(config, ask, how)
        shares: Mapping[str, int] = {}
        if not free:
            ready = ready_now(teams, name, config, books, ask.at) or (person,)
            shares = shares_of(config, ready, by_turns=how == TURN)
        return Charge(name, person, ask.at, free, shares, how, drawn or msgspec.UNSET)
    return None


def _is_free(config: TeamConfig, ask: Ask, how: str) -> bool:
    """Whether a lead costs nothing. In an order that learns only what it gives out itself counts:
    the floor is a share of that."""
    if config.order == LEARNED:
        return True
    if how in _TURNS:
        return False
    is_again = ask.earlier is not None and ask.earlier.is_open
    return config.sticky_pays == "no" or (is_again and DUPLICATES in config.credit)


def ready_now(
    teams: Teams,
    team: str,
    config: TeamConfig,
    books: Books,
    at: datetime,
    skipped: list[Skipped] | None = None,
) -> list[str]:
    """The people of the team who can be given a lead; the others are added to *skipped*."""
    roster, today = books.rosters.get(team, TeamRoster()), calendar(teams.zone(team), at)
    ready = []
    for person, attendance in teams.attending(team, books.absences):
        why = absent_why(person, attendance, at) or capped(config, roster, person, today)
        if why is None:
            ready.append(person)
        elif skipped is not None:
            skipped.append(why)
    return ready


def is_free(
    teams: Teams, config: TeamConfig, has: AccountOwner | None, person: str, at: datetime
) -> bool:
    """Whether a company belongs to who gets a lead of it that nobody had, unless somebody else has
    the company who is only absent."""
    if has is None or has.person == person or has.person not in teams.members:
        return True
    return at - has.at > config.sticky_for
