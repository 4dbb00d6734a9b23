"""`[hours.NAME]`: business hours."""

from datetime import date

from leadline.settings.declaration import SettingsStruct, setting
from leadline.settings.notations import DATES, DAYS, TIME_OF_DAY, ZONE


class HoursConfig(SettingsStruct, frozen=True):
    """Business hours (`[hours.NAME]`): `open` and `close` in minutes since midnight in `zone`, on
    `days` (Monday is 0) except `holidays`. If `close` is not after `open`, the hours run past
    midnight and belong to the day on which they begin."""

    zone: str = setting("UTC", "The time zone, such as Europe/Berlin.", ZONE)
    days: tuple[int, ...] = setting("mon tue wed thu fri", "The working days.", DAYS)
    open: int = setting("09:00", "The time at which work begins.", TIME_OF_DAY)
    close: int = setting("18:00", "The time at which work ends.", TIME_OF_DAY)
    holidays: tuple[date, ...] = setting("", "Dates without work, such as 2026-12-25.", DATES)
