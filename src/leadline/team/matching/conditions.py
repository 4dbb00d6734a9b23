"""Tests leads by the conditions of `when`. A field with several values, such as `problems` or a
list among the custom fields, meets a condition if one of them does; `!=`, `not in`, `does not
contain` and `domain not in` if none is what they exclude."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar
from weakref import WeakKeyDictionary

from leadline.model.errors import ConfigurationError
from leadline.settings.conditions.fields import FIELDS, HISTORY, OPEN, FieldKind
from leadline.settings.conditions.parsing import Condition, parse
from leadline.settings.conditions.text import fold_text
from leadline.settings.conditions.values import country_code, is_number
from leadline.team.matching.condition_values import (
    NUMBERS,
    TEXTS,
    Numbers,
    Texts,
    open_is_there,
    open_numbers,
    open_texts,
)
from leadline.team.matching.domains import domain_in, is_beneath
from leadline.team.matching.subject import Subject, Test

_Value = TypeVar("_Value")

Lists = Mapping[str, frozenset[str]]
"""The values of the lists in files, by their names in the conditions."""

_NEGATED = {
    "!=": "=",
    "not in": "in",
    "does not contain": "contains",
    "domain not in": "domain in",
    "is empty": "is not empty",
}


def compile_condition(line: str, lists: Lists) -> Test:
    """The test of a line of `when`, of which the settings have found nothing wrong. Raises
    ValueError otherwise."""
    condition = parse(line)
    op = condition.op
    test = _positive(condition, _NEGATED.get(op, op), lists)
    return _negation(test) if op in _NEGATED else test


def asks_history(line: str) -> bool:
    """Whether a condition is about earlier leads of the same person (`Facts`)."""
    return parse(line).field.startswith(HISTORY)


def is_about_duplicates(line: str) -> bool:
    """Whether only duplicates meet the condition by `seen`."""
    return parse(line).means == parse("seen = before").means


def _negation(test: Test) -> Test:
    return lambda subject: not test(subject)


def _positive(condition: Condition, op: str, lists: Lists) -> Test:
    if FIELDS[condition.field].kind is FieldKind.NUMBER:
        return _of_numbers(NUMBERS[condition.field], condition, op)
    if op in ("<", "<=", ">", ">=", "between"):
        return _of_numbers(open_numbers(condition.field, condition.path), condition, op)
    if condition.field not in OPEN:
        return _of_texts(TEXTS[condition.field], condition, op, lists)
    if op == "is not empty":
        return open_is_there(condition.field, condition.path)
    test = _of_texts(open_texts(condition.field, condition.path), condition, op, lists)
    if op in ("=", "in"):
        numbers = tuple(float(one) for one in condition.values if is_number(one))
        if numbers:
            found = open_numbers(condition.field, condition.path)
            return _either(test, _any_number(found, numbers))
    return test


def _either(one: Test, other: Test) -> Test:
    return lambda subject: one(subject) or other(subject)


def _of_numbers(numbers: Numbers, condition: Condition, op: str) -> Test:
    """The test of a field that is a number, or is taken as one."""
    values = tuple(float(one) for one in condition.values)
    if op == "is not empty":
        return lambda subject: bool(numbers(subject))
    if op in ("=", "in"):
        return _any_number(numbers, values)
    return _some(numbers, _comparison(op, values[0], values[-1]))


def _comparison(op: str, low: float, high: float) -> Callable[[float], bool]:
    compared: Mapping[str, Callable[[float], bool]] = {
        "<": lambda number: number < low,
        "<=": lambda number: number <= low,
        ">": lambda number: number > low,
        ">=": lambda number: number >= low,
        "between": lambda number: low <= number <= high,
    }
    return compared[op]


def _some(values: Callable[[Subject], Iterable[_Value]], holds: Callable[[_Value], bool]) -> Test:
    """Whether one of the values is such."""

    def test(subject: Subject) -> bool:
        for value in values(subject):  # noqa: SIM110 - `any` takes twice as long for one value
            if holds(value):
                return True
        return False

    return test


def _any_number(numbers: Numbers, wanted: tuple[float, ...]) -> Test:
    return _some(numbers, wanted.__contains__)


def _of_texts(texts: Texts, condition: Condition, op: str, lists: Lists) -> Test:
    if op == "is not empty":
        return lambda subject: bool(texts(subject))
    if op == "matches":
        return _some(texts, _matches(condition.values[0]))
    wanted = _wanted(condition, lists)
    if op in ("=", "in"):
        return lambda subject: not wanted.isdisjoint(texts(subject))
    if op == "domain in":
        return _some(texts, lambda text: is_beneath(text, wanted))
    part = next(iter(wanted))
    compared: Mapping[str, Callable[[str], bool]] = {
        "contains": lambda text: part in text,
        "begins with": lambda text: text.startswith(part),
        "ends with": lambda text: text.endswith(part),
    }
    return _some(texts, compared[op])


def _matches(pattern: str) -> Callable[[str], bool]:
    """The test of a pattern. Raises ConfigurationError if RE2 is not installed, as where a command
    reads the settings of a stack."""
    from leadline.settings.conditions.patterns import WrongPattern, compiled_pattern

    try:
        return compiled_pattern(pattern)
    except WrongPattern as error:
        raise ConfigurationError(f"the pattern {pattern!r}: {error}") from None


def _wanted(condition: Condition, lists: Lists) -> frozenset[str]:
    """The values that a condition names, folded as the texts of leads are."""
    if condition.file is None:
        values = frozenset(map(fold_text, condition.values))
    else:
        values = lists[condition.file.name]
        if FIELDS[condition.field].kind is FieldKind.COUNTRY:
            return frozenset(fold_text(country_code(one)) for one in values)
    if "domain" in condition.op:
        return _domains(values)
    return values


# A function on AWS compiles the rules in each invocation; the lists live as long as the settings.
_domains_of: WeakKeyDictionary[frozenset[str], frozenset[str]] = WeakKeyDictionary()


def _domains(values: frozenset[str]) -> frozenset[str]:
    found = _domains_of.get(values)
    if found is None:
        found = _domains_of[values] = frozenset(map(domain_in, values))
    return found
