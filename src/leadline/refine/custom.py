"""Custom fields: cut to their limits, and their texts mended (`refine.mends.mending`), such as a
city.

Most leads have nothing in them that a rule is for. That is told by one look at all texts together,
which costs less than the rules for one text.
"""

from typing import Any

import msgspec

from leadline.model.lead import Change
from leadline.model.texts.patterns import late
from leadline.refine.limits import SHORT, altered, cut_custom
from leadline.refine.mends.mending import is_doubtful, mend
from leadline.refine.text import encodable

_DEEPEST = 12
_LARGEST = 1 << 63
# An address, or what has as many digits as the shortest number that `misplaced.leftovers` takes.
_CONTACT = late(r"@|wa\.me/|[0-9][0-9 ().\-/]{5}")


class Custom(msgspec.Struct, frozen=True):
    """Refined custom fields and the changes, and whether they may have an address or a number."""

    fields: dict[str, Any]
    changes: tuple[Change, ...] = ()
    may_have_contact: bool = False


def refine_custom(custom: dict[str, Any]) -> Custom:
    """The custom fields in the form in which they are kept; the same object if nothing changed."""
    if not custom:
        return Custom(custom)
    texts = _texts_at_once(custom)
    if texts is not None and not is_doubtful(texts):
        return Custom(custom, (), _CONTACT.search(texts) is not None)
    kept, cuts = cut_custom(encodable(custom))
    kept, mends = mended_custom(kept)
    return Custom(kept, cuts + mends, may_have_contact=True)


def _texts_at_once(custom: dict[str, Any]) -> str | None:
    """All texts and numbers as lines; None if one must be looked at by itself: lists and objects,
    what is long or can't be encoded."""
    told: list[str] = []
    for name, value in custom.items():
        kind = type(value)
        if kind is str:
            if len(value) > SHORT:
                return None
            told.append(value)
        elif kind is int and -_LARGEST <= value < _LARGEST:
            told.append(str(value))
        elif value is not None and kind is not bool and kind is not float:
            return None
        if len(name) > SHORT:
            return None
    texts = "\n".join(told)
    try:
        "".join(custom).encode()
        texts.encode()
    except UnicodeEncodeError:
        return None
    return texts


def mended_custom(custom: dict[str, Any]) -> tuple[dict[str, Any], tuple[Change, ...]]:
    """The custom fields with their texts mended, also those in lists and objects, and the changes;
    the same object if nothing was mended."""
    kept: dict[str, Any] = {}
    changes: list[Change] = []
    for name, value in custom.items():
        kind = type(value)
        if kind is str:
            if is_doubtful(value) and (steps := mend("custom", value, str)):
                changes += [altered(f"custom.{name}", *step[1:], step[0]) for step in steps]
                kept[name] = steps[-1][2]
        elif (kind is list or kind is dict) and (inside := _inside(value, 0)) != value:
            changes.append(altered(f"custom.{name}", None, None, "text.mended"))
            kept[name] = inside
    return ({**custom, **kept} if kept else custom), tuple(changes)


def _inside(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        steps = mend("custom", value, str) if is_doubtful(value) else []
        return steps[-1][2] if steps else value
    if depth < _DEEPEST and isinstance(value, list):
        return [_inside(one, depth + 1) for one in value]
    if depth < _DEEPEST and isinstance(value, dict):
        return {name: _inside(one, depth + 1) for name, one in value.items()}
    return value
