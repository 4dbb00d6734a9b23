"""The labels of questions that a body lists apart from the answers, by the question's id: Gravity
Forms' `form.fields`, Typeform's `definition.fields`, LinkedIn's and Jotform's `questions`."""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.vendors._answers.keys import (
    is_about_a_question,
    label_of,
    shape_of,
    value_key,
)

HOLDERS = frozenset(("fields", "questions", "columns", "schema", "blocks", "inputs"))
"""The keys of lists of questions."""
GROUPS = frozenset(("pages", "sections", "steps", "groups"))
"""The keys of lists of pages, each with questions."""
_IDS = ("id", "ref", "key", "qid", "questionId", "question_id", "uuid", "fieldId", "field_id")
_MOST_SEEN = 400
_DEEPEST = 5


def labels_in(body: Any) -> Mapping[str, str]:
    """The labels by id; empty for most bodies. At most 400 objects and lists are visited."""
    if not isinstance(body, dict):
        return {}
    labels: dict[str, str] = {}
    waiting: list[tuple[Any, int]] = [(body, 0)]
    visited = 0
    for value, depth in waiting:
        for key, inner in value.items():
            if type(inner) is not dict and type(inner) is not list:
                continue
            visited += 1
            if visited > _MOST_SEEN:
                return labels
            if key in HOLDERS:
                _collect(_each(inner), labels)
            if isinstance(inner, dict) and depth < _DEEPEST:
                waiting.append((inner, depth + 1))
    return labels


def are_questions(value: Any) -> bool:
    """Whether a list, or an object by id, holds questions without answers, and no people."""
    each = [one for _, one in _each(value)] if isinstance(value, list | dict) else []
    return bool(each) and all(_is_question(one) for one in each)


def _is_question(one: Any) -> bool:
    if not isinstance(one, dict):
        return False
    shape = shape_of(one)
    return (
        value_key(one, shape) in (None, "text")
        and label_of(one, shape, None) is not None
        and is_about_a_question(one, shape, None)
        and ("type" in one or shape.known)
    )


def _each(questions: list[Any] | dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """The questions, with the keys of an object as their ids."""
    if isinstance(questions, dict):
        return questions.items()
    return (("", one) for one in questions[:_MOST_SEEN])


def _collect(questions: Iterable[tuple[str, Any]], labels: dict[str, str]) -> None:
    for key, one in questions:
        if not isinstance(one, dict):
            continue
        shape = shape_of(one)
        if value_key(one, shape) not in (None, "text"):
            continue
        named = label_of(one, shape, None)
        ids = [key, *(str(one[name]) for name in _IDS if isinstance(one.get(name), str | int))]
        for ident in ids if named else ():
            if ident and named and ident != named[0]:
                labels.setdefault(ident, named[0])
        if isinstance(one.get("inputs"), list):
            _collect(_each(one["inputs"]), labels)
