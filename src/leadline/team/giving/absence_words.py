"""The words for the end of an absence: "until Monday", "2026-12-24", "3d"."""

from datetime import UTC, date, datetime, timedelta

from leadline.settings.notation.notations import DURATION
from leadline.team.giving.presence import midnight
from leadline.team.hours import zone_of

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Before when an absence ends, so that days can be counted from there in every time zone."""
HELP = "a day (Monday, tomorrow, 2026-12-24) or a duration (4h, 3d, 2w)"
"""What may be written."""


def end_of_absence(words: str, zone: str, now: datetime) -> datetime | None:
    """When an absence ends: at the beginning of the day named, in the person's time zone, or after
    the duration; None without words. A weekday is the next one after today.

    Raises ValueError, with words for the user, for anything else and for a time that is past.
    """
    said = words.strip().lower().removeprefix("until ").removeprefix("for ").strip()
    if not said or said == "until":
        return None
    try:
        end = _end(said, zone, now)
    except OverflowError:
        end = LATEST
    if end <= now:
        raise ValueError(f"{words.strip()} is not in the future")
    if end >= LATEST:
        raise ValueError(f"{words.strip()} is too long: leave it out for “until they are back”")
    return end


def _end(said: str, zone: str, now: datetime) -> datetime:
    """The end that is said. Raises OverflowError if no calendar has it."""
    day = _day_of(said, now.astimezone(zone_of(zone)).date())
    if day is None:
        return _after(said, now)
    if day.year == 1:  # past in every time zone, but not in every calendar
        return datetime.min.replace(tzinfo=UTC)
    return midnight(zone, datetime(day.year, day.month, day.day)).astimezone(UTC)


def _day_of(said: str, today: date) -> date | None:
    if said == "tomorrow":
        return today + _DAY
    near = [name for name in _DAYS if len(said) >= 3 and name.startswith(said)]
    if near:
        ahead = (_DAYS.index(near[0]) - today.weekday()) % 7 or 7
        return today + ahead * _DAY
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _after(said: str, now: datetime) -> datetime:
    weeks = said.removesuffix("w")
    in_days = f"{int(weeks) * 7}d" if weeks != said and weeks.isdecimal() else said
    try:
        span: timedelta = DURATION.read(in_days)
    except ValueError:
        raise ValueError(f"{said!r} is no end of an absence; write {HELP}") from None
    return now + span
