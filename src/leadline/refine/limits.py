"""How much of a field refinement reads; the raw lead beside it always keeps the whole.

Every rule meets texts of bounded length, and `unicodedata.normalize` runs of bounded length: it
sorts the combining marks of a character by insertion, in a time that grows with their square.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from leadline.model.lead import Change

LIMITS: Mapping[str, int] = {
    "name": 500,
    "first_name": 500,
    "last_name": 500,
    "email": 1_000,
    "phone": 500,
    "company": 500,
    "title": 500,
    "country": 200,
    "website": 3_000,
    "source": 500,
    "campaign": 500,
    "owner": 500,
    "owner_claimed": 500,
    "crm_url": 3_000,
    "crm_record": 500,
    "message": 10_000,
    "custom": 10_000,
    "custom_name": 200,
}
"""Characters of each field that are read and kept; `custom` of each text in a custom field, and
`custom_name` of the name of one."""

SHORT = min(LIMITS.values())
"""What has no more characters is within any limit."""

CHANGE_LIMIT = 300
"""Characters of a text that a Change repeats; the raw lead beside it has the whole."""

MOST_MARKS = 30
"""Combining marks that one character keeps: the bound of the Stream-Safe Text Format (UAX #15,
section 13), which no language's spelling comes near."""

_SURROGATE = re.compile("[\ud800-\udfff]")
# What may be too many: no mark is a letter or digit, but for the half-width voiced sound marks, and
# none decomposes into more than two; a character before them, into at most three.
_MAYBE_TOO_MANY = re.compile(r"(?:[^\w\x00-\x7f]|[\uff9e\uff9f]){14}")


def cut(text: str, limit: int, ellipsis: str = "…") -> str:
    """*text* with at most *limit* characters; an ellipsis stands for what is cut off."""
    return text if len(text) <= limit else text[: limit - len(ellipsis)].rstrip() + ellipsis


def stream_safe(text: str) -> str:
    """*text* without the combining marks that follow `MOST_MARKS` others, counted as they are when
    it is decomposed (NFKD); the very same object where there are none."""
    if text.isascii() or _MAYBE_TOO_MANY.search(text) is None:
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        is_mark, own = _marks_of(character)
        if is_mark and marks + own > MOST_MARKS:
            continue
        marks = marks + own if is_mark else own
        kept.append(character)
    return text if len(kept) == len(text) else "".join(kept)


def altered(field: str, before: str | None, after: str | None, rule: str) -> Change:
    """The record of an alteration; a long text is shown by its beginning and an ellipsis."""
    if before is not None and (len(before) > CHANGE_LIMIT or not before.isascii()):
        before = _shown(before)
    if after is not None and (len(after) > CHANGE_LIMIT or not after.isascii()):
        after = _shown(after)
    return Change(field=field, before=before, after=after, rule=rule)


def truncated(changes: tuple[Change, ...]) -> list[str]:
    """The problem codes of the fields that were cut: "name.truncated"."""
    return [f"{change.rule}d" for change in changes if change.rule[-9:] == ".truncate"]


def cut_custom(custom: dict[str, Any]) -> tuple[dict[str, Any], tuple[Change, ...]]:
    """Custom fields with names and texts, however deep inside, within their limits; of fields that
    come to have one name the first stays."""
    if not _may_be_too_long(custom):
        return custom, ()
    kept: dict[str, Any] = {}
    changes: list[Change] = []
    for name, value in custom.items():
        short = cut(name, LIMITS["custom_name"])
        if short != name:
            changes.append(altered("custom", name, short, "custom.truncate"))
        within = _cut_inside(value)
        if within != value:
            before, after = (one if isinstance(one, str) else None for one in (value, within))
            changes.append(altered(f"custom.{short}", before, after, "custom.truncate"))
        kept.setdefault(short, within)
    return kept, tuple(changes)


@lru_cache(maxsize=4096)
def _marks_of(character: str) -> tuple[bool, int]:
    """Whether the character is nothing but marks, and with how many it ends, when decomposed."""
    classes = [unicodedata.combining(one) for one in unicodedata.normalize("NFKD", character)]
    starters = [place for place, one in enumerate(classes) if not one]
    return not starters, len(classes) - 1 - (starters[-1] if starters else -1)


def _may_be_too_long(custom: dict[str, Any]) -> bool:
    for name, value in custom.items():
        kind = type(value)
        if (
            len(name) > SHORT
            or kind is list
            or kind is dict
            or (kind is str and len(value) > SHORT)
        ):
            return True
    return False


def _cut_inside(value: Any) -> Any:
    if isinstance(value, str):
        return cut(value, LIMITS["custom"])
    if isinstance(value, list):
        return [_cut_inside(one) for one in value]
    if isinstance(value, dict):
        return {
            cut(name, LIMITS["custom_name"]) if isinstance(name, str) else name: _cut_inside(one)
            for name, one in value.items()
        }
    return value


def _shown(text: str) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    return text if len(text) <= CHANGE_LIMIT else text[: CHANGE_LIMIT - 1] + "…"
