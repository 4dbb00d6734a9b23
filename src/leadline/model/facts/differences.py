"""The differences between two JSON texts, in words for a line of a timeline."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

_MOST = 10_000
"""The maximum number of values compared, because captures wait meanwhile."""
_LONGEST = 1_000
_LONGEST_VALUE = 200
_NOTHING = "nothing"


def difference(before: Any, now: Any) -> str:
    """The values that differ between two parsed texts: dotted path, old and new value; if there are
    too many for a line, also the number of the others."""
    was, is_now = (dict(islice(_leaves(one), _MOST)) for one in (before, now))
    places = [place for place in {**was, **is_now} if was.get(place) != is_now.get(place)]
    words: list[str] = []
    length = 0
    for place in places:
        one = f"{place}: {_value(was, place)} → {_value(is_now, place)}"
        length += len(one) + 2
        if words and length > _LONGEST:
            break
        words.append(one)
    more = len(places) - len(words)
    if not words:
        return "what stands far behind"
    return "; ".join(words) + (f"; and {more} more" if more else "")


def _value(values: dict[str, Any], place: str) -> str:
    if place not in values:
        return _NOTHING
    return _short(msgspec.json.encode(values[place]).decode())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """The scalars and empty containers of a parsed text by their paths. Paths are shortened,
    because every value in an object repeats the object's path."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    if not inner:
        yield place, value
        return
    for key, one in inner:
        yield from _leaves(one, _short(f"{place}.{key}" if place else str(key)))
