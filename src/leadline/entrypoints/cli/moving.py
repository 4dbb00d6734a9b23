"""Leads change their home: `move --to aws`, `move --to embedded`."""

from typing import TYPE_CHECKING, Annotated

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._places import settle_rights
from leadline.entrypoints.cli._show import as_json, console, say
from leadline.model.errors import ConfigurationError
from leadline.operations.moving.carrier import MoveSummary
from leadline.ports.homes import Home
from leadline.stores.sqlite.folder import FILE

if TYPE_CHECKING:
    from leadline.entrypoints.cli._route import Route


@app.command()
def move(
    context: typer.Context,
    to: Annotated[Home, typer.Option(help="Where the leads shall live.")],
    stack: Annotated[str, typer.Option(help="The name of the CloudFormation stack.")] = "leadline",
    region: Annotated[
        str | None, typer.Option(help="The region, instead of the usual one.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would move, and move nothing.")
    ] = False,
    leave_conflicts: Annotated[
        bool,
        typer.Option(
            "--leave-conflicts", help="End the move although some leads stay where they are."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take all leads of the data folder to a stack on AWS, or bring them back.

    The server must be stopped; it refuses to start until the leads are back. Ended at any point,
    the same command goes on. Each lead is read back and compared; exit 1 when one does not fit.

    Example: leadline move --to aws --stack leadline --dry-run
    """
    options: Options = context.obj
    settings = options.settings()
    if to is Home.AWS and not (settings.data / FILE).exists():
        raise ConfigurationError(f"{settings.data} holds no leads; see --data")
    from leadline.cloud.connecting import connect_to_stack  # needs boto3, which is an extra
    from leadline.entrypoints.cli._route import Route, held

    found = connect_to_stack(stack, region)
    route = Route(settings.data, found, to, settings.rights)
    if dry_run:
        _tell_size(route, json=json)
        return
    conflicts: dict[str, str] = {}
    settle_rights(settings)
    with held(route) as end:
        summary = route.carry(conflicts)
        if leave_conflicts or not summary.conflicting:
            end()
    if json:
        told = {"to": to, "stack": stack, "region": found.cloud.region}
        as_json({**told, **_counts(summary), "conflicts": conflicts})
    else:
        console().print(", ".join(f"{number} {what}" for what, number in _counts(summary).items()))
    if summary.conflicting:
        if not leave_conflicts:
            say(
                "the move has not ended: see docs/how-to/move-to-aws.md for conflicts; "
                "--leave-conflicts ends it all the same"
            )
        raise typer.Exit(1)
    say(_what_next(route))


def _counts(summary: MoveSummary) -> dict[str, int]:
    return {
        "moved": summary.moved,
        "known": summary.known,
        "conflicting": summary.conflicting,
        "verified": summary.verified,
    }


def _tell_size(route: "Route", *, json: bool) -> None:
    size = route.size()
    if json:
        as_json({"to": route.to, "stack": route.found.name, "would_move": size})
        return
    console().print(
        f"{size.leads} leads and other events, {size.waiting} tasks that wait, "
        f"{size.dead} dead letters, {size.channels} channels"
    )
    say("dry run: nothing was moved")


def _what_next(route: "Route") -> str:
    names = f"--stack {route.found.name} --region {route.found.cloud.region}"
    if route.to is Home.AWS:
        return f"`leadline serve` refuses {route.folder} now; `leadline status aws {names}`"
    return f"`leadline serve` works on {route.folder} again; the stack keeps what it had, parked"
