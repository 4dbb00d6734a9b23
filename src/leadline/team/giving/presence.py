"""Presence: whether somebody can be given leads at a moment, and when they can again."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from leadline.model.staff.assigning import Absence, Skipped
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.team.hours import is_working, next_open, zone_of

_DAY = timedelta(days=1)
_FARTHEST = timedelta(days=400)
"""How far ahead the next presence is searched."""


class Attendance(msgspec.Struct, frozen=True):
    """When somebody is there: their settings, the absence that they announced, and the hours of the
    team that gives out leads (None: at any time), and of the person."""

    member: MemberConfig
    absence: Absence | None = None
    own: HoursConfig | None = None
    of_team: HoursConfig | None = None

    def why_absent(self, at: datetime) -> tuple[str, datetime | None] | None:
        """A code of `model.staff.assigning.SKIPS`, and until when that lasts at least (None: until
        they say that they are back); None if they are there."""
        said = self.absence
        if said is not None and said.since <= at and (said.until is None or at < said.until):
            return "away", said.until
        today = at.astimezone(zone_of(self.member.zone)).date()
        for first, last in self.member.away:
            if first <= today <= last:
                return "away", self._midnight(at, (last - today).days + 1)
        if today in self.member.holidays:
            return "holiday", self._midnight(at, 1)
        for hours in (self.own, self.of_team):
            if hours is not None and not is_working(hours, at):
                return "hours", next_open(hours, at)
        return None

    def next_there(self, at: datetime) -> datetime | None:
        """The first moment from *at* on at which they are there; None if nobody can tell, or if
        that is more than a year ahead."""
        last = at + _FARTHEST
        while at <= last:
            why = self.why_absent(at)
            if why is None:
                return at
            _, until = why
            if until is None or until <= at:
                return None
            at = until
        return None

    def _midnight(self, at: datetime, days: int) -> datetime:
        """The beginning of the day *days* after that of *at*, in the person's time zone."""
        local = at.astimezone(zone_of(self.member.zone)).replace(tzinfo=None)
        return midnight(self.member.zone, local + days * _DAY)


def midnight(zone: str, local: datetime) -> datetime:
    """The beginning of a day in a time zone, in UTC; of *local* only the date counts."""
    begin = datetime(local.year, local.month, local.day, tzinfo=zone_of(zone))
    return begin.astimezone(UTC)


def absent_why(person: str, attendance: Attendance, at: datetime) -> Skipped | None:
    """Why somebody is not there at a moment, in words that `model.staff.assigning.Skipped`
    documents; None if they are there."""
    why = attendance.why_absent(at)
    if why is None:
        return None
    code, until = why
    detail = f"until {_written(until, attendance.member.zone)}" if until is not None else ""
    return Skipped(person, code, detail)


def _written(at: datetime, zone: str) -> str:
    """A moment in ISO-8601: in the person's time zone, so that a day that ends at midnight can be
    seen to, or in UTC if they have none."""
    if not zone:
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return at.astimezone(zone_of(zone)).isoformat(timespec="seconds")


def attendances(
    people: Mapping[str, MemberConfig],
    names: tuple[str, ...],
    said: Mapping[str, Absence],
    hours: Mapping[str, HoursConfig],
    of_team: str = "",
) -> Iterator[tuple[str, Attendance]]:
    """When each of the people with these *names* is there; names without settings are left out."""
    for name in names:
        if (member := people.get(name)) is not None:
            yield name, Attendance(member, said.get(name), hours.get(member.hours),
                                   hours.get(of_team))  # fmt: skip
