"""Reads the conditions of all rules and points, and the lists that they name."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from leadline.settings.conditions.fields import FIELDS, FieldKind
from leadline.settings.conditions.list_files import WrongList
from leadline.settings.conditions.operators import OPERATORS, Takes
from leadline.settings.conditions.parsing import Condition, ListFile, WrongCondition, parse
from leadline.settings.conditions.values import country_code
from leadline.settings.files import SettingPath
from leadline.settings.team.rules import RuleConfig
from leadline.settings.top.score import PointsConfig

ReadList = Callable[[ListFile], frozenset[str]]
"""Gives the values of a list, folded. Raises WrongList."""

Conditional = TypeVar("Conditional", RuleConfig, PointsConfig)
"""An entry of settings with conditions (`when`) and the lists that they name (`lists`)."""

_MOST_SHOWN = 40

Problem = tuple[SettingPath, str]
"""The path of a setting, and what is wrong with it."""


def with_lists(
    rules: Mapping[str, Conditional],
    read: ReadList,
    *,
    tries_patterns: bool = True,
    table: str = "rules",
) -> tuple[dict[str, Conditional], list[Problem]]:
    """The entries of a *table* with the lists that their conditions name, each of which is read
    once, and what is wrong in the conditions: entry, line, column, and what was expected there.
    With *tries_patterns* patterns are compiled, which needs RE2."""
    known: dict[str, frozenset[str] | str] = {}
    found: dict[str, Conditional] = {}
    problems: list[Problem] = []
    for name, rule in rules.items():
        lists: dict[str, frozenset[str]] = {}
        for number, line in enumerate(rule.when, 1):
            where = f"line {number}, column " if len(rule.when) > 1 else "column "
            try:
                condition = parse(line)
                if tries_patterns and OPERATORS[condition.op].takes is Takes.PATTERN:
                    _refuse_wrong_pattern(condition)
                lists |= _lists_of(condition, read, known)
            except WrongCondition as error:
                problems.append(((table, name, "when"), f"{where}{error.column}: {error.words}"))
        found[name] = msgspec.structs.replace(rule, lists=lists) if lists else rule
    return found, problems


def named_files(rules: Mapping[str, Conditional]) -> Iterator[ListFile]:
    """The files that the conditions name, of entries that were read without a problem."""
    for rule in rules.values():
        yield from (one.file for one in map(parse, rule.when) if one.file is not None)


def _lists_of(
    condition: Condition, read: ReadList, known: dict[str, frozenset[str] | str]
) -> dict[str, frozenset[str]]:
    """The list of the condition by its name, if it names one. Raises WrongCondition if that cannot
    be used."""
    if condition.file is None:
        return {}
    name = condition.file.name
    if name not in known:
        try:
            known[name] = read(condition.file)
        except WrongList as error:
            known[name] = str(error)
    values = known[name]
    if isinstance(values, str):
        raise WrongCondition(condition.at, values)
    if FIELDS[condition.field].kind is FieldKind.COUNTRY:
        strange = min((one for one in values if not country_code(one)), default="")
        if strange:
            raise WrongCondition(condition.at, f"{name}: {strange[:_MOST_SHOWN]!r} is no country")
    return {name: values}


def _refuse_wrong_pattern(condition: Condition) -> None:
    from leadline.settings.conditions.patterns import WrongPattern, compiled_pattern

    try:
        compiled_pattern(condition.values[0])
    except WrongPattern as error:
        raise WrongCondition(condition.at, str(error)) from None
