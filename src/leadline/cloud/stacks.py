"""CloudFormation stacks: finding, watching and deleting them, and why something failed.

Shapes and states are those of the CloudFormation API Reference.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from leadline.cloud.session import CloudError, error_code
from leadline.model.errors import ConfigurationError

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class StackEvent:
    """An event of a resource of a stack, or of the stack itself."""

    resource: str
    type: str
    status: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether this is a failure that is not a consequence of another one."""
        follows = "cancelled" in self.reason.lower()
        return self.status.endswith("_FAILED") and not follows


Watch = Callable[[StackEvent], None]
"""Is called with each event as it happens."""

Say = Callable[[str], None]
"""Is called with messages for people."""


LONGEST_NAME = 66
"""SQS takes 80 characters (SQS Developer Guide, "Amazon SQS queue quotas"), and the longest of a
stack's queues is its name with 14 more, `-delivery-dead`."""


LONGEST_WITH_SCHEDULES = 56
"""Lambda takes 64 characters (Lambda API Reference, "CreateFunction"), and with schedules the
longest name of a function is the stack's with 8 more, `-deliver`."""


def refuse_long_name_with_schedules(name: str) -> None:
    """Raise ConfigurationError for a name that is too long for the names of the functions that
    schedules call."""
    if len(name) > LONGEST_WITH_SCHEDULES:
        raise ConfigurationError(
            f"the stack's name has {len(name)} characters, so that with the parameter Clock as "
            "schedules its functions' names would be too long for Lambda; set one of at most "
            f"{LONGEST_WITH_SCHEDULES} with --stack, or Clock to queues"
        )


def refuse_long_name(name: str) -> None:
    """Raise ConfigurationError for a name that is too long for the names of the stack's queues."""
    if len(name) > LONGEST_NAME:
        raise ConfigurationError(
            f"the stack's name has {len(name)} characters, so that its queues' names would be too "
            f"long for SQS; set one of at most {LONGEST_NAME} with --stack"
        )


def find_stack(cfn: Any, name: str) -> dict[str, Any] | None:
    """The description of a stack by name or id; None if there is none. A deleted stack is found
    only by id."""
    try:
        response: dict[str, Any] = cfn.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error_code(error) == "ValidationError" and "does not exist" in str(error):
            return None
        raise
    return None if response["StackStatus"] == "DELETE_COMPLETE" and "arn:" not in name else response


def need_stack(cfn: Any, name: str) -> dict[str, Any]:
    """The description of a stack. Raises CloudError if there is none."""
    stack = find_stack(cfn, name)
    if stack is None:
        raise CloudError(no_stack(cfn, name))
    return stack


def no_stack(cfn: Any, name: str) -> str:
    """The message that there is no stack with this name, with the region."""
    where = cfn.meta.region_name
    return f"there is no stack {name} in this account in {where}; check the name and --region"


def refuse_foreign(stack: Mapping[str, Any]) -> None:
    """Raise CloudError if a stack has resources and is not a stack of Leadline, so that a mistyped
    name can't delete or replace another stack."""
    if stack["StackStatus"] != "REVIEW_IN_PROGRESS" and "CaptureCode" not in parameters_of(stack):
        name = stack["StackName"]
        raise CloudError(
            f"the stack {name} is not a stack of Leadline; give another name with --stack"
        )


def outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """The outputs of a stack, by name."""
    return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}


def parameters_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that a stack was last deployed with."""
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}


WRITTEN_IN = "Parameters"
"""The output in which a tool that writes values into the template (the CDK) tells them, as JSON."""


def deployed_with(stack: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that a stack was last deployed with, and those that a tool wrote into its
    template. Raises CloudError if the output that tells the latter can't be read."""
    text = outputs_of(stack).get(WRITTEN_IN, "{}")
    try:
        written = json.loads(text)
    except ValueError:
        written = None
    if not isinstance(written, dict):
        raise CloudError(
            f"the output {WRITTEN_IN} of the stack {stack['StackName']} is not a JSON object of "
            "parameters; deploy the stack again with the construct of leadline-cdk"
        )
    return {name: str(value) for name, value in written.items()} | parameters_of(stack)


def resources_of(cfn: Any, stack_id: str) -> dict[str, tuple[str, str]]:
    """Type and physical id of each resource of a stack by its logical id."""
    pages = cfn.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    return {
        it["LogicalResourceId"]: (it["ResourceType"], it.get("PhysicalResourceId", ""))
        for page in pages
        for it in page["StackResourceSummaries"]
    }


def resources_left_by(cfn: Any, stack_id: str) -> dict[str, tuple[str, str]]:
    """Type and physical id of the resources that a deleted stack retained, from its last events."""
    pages = cfn.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    return {
        it["LogicalResourceId"]: (it["ResourceType"], it.get("PhysicalResourceId", ""))
        for page in pages
        for it in page["StackEvents"]
        if it.get("ResourceStatus") == "DELETE_SKIPPED"
    }


def is_busy(stack: Mapping[str, Any]) -> bool:
    """Whether CloudFormation is working on the stack; one in review waits for a change set."""
    status: str = stack["StackStatus"]
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def delete(cfn: Any, stack_id: str, watch: Watch | None = None) -> None:
    """Delete a stack by its id and wait for the end. Raises CloudError with what failed."""
    began = newest_event(cfn, stack_id)
    cfn.delete_stack(StackName=stack_id)
    stack = wait_until_settled(cfn, stack_id, watch, began)
    if stack["StackStatus"] != "DELETE_COMPLETE":
        raise CloudError(why_failed(cfn, stack, began))


def wait_until_settled(
    cfn: Any, stack_id: str, watch: Watch | None = None, since: str = ""
) -> dict[str, Any]:
    """Wait until nothing is in progress, and return the description of the stack. *watch* is called
    with the events after the one whose id is *since*.

    With *since*, the wait is for the end of an operation that begins after that event. The stack
    must be given by its id, because a deleted stack has no name.
    """
    begun = not since
    for pause in looking_pauses():
        stack = find_stack(cfn, stack_id)
        for event_id, event in _events_after(cfn, stack_id, since) if since else ():
            since, begun = event_id, True
            if watch is not None:
                watch(event)
        if begun and (stack is None or not is_busy(stack)):
            break
        time.sleep(pause)
    return stack or {"StackId": stack_id, "StackName": stack_id, "StackStatus": "DELETE_COMPLETE"}


def newest_event(cfn: Any, stack_id: str) -> str:
    """The id of the latest event of a stack; "" if there is none."""
    events = cfn.describe_stack_events(StackName=stack_id)["StackEvents"]
    return str(events[0]["EventId"]) if events else ""


def _events_after(cfn: Any, stack_id: str, since: str) -> list[tuple[str, StackEvent]]:
    """The events after *since*, oldest first; CloudFormation lists them newest first."""
    found: list[tuple[str, StackEvent]] = []
    for page in cfn.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        for it in page["StackEvents"]:
            if it["EventId"] == since:
                return found[::-1]
            event = StackEvent(
                it["LogicalResourceId"],
                it["ResourceType"],
                it.get("ResourceStatus", ""),
                it.get("ResourceStatusReason", ""),
            )
            found.append((it["EventId"], event))
    return found[::-1]


_NEXT_STEPS = {
    "ROLLBACK_COMPLETE": "Nothing is left of it; fix the problem and deploy again.",
    "UPDATE_ROLLBACK_COMPLETE": "The stack is as it was before; fix the problem and deploy again.",
    "UPDATE_ROLLBACK_FAILED": "The rollback failed as well: fix the problem, then run "
    "`aws cloudformation continue-update-rollback --stack-name {name}`.",
    "ROLLBACK_FAILED": "Not all of it could be deleted (a protected table can't); fix the problem "
    "and deploy again, which deletes the rest.",
    "DELETE_FAILED": "Fix the problem, then run `leadline destroy aws --stack {name}` again.",
}


def why_failed(cfn: Any, stack: Mapping[str, Any], since: str) -> str:
    """The first event that failed after the one whose id is *since*, and what to do next."""
    events = [event for _, event in _events_after(cfn, stack["StackId"], since)]
    failures = [e for e in events if e.failed] or [e for e in events if e.status.endswith("FAILED")]
    status, name = stack["StackStatus"], stack["StackName"]
    if failures:
        first = failures[0]
        text = f"{first.resource} ({first.type}) is {first.status}: {first.reason or 'no reason'}"
    else:
        text = f"the stack {name} is {status}: {stack.get('StackStatusReason', 'no reason')}"
    return "\n".join([text.rstrip(), _NEXT_STEPS.get(status, "").format(name=name)]).rstrip()


def looking_pauses() -> Iterator[float]:
    """Growing pauses between two polls, in seconds: short operations are noticed soon, and long
    ones need few requests."""
    pause = _FIRST_PAUSE_S
    while True:
        yield pause
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)
