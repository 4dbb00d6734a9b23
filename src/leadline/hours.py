"""Business hours: when a team works, by its time zone, its week and its holidays."""

from datetime import date

import msgspec


class HoursConfig(msgspec.Struct, frozen=True):
    """Hours (`[hours.NAME]`): `open` and `close` in minutes since midnight of the `zone`, on these
    `days` (Monday is 0) that are no `holidays`."""

    zone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    open: int = 9 * 60
    close: int = 18 * 60
    holidays: tuple[date, ...] = ()
