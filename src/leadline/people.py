"""The team: who they are to the CRM and to Slack, and when they want to be left alone."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from leadline.lead import Person


class MemberConfig(msgspec.Struct, frozen=True):
    """Somebody of the team (`[people.NAME]`): `crm` are their ids there; `quiet` and `digest` are
    in minutes since midnight of their `zone`; `next` is who is told when they don't respond."""

    email: str = ""
    slack: str = ""
    crm: tuple[str, ...] = ()
    zone: str = ""
    quiet: tuple[int, int] | None = None
    digest: tuple[int, ...] = ()
    next: str = ""


class Team(msgspec.Struct, frozen=True):
    """Everybody in `[people]`, by name."""

    members: Mapping[str, MemberConfig] = {}

    def known(self, person: Person) -> Person:
        """The same person with all that the team's table knows of them, found by CRM id, e-mail
        (whatever its case), Slack id or name; what the CRM says itself stays."""
        raise NotImplementedError

    def name_of(self, person: Person) -> str:
        """Their name in the table; "" when they aren't in it."""
        raise NotImplementedError

    def person(self, name: str) -> Person | None:
        """Who stands in the table under this name."""
        raise NotImplementedError

    def quiet_until(self, person: Person, at: datetime) -> datetime | None:
        """When they may be disturbed again; None when they may be now."""
        raise NotImplementedError

    def digest_at(self, person: Person, at: datetime) -> datetime | None:
        """When their next digest is due; None for people who hear of each lead at once."""
        raise NotImplementedError
