"""What the keys of an answer hold: `{"label": …, "value": …, "type": …}` and its many spellings.

Collected from the documentation of form builders (docs/how-to/connect-a-sender.md has the table).
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from leadline.model.texts.patterns import late
from leadline.vendors._reader.aliases import meaning, normal


def words_in(text: str) -> list[str]:
    """The words of a table."""
    return text.split()


_MACHINE = words_in(
    "custom_key ref reference column_id predefined_field api_name machine_name internal_name key "
    "slug name field property attribute variable identifier k id qid uuid"
)
"""Names that programs give to a question; the most particular first."""
_VISIBLE = words_in(
    "label question title heading headline caption prompt column_name display_name question_text "
    "q text"
)
"""Names that visitors read; `text` only beside another key for the answer."""
_VALUES = words_in(
    "string_value value values answer answers response user_response answer_value answer_text "
    "submitted_value flat_value answer_details text_answers response_text response_value content "
    "reply selected selection input user_input user_value a v raw_value"
)
_ALL_VALUES = frozenset(_VALUES)
_META = frozenset(
    words_in(
        "type field_type kind required is_required page order position index sort choices options "
        "hidden is_hidden description help visible validation object_type_id pretty_format widget "
        "format multiple created_at updated_at section group rows columns object annotations"
    )
)
_PARTS = frozenset(("first", "last", "first_name", "last_name"))
_THINGS = frozenset(
    words_in("sku price quantity qty amount currency total cost unit_price probability")
)
_WHO = frozenset(("email", "phone", "company", "first_name", "last_name"))
_GENERIC = frozenset(words_in("question text title body input url number source role position"))
_PREFIX = late(r"^(?:(?:form|field|question|element|item|display|submission)_)+")
_NUMBER = late(r"_?\d+$")
_LONGEST = 40
_LONGEST_TOGETHER = 500  # what is kept of a sender's keys is bounded
_MOST_KEYS = 40
_EMPTY: tuple[Any, ...] = (None, "", [], {})


class Shape(NamedTuple):
    """What the keys of an object hold, in order of preference: the answer, the machine's name of
    the question, its visible label, and parts of a name. `others` are keys of people and things;
    `plain` says that all keys but those of the answer are about the question; `known` that none
    is unknown."""

    values: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    plain: bool = False
    known: bool = False


_NO_SHAPE = Shape()


def shape_of(element: Mapping[str, Any]) -> Shape:
    """The shape of an object, by its keys alone."""
    if len(element) > _MOST_KEYS:
        return _NO_SHAPE
    if len("".join(element)) <= _LONGEST_TOGETHER:
        return _shape(tuple(element))
    return _shape(tuple([key if len(key) <= _LONGEST else "" for key in element]))


def may_have_value(keys: Collection[str]) -> bool:
    """Whether the shape of an object with these keys has `values`."""
    return len(keys) <= _MOST_KEYS and any(
        key and len(key) <= _LONGEST and _name_of(key) in _ALL_VALUES for key in keys
    )


@lru_cache(maxsize=2048)
def _name_of(key: str) -> str:
    return _short(normal(key))


@lru_cache(maxsize=2048)
def _shape(keys: tuple[str, ...]) -> Shape:
    keys = tuple([key if len(key) <= _LONGEST else "" for key in keys])
    names = {key: _name_of(key) for key in keys if key}
    values = _ranked(_VALUES, names)
    machine, visible = _ranked(_MACHINE, names), _ranked(_VISIBLE, names)
    parts = tuple(key for key, name in names.items() if name in _PARTS)
    about = {*values, *machine, *visible, *(key for key, name in names.items() if name in _META)}
    others = tuple(
        key
        for key, name in names.items()
        if name in _THINGS or (key not in about and key not in parts and _is_about_somebody(key))
    )
    plain = all(key in about and (key in ("id", "type") or key not in machine) for key in keys)
    return Shape(values, machine, visible, parts, others, plain and not visible, about >= set(keys))


def _short(name: str) -> str:
    if name in _META or name in _VALUES or name in _MACHINE or name in _VISIBLE:
        return name
    unnumbered = _NUMBER.sub("", name)  # Microsoft Forms: `answer1`
    return unnumbered if unnumbered in ("answer", "value") else _PREFIX.sub("", name)


def _ranked(words: list[str], names: Mapping[str, str]) -> tuple[str, ...]:
    found = [(words.index(name), key) for key, name in names.items() if name in words]
    return tuple(key for _, key in sorted(found))


def _is_about_somebody(key: str) -> bool:
    known = meaning(key)
    return known is not None and known[0] in _WHO


def value_key(element: Mapping[str, Any], shape: Shape) -> str | None:
    """The key of the answer itself; None if there is none. An empty one counts only if there is no
    other."""
    found = next((key for key in shape.values if element[key] not in _EMPTY), None)
    if found == "value" and "text" in element and _is_json(element[found]):
        return "text"  # monday.com: `value` is JSON and `text` what it says
    if found is None and _has_text(element):
        return "text"
    return found or (shape.values[0] if shape.values else _typed(element, shape))


def _has_text(element: Mapping[str, Any]) -> bool:
    """Whether `text` is the answer: Jotform's questions have it as their label, beside a type."""
    return bool(element.get("text")) and ("value" in element or "type" not in element)


def _typed(element: Mapping[str, Any], shape: Shape) -> str | None:
    """The key that the type names, as in `{"type": "email", "email": …}` (Typeform, Notion)."""
    told = element.get("type")
    if not isinstance(told, str) or told not in element or told == "type":
        return None
    nested = any(isinstance(element.get(key), dict) for key in ("field", "question"))
    labels = told in shape.machine or told in shape.visible
    return told if nested or not (labels and isinstance(element[told], str)) else None


def _is_json(value: Any) -> bool:
    return isinstance(value, str) and value[:1] in ("{", "[", '"')


def is_about_a_question(element: Mapping[str, Any], shape: Shape, answer: str | None) -> bool:
    """Whether the keys beside the answer are about a question, and not about a person or thing."""
    return all(key == answer or element[key] in _EMPTY for key in shape.others)


def label_of(
    element: Mapping[str, Any],
    shape: Shape,
    answer: str | None,
    labels: Mapping[str, str] = {},
) -> tuple[str, bool] | None:
    """The label of an answer, and whether it says which field it is; None if there is none.

    The machine's name counts if it is telling, else the visible label. *answer* is the key of the
    answer, *labels* are those that stand elsewhere in the body, by the question's id.
    """
    machine, visible = _labels(element, shape, answer)
    if labels:
        visible += [labels[name] for name in machine if name in labels]
    for name in machine:
        if meaning(name) and not (visible and is_generic(name)):
            return name, True
    for name in visible:
        if meaning(name):
            return name, True
    called = element.get("name")
    if visible or (isinstance(called, str) and called in machine):
        return (visible or [str(called)])[0], False
    return (machine[0], False) if machine else None


def is_generic(name: str) -> bool:
    """Whether a name is one that programs number questions with: `question_3`, `text-1`."""
    return _NUMBER.sub("", normal(name)) in _GENERIC


def _labels(
    element: Mapping[str, Any], shape: Shape, answer: str | None
) -> tuple[list[str], list[str]]:
    """The machine's names and the visible labels, also those in an object: `"field": {"id": …,
    "title": …}`, and `"headline": {"default": …}` for the label in several languages."""
    machine: list[Any] = []
    visible: list[Any] = []
    within = []
    for keys, found in ((shape.machine, machine), (shape.visible, visible)):
        for key in keys:
            value = element[key]
            if key != answer and isinstance(value, dict):
                within.append(value)
            elif key != answer and value not in _EMPTY:
                found.append(value)
    for one in within:  # of most, there is none
        inner = shape_of(one)
        machine += [one[key] for key in inner.machine]
        visible += [one.get("default"), *(one[key] for key in inner.visible)]
    return _texts(machine), _texts(visible)


def _texts(values: list[Any]) -> list[str]:
    if not values:
        return values
    return [
        str(one)
        for one in values
        if isinstance(one, str | int) and one != "" and not isinstance(one, bool)
    ]
