"""`[hours.NAME]`: business hours."""

from collections.abc import Mapping
from datetime import date

import msgspec

from leadline.settings.declaration import Declaration
from leadline.settings.notations import DATES, DAYS, TIME_OF_DAY, ZONE


class HoursConfig(msgspec.Struct, frozen=True):
    """Hours (`[hours.NAME]`): `open` and `close` in minutes since midnight of the `zone`, on these
    `days` (Monday is 0) that are no `holidays`. Hours that close at or before they open go on
    past midnight, and belong to the day on which they begin."""

    zone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    open: int = 9 * 60
    close: int = 18 * 60
    holidays: tuple[date, ...] = ()


HOURS_SETTINGS: Mapping[str, Declaration] = {
    "zone": Declaration("UTC", "The time zone, such as Europe/Berlin.", ZONE),
    "days": Declaration("mon tue wed thu fri", "The working days.", DAYS),
    "open": Declaration("09:00", "When work begins.", TIME_OF_DAY),
    "close": Declaration("18:00", "When work ends.", TIME_OF_DAY),
    "holidays": Declaration("", "Days without work, such as 2026-12-25.", DATES),
}
"""The settings of business hours; see `settings.hours.HoursConfig`."""
