"""Change sets of CloudFormation stacks: propose, execute and discard them.

Shapes and states are those of the CloudFormation API Reference.
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from leadline.cloud.session import CloudError, error_code
from leadline.cloud.stacks import (
    Watch,
    find_stack,
    looking_pauses,
    newest_event,
    wait_until_settled,
    why_failed,
)

CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
_CHANGED_IN_PLACE = {
    "AWS::S3::Bucket": frozenset((
        "BucketEncryption", "LifecycleConfiguration", "OwnershipControls",
        "PublicAccessBlockConfiguration", "ReplicationConfiguration", "Tags",
        "VersioningConfiguration",
    )),
}  # fmt: skip
"""The properties of ours whose change replaces no bucket ("Update requires: No interruption" in the
CloudFormation Template Reference), even where a change set does not know that before it is
executed."""
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """The change of one resource by a change set.

    `action` is Add, Modify, Remove, Import or Dynamic. `replacement` is True, False or Conditional,
    as CloudFormation writes it; "" if the action allows none. `because` are the properties whose
    change may replace the resource, as far as the change set names them.
    """

    action: str
    resource: str
    type: str
    replacement: str
    because: tuple[str, ...] = ()

    @property
    def loses(self) -> bool:
        """Whether the resource may leave the stack, with what it holds."""
        in_place = _CHANGED_IN_PLACE.get(self.type, frozenset())
        if self.replacement == "Conditional" and self.because:
            return not in_place.issuperset(self.because)
        return self.action == "Remove" or self.replacement in ("True", "Conditional")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change set that is ready to be executed; if `changes` is empty, there is nothing to do.

    `made_stack` is whether there was no stack with this name: then creating the change set created
    an empty one.
    """

    stack_id: str
    change_set_id: str
    made_stack: bool
    changes: Sequence[ResourceChange]


def as_asked(tags: Mapping[str, str], role_arn: str) -> Mapping[str, Any]:
    """The arguments of CreateChangeSet for the tags of a stack and the role of CloudFormation; what
    is empty is left out, and then stays as it is."""
    told = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {**({"Tags": told} if told else {}), **({"RoleARN": role_arn} if role_arn else {})}


def propose(
    cfn: Any,
    name: str,
    template: Mapping[str, str],
    parameters: Sequence[Mapping[str, Any]],
    how: Mapping[str, Any] | None = None,
) -> Proposal:
    """Create a change set and wait until CloudFormation has computed it.

    *template* has TemplateBody or TemplateURL; *parameters* and *how* (see `as_asked`) are in the
    form of CreateChangeSet.
    Raises CloudError with CloudFormation's reason if it fails.
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
        **(how or {}),
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
        response = cfn.describe_change_set(ChangeSetName=change_set)
        if response["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            break
        time.sleep(pause)
    if response["Status"] == "CREATE_COMPLETE":
        return _changes(cfn, change_set, response)
    reason = response.get("StatusReason", "")
    if any(words in reason for words in _NO_CHANGES):
        return ()
    raise CloudError(f"CloudFormation can't compute the changes: {reason or response['Status']}")


def _changes(cfn: Any, change_set: str, response: dict[str, Any]) -> Sequence[ResourceChange]:
    changes: list[ResourceChange] = []
    while True:
        for one in response.get("Changes", []):
            it = one["ResourceChange"]
            changes.append(
                ResourceChange(
                    it["Action"],
                    it["LogicalResourceId"],
                    it["ResourceType"],
                    it.get("Replacement", ""),
                    _because(it),
                )
            )
        if "NextToken" not in response:
            return changes
        response = cfn.describe_change_set(
            ChangeSetName=change_set, NextToken=response["NextToken"]
        )


def _because(change: Mapping[str, Any]) -> tuple[str, ...]:
    """What may replace a resource, by the details of its change."""
    targets = (detail["Target"] for detail in change.get("Details", []))
    names = (
        target.get("Name") or target["Attribute"]
        for target in targets
        if target.get("RequiresRecreation", "Never") != "Never"
    )
    return tuple(dict.fromkeys(names))


def discard(cfn: Any, proposal: Proposal) -> None:
    """Delete a change set that was not executed, and the empty stack if it created one."""
    try:
        response = cfn.describe_change_set(ChangeSetName=proposal.change_set_id)
    except ClientError as error:
        if error_code(error) in ("ChangeSetNotFound", "ChangeSetNotFoundException"):
            return
        raise
    if response["ExecutionStatus"] not in ("AVAILABLE", "UNAVAILABLE"):
        return
    if not proposal.made_stack:
        cfn.delete_change_set(ChangeSetName=proposal.change_set_id)
        return
    # This deletes its change sets too; the stack has no resources.
    cfn.delete_stack(StackName=proposal.stack_id)
    wait_until_settled(cfn, proposal.stack_id)


def execute(cfn: Any, proposal: Proposal, watch: Watch | None = None) -> dict[str, Any]:
    """Execute a change set and wait for its end; returns the description of the stack.

    Raises CloudError with the first event that failed.
    """
    began = newest_event(cfn, proposal.stack_id)
    # If creation fails, resources that the template retains are deleted with the others.
    cfn.execute_change_set(ChangeSetName=proposal.change_set_id, RetainExceptOnCreate=True)
    stack = wait_until_settled(cfn, proposal.stack_id, watch, began)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise CloudError(why_failed(cfn, stack, began))
    return stack
