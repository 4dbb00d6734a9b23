"""Who of `[people]` is there at a moment, until when the others are away, and in which teams."""

from datetime import datetime

import msgspec

from leadline.journey.assigning.absences import announced
from leadline.model.staff.assigning import Absences, Skipped
from leadline.ports.store_parts.assigning import Assigning
from leadline.team.giving.presence import Attendance, absent_why
from leadline.team.giving.teams import Teams


class PersonPresence(msgspec.Struct, frozen=True):
    """Somebody of `[people]`: why they are not there (None: they are), and until when that lasts at
    least (None: until they are back). `next_there` is when they are there again; None if nobody can
    tell. `planned` are the absences that begin later, as ISO-8601 intervals. `said_by` is who
    announced an absence, "" if nobody did."""

    person: str
    skipped: Skipped | None
    until: datetime | None
    next_there: datetime | None
    planned: tuple[str, ...]
    said_by: str
    teams: tuple[str, ...]

    @property
    def there(self) -> bool:
        """Whether they can be given leads now."""
        return self.skipped is None


def presences(store: Assigning, teams: Teams, at: datetime) -> list[PersonPresence]:
    """Who is there, in the order of the settings."""
    known = announced(store)
    return [_presence(teams, known, name, at) for name in teams.members]


def _presence(teams: Teams, known: Absences, name: str, at: datetime) -> PersonPresence:
    said, attendance = known.people.get(name), teams.attendance(name, known.people)
    why = attendance.why_absent(at) if attendance is not None else None
    return PersonPresence(
        person=name,
        skipped=absent_why(name, attendance, at) if attendance is not None else None,
        until=why[1] if why else None,
        next_there=attendance.next_there(at) if attendance is not None else at,
        planned=_planned(attendance, at),
        said_by=said.by if said else "",
        teams=tuple(teams.having(name)),
    )


def _planned(attendance: Attendance | None, at: datetime) -> tuple[str, ...]:
    """The absences that begin later: of the settings, and one that was announced."""
    if attendance is None:
        return ()
    spans = [f"{a.isoformat()}/{b.isoformat()}" for a, b in attendance.member.away
             if a > at.date()]  # fmt: skip
    said = attendance.absence
    if said is not None and said.since > at:
        end = said.until.isoformat() if said.until else ""
        spans.append(f"{said.since.isoformat()}/{end}")
    return tuple(spans)
