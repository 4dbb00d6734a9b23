"""Filters of templates: numbers, spans of time and words for people."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from leadline.alerts.wording.words import span
from leadline.model.ids import is_lead_id
from leadline.model.texts.harmless_texts import escaped_json

_STATUS_LOOKS: Mapping[str, str] = {
    "waiting": "accent",
    "held": "warn",
    "refined": "accent",
    "alerted": "good",
    "dead": "bad",
}


def ending(lead_id: str, digits: int = 8) -> str:
    """The last digits of an id, as lists and commands show it."""
    return lead_id.replace("-", "")[-digits:]


def seconds_words(value: float | None) -> str:
    """A number of seconds in words; "–" if it is not known."""
    if value is None:
        return "–"
    return "< 1 s" if 0 < value < 1 else span(timedelta(seconds=round(value)))


def ago_of(at: datetime | None, now: datetime) -> str:
    """How long ago a moment was, or how long it is until then: "5 min ago", "in 2 min"."""
    if at is None:
        return "never"
    passed = now - at
    return f"{span(passed)} ago" if passed >= timedelta() else f"in {span(-passed)}"


def size_of(number: float) -> str:
    """A number of bytes for people: "1.5 GiB"."""
    unit = "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if number < 1024:
            break
        number, unit = number / 1024, larger
    return f"{number:.0f} {unit}" if number >= 10 or unit == "B" else f"{number:.1f} {unit}"


def address_time(at: datetime) -> str:
    """A time in an address: ISO-8601 in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def look_of(status: str) -> str:
    """The look of a status, a class of the style sheet."""
    return _STATUS_LOOKS.get(status, "")


def count_of(value: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 lead", "1,200 leads"."""
    return f"{value:,} {one if value == 1 else many or f'{one}s'}"


def percent_of(share: float | None) -> str:
    """A share from 0 to 1 in percent; "–" if it is not known."""
    return "–" if share is None else f"{share:.0%}"


def indented(raw: bytes) -> str:
    """JSON for people: what would change the direction of text is written as an escape."""
    raw = bytes(raw)
    try:
        text = msgspec.json.format(raw, indent=2).decode()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        text = raw.decode(errors="replace")
    return escaped_json(text)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "ending": ending,
    "json": indented,
    "seconds": seconds_words,
    "ago_of": ago_of,
    "bytes": size_of,
    "address_time": address_time,
    "look": look_of,
    "count": count_of,
    "is_id": is_lead_id,
    "percent": percent_of,
}
"""The filters by the names that templates use."""
