"""The judge's own reading of the rules that the year's settings have: which one fits a lead."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.worlds.year.subjects import Subject

_CHOOSING = ("channels", "assign", "team", "alert")


def failed_conditions(rule: Mapping[str, Any], lead: Subject) -> list[str]:
    """The names of the conditions of a rule that a lead does not meet; for a line of `when`, its
    field."""
    failed = []
    facts = lead.facts()
    for name, wanted in rule.items():
        if name == "countries":
            failed += [] if facts["country"] in wanted else [name]
        elif name == "sources":
            failed += [] if facts["source"] in wanted else [name]
        elif name == "min_score":
            failed += [] if lead.score >= wanted else [name]
        elif name == "when":
            failed += [line.split()[0] for line in wanted if not _meets(line, facts)]
        elif name not in _CHOOSING:
            raise ValueError(f"the judge does not know the condition {name}")
    return failed


def assigning_rule(rules: Mapping[str, Mapping[str, Any]], lead: Subject) -> tuple[str, list[str]]:
    """The first rule that fits and names a team, and the names of those before it; "" if none."""
    before: list[str] = []
    for name, rule in rules.items():
        if "team" in rule and not failed_conditions(rule, lead):
            return name, before
        before.append(name)
    return "", before


def _meets(line: str, facts: Mapping[str, Any]) -> bool:
    field, operation, value = line.split(None, 2)
    said = str(facts.get(field, "")).casefold()
    wanted: Sequence[str] = [one.strip().casefold() for one in value.split(",")]
    if operation == "=":
        return said == wanted[0]
    if operation == "!=":
        return said != wanted[0]
    if operation == "in":
        return said in wanted
    if operation == "contains":
        return wanted[0] in said
    raise ValueError(f"the judge does not know {operation}")
