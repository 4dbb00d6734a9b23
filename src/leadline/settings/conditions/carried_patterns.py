"""Patterns of conditions in functions on AWS, whose package has the engine, RE2, if a deployment
found patterns in the rules.

The patterns of a document were checked by that deployment. Only what looks at rules compiles them:
Capture has no engine.
"""

from collections.abc import Mapping

from leadline.model.errors import ConfigurationError
from leadline.settings.conditions.attaching import Conditional
from leadline.settings.conditions.operators import OPERATORS, Takes
from leadline.settings.conditions.parsing import parse

ENGINE = "google-re2"
"""The distribution of the engine."""

IN_PACKAGE = "leadline/settings/conditions/engine_of_the_stack"
"""The file by which a package says that it has the engine, for the deployment after it."""


def rules_with_patterns(rules: Mapping[str, Conditional]) -> dict[str, str]:
    """The first pattern of each rule that has one, by the rule's name: the whole line of `when`."""
    found: dict[str, str] = {}
    for name, rule in rules.items():
        lines = (line for line in rule.when if OPERATORS[parse(line).op].takes is Takes.PATTERN)
        if line := next(lines, ""):
            found[name] = line
    return found


def refuse_unusable(rules: Mapping[str, Conditional], table: str = "rules") -> None:
    """Raise ConfigurationError if a pattern cannot be used, or this package lacks the engine."""
    for name, rule in rules.items():
        for line in rule.when:
            condition = parse(line)
            if OPERATORS[condition.op].takes is Takes.PATTERN:
                _refuse(f"{table}.{name}.when: {line}", condition.values[0])


def _refuse(where: str, pattern: str) -> None:
    from leadline.settings.conditions.patterns import NoEngine, WrongPattern, compiled_pattern

    try:
        compiled_pattern(pattern)
    except NoEngine:
        raise ConfigurationError(
            f"{where}: the package of the functions does not carry {ENGINE}, which patterns need; "
            "deploy the settings again with --settings"
        ) from None
    except WrongPattern as error:
        raise ConfigurationError(f"{where}: {error}") from None
