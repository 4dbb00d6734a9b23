"""Leadline on AWS: `deploy aws`, `destroy aws`.

Modules that need boto3 are imported by the commands themselves, because it is an optional extra.
"""

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline.cloud.session import connect, readable_errors
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json, Region, Stack, Yes
from leadline.entrypoints.cli._show import as_json, console, say, table
from leadline.entrypoints.cli.aws._canary import (
    ABORT,
    abort_canary,
    canary_request,
    outcome_as_data,
    tags_of,
    with_canary,
)
from leadline.entrypoints.cli.aws._deploy_options import (
    AllowReplacement,
    CanaryTime,
    DryRun,
    Parameters,
    RoleArn,
    SettingsFile,
    Share,
    Tags,
)
from leadline.entrypoints.cli.aws._reached import reached_of_stack
from leadline.entrypoints.cli.aws._stack_events import watching
from leadline.entrypoints.cli.aws.cost import cost_of_stack
from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.cloud.canaries.canary import CanaryOutcome, CanaryRequest
    from leadline.cloud.deploying import DeploymentPlan, DeploymentRequest
    from leadline.cloud.session import Cloud

deploy_app = typer.Typer(
    help="Deploy Leadline to AWS.", no_args_is_help=True, rich_markup_mode=None
)
destroy_app = typer.Typer(help="Delete a deployment.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(deploy_app, name="deploy", cls=WholeHelp)
app.add_typer(destroy_app, name="destroy", cls=WholeHelp)


_SAMPLE = '{"name": "Ada Example", "email": "ada@example.com", "company": "Example Ltd"}'


@dataclass(frozen=True, slots=True)
class _Choices:
    """How a deployment is carried out."""

    canary: "CanaryRequest | None"
    dry_run: bool
    allow_replacement: bool
    yes: bool
    json: bool


@deploy_app.command("aws")
def deploy_aws(
    stack: Stack = "leadline",
    region: Region = None,
    params: Parameters = None,
    settings: SettingsFile = None,
    tag: Tags = None,
    role_arn: RoleArn = "",
    canary: Share = None,
    canary_time: CanaryTime = "10m",
    dry_run: DryRun = False,
    allow_replacement: AllowReplacement = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Create or update a stack that runs Leadline; repeat it as often as you like.

    Example: leadline deploy aws --settings leadline.toml
    """
    if canary == ABORT:
        cloud = connect(region)
        with readable_errors(), watching(stack, 0) as watch:
            abort_canary(cloud, stack, watch, json=json)
        return
    tags = tags_of(tag or ())
    cloud = connect(region)
    request = canary_request(canary, canary_time)
    order = _order(stack, params, settings, tags, role_arn)
    say(f"deploying {stack} to account {cloud.account} in {cloud.region}")
    _deploy(cloud, order, _Choices(request, dry_run, allow_replacement, yes, json))


def _deploy(cloud: "Cloud", order: "DeploymentRequest", how: _Choices) -> None:
    from leadline.cloud import deploying, stacks
    from leadline.cloud.trial_runs import is_in_vpc

    with readable_errors(), deploying.planned(cloud, order, say, dry_run=how.dry_run) as plan:
        cost, in_words = cost_of_stack(cloud.region, plan.parameters)
        say(in_words)
        data = {**_plan_as_data(cloud, order.stack, plan), "cost": cost}
        _show_changes(plan, as_data=not how.json)
        if how.dry_run:
            say("dry run: nothing was changed")
            if how.json:
                as_json(data)
            return
        _refuse_dangers(plan, allowed=how.allow_replacement)
        if plan.changes and not how.yes and sys.stdin.isatty():
            typer.confirm(f"Change {order.stack} so?", abort=True, err=True)
        outcome = _carry_out(cloud, plan, how.canary)
    if how.canary is not None:
        data["canary"] = outcome_as_data(outcome)
    with readable_errors():
        found = stacks.need_stack(cloud.client("cloudformation"), order.stack)
        url = deploying.webhook_url(cloud, found)
        if is_in_vpc(found):
            data["reached"] = reached_of_stack(cloud, found, as_data=how.json)
    _report(found, url, data if how.json else None)
    if outcome is not None and not outcome.shifted:
        raise typer.Exit(1)


def _carry_out(
    cloud: "Cloud", plan: "DeploymentPlan", request: "CanaryRequest | None"
) -> "CanaryOutcome | None":
    """Execute a plan, and end a canary that an earlier deployment left."""
    from leadline.cloud import deploying
    from leadline.cloud.canaries import canary

    with watching(plan.request.stack, len(plan.changes)) as watch:
        if request is not None:
            return with_canary(cloud, plan, request, watch)
        canary.refuse_change_of_clock(cloud, plan)
        deploying.roll_out(cloud, plan, say, watch)
        canary.finish(cloud, plan.request.stack, say)
    return None


def _order(
    stack: str,
    params: Path | None,
    settings: Path | None,
    tags: Mapping[str, str],
    role_arn: str,
) -> "DeploymentRequest":
    from leadline.cloud import parameters, remote_settings
    from leadline.cloud.deploying import DeploymentRequest
    from leadline.cloud.packages import carried

    usable = partial(settings_check.check, elsewhere=True)
    text = remote_settings.read_settings(settings, usable) if settings else None
    for words in remote_settings.without_effect(text or ""):
        say(words)
    files = carried.carried_files(settings) if settings else {}
    given = parameters.read_parameters(params) if params else {}
    return DeploymentRequest(stack, given, text, files, tags=tags, role_arn=role_arn)


def _report(found: Mapping[str, Any], url: str, told: Mapping[str, Any] | None) -> None:
    """Print the stack as it is now: as JSON together with the plan (*told*), or in words."""
    from leadline.cloud.stacks import outputs_of

    outputs = outputs_of(found)
    if told is None:
        _print_where(url, outputs)
    else:
        as_json({**told, "status": found["StackStatus"], "webhook_url": url, "outputs": outputs})


def _plan_as_data(cloud: "Cloud", stack: str, plan: "DeploymentPlan") -> dict[str, Any]:
    return {
        "stack": stack,
        "account": cloud.account,
        "region": cloud.region,
        "changes": list(plan.changes),
        "packages": [package.key for package in plan.packages],
    }


def _print_where(url: str, outputs: Mapping[str, str]) -> None:
    out = console()
    out.print(url, soft_wrap=True, markup=False, style="bold")
    key = ""
    if "ApiKeyId" in outputs:
        key = (
            ' -H "x-api-key: $(aws apigateway get-api-key --include-value --query value'
            f' --output text --api-key {outputs["ApiKeyId"]})"'
        )
    say("try it (with -H 'authorization: Bearer SECRET' if [sources.generic] has a secret):")
    what = f"curl {shlex.quote(url)} -H 'content-type: application/json'{key} -d '{_SAMPLE}'"
    out.print(what, soft_wrap=True, markup=False)


def _show_changes(plan: "DeploymentPlan", *, as_data: bool) -> None:
    """Print the changes on standard output, or with *as_data* on standard error."""
    rows = [(c.action, c.resource, c.type, c.replacement) for c in plan.changes]
    if as_data:
        table(("change", "resource", "type", "replaced"), rows, empty="no changes")
        return
    for action, resource, kind, replacement in rows:
        say(f"{action} {resource} ({kind}){' replaced: ' + replacement if replacement else ''}")


def _refuse_dangers(plan: "DeploymentPlan", *, allowed: bool) -> None:
    if plan.dangers and not allowed:
        names = " and ".join(change.resource for change in plan.dangers)
        causes = [f"{one.resource}.{name}" for one in plan.dangers for name in one.because]
        why = f" (because of {', '.join(causes)})" if causes else ""
        raise ConfigurationError(
            f"{names} would be replaced or leave the stack, and its leads would no longer be "
            f"visible{why}. Nothing was changed. If it is meant, confirm with --allow-replacement "
            "(AWS keeps the old resource)"
        )


@destroy_app.command("aws")
def destroy_aws(
    stack: Stack = "leadline",
    region: Region = None,
    delete_data: Annotated[
        bool,
        typer.Option("--delete-data", help="Also delete the bucket, the table and the settings."),
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Delete a stack; the leads' bucket and table stay, unless --delete-data is given.

    Example: leadline destroy aws --stack leadline
    """
    cloud = connect(region)
    from leadline.cloud import destroying

    with readable_errors():
        plan = destroying.survey(cloud, stack, gone_too=delete_data)
        where = f"in account {cloud.account}, {cloud.region}"
        say(f"{stack} {where} {'does not exist' if plan.gone else 'will be deleted'}")
        if plan.waiting:
            say(f"{plan.waiting} wake-ups wait in its queues or other clock, and go with it")
        if delete_data:
            for one in filter(None, (plan.bucket, plan.table, plan.parameter)):
                say(f"will be deleted permanently: {one}")
        if not yes:
            _ask_to_destroy(stack, delete_data=delete_data)
        with watching(stack, len(plan.resources)) as watch:
            kept = destroying.delete_stack(cloud, plan, watch)
        if delete_data:
            destroying.delete_data(cloud, plan, say)
        left = destroying.remains(cloud, plan, kept, data_deleted=delete_data)
    if json:
        as_json({"stack": stack, "remains": left})
        return
    out = console()
    out.print(f"{stack} is deleted; {'there remains:' if left else 'nothing remains'}")
    for one in left:
        out.print(f"  {one}", markup=False)


def _ask_to_destroy(stack: str, *, delete_data: bool) -> None:
    if not sys.stdin.isatty():
        raise ConfigurationError("there is no terminal to ask for confirmation; use --yes")
    if not delete_data:
        typer.confirm(f"Delete {stack}?", abort=True, err=True)
    elif typer.prompt(f"Type {stack} to delete it and every lead", err=True) != stack:
        raise typer.Abort
