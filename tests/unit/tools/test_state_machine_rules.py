"""The rules for state machines, and what each validator finds in broken definitions."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tools.check_state_machines import (
    VALIDATOR,
    definitions,
    found_by_asl_validator,
    found_by_cfn_lint,
)
from tools.state_machine_rules import broken_rules

Definition = dict[str, Any]
needs_validator = pytest.mark.skipif(
    not VALIDATOR.exists(), reason="make .asl/.ready installs asl-validator"
)


@pytest.fixture
def leads() -> Definition:
    """The definition of the machine Leads, to break."""
    return copy.deepcopy(definitions()["Leads"])


def test_the_template_has_two_machines_and_they_break_no_rule() -> None:
    assert {name: broken_rules(one) for name, one in definitions().items()} == {
        "Leads": [],
        "Tasks": [],
    }


def test_cfn_lint_finds_nothing_in_the_machines() -> None:
    assert [found for one in definitions().values() for found in found_by_cfn_lint(one)] == []


@needs_validator
def test_asl_validator_finds_nothing_in_the_machines() -> None:
    assert [found for one in definitions().values() for found in found_by_asl_validator(one)] == []


def test_states_all_beside_another_error_is_refused(leads: Definition) -> None:
    leads["States"]["Refine"]["Retry"][-1]["ErrorEquals"] = ["States.ALL", "States.Timeout"]
    assert broken_rules(leads) == ["Refine: States.ALL must stand alone in ErrorEquals of Retry"]


def test_states_all_before_another_catch_is_refused_within_a_map_too(leads: Definition) -> None:
    inner = leads["States"]["Deliveries"]["ItemProcessor"]["States"]
    inner["Deliver"]["Catch"].reverse()
    assert broken_rules(leads) == ["Deliver: States.ALL must be the last of Catch"]


def test_a_variable_that_nothing_assigns_is_refused_wherever_it_is_used(leads: Definition) -> None:
    del leads["States"]["WaitUntilDue"]["Assign"]
    assert broken_rules(leads) == [
        "Refine: $message is used before it is assigned on every way",
        "ToDeadLetters: $message is used before it is assigned on every way",
    ]


def test_a_variable_that_only_one_way_assigns_is_refused() -> None:
    assert broken_rules(_choosing({"Assign": {"who": "a"}}, {})) == [
        "Tell: $who is used before it is assigned on every way"
    ]
    assert broken_rules(_choosing({"Assign": {"who": "a"}}, {"Assign": {"who": "b"}})) == []


def test_what_a_catch_does_not_assign_is_not_there_after_it() -> None:
    try_it: Definition = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Assign": {"who": "a"},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}],
        "Next": "Tell",
    }
    machine = _machine("Try", Try=try_it, Tell=_tell("{% $who %}"))
    assert broken_rules(machine) == ["Tell: $who is used before it is assigned on every way"]
    try_it["Catch"][0]["Assign"] = {"who": "nobody"}
    assert broken_rules(machine) == []


def test_a_variable_of_a_map_is_not_there_after_it() -> None:
    inner = {"Type": "Pass", "Assign": {"who": "a"}, "Next": "Said"}
    machine = _machine(
        "Each",
        Each={
            "Type": "Map",
            "ItemProcessor": {
                "StartAt": "Set",
                "States": {"Set": inner, "Said": _tell("{% $who %}")},
            },
            "Next": "Tell",
        },
        Tell=_tell("{% $who %}"),
    )
    assert broken_rules(machine) == ["Tell: $who is used before it is assigned on every way"]


@pytest.mark.parametrize(
    "expression",
    [
        "{% $states.input.at %}",
        "{% $string({'price': '$amount'}) %}",
        "{% ($due := $states.input.at; $due) %}",
        "{% $map($states.input, function($one, $place) {$one.at}) %}",
        "{% /* $nothing */ $now() %}",
        "{% $sum($$.parts) + $count($.parts) %}",
        "costs $five",
    ],
)
def test_functions_texts_and_names_of_the_expression_itself_are_no_variables(
    expression: str,
) -> None:
    assert broken_rules(_machine("Tell", Tell=_tell(expression))) == []


def test_a_state_that_no_way_leads_to_is_refused() -> None:
    machine = _machine("Tell", Tell=_tell("a"), Alone=_tell("b"))
    assert broken_rules(machine) == ["Alone: no way leads to it"]


def test_a_definition_without_jsonata_is_refused() -> None:
    (problem,) = broken_rules({"StartAt": "Tell", "States": {"Tell": _tell("a")}})
    assert "QueryLanguage JSONata" in problem


def _to_nowhere(leads: Definition) -> None:
    leads["States"]["Refine"]["Next"] = "Nowhere"


def _two_ends(leads: Definition) -> None:
    leads["States"]["Refine"]["End"] = True


def _unknown_type(leads: Definition) -> None:
    leads["States"]["WaitUntilDue"]["Type"] = "Sleep"


def _fields_of_jsonpath(leads: Definition) -> None:
    leads["States"]["Refine"]["ResultPath"] = "$.refined"


@needs_validator
@pytest.mark.parametrize("spoil", [_to_nowhere, _two_ends, _unknown_type, _fields_of_jsonpath])
def test_a_broken_definition_is_refused_by_a_validator(
    leads: Definition, spoil: Callable[[Definition], None]
) -> None:
    spoil(leads)
    assert found_by_cfn_lint(leads) + found_by_asl_validator(leads) != []


@needs_validator
def test_no_validator_finds_what_our_rules_find(leads: Definition) -> None:
    del leads["States"]["WaitUntilDue"]["Assign"]
    assert found_by_cfn_lint(leads) + found_by_asl_validator(leads) == []
    assert broken_rules(leads) != []


def _machine(start: str, **states: Definition) -> Definition:
    return {"QueryLanguage": "JSONata", "StartAt": start, "States": states}


def _tell(output: str) -> Definition:
    return {"Type": "Pass", "Output": output, "End": True}


def _choosing(rule: Definition, otherwise: Definition) -> Definition:
    choose = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% true %}", "Next": "Tell", **rule}],
        "Default": "Tell",
        **otherwise,
    }
    return _machine("Choose", Choose=choose, Tell=_tell("{% $who %}"))
