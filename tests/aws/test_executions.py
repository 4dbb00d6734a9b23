"""A stack whose clock is Step Functions, whole on the emulator, and with faults."""

import json
from typing import Any

import pytest

from leadline.standins.slack_inbox import Reply, SlackInbox
from tests.aws.deployment import Deployment
from tests.aws.held_aliases import held_on_old_code
from tests.aws.test_end_to_end import document, eventually, send, settings_text, told
from tests.aws.test_troubles import dead_messages, forbidden
from tests.standins.emulator import Emulator

pytestmark = pytest.mark.aws


@pytest.fixture(scope="module")
def stack(
    emulator: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> Deployment:
    emulator.reset()
    return Deployment(
        emulator,
        tmp_path_factory.mktemp("executions"),
        stack="steps",
        parameters={"Delay": "2s", "Clock": "executions", "SweepSchedule": "rate(1 day)"},
        settings=settings_text(slack),
    )


def executions(stack: Deployment, machine: str = "Leads") -> list[dict[str, Any]]:
    """All executions of a machine."""
    pages = stack.client("stepfunctions").get_paginator("list_executions")
    arn = stack.outputs[f"{machine}MachineArn"]
    return [one for page in pages.paginate(stateMachineArn=arn) for one in page["executions"]]


def of_lead(stack: Deployment, lead_id: str, machine: str = "Leads") -> list[dict[str, Any]]:
    """The executions of a machine for one lead."""
    return [one for one in executions(stack, machine) if one["name"].startswith(lead_id)]


def states(stack: Deployment, execution: dict[str, Any]) -> list[str]:
    """The states that an execution entered, in order, without those within a Map."""
    history = stack.client("stepfunctions").get_execution_history(
        executionArn=execution["executionArn"]
    )
    return [
        event["stateEnteredEventDetails"]["name"]
        for event in history["events"]
        if event["type"].endswith("StateEntered")
    ]


def output(stack: Deployment, execution: dict[str, Any]) -> Any:
    """The output of an execution."""
    told_of = stack.client("stepfunctions").describe_execution(
        executionArn=execution["executionArn"]
    )
    return json.loads(told_of["output"])


def ended(stack: Deployment, lead_id: str) -> bool:
    return all(
        one["status"] != "RUNNING"
        for machine in ("Leads", "Tasks")
        for one in of_lead(stack, lead_id, machine)
    )


def test_one_execution_waits_refines_and_delivers_one_lead(
    stack: Deployment, slack: SlackInbox
) -> None:
    lead_id = send(stack, name="Ada Verne", email="ada@example.com")
    eventually(lambda: len(of_lead(stack, lead_id)) == 1)
    assert lead_id not in told(slack)
    eventually(lambda: lead_id in told(slack))
    eventually(lambda: ended(stack, lead_id))
    (execution,) = of_lead(stack, lead_id)
    assert (execution["name"], execution["status"]) == (lead_id, "SUCCEEDED")
    assert states(stack, execution) == ["WaitUntilDue", "Refine", "Deliveries"]
    (delivery,) = output(stack, execution)
    assert (delivery["lead_id"], delivery["channel"]) == (lead_id, "slack")
    assert delivery["next"] is None
    assert document(stack, "refined/", lead_id)["status"] == "refined"
    assert of_lead(stack, lead_id, "Tasks") == []


def test_executions_reach_the_code_that_the_alias_names(
    stack: Deployment, slack: SlackInbox
) -> None:
    first = slack.posts
    slack.behave = lambda number: Reply(500) if number == first else None
    with held_on_old_code(stack):
        lead_id = send(stack, name="Old Code", email="old@example.com")
        eventually(lambda: lead_id in told(slack))
        eventually(lambda: ended(stack, lead_id))
    assert {one["status"] for one in of_lead(stack, lead_id)} == {"SUCCEEDED"}
    later = of_lead(stack, lead_id, "Tasks")
    assert later
    assert {one["status"] for one in later} == {"SUCCEEDED"}


def test_what_an_execution_keeps_is_no_personal_data(stack: Deployment, slack: SlackInbox) -> None:
    lead_id = send(stack, name="Zebulon Quill", email="zebulon@example.com")
    eventually(lambda: lead_id in told(slack))
    eventually(lambda: ended(stack, lead_id))
    (execution,) = of_lead(stack, lead_id)
    history = stack.client("stepfunctions").get_execution_history(
        executionArn=execution["executionArn"]
    )
    kept = json.dumps(history["events"], default=str).lower()
    assert lead_id in kept
    assert "zebulon" not in kept


def test_a_second_start_of_a_lead_is_refused(stack: Deployment, slack: SlackInbox) -> None:
    lead_id = send(stack, name="Bo Twice", email="bo@example.org")
    client = stack.client("stepfunctions")
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(
            stateMachineArn=stack.outputs["LeadsMachineArn"], name=lead_id, input="{}"
        )
    eventually(lambda: lead_id in told(slack))
    assert send(stack, name="Bo Twice", email="bo@example.org") == lead_id
    eventually(lambda: ended(stack, lead_id))
    assert told(slack).count(lead_id) == 1


def test_a_refine_that_throws_is_tried_again_by_its_execution(
    stack: Deployment, slack: SlackInbox
) -> None:
    with forbidden(stack, "Refine", "dynamodb:GetItem"):
        lead_id = send(stack, name="Cy Again", email="cy@example.com")
        eventually(lambda: _failures(stack, lead_id) > 0)
    eventually(lambda: lead_id in told(slack))
    eventually(lambda: ended(stack, lead_id))
    first = next(one for one in of_lead(stack, lead_id) if one["name"] == lead_id)
    assert first["status"] == "SUCCEEDED"
    assert dead_messages(stack) == 0


def _failures(stack: Deployment, lead_id: str) -> int:
    found = 0
    for one in of_lead(stack, lead_id):
        history = stack.client("stepfunctions").get_execution_history(
            executionArn=one["executionArn"]
        )
        found += sum(event["type"] == "TaskFailed" for event in history["events"])
    return found


def test_an_alert_that_slack_refuses_once_has_a_later_execution(
    stack: Deployment, slack: SlackInbox
) -> None:
    first = slack.posts
    slack.behave = lambda number: Reply(500) if number == first else None
    lead_id = send(stack, name="Di Later", email="di@example.com")
    eventually(lambda: lead_id in told(slack))
    eventually(lambda: ended(stack, lead_id))
    (execution,) = of_lead(stack, lead_id)
    assert execution["status"] == "SUCCEEDED"
    (delivery,) = output(stack, execution)
    assert delivery["next"] is not None
    later = of_lead(stack, lead_id, "Tasks")
    assert {one["status"] for one in later} == {"SUCCEEDED"}
    assert all(one["name"].startswith(f"{lead_id}.notify.slack.") for one in later)
    assert told(slack).count(lead_id) == 1


def test_an_alert_that_fails_for_good_is_a_dead_letter_and_a_catch(
    stack: Deployment, slack: SlackInbox
) -> None:
    slack.behave = lambda _number: Reply(404, b"no_service")
    try:
        lead_id = send(stack, name="Eve Gone", email="eve@example.com")
        eventually(lambda: dead_messages(stack, "DeliveryDeadLettersUrl") == 1)
        eventually(lambda: ended(stack, lead_id))
    finally:
        slack.behave = lambda _number: None
    (execution,) = of_lead(stack, lead_id)
    assert execution["status"] == "SUCCEEDED"
    (delivery,) = output(stack, execution)
    assert (delivery["channel"], delivery["given_up"]) == ("slack", True)
    dead = stack.run("dead", "--aws", "steps", "--json")
    assert lead_id in dead.stdout
    again = stack.run("replay", "--aws", "steps", "--from", "dead", lead_id, "--yes")
    assert again.returncode == 0, again.stderr
    eventually(lambda: lead_id in told(slack))


def sweep(stack: Deployment) -> dict[str, Any]:
    """Sweep without grace; what it returned, or the error that it raised."""
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["SweepName"],
        Payload=json.dumps({"grace_s": 0, "overdue_s": 0}),
    )
    returned: dict[str, Any] = json.loads(answer["Payload"].read())
    return returned


def test_an_execution_that_could_not_be_started_is_repaired_by_sweep(
    stack: Deployment, slack: SlackInbox
) -> None:
    with forbidden(stack, "Capture", "states:StartExecution"):
        lead_id = send(stack, name="Flo Lost", email="flo@example.com")
    assert of_lead(stack, lead_id) == []
    with forbidden(stack, "Sweep", "states:StartExecution"):
        eventually(lambda: "errorType" in sweep(stack))
    assert of_lead(stack, lead_id) == []
    with forbidden(stack, "Sweep", "states:ListExecutions"):
        assert "errorType" in sweep(stack)
    sweep(stack)
    eventually(lambda: lead_id in told(slack))
    eventually(lambda: ended(stack, lead_id))
    assert of_lead(stack, lead_id)[-1]["name"] == lead_id


def test_a_later_execution_that_deliver_may_not_start_is_left_to_the_retry(
    stack: Deployment, slack: SlackInbox
) -> None:
    first = slack.posts
    slack.behave = lambda number: Reply(500) if number == first else None
    with forbidden(stack, "Deliver", "states:StartExecution"):
        lead_id = send(stack, name="Gus Slow", email="gus@example.com")
        eventually(lambda: lead_id in told(slack))
        eventually(lambda: ended(stack, lead_id))
        assert of_lead(stack, lead_id, "Tasks") == []
    (execution,) = of_lead(stack, lead_id)
    assert execution["status"] == "SUCCEEDED"
    assert told(slack).count(lead_id) == 1


def test_a_stack_changes_its_clock_with_leads_in_flight_and_loses_none(
    stack: Deployment, slack: SlackInbox
) -> None:
    stack.deploy(Delay="20s")
    by_executions = send(stack, name="Hal Waits", email="hal@example.com")
    stack.deploy(Clock="queues")
    assert "LeadsMachineArn" not in stack.outputs
    by_queues = send(stack, name="Ida Waits", email="ida@example.com")
    stack.deploy(Clock="executions")
    assert "RefineQueueUrl" not in stack.outputs

    def both_told() -> bool:
        sweep(stack)
        return {by_executions, by_queues} <= set(told(slack))

    eventually(both_told)
    for lead_id in (by_executions, by_queues):
        assert told(slack).count(lead_id) == 1
    state = json.loads(stack.run("status", "--aws", "steps", "--json").stdout)
    assert state["clock"] == "executions"
