"""Deploying a stack: package the code, upload it, propose a change set, and execute it if agreed.

Every step is idempotent, so the next deployment completes an interrupted one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from leadline.cloud import change_sets, stacks
from leadline.cloud.change_sets import ResourceChange
from leadline.cloud.code_bucket import (
    code_bucket_name,
    ensure_code_bucket,
    template_argument,
    upload,
)
from leadline.cloud.packages.carried import carried_before, refuse_lost
from leadline.cloud.packages.package_folder import packages_for
from leadline.cloud.packages.packaging import Package
from leadline.cloud.packages.wheels import target_of
from leadline.cloud.parameters import Parameters
from leadline.cloud.remote_settings import (
    needs_advanced_tier,
    put_settings,
    refuse_too_long,
    settings_reference,
    stored_settings,
)
from leadline.cloud.session import Cloud, CloudError
from leadline.cloud.stacks import (
    Say,
    Watch,
    refuse_long_name,
    refuse_long_name_with_schedules,
)
from leadline.cloud.token_checks import checks_tokens, has_library
from leadline.infra import template
from leadline.operations.cost.parts import clock_of
from leadline.operations.cost.uses import SCHEDULES

KEPT = ("Bucket", "Table")
"""The resources that hold leads."""


@dataclass(frozen=True, slots=True)
class DeploymentRequest:
    """The operator's input: parameters as text by name, settings as the text of a TOML file
    (None: they stay as they are), the files that they name, by their path in the package, the tags
    of the stack (empty: they stay as they are), and the role with which CloudFormation works ("":
    the one it had, else the operator's rights)."""

    stack: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    settings: str | None = None
    carried: Mapping[str, bytes] = field(default_factory=dict)
    template: str = field(default_factory=template)
    tags: Mapping[str, str] = field(default_factory=dict)
    role_arn: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentPlan:
    """A planned deployment; `settings_reference` is where the functions read their settings."""

    request: DeploymentRequest
    proposal: change_sets.Proposal
    settings_reference: str
    key_arn: str
    packages: Sequence[Package]
    parameters: Mapping[str, str]

    @property
    def changes(self) -> Sequence[ResourceChange]:
        """The changes of resources; empty if the stack is up to date."""
        return self.proposal.changes

    @property
    def dangers(self) -> Sequence[ResourceChange]:
        """The changes that would replace the bucket or table of leads by an empty one."""
        return [change for change in self.changes if change.resource in KEPT and change.loses]


@contextmanager
def planned(
    cloud: Cloud, request: DeploymentRequest, say: Say, *, dry_run: bool = False
) -> Iterator[DeploymentPlan]:
    """A context with a plan, which is discarded at the end unless it was executed.

    With *dry_run*, no code is uploaded and no stack is changed. Raises CloudError and
    ConfigurationError.
    """
    refuse_long_name(request.stack)
    cfn = cloud.client("cloudformation")
    stack = _ready_stack(cfn, request.stack, say, dry_run=dry_run)
    argument = template_argument(cloud, request.template)
    summary = cfn.get_template_summary(**argument)
    parameters = Parameters(request.parameters, summary["Parameters"], stack)
    for sentence in parameters.adopted():
        say(sentence)
    if clock_of(parameters.values()) == SCHEDULES:
        refuse_long_name_with_schedules(request.stack)
    reference = _settings_reference(request, parameters, say)
    carried = _carried(cloud, request, parameters["WorkCode"], reference)
    tokens = checks_tokens(cloud, request.settings, parameters["CaptureCode"], reference, say)
    packages = _packages(parameters, carried, say, checks_tokens=tokens)
    if not dry_run:
        _upload(cloud, packages, say)
    keys = dict(zip(("CaptureCode", "WorkCode"), (p.key for p in packages), strict=True))
    ours = {"CodeBucket": code_bucket_name(cloud), **keys}
    say("computing the changes")
    how = change_sets.as_asked(request.tags, request.role_arn)
    proposal = change_sets.propose(cfn, request.stack, argument, parameters.request(ours), how)
    key = parameters["SettingsKeyArn"] or parameters["KmsKeyArn"]
    try:
        yield DeploymentPlan(request, proposal, reference, key, packages, parameters.values())
    finally:
        change_sets.discard(cfn, proposal)


def roll_out(
    cloud: Cloud, plan: DeploymentPlan, say: Say, watch: Watch | None = None
) -> dict[str, Any]:
    """Write the settings and execute the change set; returns the description of the stack.

    Settings that need what a package carries (files, or what checks access tokens) come after it:
    functions that start in between, or stay with their old package because the update fails, have
    what their settings need. Raises CloudError with the first event that failed.
    """
    cfn = cloud.client("cloudformation")
    carries = bool(plan.request.carried) or any(map(has_library, plan.packages))
    last = carries and not plan.proposal.made_stack
    settings = plan.settings_reference, plan.request.settings, plan.key_arn
    if not last:
        say(put_settings(cloud, *settings))
    if plan.changes:
        stack = change_sets.execute(cfn, plan.proposal, watch)
    else:
        stack = stacks.need_stack(cfn, plan.proposal.stack_id)
    if last:
        say(put_settings(cloud, *settings))
    return stack


def webhook_url(cloud: Cloud, stack: Mapping[str, Any]) -> str:
    """The URL to which senders post; for an emulator, in the emulator's form."""
    url = stacks.outputs_of(stack)["WebhookUrl"]
    if not cloud.endpoint:
        return url
    cfn = cloud.client("cloudformation")
    api = cfn.describe_stack_resource(StackName=stack["StackId"], LogicalResourceId="Api")
    api_id = api["StackResourceDetail"]["PhysicalResourceId"]
    return f"{cloud.endpoint}/_aws/execute-api/{api_id}/prod/webhook"


def _ready_stack(cfn: Any, name: str, say: Say, *, dry_run: bool) -> dict[str, Any] | None:
    """The stack if it exists and can be updated, else None; the remains of a failed creation are
    deleted."""
    stack = stacks.find_stack(cfn, name)
    if stack is not None and stacks.is_busy(stack):
        say(f"{name} is {stack['StackStatus']}; waiting for that to end")
        stack = stacks.wait_until_settled(cfn, stack["StackId"])
    if stack is None or stack["StackStatus"] in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS"):
        return None
    stacks.refuse_foreign(stack)
    status = stack["StackStatus"]
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):
        if dry_run:
            raise CloudError(
                f"{name} is left over from a failed creation; without --dry-run it is deleted first"
            )
        say(f"{name} is left over from a failed creation; deleting it first")
        _clear(cfn, stack["StackId"], say)
        return None
    if status in ("CREATE_FAILED", "DELETE_FAILED"):
        raise CloudError(f"{name} is {status}; run `leadline destroy aws --stack {name}` first")
    if status == "UPDATE_ROLLBACK_FAILED":
        raise CloudError(
            f"{name} is {status}; run `aws cloudformation continue-update-rollback "
            f"--stack-name {name}` first"
        )
    return stack


def _clear(cfn: Any, stack_id: str, say: Say) -> None:
    """Delete the remains of a failed creation. DynamoDB does not delete a protected table, and the
    template retains it, so a table stays; *say* is called with its name."""
    names = stacks.resources_of(cfn, stack_id)

    def notice(event: stacks.StackEvent) -> None:
        if event.status == "DELETE_SKIPPED":
            say(f"{names[event.resource][1]} ({event.resource}, {event.type}) is kept; delete it")

    stacks.delete(cfn, stack_id, notice)


def _settings_reference(request: DeploymentRequest, parameters: Parameters, say: Say) -> str:
    """Where the settings are stored, after a check that they fit."""
    secret = parameters["SettingsSecretArn"]
    if request.settings is not None and not secret:
        refuse_too_long(request.settings)
        if needs_advanced_tier(request.settings):
            say("the settings need SSM's advanced tier, which costs $0.05 per month")
    return settings_reference(request.stack, parameters["SettingsParameter"], secret)


def _carried(
    cloud: Cloud, request: DeploymentRequest, before: str, reference: str
) -> Mapping[str, bytes]:
    """The files for the package of the functions: those that the settings name. Without new
    settings they are those of the package *before*; raises CloudError if they are lost."""
    if request.settings is not None:
        return request.carried
    carried = carried_before(cloud, before)
    if carried is None:
        refuse_lost(stored_settings(cloud, reference))
    return carried or {}


def _packages(
    parameters: Parameters, carried: Mapping[str, bytes], say: Say, *, checks_tokens: bool
) -> tuple[Package, Package]:
    target = target_of(parameters["Runtime"], parameters["Architecture"])
    say(f"packaging for Python {target.python} on {target.architecture}")
    packages = packages_for(target, carried, checks_tokens=checks_tokens)
    if packages[0].compiler is None:
        say(
            f"python{target.python} is not installed here, so the code is not compiled and cold "
            "starts take longer"
        )
    return packages


def _upload(cloud: Cloud, packages: Sequence[Package], say: Say) -> None:
    ensure_code_bucket(cloud)
    for package in packages:
        new = upload(cloud, package)
        say(f"{package.key} {'is uploaded' if new else 'is there already'}")
