"""Masking of JSON of any shape: what a sender sent, what was written to a CRM, further fields.

Only what is known to be harmless stays: labels, yes and no, and values whose label asks for a
company, a country, a job title or a web address. Every other text and number is hidden, because a
field of any name may hold a person.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from leadline.model.labels import read_label
from leadline.privacy.masking_values import (
    HIDDEN,
    NOBODY,
    PersonWords,
    known_of,
    masked_field,
    masked_text,
)

_NEUTRAL = frozenset(("value", "values", "val"))
"""Labels that say nothing about their value: the label around them counts."""
_LONGEST_LABEL = 80
_NAMES = frozenset(("name", "first_name", "last_name"))
_HIDDEN_RAW = msgspec.Raw(msgspec.json.encode(HIDDEN))


def masked_raw(raw: bytes, known: PersonWords = NOBODY) -> msgspec.Raw:
    """JSON text, masked. Names and addresses that its labels tell are hidden in all of it. What is
    no JSON, or is nested too deep, is hidden whole."""
    try:
        value = msgspec.json.decode(raw)
        found = list(_texts(value, None))
        named = known_of(
            [text for field, text in found if field in _NAMES],
            [text for field, text in found if field == "email"],
        )
        return msgspec.Raw(msgspec.json.encode(masked_value(value, _both(known, named))))
    except (ValueError, RecursionError):
        return _HIDDEN_RAW


def masked_value(value: Any, known: PersonWords = NOBODY, field: str | None = None) -> Any:
    """A parsed value of JSON, masked; *field* is what its label asks for, if that is known. Raises
    RecursionError if it is nested too deep."""
    if isinstance(value, dict):
        return _masked_object(value, known, field)
    if isinstance(value, (list, tuple)):
        return [masked_value(one, known, field) for one in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and field is not None:
        return masked_field(field, value, known)
    return HIDDEN if value != "" else ""


def _masked_object(value: dict[str, Any], known: PersonWords, field: str | None) -> dict[str, Any]:
    masked: dict[str, Any] = {}
    numbers: Counter[str] = Counter()
    for label, one in value.items():
        shown = first = _masked_label(str(label), known)
        while shown in masked:  # two labels with one mask: both remain
            numbers[first] += 1
            shown = f"{first} ({numbers[first] + 1})"
        masked[shown] = masked_value(one, known, _field(str(label), field))
    return masked


def _masked_label(label: str, known: PersonWords) -> str:
    return masked_text(label, known) if len(label) <= _LONGEST_LABEL else HIDDEN


def _field(label: str, around: str | None) -> str | None:
    """What a label asks for; a neutral one what the label around it asks for."""
    return around if label.lower() in _NEUTRAL else read_label(label).field


def _texts(value: Any, field: str | None) -> Iterator[tuple[str | None, str]]:
    """All texts with what their labels ask for."""
    if isinstance(value, dict):
        for label, one in value.items():
            yield from _texts(one, _field(str(label), field))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, field)
    elif isinstance(value, str):
        yield field, value


def _both(one: PersonWords, other: PersonWords) -> PersonWords:
    return PersonWords(one.words | other.words)
