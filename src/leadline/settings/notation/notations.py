"""The notations of settings: how a value is written, and how it is read."""
# Long because it is a list: each notation with the function that reads it.

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

_UNITS_OF_TIME = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_UNITS_OF_SIZE = {"": 1, "b": 1, "kb": 1000, "mb": 10**6, "kib": 1 << 10, "mib": 1 << 20}
_LARGEST = 1 << 30
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class NotationError(ValueError):
    """A value is written as its notation demands, but means nothing; the text says why."""


class Notation(msgspec.Struct, frozen=True):
    """How a value is written. `words` complete the message "must be …". `read` takes the text of a
    variable, any TOML value or a flag's typed value, and raises ValueError if it doesn't fit, or
    NotationError to say why in words of its own."""

    words: str
    read: Callable[[object], Any]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value.strip()


def _filled(value: object) -> str:
    text = _text(value)
    if not text:
        raise ValueError
    return text


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if str(value).strip() == "0":
        return timedelta()
    match = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(ms|s|m|h|d)", _text(value))
    if not match or (seconds := float(match[1]) * _UNITS_OF_TIME[match[2]]) > 3650 * 86_400:
        raise ValueError
    return timedelta(seconds=seconds)


def _period(value: object) -> timedelta:
    duration = _duration(value)
    if not duration:
        raise ValueError
    return duration


def _size(value: object) -> int:
    match = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([A-Za-z]*)", str(value).strip())
    if not match or match[2].lower() not in _UNITS_OF_SIZE:
        raise ValueError
    size = int(float(match[1]) * _UNITS_OF_SIZE[match[2].lower()])
    if not 0 < size <= _LARGEST:
        raise ValueError
    return size


def whole_number(least: int, most: int = 10**9) -> Notation:
    """Whole numbers from *least* to *most*, both included."""

    def read(value: object) -> int:
        # int() alone would accept True, 1_000 and digits of other scripts.
        if not re.fullmatch(r"[0-9]{1,15}", str(value).strip()):
            raise ValueError
        number = int(str(value))
        if not least <= number <= most:
            raise ValueError
        return number

    return Notation(f"a whole number from {least} to {most}", read)


def number_between(least: float, most: float) -> Notation:
    """Numbers from *least* to *most*, both included."""

    def read(value: object) -> float:
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", str(value).strip()):
            raise ValueError
        found = float(str(value))
        if not least <= found <= most:
            raise ValueError
        return found

    return Notation(f"a number from {least:.10g} to {most:.10g}", read)


def choice(*words: str) -> Notation:
    """One of these words, in any case."""

    def read(value: object) -> str:
        if str(value).strip().lower() not in words:
            raise ValueError
        return str(value).strip().lower()

    return Notation("one of " + ", ".join(words), read)


def _url(value: object) -> str:
    text = _text(value)
    if text and not re.fullmatch(r"https?://[^\s/?#]+[^\s]*", text):
        raise ValueError
    return text


def _any_url(value: object) -> str:
    text = _text(value)
    if text and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+", text):
        raise ValueError
    return text


def _listen(value: object) -> str:
    text = _text(value)
    if text and not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+):[0-9]{1,5}", text):
        raise ValueError
    if text and int(text.rpartition(":")[2]) > 65_535:
        raise ValueError
    return text


def _base_url(value: object) -> str:
    url = _url(value).rstrip("/")
    if re.search(r"[?#]", url):
        raise ValueError
    return url


def _lead_url(value: object) -> str:
    url = _url(value)
    if url and "{lead_id}" not in url:
        raise ValueError
    return url


def _region(value: object) -> str:
    code = _text(value).upper()
    if code:
        # Imported here: few settings have a region.
        from leadline.model.geography.countries import COUNTRIES

        if code not in COUNTRIES:
            raise ValueError
    return code


def _words(value: object) -> tuple[str, ...]:
    """The items of a list, or a text split at spaces and commas. Raises ValueError if there are
    none: a secret whose variable is empty by mistake would otherwise admit everybody."""
    words = (
        [_filled(v) for v in value]
        if isinstance(value, list)
        else [word for word in re.split(r"[\s,]+", _text(value)) if word]
    )
    if not words:
        raise ValueError
    return tuple(words)


def _origins(value: object) -> tuple[str, ...]:
    if value == "":
        return ()
    from leadline.model.texts.origins import origin_of  # imported here: few settings have sites

    found: list[str] = []
    for word in _secrets(value):
        origin = origin_of(word)
        if origin is None or "".join(urlsplit(word)[2:]).strip("/"):
            raise ValueError
        found.append(origin)
    return tuple(found)


def _secrets(value: object) -> tuple[str, ...]:
    return () if value == "" else _words(value)


def _yes_no(value: object) -> bool:
    word = str(value).strip().lower()
    if word not in ("yes", "no", "true", "false"):
        raise ValueError
    return word in ("yes", "true")


def _zone(value: object) -> str:
    name = _text(value)
    if name not in ("", "UTC"):
        from leadline.settings.notation.zones import zone  # imported here: few settings have a zone

        try:
            zone(name)
        except (KeyError, OSError) as error:
            raise ValueError from error
    return name


def _minutes(text: str) -> int:
    match = re.fullmatch(r"([01]?[0-9]|2[0-4]):([0-5][0-9])", text.strip())
    if not match or (minutes := int(match[1]) * 60 + int(match[2])) > 24 * 60:
        raise ValueError
    return minutes


def _time_of_day(value: object) -> int:
    return _minutes(_text(value))


def _clock_times(value: object) -> tuple[int, ...]:
    return tuple(sorted({_minutes(word) for word in _secrets(value)}))


def _clock_span(value: object) -> tuple[int, int] | None:
    text = _text(value)
    if not text:
        return None
    begin, _, end = text.partition("-")
    span = (_minutes(begin), _minutes(end))
    if (span[0] - span[1]) % (24 * 60) == 0:
        raise ValueError
    return span


def _days(value: object) -> tuple[int, ...]:
    """Days of the week as numbers (Monday is 0); `mon-fri` is a range."""
    found: set[int] = set()
    for word in _words(value):
        first, _, last = word.lower().partition("-")
        begin, end = _WEEKDAYS.index(first[:3]), _WEEKDAYS.index((last or first)[:3])
        found.update((begin + i) % 7 for i in range((end - begin) % 7 + 1))
    return tuple(sorted(found))


def _week(value: object) -> tuple[tuple[int, int, int], ...]:
    if value == "":
        return ()
    from leadline.settings.notation.weeks import read_week  # imported here: few have breaks

    return read_week(value)


def _holidays(value: object) -> frozenset[date]:
    if value == "":
        return frozenset()
    from leadline.settings.notation.public_holidays import read_holidays

    return read_holidays(value)


def _dates(value: object) -> tuple[date, ...]:
    if isinstance(value, list):
        return tuple(sorted({v if type(v) is date else _date(v) for v in value}))
    return tuple(sorted({_date(word) for word in _secrets(value)}))


def _date(value: object) -> date:
    return date.fromisoformat(_text(value))


def _folder(value: object) -> Path:
    return Path(value if isinstance(value, Path) else _filled(value)).expanduser()


DURATION = Notation("a duration such as 0, 500ms, 5s, 10m, 24h or 7d (at most 3650d)", _duration)
PERIOD = Notation("a duration above 0 such as 500ms, 5s, 10m, 24h or 7d (at most 3650d)", _period)
SIZE = Notation("a size such as 1048576, 500KB or 1MiB (at most 1024MiB)", _size)
TEXT = Notation("text", _text)
FILLED = Notation("text that is not empty", _filled)
FOLDER = Notation("a folder", _folder)
URL = Notation("a URL with http:// or https://", _url)
ANY_URL = Notation("a URL", _any_url)
LISTEN = Notation("an address and a port such as 127.0.0.1:9100 or [::1]:9100", _listen)
BASE_URL = Notation("a URL with http:// or https://, without ? and #", _base_url)
LEAD_URL = Notation("a URL with http:// or https:// that contains {lead_id}", _lead_url)
REGION = Notation("a two-letter ISO 3166 country code such as US or GB", _region)
WORDS = Notation("one or several words", _words)
ORIGINS = Notation("websites such as https://www.example.com, without a path", _origins)
SECRETS = Notation("one or several words", _secrets)
YES_NO = Notation("yes or no", _yes_no)
ZONE = Notation("a time zone such as Europe/Berlin or UTC", _zone)
TIME_OF_DAY = Notation("a time of day such as 09:00", _time_of_day)
CLOCK_TIMES = Notation("times of day such as 09:00 14:00", _clock_times)
CLOCK_SPAN = Notation("a time range such as 20:00-08:00", _clock_span)
DAYS = Notation("days of the week such as mon-fri or sat sun", _days)
WEEK = Notation(
    "days with their shifts such as mon-thu 09:00-12:30 13:30-18:00, fri 09:00-15:00", _week
)
HOLIDAYS = Notation("dates such as 2026-12-25, or regions such as DE-BY", _holidays)
DATES = Notation("dates such as 2026-12-25", _dates)
