"""Leadline on AWS: `deploy aws`, `destroy aws`.

Modules that need boto3 are imported by the commands themselves, because it is an optional extra.
"""

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from leadline.cloud.session import connect, readable_errors
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json, Region, Stack, Yes
from leadline.entrypoints.cli._show import as_json, console, say, table
from leadline.entrypoints.cli.cost import cost_of_stack
from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.cloud.deploying import DeploymentPlan, DeploymentRequest
    from leadline.cloud.session import Cloud
    from leadline.cloud.stacks import StackEvent, Watch

deploy_app = typer.Typer(
    help="Deploy Leadline to AWS.", no_args_is_help=True, rich_markup_mode=None
)
destroy_app = typer.Typer(help="Delete a deployment.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(deploy_app, name="deploy", cls=WholeHelp)
app.add_typer(destroy_app, name="destroy", cls=WholeHelp)


_SAMPLE = '{"name": "Ada Example", "email": "ada@example.com", "company": "Example Ltd"}'


Parameters = Annotated[
    Path | None, typer.Option(help="A TOML or JSON file of template parameters: Name = value.")
]
SettingsFile = Annotated[Path | None, typer.Option(help="The leadline.toml for the functions.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes, and make none.")]
AllowReplacement = Annotated[
    bool,
    typer.Option(
        "--allow-replacement", help="Allow the bucket or the table to be replaced by an empty one."
    ),
]


@deploy_app.command("aws")
def deploy_aws(
    stack: Stack = "leadline",
    region: Region = None,
    params: Parameters = None,
    settings: SettingsFile = None,
    dry_run: DryRun = False,
    allow_replacement: AllowReplacement = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Create or update a stack that runs Leadline; repeat it as often as you like.

    Example: leadline deploy aws --settings leadline.toml
    """
    cloud = connect(region)
    from leadline.cloud import deploying

    order = _order(stack, params, settings)
    say(f"deploying {stack} to account {cloud.account} in {cloud.region}")
    with readable_errors(), deploying.planned(cloud, order, say, dry_run=dry_run) as plan:
        cost, in_words = cost_of_stack(cloud.region, plan.parameters)
        say(in_words)
        data = {**_plan_as_data(cloud, stack, plan), "cost": cost}
        _show_changes(plan, as_data=not json)
        if dry_run:
            say("dry run: nothing was changed")
            if json:
                as_json(data)
            return
        _refuse_dangers(plan, allowed=allow_replacement)
        if plan.changes and not yes and sys.stdin.isatty():
            typer.confirm(f"Change {stack} so?", abort=True, err=True)
        with _watching(stack, len(plan.changes)) as watch:
            found = deploying.roll_out(cloud, plan, say, watch)
    with readable_errors():
        url = deploying.webhook_url(cloud, found)
    _report(found, url, data if json else None)


def _order(stack: str, params: Path | None, settings: Path | None) -> "DeploymentRequest":
    from leadline.cloud import carried, parameters, remote_settings
    from leadline.cloud.deploying import DeploymentRequest

    usable = partial(settings_check.check, elsewhere=True)
    text = remote_settings.read_settings(settings, usable) if settings else None
    for words in remote_settings.without_effect(text or ""):
        say(words)
    files = carried.carried_files(settings) if settings else {}
    given = parameters.read_parameters(params) if params else {}
    return DeploymentRequest(stack, given, text, files)


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
        raise ConfigurationError(
            f"{names} would be replaced or leave the stack, and its leads would no longer be "
            "visible; confirm with --allow-replacement (AWS keeps the old resource)"
        )


@contextmanager
def _watching(stack: str, total: int) -> "Iterator[Watch]":
    """Show events of a stack as they happen: a progress bar on a terminal, else lines."""
    err = console(err=True)
    done: set[str] = set()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=err, disable=not err.is_terminal, transient=True,
    )  # fmt: skip
    task = bar.add_task(stack, total=total)

    def watch(event: "StackEvent") -> None:
        if event.type == "AWS::CloudFormation::Stack":
            return
        ended = event.status.endswith(("_COMPLETE", "_SKIPPED"))
        if ended:
            done.add(event.resource)
        bar.update(task, completed=min(len(done), total), description=event.resource)
        if event.failed:
            bar.console.print(f"{event.resource} {event.status}: {event.reason}", markup=False)
        elif ended and not err.is_terminal:
            bar.console.print(f"{event.resource} {event.status}", markup=False)

    with bar:
        try:
            yield watch
        except KeyboardInterrupt:
            say(f"interrupted; AWS continues with {stack}; run the same command to complete this")
            raise typer.Exit(130) from None


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
        with _watching(stack, len(plan.resources)) as watch:
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
