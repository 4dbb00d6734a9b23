"""`[hours.NAME]`: business hours."""

from datetime import date

from leadline.settings.declaration import SettingsStruct, setting
from leadline.settings.notation.notations import DAYS, HOLIDAYS, TIME_OF_DAY, WEEK, ZONE

Shift = tuple[int, int, int]
"""A day (Monday is 0), and when work begins and how long it lasts, in minutes."""

_DAY_MINUTES = 24 * 60


class HoursConfig(SettingsStruct, frozen=True):
    """Business hours (`[hours.NAME]`) in `zone`, except on `holidays`: the shifts of `week`, or
    those from `open` to `close` (minutes since midnight) on `days` (Monday is 0). If `close` is not
    after `open`, the hours run past midnight and belong to the day on which they begin."""

    zone: str = setting("UTC", "The time zone, such as Europe/Berlin.", ZONE)
    days: tuple[int, ...] = setting("mon tue wed thu fri", "The working days.", DAYS)
    open: int = setting("09:00", "The time at which work begins.", TIME_OF_DAY)
    close: int = setting("18:00", "The time at which work ends.", TIME_OF_DAY)
    week: tuple[Shift, ...] = setting(
        "",
        "The shifts of each day, where they differ or have a break, such as mon-thu 09:00-12:30 "
        "13:30-18:00, fri 09:00-15:00. Replaces `days`, `open` and `close`.",
        WEEK,
        replaces=("days", "open", "close"),
    )
    holidays: frozenset[date] = setting(
        "",
        "Dates without work, such as 2026-12-25, and countries or regions such as DE-BY, whose "
        "public holidays the package `holidays` knows.",
        HOLIDAYS,
    )

    def shifts(self) -> tuple[Shift, ...]:
        """The shifts of the week."""
        if self.week:
            return self.week
        lasts = (self.close - self.open) % _DAY_MINUTES or _DAY_MINUTES
        return tuple((day, self.open, lasts) for day in self.days)
