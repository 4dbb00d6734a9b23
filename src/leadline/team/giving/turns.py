"""Turns: who of a team is next, and what everybody is owed.

For each lead that a team gives out, everybody present is owed their weight over the weights of
those present, and who gets the lead pays one. The one who is owed most is next, so that everybody
stays within about one lead of their share. Who is absent is owed nothing more, and nothing less,
when they are back. All numbers are integers, and those of a team add up to zero.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.model.staff.assigning import WHOLE_LEAD, Charge, Drawn, Share, Skipped, TeamRoster
from leadline.settings.team.teams import TeamConfig
from leadline.team.hours import zone_of

TURN, LEAST_OPEN = "turn", "least_open"
EVEN, LEARNED = "even", "learned"
"""In the order `learned` (`team.giving.learning`) a lead is given out evenly, or by what was
learned."""
_APART = frozenset((LEAST_OPEN, LEARNED))
"""The orders in which what is owed means something else than in the others."""
JUNK, DUPLICATES = "junk", "duplicates"
"""The words of a team's `credit`."""


class Booking(msgspec.Struct, frozen=True):
    """What a lead counts for in a roster: who pays for it (None: nobody), whether it is open, and
    whether the payment is given back because it is junk (`credit`)."""

    charge: Charge | None = None
    is_open: bool = True
    credited: bool = False


class Calendar(msgspec.Struct, frozen=True):
    """The names of the day and of the week of a moment in the team's time zone."""

    day: str
    week: str


def calendar(zone: str, at: datetime) -> Calendar:
    """The day ("2026-12-01") and the ISO week ("2026-W49") of a moment in a time zone."""
    local = at.astimezone(zone_of(zone))
    year, week, _ = local.isocalendar()
    return Calendar(local.date().isoformat(), f"{year}-W{week:02}")


def weights_of(team: TeamConfig) -> Mapping[str, int]:
    """The weight of each person of the team, as integers; all are equal unless the team gives out
    leads by weight. Weights such as 1.5 are multiplied to integers."""
    given = (
        dict(word.partition("=")[::2] for word in team.weights) if team.order == "weight" else {}
    )
    return {one: round(float(given.get(one) or 1) * 1000) for one in team.people}


def choose(team: TeamConfig, roster: TeamRoster, present: Sequence[str], but: str = "") -> str:
    """Who of those *present* (not capped, in any order) is next; "" if nobody is. *but* is somebody
    who is not considered. Ties are decided by the order of the team's people."""
    ready = [one for one in team.people if one in present and one != but]
    if not ready:
        return ""
    will = shares_of(team, ready)

    def rank(one: str) -> tuple[int, int]:
        share = roster.shares.get(one, Share())
        fewest = -share.open if team.order == LEAST_OPEN else 0
        return fewest, share.owed + will[one]

    return max(ready, key=rank)


def shares_of(
    team: TeamConfig, present: Sequence[str], *, by_turns: bool = False
) -> Mapping[str, int]:
    """What each of those *present* is owed more for one lead; with `catch_up`, those absent, too.
    The remainder of the division goes to the first, so that the sum is exactly one lead, or in the
    order `learned` its `floor`, unless that still goes *by_turns*."""
    learns = team.order == LEARNED and not by_turns
    lead = round(WHOLE_LEAD * team.floor) if learns else WHOLE_LEAD
    weights, all_of_them = weights_of(team), team.catch_up == "yes"
    among = [one for one in team.people if all_of_them or one in present] or list(present)
    whole = sum(weights.get(one, 1) for one in among)
    shares = {one: lead * weights.get(one, 1) // whole for one in among}
    if among:
        shares[among[0]] += lead - sum(shares.values())
    return shares


def owed_afresh(roster: TeamRoster, team: TeamConfig) -> TeamRoster:
    """The roster for a turn by the team's order. If the last turn was by open leads or by what was
    learned and this one is not, or the other way round, nothing is owed from before."""
    if roster.order == team.order:
        return roster
    shares = roster.shares
    if roster.order and _APART & {roster.order, team.order}:
        shares = {n: msgspec.structs.replace(one, owed=0) for n, one in shares.items()}
    return msgspec.structs.replace(roster, shares=shares, order=team.order)


def rebooked(roster: TeamRoster, zone: str, before: Booking, after: Booking) -> TeamRoster:
    """The roster after a lead's standing has changed; *zone* is that of the team's days."""
    if before == after:
        return roster
    shares = dict(roster.shares)
    for standing, sign in ((before, -1), (after, +1)):
        if standing.charge is not None:
            _book(shares, zone, standing, standing.charge, sign)
    return msgspec.structs.replace(roster, shares=shares)


def _book(
    shares: dict[str, Share], zone: str, standing: Booking, charge: Charge, sign: int
) -> None:
    """Enter a lead (*sign* 1), or take it back (-1)."""
    share = shares.get(charge.person, Share())
    at = calendar(zone, charge.at)
    if sign > 0:
        day = share.day_count + 1 if share.day == at.day else 1
        week = share.week_count + 1 if share.week == at.week else 1
        if at.day >= share.day:
            share = msgspec.structs.replace(share, day=at.day, day_count=day)
        if at.week >= share.week:
            share = msgspec.structs.replace(share, week=at.week, week_count=week)
    else:
        day = share.day_count - (share.day == at.day)
        week = share.week_count - (share.week == at.week)
        share = msgspec.structs.replace(share, day_count=max(day, 0), week_count=max(week, 0))
    opened = max(share.open + sign * standing.is_open, 0)
    shares[charge.person] = msgspec.structs.replace(share, open=opened)
    if not charge.free and not standing.credited:
        learned = isinstance(charge.drawn, Drawn) and charge.drawn.how == LEARNED
        _owe(shares, charge.person, 0 if learned else -sign * WHOLE_LEAD)
        for one, more in charge.shares.items():
            _owe(shares, one, sign * more)


def _owe(shares: dict[str, Share], person: str, more: int) -> None:
    share = shares.get(person, Share())
    shares[person] = msgspec.structs.replace(share, owed=share.owed + more)


def capped(team: TeamConfig, roster: TeamRoster, person: str, today: Calendar) -> Skipped | None:
    """Why somebody present is given no more leads by the team; None if they may be."""
    share = roster.shares.get(person, Share())
    counts = (
        ("cap_open", team.cap_open, share.open, "open"),
        ("cap_day", team.cap_day, share.day_count if share.day == today.day else 0, "today"),
        ("cap_week", team.cap_week, share.week_count if share.week == today.week else 0,
         "this week"),
    )  # fmt: skip
    for why, most, count, word in counts:
        if most is not None and count >= most:
            return Skipped(person, why, f"{count} of {most} {word}")
    return None
