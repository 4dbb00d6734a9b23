"""Answers to the questions of a form, as pairs of a label and a value.

An element of a list, or of an object, is an answer if it has a label-like and a value-like key and
identifies nobody by other keys. What else it has (an id, a type, choices) is about the question.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from leadline.vendors._answers.keys import (
    Shape,
    is_about_a_question,
    label_of,
    shape_of,
    value_key,
)
from leadline.vendors._answers.values import name_parts, value_shown, with_dial_code
from leadline.vendors._reader.aliases import meaning, normal

_OF_A_NAMES_TYPE = frozenset(
    ("name", "fullname", "full", "first", "last", "person", "contact", "control", "input", "field")
)
_LONGEST = 40
_MOST_SEEN = 1_000
EMPTY: tuple[Any, ...] = (None, "", [], {})
"""What stands for no answer."""


class Answered(NamedTuple):
    """One answer: the label, whether the label says which field it is, the value (None if nothing
    was answered), and the field that the question's type names, or ""."""

    label: str
    telling: bool
    value: Any
    typed: str = ""


def answer_in(element: Any, labels: Mapping[str, str] = {}) -> Answered | None:
    """The answer that an object is; None for people, things and all else."""
    if not isinstance(element, dict):
        return None
    shape = shape_of(element)
    key = value_key(element, shape)
    if key is None and not (shape.parts and "type" in element):
        return None
    named = label_of(element, shape, key, labels)
    if named is None:
        named = (str(key), False) if key and key == element.get("type") else None
    if named is None or not (named[1] or is_about_a_question(element, shape, key)):
        return None
    typed = _typed(element)
    value = _value(element, shape, key)
    if (meaning(named[0]) or (typed,))[0] == "phone":
        value = with_dial_code(value, element)
    return Answered(*named, None if value in EMPTY else value, typed)


def _value(element: Mapping[str, Any], shape: Shape, key: str | None) -> Any:
    """The value under a key, or the parts of a name that stand beside it (WPForms)."""
    value = value_shown(element[key], element) if key else None
    if not shape.parts:
        return value
    parts = {name: element[name] for name in shape.parts} if not isinstance(value, dict) else {}
    return name_parts(parts) if any(parts.values()) else value


def _typed(element: Mapping[str, Any]) -> str:
    told = element.get("type")
    return _field_of_type(told) if isinstance(told, str) and len(told) <= _LONGEST else ""


@lru_cache(maxsize=512)
def _field_of_type(told: str) -> str:
    words = set(normal(told).split("_"))
    if "name" in words or "fullname" in words:
        half = next((part for part in ("first", "last") if part in words), None)
        name = f"{half}_name" if half else "name"
        return name if words <= _OF_A_NAMES_TYPE else ""
    return "phone" if words & {"phone", "tel"} else ""


def is_answer(value: Any) -> bool:
    """Whether it is the answer to a question, not a person: `{"name": "E-mail", "value": …}`."""
    return answer_in(value) is not None


def is_left_out(value: Any) -> bool:
    """Whether it is a question without an answer: it has a label, and nobody's data."""
    if not isinstance(value, dict):
        return False
    shape = shape_of(value)
    return (
        bool(shape.machine or shape.visible)
        and value_key(value, shape) is None
        and (shape.known or ("type" in value and is_about_a_question(value, shape, None)))
        and not any(isinstance(inner, dict | list) and inner for inner in value.values())
    )


def are_answers(value: Any) -> bool:
    """Whether a list holds the answers of one person: all are answers, or questions that were left
    out, and a label says that it asks for a field of the lead, or one alone is answered with an
    e-mail address."""
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_SEEN:
        return False
    found: list[Answered] = []
    for element in value:
        if answer := answer_in(element):
            found.append(answer)
        elif not is_left_out(element):
            return False
    addresses = sum(isinstance(one.value, str) and "@" in one.value for one in found)
    return any(one.telling for one in found) or (addresses == 1 and len(found) > 1)
