"""`[people.NAME]`: the people of the team."""

from leadline.settings.declaration import SettingsStruct, setting
from leadline.settings.notations import CLOCK_SPAN, CLOCK_TIMES, TEXT, WORDS, ZONE


class MemberConfig(SettingsStruct, frozen=True):
    """Somebody of the team (`[people.NAME]`): `crm` are their ids there; `quiet` and `digest` are
    in minutes since midnight of their `zone`; `next` is who is told when they don't respond."""

    email: str = setting("", "Their e-mail address, as the CRM and Slack know it.", TEXT)
    slack: str = setting(
        "",
        "Their Slack user id (U…). A bot finds whom it mentions by e-mail; who presses a button is "
        "known by this alone.",
        TEXT,
    )
    crm: tuple[str, ...] = setting("", "Their ids in the CRMs.", WORDS)
    zone: str = setting("", "Their time zone, such as Europe/Berlin.", ZONE)
    quiet: tuple[int, int] | None = setting(
        "", "When not to be disturbed, such as 20:00-08:00.", CLOCK_SPAN
    )
    digest: tuple[int, ...] = setting(
        "", "The times at which their alerts come together, such as 09:00 14:00.", CLOCK_TIMES
    )
    next: str = setting("", "Who is told when they don't respond (a name of `[people]`).", TEXT)
