"""`[people.NAME]`: the people of the team."""

from datetime import date

from leadline.settings.declaration import SettingsStruct, setting
from leadline.settings.notation.lists import DATE_SPANS
from leadline.settings.notation.notations import (
    CLOCK_SPAN,
    CLOCK_TIMES,
    HOLIDAYS,
    TEXT,
    WORDS,
    ZONE,
)


class MemberConfig(SettingsStruct, frozen=True):
    """A member of the team (`[people.NAME]`). `crm` are their user ids in the CRMs; `quiet` and
    `digest` are in minutes since midnight in their `zone`; `next` is the person to whom their
    leads escalate."""

    email: str = setting("", "Their e-mail address in the CRM and in Slack.", TEXT)
    slack: str = setting(
        "",
        'Their Slack user id, such as U012ABCDEF ("Copy member ID" in their profile). A bot can '
        "also find the people it mentions by e-mail address, but a button press is matched by this "
        "id alone.",
        TEXT,
    )
    crm: tuple[str, ...] = setting("", "Their user ids in the CRMs.", WORDS)
    zone: str = setting("", "Their time zone, such as Europe/Berlin.", ZONE)
    quiet: tuple[int, int] | None = setting(
        "", "Their quiet hours, without alerts, such as 20:00-08:00.", CLOCK_SPAN
    )
    digest: tuple[int, ...] = setting(
        "",
        "The times at which their alerts are sent as a digest, such as 09:00 14:00.",
        CLOCK_TIMES,
    )
    hours: str = setting(
        "",
        "The hours in which they are given leads (a name from `[hours]`); empty: always.",
        TEXT,
    )
    holidays: frozenset[date] = setting(
        "",
        "Days on which they are given no leads: dates such as 2026-12-24, and countries or regions "
        "such as DE-BY, whose public holidays the package `holidays` knows.",
        HOLIDAYS,
    )
    away: tuple[tuple[date, date], ...] = setting(
        "",
        "When they are away and are given no leads, in days of their `zone`, the last one "
        "included, such as 2026-12-24/2027-01-02.",
        DATE_SPANS,
    )
    next: str = setting(
        "", "The person alerted if they don't respond in time (a name from `[people]`).", TEXT
    )
