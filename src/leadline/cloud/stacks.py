"""CloudFormation stacks: change sets, executing and watching them, and why something failed.

Shapes and states are those of the CloudFormation API Reference.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from leadline.cloud.session import CloudError, error_code

CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """What a change set would do to one resource.

    `action` is Add, Modify, Remove, Import or Dynamic; `replacement` True, False or Conditional as
    CloudFormation writes it, "" where it can't be.
    """

    action: str
    resource: str
    type: str
    replacement: str


@dataclass(frozen=True, slots=True)
class StackEvent:
    """Something that happened to a resource of a stack, or to the stack itself."""

    resource: str
    type: str
    status: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether this is a failure of its own, not one that follows from another."""
        follows = "cancelled" in self.reason.lower()
        return self.status.endswith("_FAILED") and not follows


Watch = Callable[[StackEvent], None]
"""Is told of each event as it happens."""

Say = Callable[[str], None]
"""Takes remarks for people."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change set that waits to be executed; without `changes` there is nothing to do.

    `made_stack` when there was no stack of the name: making a change set makes an empty one.
    """

    stack_id: str
    change_set_id: str
    made_stack: bool
    changes: Sequence[ResourceChange]


def find_stack(cfn: Any, name: str) -> dict[str, Any] | None:
    """The description of a stack by name or id, None when there is none (any more, by name)."""
    try:
        found: dict[str, Any] = cfn.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error_code(error) == "ValidationError" and "does not exist" in str(error):
            return None
        raise
    return None if found["StackStatus"] == "DELETE_COMPLETE" and "arn:" not in name else found


def need_stack(cfn: Any, name: str) -> dict[str, Any]:
    """The description of a stack; raises CloudError when there is none."""
    stack = find_stack(cfn, name)
    if stack is None:
        raise CloudError(no_stack(cfn, name))
    return stack


def no_stack(cfn: Any, name: str) -> str:
    """That there is no stack of the name, and where it was looked for."""
    where = cfn.meta.region_name
    return f"there is no stack {name} in this account in {where}; see its name and --region"


def refuse_foreign(stack: Mapping[str, Any]) -> None:
    """Raise CloudError when a stack that has resources is not one that we made: neither its
    deletion nor an update that takes away all it has is what a mistyped name should lead to."""
    if stack["StackStatus"] != "REVIEW_IN_PROGRESS" and "CaptureCode" not in parameters_of(stack):
        name = stack["StackName"]
        raise CloudError(f"the stack {name} is none of Leadline's; give another name with --stack")


def outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """What a stack tells of itself, by name."""
    return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}


def parameters_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that a stack was last deployed with."""
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}


def resources_of(cfn: Any, stack_id: str) -> dict[str, tuple[str, str]]:
    """Type and physical id of each resource of a stack by its logical id."""
    pages = cfn.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    return {
        it["LogicalResourceId"]: (it["ResourceType"], it.get("PhysicalResourceId", ""))
        for page in pages
        for it in page["StackResourceSummaries"]
    }


def resources_left_by(cfn: Any, stack_id: str) -> dict[str, tuple[str, str]]:
    """Type and physical id of what a deleted stack kept, as its last events tell."""
    pages = cfn.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    return {
        it["LogicalResourceId"]: (it["ResourceType"], it.get("PhysicalResourceId", ""))
        for page in pages
        for it in page["StackEvents"]
        if it.get("ResourceStatus") == "DELETE_SKIPPED"
    }


def is_busy(stack: Mapping[str, Any]) -> bool:
    """Whether CloudFormation is at work on it; a stack in review only waits for us."""
    status: str = stack["StackStatus"]
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def propose(
    cfn: Any, name: str, template: Mapping[str, str], parameters: Sequence[Mapping[str, Any]]
) -> Proposal:
    """Make a change set and wait until CloudFormation has worked it out.

    *template* is TemplateBody or TemplateURL, *parameters* as CreateChangeSet takes them.
    Raises CloudError with CloudFormation's reason when it can't be.
    """
    stack = find_stack(cfn, name)
    creates = stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    made = cfn.create_change_set(
        StackName=name,
        ChangeSetName=f"leadline-{uuid.uuid4().hex}",
        ChangeSetType="CREATE" if creates else "UPDATE",
        Parameters=parameters,
        Capabilities=CAPABILITIES,
        **template,
    )
    proposal = Proposal(made["StackId"], made["Id"], stack is None, ())
    try:
        changes = _worked_out(cfn, made["Id"])
    except BaseException:
        discard(cfn, proposal)
        raise
    return Proposal(made["StackId"], made["Id"], stack is None, changes)


def _worked_out(cfn: Any, change_set: str) -> Sequence[ResourceChange]:
    for pause in looking_pauses():
        told = cfn.describe_change_set(ChangeSetName=change_set)
        if told["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            break
        time.sleep(pause)
    if told["Status"] == "CREATE_COMPLETE":
        return _changes(cfn, change_set, told)
    reason = told.get("StatusReason", "")
    if any(words in reason for words in _NO_CHANGES):
        return ()
    raise CloudError(f"CloudFormation can't work the changes out: {reason or told['Status']}")


def _changes(cfn: Any, change_set: str, told: dict[str, Any]) -> Sequence[ResourceChange]:
    changes: list[ResourceChange] = []
    while True:
        for one in told.get("Changes", []):
            it = one["ResourceChange"]
            changes.append(
                ResourceChange(
                    it["Action"],
                    it["LogicalResourceId"],
                    it["ResourceType"],
                    it.get("Replacement", ""),
                )
            )
        if "NextToken" not in told:
            return changes
        told = cfn.describe_change_set(ChangeSetName=change_set, NextToken=told["NextToken"])


def discard(cfn: Any, proposal: Proposal) -> None:
    """Delete a change set that was not executed, and the empty stack that it made."""
    try:
        told = cfn.describe_change_set(ChangeSetName=proposal.change_set_id)
    except ClientError as error:
        if error_code(error) in ("ChangeSetNotFound", "ChangeSetNotFoundException"):
            return
        raise
    if told["ExecutionStatus"] not in ("AVAILABLE", "UNAVAILABLE"):
        return
    if not proposal.made_stack:
        cfn.delete_change_set(ChangeSetName=proposal.change_set_id)
        return
    # Its change sets go with it; nothing was ever created in it.
    cfn.delete_stack(StackName=proposal.stack_id)
    wait_until_settled(cfn, proposal.stack_id)


def execute(cfn: Any, proposal: Proposal, watch: Watch | None = None) -> dict[str, Any]:
    """Execute a change set and wait for its end; the stack as it then is.

    Raises CloudError that tells the first event that failed.
    """
    began = _newest_event(cfn, proposal.stack_id)
    # What a failing creation had made and the template would retain is deleted with the rest.
    cfn.execute_change_set(ChangeSetName=proposal.change_set_id, RetainExceptOnCreate=True)
    stack = wait_until_settled(cfn, proposal.stack_id, watch, began)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise CloudError(_why_failed(cfn, stack, began))
    return stack


def delete(cfn: Any, stack_id: str, watch: Watch | None = None) -> None:
    """Delete a stack by its id and wait for the end; raises CloudError with what did not go."""
    began = _newest_event(cfn, stack_id)
    cfn.delete_stack(StackName=stack_id)
    stack = wait_until_settled(cfn, stack_id, watch, began)
    if stack["StackStatus"] != "DELETE_COMPLETE":
        raise CloudError(_why_failed(cfn, stack, began))


def wait_until_settled(
    cfn: Any, stack_id: str, watch: Watch | None = None, since: str = ""
) -> dict[str, Any]:
    """Wait until nothing is in progress; *watch* hears of events after the one whose id is *since*.

    With *since* the wait is for the end of something that begins after it. The stack as it then
    is; it is to be named by its id, which outlives it.
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


def _newest_event(cfn: Any, stack_id: str) -> str:
    events = cfn.describe_stack_events(StackName=stack_id)["StackEvents"]
    return str(events[0]["EventId"]) if events else ""


def _events_after(cfn: Any, stack_id: str, since: str) -> list[tuple[str, StackEvent]]:
    """The events since one, oldest first; CloudFormation tells them newest first."""
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
    "ROLLBACK_COMPLETE": "Nothing is left of it; mend that and deploy again.",
    "UPDATE_ROLLBACK_COMPLETE": "The stack is as it was before; mend that and deploy again.",
    "UPDATE_ROLLBACK_FAILED": "Going back failed as well: mend that, then run "
    "`aws cloudformation continue-update-rollback --stack-name {name}`.",
    "ROLLBACK_FAILED": "Not all of it could be deleted (a protected table can't); mend that and "
    "deploy again, which clears the rest.",
    "DELETE_FAILED": "Mend that, then run `leadline destroy aws --stack {name}` again.",
}


def _why_failed(cfn: Any, stack: Mapping[str, Any], since: str) -> str:
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
    """Seconds between two looks, growing, so that short work is seen soon and long work cheaply."""
    pause = _FIRST_PAUSE_S
    while True:
        yield pause
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)
