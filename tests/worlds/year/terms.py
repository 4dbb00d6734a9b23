"""The judge's own reading of the settings: people, hours, teams and rules.

It shares nothing with Leadline's, so that a mistake there is not made here too.
"""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OpeningTimes(msgspec.Struct, frozen=True):
    """Opening times of a day in a zone."""

    zone: str
    opens: int
    closes: int
    days: frozenset[int]

    def at_work(self, at: datetime) -> bool:
        """Whether the moment is within them."""
        local = at.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        return local.weekday() in self.days and self.opens <= minute < self.closes


class Colleague(msgspec.Struct, frozen=True):
    """A person of the team: when they work, and the first and last days of what they have planned
    to be away."""

    name: str
    zone: tzinfo
    hours: str
    holidays: frozenset[date]
    away: tuple[tuple[date, date], ...]


class TeamTerms(msgspec.Struct, frozen=True):
    """A team as the settings have it; weights are those that count in its order."""

    name: str
    people: tuple[str, ...]
    order: str
    weights: Mapping[str, int]
    cap_day: int
    cap_week: int
    cap_open: int
    hours: str
    fallback: str
    sticky: str
    sticky_for: timedelta
    sticky_pays: bool
    credit: frozenset[str]


class Terms(msgspec.Struct, frozen=True):
    """All that the judge knows of the settings."""

    people: Mapping[str, Colleague]
    hours: Mapping[str, OpeningTimes]
    teams: Mapping[str, TeamTerms]
    rules: Mapping[str, Mapping[str, Any]]

    def zone_of(self, team: TeamTerms) -> tzinfo:
        """The zone in which the days and weeks of a team's caps are counted."""
        return ZoneInfo(self.hours[team.hours].zone) if team.hours else UTC

    def why_absent(self, name: str, at: datetime, until: Mapping[str, datetime]) -> str:
        """Why a person is not there: away, holiday or hours; "" if they are. *until* are the
        absences that were announced, by person."""
        who = self.people[name]
        day = at.astimezone(who.zone).date()
        if (name in until and at < until[name]) or any(a <= day <= b for a, b in who.away):
            return "away"
        if day in who.holidays:
            return "holiday"
        if who.hours and not self.hours[who.hours].at_work(at):
            return "hours"
        return ""

    def why_not(
        self, name: str, team: TeamTerms, at: datetime, until: Mapping[str, datetime]
    ) -> str:
        """Why a person of a team is not given leads by it, but for caps; "" if they are."""
        closed = team.hours and not self.hours[team.hours].at_work(at)
        return self.why_absent(name, at, until) or ("hours" if closed else "")


def terms_of(document: str) -> Terms:
    """The terms in settings (TOML)."""
    said = tomllib.loads(document)
    return Terms(
        people={n: _colleague(n, one) for n, one in said["people"].items()},
        hours={n: _opening(one) for n, one in said.get("hours", {}).items()},
        teams={n: _team(n, one) for n, one in said["teams"].items()},
        rules=said["rules"],
    )


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def _opening(said: Mapping[str, Any]) -> OpeningTimes:
    days = frozenset(_DAYS.index(day) for day in said.get("days", _DAYS[:5]))
    opens, closes = said.get("open", "09:00"), said.get("close", "18:00")
    return OpeningTimes(said.get("zone", "UTC"), _minutes(opens), _minutes(closes), days)


def _colleague(name: str, said: Mapping[str, Any]) -> Colleague:
    spans = (span.split("/") for span in said.get("away", ()))
    return Colleague(
        name,
        ZoneInfo(said.get("zone", "UTC")),
        said.get("hours", ""),
        frozenset(date.fromisoformat(day) for day in said.get("holidays", ())),
        tuple((date.fromisoformat(one[0]), date.fromisoformat(one[-1])) for one in spans),
    )


def _team(name: str, said: Mapping[str, Any]) -> TeamTerms:
    people = tuple(said["people"])
    order = said.get("order", "turn")
    given = {w.partition("=")[0]: int(w.partition("=")[2]) for w in said.get("weights", ())}
    none = 10**9
    return TeamTerms(
        name,
        people,
        order,
        {one: given.get(one, 1) if order == "weight" else 1 for one in people},
        said.get("cap_day", none),
        said.get("cap_week", none),
        said.get("cap_open", none),
        said.get("hours", ""),
        said.get("fallback", ""),
        said.get("sticky", "company"),
        timedelta(days=int(said.get("sticky_for", "365d").removesuffix("d"))),
        said.get("sticky_pays", "yes") == "yes",
        frozenset(said.get("credit", ())),
    )
