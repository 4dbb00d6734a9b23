"""The clock of executions in the AWS template: its machines, roles, and what its states cost."""

from typing import Any

import pytest

from leadline.operations.cost.uses import (
    TRANSITIONS_A_DELIVERY,
    TRANSITIONS_A_LEAD,
    TRANSITIONS_A_WAKE_UP,
)
from tests.infra.template_reading import FUNCTIONS, KEY, Stack, allowed
from tools.check_state_machines import definitions

EXECUTED = {"Leads", "Tasks", "ExecutionsRole"}
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:leads-"


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack(Clock="executions")


def test_a_stack_has_machines_only_where_executions_are_its_clock(stack: Stack) -> None:
    assert stack.resources.keys() >= EXECUTED
    assert not {"RefineQueue", "RefineMessages", "ScheduleGroup"} & stack.resources.keys()
    assert {"RefineDeadLetters", "DeliveryDeadLetters"} <= stack.resources.keys()
    for clock in ("queues", "schedules"):
        assert not EXECUTED & Stack(Clock=clock).resources.keys()


def test_functions_start_executions_of_both_machines_and_no_other(stack: Stack) -> None:
    machines = {f"{MACHINE}leads", f"{MACHINE}tasks"}
    for name in FUNCTIONS:
        variables = stack.properties(name)["Environment"]["Variables"]
        assert {variables["LEADS_MACHINE"], variables["TASKS_MACHINE"]} == machines
        assert "SQS_QUEUE_URL" not in variables
        rights = allowed(stack, f"{name}Role")
        counts = {"states:ListExecutions"} if name == "Sweep" else set()
        for machine in machines:
            assert rights[machine] == {"states:StartExecution"} | counts
        usual = allowed(Stack(), f"{name}Role")
        assert not any("states:" in action for of in usual.values() for action in of)
    names = {stack.properties(one)["StateMachineName"] for one in ("Leads", "Tasks")}
    assert {f"arn:aws:states:eu-west-1:111122223333:stateMachine:{n}" for n in names} == machines


def test_executions_call_aliases_so_that_a_canary_divides_them(stack: Stack) -> None:
    leads, tasks = (stack.properties(name)["Definition"]["States"] for name in ("Leads", "Tasks"))
    inner = leads["Deliveries"]["ItemProcessor"]["States"]
    called = [
        one["Arguments"]["FunctionName"]
        for one in (leads["Refine"], inner["Deliver"], tasks["Deliver"])
    ]
    assert called == ["${RefineLive}", "${DeliverLive}", "${DeliverLive}"]


def test_executions_call_two_functions_and_send_dead_letters(stack: Stack) -> None:
    assert allowed(stack, "ExecutionsRole") == {
        "${RefineLive}": {"lambda:InvokeFunction"},
        "${DeliverLive}": {"lambda:InvokeFunction"},
        "${Refine.Arn}": {"lambda:InvokeFunction"},  # executions that wait since before
        "${Deliver.Arn}": {"lambda:InvokeFunction"},
        "${RefineDeadLetters.Arn}": {"sqs:SendMessage"},
        "${DeliveryDeadLetters.Arn}": {"sqs:SendMessage"},
    }


def test_a_key_of_yours_encrypts_executions_too() -> None:
    keyed = Stack(Clock="executions", KmsKeyArn=KEY)
    for name in ("Leads", "Tasks"):
        encryption = keyed.properties(name)["EncryptionConfiguration"]
        assert encryption == {"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": KEY}
    assert allowed(keyed, "ExecutionsRole")[KEY] == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert "EncryptionConfiguration" not in Stack(Clock="executions").properties("Leads")


def test_machines_are_standard_because_express_ones_end_after_five_minutes(stack: Stack) -> None:
    for name in ("Leads", "Tasks"):
        assert stack.properties(name)["StateMachineType"] == "STANDARD"


def test_every_task_is_tried_as_often_as_a_message_and_then_a_dead_letter(stack: Stack) -> None:
    tries = Stack().properties("RefineQueue")["RedrivePolicy"]["maxReceiveCount"]
    for task in _function_states():
        *_, all_errors = task["Retry"]
        assert (all_errors["ErrorEquals"], all_errors["MaxAttempts"]) == (["States.ALL"], tries - 1)
        assert task["Retry"][0] == {"ErrorEquals": ["GivenUp"], "MaxAttempts": 0}
        assert [one["ErrorEquals"] for one in task["Catch"]] == [["GivenUp"], ["States.ALL"]]
    assert [task["Retry"] for task in _function_states()].count(_function_states()[0]["Retry"]) == 3


def test_the_cost_counts_the_states_that_the_definitions_enter() -> None:
    leads, tasks = definitions()["Leads"], definitions()["Tasks"]
    way = _usual_way(leads)
    (mapped,) = (one for one in way if one["Type"] == "Map")
    assert len(way) == TRANSITIONS_A_LEAD
    assert len(_usual_way(mapped["ItemProcessor"])) == TRANSITIONS_A_DELIVERY
    assert len(_usual_way(tasks)) == TRANSITIONS_A_WAKE_UP


def _usual_way(machine: dict[str, Any]) -> list[dict[str, Any]]:
    """The states that an execution enters if nothing fails."""
    state = machine["States"][machine["StartAt"]]
    way = [state]
    while "Next" in state:
        state = machine["States"][state["Next"]]
        way.append(state)
    return way


def _function_states() -> list[dict[str, Any]]:
    """The states that invoke a function."""
    leads, tasks = definitions()["Leads"]["States"], definitions()["Tasks"]["States"]
    inner = leads["Deliveries"]["ItemProcessor"]["States"]
    return [leads["Refine"], inner["Deliver"], tasks["Deliver"]]
