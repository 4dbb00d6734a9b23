"""The team: who they are to the CRM and to Slack, and when they want to be left alone."""

import msgspec


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
