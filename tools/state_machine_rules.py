"""Rules for state machines that no validator checks: what `States.ALL` stands beside, and that
every variable is assigned before it is used.

A definition is one in Amazon States Language with JSONata, as parsed JSON
(https://states-language.net; Step Functions Developer Guide, "Passing data between states with
variables").
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

State = Mapping[str, Any]
States = Mapping[str, State]

_EXPRESSION = re.compile(r"^\{%(.*)%\}$", re.DOTALL)
_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BOUND = re.compile(r"\$(\w+)\s*:=")
_PARAMETERS = re.compile(r"function\s*\(([^)]*)\)|λ\s*\(([^)]*)\)")
_NAME = re.compile(r"\$([A-Za-z_]\w*)(?!\w*\s*\()")
_INNER = ("ItemProcessor", "Iterator")
_GIVEN = frozenset({"states"})


def broken_rules(definition: Mapping[str, Any]) -> list[str]:
    """What breaks a rule in this definition; empty if nothing does."""
    if definition.get("QueryLanguage") != "JSONata":
        return ["the definition: must have QueryLanguage JSONata, whose variables are checked"]
    found = list(_misplaced_all(definition["States"]))
    return found + list(_unassigned(definition, _GIVEN))


def _misplaced_all(states: States) -> Iterator[str]:
    """Each `States.ALL` that does not stand alone in the last Retry or Catch of its state, as the
    language demands ("Retrying after error")."""
    for name, state in states.items():
        for field in ("Retry", "Catch"):
            rules = state.get(field, [])
            for place, rule in enumerate(rules):
                errors = rule["ErrorEquals"]
                if "States.ALL" in errors and errors != ["States.ALL"]:
                    yield f"{name}: States.ALL must stand alone in ErrorEquals of {field}"
                if "States.ALL" in errors and place != len(rules) - 1:
                    yield f"{name}: States.ALL must be the last of {field}"
        for inner in _machines_within(state):
            yield from _misplaced_all(inner["States"])


def _unassigned(machine: Mapping[str, Any], given: frozenset[str]) -> Iterator[str]:
    """Each use of a variable that some way to its state leaves without a value. *given* are those
    that have one at the start."""
    states: States = machine["States"]
    known = _known_at(machine["StartAt"], states, given)
    for name, state in states.items():
        if name not in known:
            yield f"{name}: no way leads to it"
            continue
        outer = {key: value for key, value in state.items() if key not in (*_INNER, "Branches")}
        for variable in sorted(_used(outer) - known[name]):
            yield f"{name}: ${variable} is used before it is assigned on every way"
        for inner in _machines_within(state):
            yield from _unassigned(inner, known[name])


def _known_at(start: str, states: States, given: frozenset[str]) -> dict[str, frozenset[str]]:
    """The variables that have a value at each state, whichever way led to it."""
    known = {start: given}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for target, assigned in _ways_out(states.get(name, {})):
            arriving = known[name] | assigned
            merged = known[target] & arriving if target in known else arriving
            if known.get(target) != merged:
                known[target] = merged
                waiting.append(target)
    return known


def _ways_out(state: State) -> Iterator[tuple[str, frozenset[str]]]:
    """The states that can follow, each with the variables that are assigned on the way."""
    own = frozenset(state.get("Assign", {}))
    for following in (state.get("Next"), state.get("Default")):
        if following:
            yield following, own
    for rule in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield rule["Next"], frozenset(rule.get("Assign", {}))


def _machines_within(state: State) -> Iterator[Mapping[str, Any]]:
    """The machines within a Map or a Parallel."""
    yield from (state[field] for field in _INNER if field in state)
    yield from state.get("Branches", ())


def _used(node: Any) -> set[str]:
    """The variables in all expressions of a part of a definition."""
    if isinstance(node, str):
        expression = _EXPRESSION.match(node.strip())
        return _variables(expression[1]) if expression else set()
    parts = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    return {name for part in parts for name in _used(part)}


def _variables(expression: str) -> set[str]:
    """The variables of an expression, without functions that it calls and names that it binds."""
    code = _COMMENT.sub(" ", _TEXT.sub("''", expression))
    bound = set(_BOUND.findall(code))
    for groups in _PARAMETERS.findall(code):
        bound |= set(re.findall(r"\$(\w+)", "".join(groups)))
    return set(_NAME.findall(code)) - bound
