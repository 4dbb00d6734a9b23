"""The members of an object or a list, with answers to questions by the labels of the questions.

Whether a label that tells nothing stands for an answer depends on what stands beside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from leadline.model.texts.patterns import late
from leadline.vendors._answers.answers import EMPTY, Answered, answer_in, are_answers, is_left_out
from leadline.vendors._answers.keys import (
    is_generic,
    shape_of,
    value_key,
)
from leadline.vendors._answers.numbered import of_gravity, with_pairs
from leadline.vendors._answers.questions import GROUPS, HOLDERS, are_questions
from leadline.vendors._answers.values import (
    contact_in,
    full_name,
    labelled_lines,
    name_parts,
    value_shown,
)
from leadline.vendors._reader.aliases import meaning, role, understood
from leadline.vendors._reader.key_facts import ObjectFacts, facts_of_object

_NAMES = frozenset(("name", "first_name", "last_name"))
_DIGIT = late(r"\d")
_Members = Iterable[tuple[str, Any]]


def members(value: Any, labels: Mapping[str, str] = {}) -> _Members:
    """The members of an object or a list by key, with answers by the labels of their questions.

    *labels* are those that stand elsewhere in the body, by the question's id (`labels_in`).
    """
    if isinstance(value, dict):
        plain = is_plain(value, facts_of_object(value), labels)
        return value.items() if plain else of_object(value, labels)
    if isinstance(value, list):
        keys = _rows(value) or [(str(i), inner) for i, inner in enumerate(value)]
        return _read(keys, labels, numbered=True) if any(map(_may_be_answer, value)) else keys
    return [("", value)]


def is_plain(value: Mapping[str, Any], facts: ObjectFacts, labels: Mapping[str, str]) -> bool:
    """Whether the members of an object are what they seem, and no answers; quickly, because most
    are. *facts* are those of its keys."""
    if facts.numbered or (labels and not labels.keys().isdisjoint(value)):
        return False
    lists = 0
    for inner in value.values():
        kind = type(inner)
        if kind is str:
            if " =" in inner:
                return False
        elif kind is dict:
            if facts.lists or facts_of_object(inner).may_answer:
                return False
        elif kind is list:
            lists += 1
            if facts.lists or lists > 1 or contact_in(inner):
                return False
    return True


def _may_be_answer(value: Any) -> bool:
    """Whether an element may be an answer or a question, by its keys alone."""
    return type(value) is dict and facts_of_object(value).may_answer


def _rows(value: list[Any]) -> list[tuple[str, Any]]:
    """The pairs in `[["Name", "Ada Vance"], …]`, where the first of each is a label, at least
    one of which is telling, and no second is one."""
    if not value or type(value[0]) is not list:
        return []
    pairs = [(row[0], row[1]) for row in value if isinstance(row, list) and len(row) == 2]
    if len(pairs) < len(value) or not all(isinstance(label, str) for label, _ in pairs):
        return []
    labels = any(meaning(label) for label, _ in pairs)
    heads = any(isinstance(said, str) and meaning(said) for _, said in pairs)
    return pairs if labels and not heads else []


def of_object(value: dict[str, Any], labels: Mapping[str, str]) -> _Members:
    """The members of an object that is not plain (`is_plain`)."""
    if labels:
        value = _relabelled(value, labels)
    read = [
        (key, _in_parts(key, inner))
        for name, content in with_pairs(of_gravity(value)).items()
        for key, inner in _ungrouped(name, content)
        if key not in HOLDERS or not are_questions(inner)
    ]
    return _read(read, labels) if any(isinstance(inner, dict) for _, inner in read) else read


def _in_parts(key: str, value: Any) -> Any:
    """The parts of a name, an address or a person in lines of a text or in a list, unless the key
    says what it is, such as a message."""
    parts = labelled_lines(value) if isinstance(value, str) else contact_in(value)
    known = meaning(key) if parts else None
    whole = known and (known[0] == "message" or isinstance(value, list))
    return parts if parts and not whole else value


def _ungrouped(key: str, inner: Any) -> _Members:
    """The pages of a form under a name each, since only the first of a list may be the lead."""
    if key not in GROUPS or not isinstance(inner, list):
        return ((key, inner),)
    if not all(isinstance(page, dict) and any(map(are_answers, page.values())) for page in inner):
        return ((key, inner),)
    return ((f"{key[:-1]}_{i}", page) for i, page in enumerate(inner, 1))


def _relabelled(value: dict[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, inner in value.items():
        label = labels.get(key, key)
        renamed = label not in value and label not in found and not isinstance(inner, dict)
        found[label if renamed and meaning(key) is None else key] = inner
    return found


def _read(
    content: list[tuple[str, Any]], labels: Mapping[str, str], *, numbered: bool = False
) -> Iterator[tuple[str, Any]]:
    """The members with answers by their labels, each label once."""
    found = [_within(key, inner, labels, numbered) for key, inner in content]
    found = _those_of_a_form(content, found, numbered)
    lacking = _lacking(found)
    seen: dict[str, int] = {}
    for (key, inner), answer in zip(content, found, strict=True):
        if answer is None:
            yield key, inner
        elif answer.value is not None:
            name, value = _named(answer, lacking)
            seen[name] = seen.get(name, 0) + 1
            yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), value


def _named(answer: Answered, lacking: Mapping[str, Answered]) -> tuple[str, Any]:
    """The label and the value; an answer that a field lacks is labelled by the field."""
    if answer.telling:
        return answer.label, _joined(answer.label, answer.value)
    field = next((field for field, one in lacking.items() if one is answer), None)
    if field is None and isinstance(answer.value, dict) and name_parts(answer.value):
        return answer.label, full_name(answer.value)  # the name of somebody else
    return field or answer.label, answer.value


def _joined(label: str, value: Any) -> Any:
    """The parts of a full name in a list as one text; other values unchanged."""
    known = meaning(label) if isinstance(value, list) else None
    if not known or known[0] != "name" or not all(isinstance(one, str) for one in value):
        return value
    return " ".join(one for one in value if one)


def _within(key: str, inner: Any, labels: Mapping[str, str], numbered: bool) -> Answered | None:
    """The answer under a key. A key that has a meaning, or that no label explains, is the label."""
    answer = answer_in(inner, labels)
    if numbered or key.isdigit() or not isinstance(inner, dict):
        return answer
    if meaning(key) is None or (key[-1:].isdigit() and is_generic(key)):
        return answer or _without_label(key, inner)
    if answer is not None and _is_asked(inner, answer.value):
        return answer._replace(label=key, telling=True)
    return _without_label(key, inner, telling=True)


def _is_asked(inner: Mapping[str, Any], value: Any) -> bool:
    """Whether an object under a field's name is a question with its answer, and not a field in
    parts, such as a phone number with a dial code or a company with its id."""
    shape = shape_of(inner)
    key = value_key(inner, shape)
    if not any(name != key for name in shape.visible):
        return False
    return value is None or isinstance(value, dict) or key != "value" or shape.known


def _without_label(key: str, inner: Mapping[str, Any], *, telling: bool = False) -> Answered | None:
    """`{"What is your name?": {"answer": "Ada"}}`, where nothing beside the answer is a label."""
    shape = shape_of(inner)
    answer = value_key(inner, shape)
    if answer is None:
        return None
    beside = shape if shape.plain else shape_of({k: v for k, v in inner.items() if k != answer})
    value = value_shown(inner[answer], inner)
    if not beside.plain or (answer == "value" and not isinstance(value, dict)):
        return None
    return Answered(key, telling, None if value in EMPTY else value)


def _those_of_a_form(
    content: list[tuple[str, Any]], found: list[Answered | None], numbered: bool
) -> list[Answered | None]:
    """Answers whose labels tell nothing count in a list and under generated keys: elsewhere
    `{"deal": {"title": …, "value": …}}` is a thing. Among answers, what has a label and no answer
    is a question that was left out."""
    kept = [
        answer if answer and (answer.telling or numbered or _is_a_forms(key, inner)) else None
        for (key, inner), answer in zip(content, found, strict=True)
    ]
    if not any(kept):
        return kept
    only_text = [
        answer is not None and _is_text(one) for (_, one), answer in zip(content, kept, strict=True)
    ]
    labels = any(kept) and sum(only_text) < sum(answer is not None for answer in kept)
    return [
        Answered("", False, None)
        if (is_text and labels)
        or (answer is None and is_left_out(inner) and (numbered or _is_a_forms(key, inner)))
        else answer
        for (key, inner), answer, is_text in zip(content, kept, only_text, strict=True)
    ]


def _is_a_forms(key: str, inner: Mapping[str, Any]) -> bool:
    """Whether a form builder made the key of a question: a number, a name with one, or the
    question's own name. Keys such as `contact` and `deal` say what an object is."""
    if role(key) is not None:
        return False
    own = (inner[name] for name in shape_of(inner).machine)
    return _DIGIT.search(key) is not None or "type" in inner or key in own


def _is_text(inner: Mapping[str, Any]) -> bool:
    """Whether an answer is under `text` alone, which among other answers is a question's label."""
    untyped = inner.get("type") != "text" and "value" not in inner
    return "text" in inner and untyped and not shape_of(inner).values


def _lacking(found: list[Answered | None]) -> dict[str, Answered]:
    """Answers whose labels tell nothing, by the field of which their type or their parts speak, for
    fields that no other answer is about. Of several of one type none is sure to be the lead's."""
    told = {known[0] for one in found if one and one.telling and (known := meaning(one.label))}
    told |= {"name"} if told & _NAMES else set()
    lacking: dict[str, list[Answered]] = {}
    for one in found:
        if one is None or one.telling or one.value is None or understood(one.label).others:
            continue
        parts = isinstance(one.value, dict) and name_parts(one.value)
        field = "name" if parts else one.typed
        if field and field not in told:
            lacking.setdefault(field, []).append(one)
    return {field: some[0] for field, some in lacking.items() if len(some) == 1}
