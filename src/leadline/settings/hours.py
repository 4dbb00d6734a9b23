"""`[hours.NAME]`: business hours."""

from datetime import date

from leadline.settings.declaration import SettingsStruct, setting
from leadline.settings.notations import DATES, DAYS, TIME_OF_DAY, ZONE


class HoursConfig(SettingsStruct, frozen=True):
    """Hours (`[hours.NAME]`): `open` and `close` in minutes since midnight of the `zone`, on these
    `days` (Monday is 0) that are no `holidays`. Hours that close at or before they open go on
    past midnight, and belong to the day on which they begin."""

    zone: str = setting("UTC", "The time zone, such as Europe/Berlin.", ZONE)
    days: tuple[int, ...] = setting("mon tue wed thu fri", "The working days.", DAYS)
    open: int = setting("09:00", "When work begins.", TIME_OF_DAY)
    close: int = setting("18:00", "When work ends.", TIME_OF_DAY)
    holidays: tuple[date, ...] = setting("", "Days without work, such as 2026-12-25.", DATES)
