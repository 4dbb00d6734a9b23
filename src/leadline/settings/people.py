"""`[people.NAME]`: the people of the team."""

from collections.abc import Mapping

import msgspec

from leadline.settings.declaration import Declaration
from leadline.settings.notations import CLOCK_SPAN, CLOCK_TIMES, TEXT, WORDS, ZONE


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


PEOPLE_SETTINGS: Mapping[str, Declaration] = {
    "email": Declaration("", "Their e-mail address, as the CRM and Slack know it.", TEXT),
    "slack": Declaration(
        "",
        "Their Slack user id (U…). A bot finds whom it mentions by e-mail; who presses a button is "
        "known by this alone.",
        TEXT,
    ),
    "crm": Declaration("", "Their ids in the CRMs.", WORDS),
    "zone": Declaration("", "Their time zone, such as Europe/Berlin.", ZONE),
    "quiet": Declaration("", "When not to be disturbed, such as 20:00-08:00.", CLOCK_SPAN),
    "digest": Declaration(
        "", "The times at which their alerts come together, such as 09:00 14:00.", CLOCK_TIMES
    ),
    "next": Declaration("", "Who is told when they don't respond (a name of `[people]`).", TEXT),
}
"""The settings of each person of the team; see `settings.people.MemberConfig`."""
