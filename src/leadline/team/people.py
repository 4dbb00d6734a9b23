"""The team: who they are to the CRM and to Slack, and when they want to be left alone."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from leadline.model.people import Person
from leadline.settings.hours import HoursConfig
from leadline.settings.people import MemberConfig
from leadline.team.hours import DAY_MINUTES, next_open, zone_of


class Team(msgspec.Struct, frozen=True):
    """Everybody in `[people]`, by name."""

    members: Mapping[str, MemberConfig] = {}

    def known(self, person: Person) -> Person:
        """The same person with all that the team's table knows of them, found by e-mail (whatever
        its case), Slack id, CRM id or name; what the CRM says itself stays."""
        found = self.person(self.name_of(person))
        if found is None:
            return person
        parts = ((part, getattr(person, part)) for part in Person.__struct_fields__)
        return msgspec.structs.replace(found, **{part: said for part, said in parts if said})

    def name_of(self, person: Person) -> str:
        """Their name in the table; "" when they aren't in it.

        An e-mail address is asked first, for two CRMs may give the same id to different people.
        """
        email, name = person.email.casefold(), person.name.casefold()
        tests: tuple[tuple[str, Callable[[str, MemberConfig], bool]], ...] = (
            (email, lambda _, member: member.email.casefold() == email),
            (person.slack, lambda _, member: member.slack == person.slack),
            (person.id, lambda _, member: person.id in member.crm),
            (name, lambda known_as, _: known_as.casefold() == name),
        )
        for given, fits in tests:
            if not given:
                continue
            for known_as, member in self.members.items():
                if fits(known_as, member):
                    return known_as
        return ""

    def person(self, name: str) -> Person | None:
        """Who stands in the table under this name. Who has several ids in CRMs gets none of them,
        for it would be another's in the wrong CRM; the CRM finds them by their e-mail."""
        member = self.members.get(name)
        if member is None:
            return None
        own_id = member.crm[0] if len(member.crm) == 1 else ""
        return Person(id=own_id, name=name, email=member.email, slack=member.slack)

    def quiet_until(self, person: Person, at: datetime) -> datetime | None:
        """When they may be disturbed again; None when they may be now."""
        member = self.members.get(self.name_of(person))
        if member is None or member.quiet is None:
            return None
        begin, end = (minutes % DAY_MINUTES for minutes in member.quiet)
        awake = HoursConfig(zone=member.zone, days=tuple(range(7)), open=end, close=begin)
        again = next_open(awake, at)
        return again if again > at else None

    def digest_at(self, person: Person, at: datetime) -> datetime | None:
        """When their next digest is due, which may be this very moment; None for people who hear
        of each lead at once."""
        member = self.members.get(self.name_of(person))
        if member is None or not member.digest:
            return None
        zone = zone_of(member.zone)
        midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        times = (
            (midnight + timedelta(days=days, minutes=minutes)).astimezone(UTC)
            for days in (-1, 0, 1, 2)
            for minutes in member.digest
        )
        return min(time for time in times if time >= at)
