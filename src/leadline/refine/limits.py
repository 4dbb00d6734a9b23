"""Limits on the length of fields in refinement; the raw lead always keeps the whole text.

So every rule gets texts of bounded length, and `unicodedata.normalize` gets runs of combining marks
of bounded length: it sorts the marks of a character by insertion, which takes quadratic time.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from leadline.model.lead import Change
from leadline.model.texts.patterns import late

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
"""The largest number of characters of each field. `custom` applies to each text in a custom field,
`custom_name` to the name of a custom field."""

SHORT = min(LIMITS.values())
"""A text of this length is within every limit."""

CHANGE_LIMIT = 300
"""The largest number of characters of a text in a Change; the raw lead has the whole text."""

MOST_MARKS = 30
"""The largest number of combining marks of one character: the limit of the Stream-Safe Text Format
(UAX #15, section 13), far more than any language uses."""

_SURROGATE = late("[\ud800-\udfff]")
# Runs that may exceed the limit. No mark is a letter or digit, except the half-width voiced sound
# marks; no mark decomposes into more than two, and the character before them into at most three.
_MAYBE_TOO_MANY = late(r"(?:[^\w\x00-\x7f]|[\uff9e\uff9f]){14}")


def cut(text: str, limit: int, ellipsis: str = "…") -> str:
    """The text with at most *limit* characters; a cut text ends in *ellipsis*."""
    return text if len(text) <= limit else text[: limit - len(ellipsis)].rstrip() + ellipsis


def stream_safe(text: str) -> str:
    """The text without combining marks beyond `MOST_MARKS` in a row, counted in its decomposition
    (NFKD); the same object if there are none."""
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
    """A Change, in which long texts are cut with an ellipsis."""
    if before is not None and (len(before) > CHANGE_LIMIT or not before.isascii()):
        before = _shown(before)
    if after is not None and (len(after) > CHANGE_LIMIT or not after.isascii()):
        after = _shown(after)
    return Change(field=field, before=before, after=after, rule=rule)


def truncated(changes: tuple[Change, ...]) -> list[str]:
    """The problem codes of the fields that were cut: "name.truncated"."""
    return [f"{change.rule}d" for change in changes if change.rule[-9:] == ".truncate"]


def cut_custom(custom: dict[str, Any]) -> tuple[dict[str, Any], tuple[Change, ...]]:
    """The custom fields with names and texts cut to their limits, at any depth, and the changes. If
    two names become the same, the first field is kept."""
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
    """Whether a decomposed character consists of marks only, and the number of marks at its end."""
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
