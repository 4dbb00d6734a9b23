"""The team: its members' ids in CRMs and in Slack, their quiet hours and digests."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property

import msgspec

from leadline.model.staff.people import Person
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.team.hours import DAY_MINUTES, next_open, zone_of


class Team(msgspec.Struct, frozen=True, dict=True):  # `dict` is for `cached_property`
    """The members of the team (`[people]`), by name."""

    members: Mapping[str, MemberConfig] = {}

    def known(self, person: Person) -> Person:
        """The same person, with missing fields filled in from the settings. A member is found by
        e-mail (ignoring case), Slack id, CRM id or name. Fields that the person has are kept."""
        found = self.person(self.name_of(person))
        if found is None:
            return person
        parts = ((part, getattr(person, part)) for part in Person.__struct_fields__)
        return msgspec.structs.replace(found, **{part: said for part, said in parts if said})

    def name_of(self, person: Person) -> str:
        """Their name in `[people]`; "" if they are not a member.

        The e-mail address is compared first, because two CRMs may use the same id for different
        people.
        """
        if not (names := self._names):
            return ""
        for kind, given in _parts_of(person):
            if given and (found := names.get((kind, given))):
                return found
        return ""

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], str]:
        """The name of the first member with each e-mail address, Slack id, CRM id and name."""
        found: dict[tuple[str, str], str] = {}
        for name, member in self.members.items():
            one = Person(name=name, email=member.email, slack=member.slack)
            ids = (("id", crm) for crm in member.crm)
            for part in (*_parts_of(one), *ids):
                found.setdefault(part, name)
        return found

    def person(self, name: str) -> Person | None:
        """The member with this name; None if there is none. The person's CRM id is left empty if
        the member has several, because in the wrong CRM an id may be another person's; CRMs then
        find the person by e-mail."""
        member = self.members.get(name)
        if member is None:
            return None
        own_id = member.crm[0] if len(member.crm) == 1 else ""
        return Person(id=own_id, name=name, email=member.email, slack=member.slack)

    def quiet_until(self, person: Person, at: datetime) -> datetime | None:
        """When their quiet hours end; None if they have none at this moment."""
        member = self.members.get(self.name_of(person))
        if member is None or member.quiet is None:
            return None
        begin, end = (minutes % DAY_MINUTES for minutes in member.quiet)
        awake = HoursConfig(zone=member.zone, days=tuple(range(7)), open=end, close=begin)
        again = next_open(awake, at)
        return again if again > at else None

    def digest_at(self, person: Person, at: datetime) -> datetime | None:
        """When their next digest is due, which may be this very moment; None for people who get
        every alert at once."""
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


def _parts_of(person: Person) -> Iterator[tuple[str, str]]:
    """By what a person may be known, in the order in which it is compared, as it is compared; what
    is not known of them is ""."""
    yield "email", person.email.casefold()
    yield "slack", person.slack
    yield "id", person.id
    yield "name", person.name.casefold()
