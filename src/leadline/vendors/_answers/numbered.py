"""Answers that belong together by a number or a position: `question_1` and `answer_1`, a list of
labels beside one of values, and the numbered parts of names in Gravity Forms."""

import re
from functools import lru_cache
from typing import Any

from leadline.model.texts.patterns import late
from leadline.vendors._answers.keys import words_in
from leadline.vendors._reader.aliases import meaning, normal

_LABELS = frozenset(
    words_in(
        "q question label field name title key prompt question_text question_label question_title "
        "field_label field_name field_title q_text q_label q_title q_question item_label "
        "input_label"
    )
)
_VALUES = frozenset(
    words_in(
        "a ans answer value response field_value question_answer question_value question_response "
        "answer_text answer_value q_answer q_value q_response item_value input_value"
    )
)
_LISTS_OF_LABELS = frozenset(words_in("labels questions fields names keys columns headers label"))
_LISTS_OF_VALUES = frozenset(words_in("values answers responses data row rows value"))
_NUMBERED = late(r"(\D{0,40})(\d{1,3})(\D{0,40})")
_LONGEST = 83
"""Characters of the longest key that `_NUMBERED` takes."""
_OF_A_NAME = frozenset(("2", "3", "4", "6", "8"))


def with_pairs(value: dict[str, Any]) -> dict[str, Any]:
    """The object with values by their labels, for labels and values of the same number and for two
    lists of the same length; without these the object itself."""
    if pairs := _of_one_number(value):
        told = [(value[label], value[answer]) for label, answer in pairs]
        used = {key for pair in pairs for key in pair}
    elif lists := _side_by_side(value):
        told = list(zip(value[lists[0]], _only_row(value[lists[1]]), strict=True))
        used = set(lists)
    else:
        return value
    read = {key: inner for key, inner in value.items() if key not in used}
    for label, answer in told:
        read.setdefault(label, answer)
    return read


def _of_one_number(value: dict[str, Any]) -> list[tuple[str, str]]:
    """The keys of labels and of their values: several, or one whose label says what it asks for."""
    labels: dict[str, str] = {}
    values: dict[str, str] = {}
    for key, inner in value.items():
        if len(key) > _LONGEST:
            continue
        number, is_label, is_value = _numbered(key)
        if is_label and isinstance(inner, str) and inner:
            labels.setdefault(number, key)
        elif is_value:
            values.setdefault(number, key)
    if not values:
        return []
    pairs = [(label, values[number]) for number, label in labels.items() if number in values]
    return pairs if len(pairs) > 1 or any(meaning(value[label]) for label, _ in pairs) else []


@lru_cache(maxsize=2048)  # most senders send the same keys for ever
def _numbered(key: str) -> tuple[str, bool, bool]:
    """The number in a key, and whether the rest names a label, or a value."""
    match = _NUMBERED.fullmatch(key)
    if match is None:
        return "", False, False
    word = normal(f"{match[1]}_{match[3]}")
    return match[2], word in _LABELS, word in _VALUES


def _side_by_side(value: dict[str, Any]) -> tuple[str, str] | None:
    """The keys of a list of labels, at least one of which is telling, and of its list of values."""
    lists = {normal(key): key for key, inner in value.items() if isinstance(inner, list) and inner}
    labels = next((key for name, key in lists.items() if name in _LISTS_OF_LABELS), None)
    if labels is None or not all(isinstance(one, str) for one in value[labels]):
        return None
    if not any(map(meaning, value[labels])):
        return None
    for name, key in lists.items():
        row = _only_row(value[key])
        plain = not any(isinstance(one, dict | list) for one in row)
        if name in _LISTS_OF_VALUES and plain and len(row) == len(value[labels]):
            return labels, key
    return None


def _only_row(value: list[Any]) -> list[Any]:
    row = value[0] if len(value) == 1 else value
    return row if isinstance(row, list) else value


def of_gravity(entry: dict[str, Any]) -> dict[str, Any]:
    """A Gravity Forms entry, with `first_name` and `last_name` for the parts of its first name
    field.

    Fields are numbered; `3.3` and `3.6` are the first and last name if field 3 is a name. Addresses
    and check boxes also have parts, beginning with `3.1` (Gravity Forms docs, "Entry Object").
    """
    numbers = [key[:-2] for key in entry if key[-2:] == ".6" and key[:-2].isdigit()]
    of_name = next((n for n in numbers if _is_name(n, entry)), None)
    names = {f"{of_name}.3": "first_name", f"{of_name}.6": "last_name"} if of_name else {}
    return {names.get(key, key): value for key, value in entry.items()} if names else entry


def _is_name(number: str, entry: dict[str, Any]) -> bool:
    if f"{number}.3" not in entry or f"{number}.1" in entry:
        return False
    parts = {key for key in entry if key.startswith(f"{number}.")}
    if "form_id" in entry:
        return True
    words = f"{entry[f'{number}.3']}{entry[f'{number}.6']}"
    return all(key.partition(".")[2] in _OF_A_NAME for key in parts) and not re.search(r"\d", words)
