"""When a team can give out its next lead."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from leadline.model.staff.assigning import TeamRoster
from leadline.team.giving.asking import Books
from leadline.team.giving.presence import midnight
from leadline.team.giving.teams import Teams
from leadline.team.giving.turns import calendar, capped
from leadline.team.hours import zone_of

_SOONEST = timedelta(seconds=1)
LONGEST = timedelta(hours=12)
"""A lead that waits is looked at again after this time at the latest, whatever it waits for."""


def next_room(teams: Teams, team: str, books: Books, at: datetime) -> datetime:
    """When somebody of the team can next be there without being capped by the leads of a day or a
    week, as far as it is known; later than *at*, and at most `LONGEST` later. Somebody who has too
    many open leads has room when one of them ends."""
    soonest = min(_moments(teams, team, books, at), default=at + LONGEST)
    return min(max(soonest, at + _SOONEST), at + LONGEST)


def _moments(teams: Teams, team: str, books: Books, at: datetime) -> Iterator[datetime]:
    config, zone = teams.of(team), teams.zone(team)
    if config is None:
        return
    roster = books.rosters.get(team, TeamRoster())
    for person, attendance in teams.attending(team, books.absences):
        there = attendance.next_there(at)
        if there is None:
            continue
        why = capped(config, roster, person, calendar(zone, there))
        if why is not None and why.why == "cap_open":
            continue
        if why is not None:
            days = 1 if why.why == "cap_day" else 7 - there.astimezone(zone_of(zone)).weekday()
            free = _day_after(zone, there, days)
            there = attendance.next_there(free)
        if there is not None:
            yield there


def _day_after(zone: str, at: datetime, days: int) -> datetime:
    local = at.astimezone(zone_of(zone)).replace(tzinfo=None) + timedelta(days=days)
    return midnight(zone, local).astimezone(UTC)
