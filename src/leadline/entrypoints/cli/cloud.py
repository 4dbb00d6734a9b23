"""Leadline on AWS: `deploy aws`, `destroy aws`, `status aws`, `logs`.

What needs boto3 is imported by the commands themselves, because it is an optional extra.
"""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from leadline.cloud.session import connect, plainly
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._show import as_json, console, say, table
from leadline.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.cloud.deploying import DeploymentPlan
    from leadline.cloud.stacks import StackEvent, Watch

deploy_app = typer.Typer(help="Put Leadline on AWS.", no_args_is_help=True, rich_markup_mode=None)
destroy_app = typer.Typer(help="Take it away.", no_args_is_help=True, rich_markup_mode=None)
status_app = typer.Typer(help="See how it is.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(deploy_app, name="deploy")
app.add_typer(destroy_app, name="destroy")
app.add_typer(status_app, name="status")

Stack = Annotated[str, typer.Option(help="The name of the CloudFormation stack.")]
Region = Annotated[str | None, typer.Option(help="The region, instead of the usual one.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_SAMPLE = '{"name": "Ada Example", "email": "ada@example.com", "company": "Example Ltd"}'


@deploy_app.command("aws")
def deploy_aws(
    stack: Stack = "leadline",
    region: Region = None,
    params: Annotated[
        Path | None, typer.Option(help="Parameters of the template, TOML or JSON: Name = value.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="The leadline.toml that the functions shall read.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    allow_replacement: Annotated[
        bool,
        typer.Option(
            "--allow-replacement", help="Let the bucket or the table be replaced by an empty one."
        ),
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Create or update a stack that runs Leadline; repeat it as often as you like.

    Example: leadline deploy aws --settings leadline.toml
    """
    cloud = connect(region)
    from leadline.cloud import deploying, parameters, remote_settings

    order = deploying.Order(
        stack,
        parameters.read_parameters(params) if params else {},
        remote_settings.read_settings(settings) if settings else None,
    )
    say(f"deploying {stack} to account {cloud.account} in {cloud.region}")
    with plainly(), deploying.planned(cloud, order, say, dry_run=dry_run) as plan:
        told: dict[str, Any] = {
            "stack": stack,
            "account": cloud.account,
            "region": cloud.region,
            "changes": list(plan.changes),
            "packages": [package.key for package in plan.packages],
        }
        if not json:
            _print_changes(plan)
        if dry_run:
            say("dry run: nothing was changed")
            if json:
                as_json(told)
            return
        _refuse_dangers(plan, allowed=allow_replacement)
        if plan.changes and not yes and sys.stdin.isatty():
            typer.confirm(f"Change {stack} so?", abort=True, err=True)
        with _watching(stack, len(plan.changes)) as watch:
            found = deploying.roll_out(cloud, plan, say, watch)
    with plainly():
        url = deploying.webhook_url(cloud, found)
    if json:
        from leadline.cloud.stacks import outputs_of

        as_json(
            {**told, "status": found["StackStatus"], "webhook_url": url}
            | {"outputs": outputs_of(found)}
        )
        return
    out = console()
    out.print(f"[bold]{escape(url)}[/bold]", soft_wrap=True)
    say("try it:")
    out.print(
        f"curl {shlex.quote(url)} -H 'content-type: application/json' -d {shlex.quote(_SAMPLE)}",
        soft_wrap=True, markup=False,
    )  # fmt: skip


def _print_changes(plan: "DeploymentPlan") -> None:
    rows = [(c.action, c.resource, c.type, c.replacement) for c in plan.changes]
    table(("change", "resource", "type", "replaced"), rows, empty="no changes")


def _refuse_dangers(plan: "DeploymentPlan", *, allowed: bool) -> None:
    if plan.dangers and not allowed:
        names = " and ".join(change.resource for change in plan.dangers)
        raise ConfigurationError(
            f"{names} would be replaced or leave the stack, and the leads in it would not be seen "
            "any more; --allow-replacement means that (what is replaced is kept beside the stack)"
        )


@contextmanager
def _watching(stack: str, total: int) -> "Iterator[Watch]":
    """Show events of a stack as they happen: a bar on a terminal, a line for each end else."""
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
            say(f"interrupted; AWS goes on with {stack}, and the same command watches it further")
            raise typer.Exit(130) from None
