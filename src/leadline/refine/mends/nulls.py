"""What programs write into a name for nothing: `null`, `None`, `undefined`.

Null and None are also people's names, so it depends on what stands beside them.
"""

import re

from leadline.model.texts.patterns import late
from leadline.refine.mends.blank import NULLS, PLACEHOLDERS, shows_something

_NULL_WORD = late(r"\b(?:null|none|undefined)\b", re.I)
_NOTHING = PLACEHOLDERS | {"null", "none"}
_WRITTEN_BY_PROGRAMS = ("null", "undefined")


def without_nulls(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    """First and last name, None for what a program wrote for nothing. Nobody's first name is Null
    or None; a last name may be, unless it alone is in small letters."""
    if (first is None or len(first) > 4) and (last is None or len(last) > 4):
        return first, last
    kept_first = None if first is not None and first.casefold() in ("null", "none") else first
    if last is not None and kept_first is None and last.casefold() in NULLS:
        return kept_first, None
    if last == "null" and first is not None and not first.islower():
        return kept_first, None
    return kept_first, last


def without_null_words(field: str, name: str) -> str | None:
    """The name without the words that a program wrote for nothing ("Ada undefined"); None if it has
    no others. `without_nulls` decides about a first or last name of one word."""
    lowered = name.lower()
    if "null" not in lowered and "none" not in lowered and "undefined" not in lowered:
        return name
    if not _NULL_WORD.search(name) or "@" in name or "." in name or ":" in name:
        return name
    words = name.split(" ")
    plain = [word.strip(",;").casefold() for word in words]
    if all(word in _NOTHING or not shows_something(word) for word in plain):
        return None if field == "name" or len(words) > 1 else name.strip(",;") or name
    if name.islower():  # somebody who types no capitals may be called so
        return name
    return " ".join(word for word in words if word.strip(",;") not in _WRITTEN_BY_PROGRAMS)
