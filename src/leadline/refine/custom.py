"""Mends the texts of custom fields (`refine.mending`), such as a city."""

from typing import Any

from leadline.model.lead import Change
from leadline.refine.limits import altered
from leadline.refine.mending import is_doubtful, mend

_DEEPEST = 12


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
