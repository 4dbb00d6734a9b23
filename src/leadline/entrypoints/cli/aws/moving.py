"""Moving leads between this machine and AWS: `move --to aws`, `move --to embedded`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._options import Json, Region, Stack
from leadline.entrypoints.cli._show import as_json, console, print_plain, say
from leadline.installations.data_folder import FILE, settle_rights
from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.operations.moving.mover import MoveSummary
from leadline.ports.homes import Home
from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.installations.moving import Route

_MOST_TOLD = 1000

DryRun = Annotated[bool, typer.Option("--dry-run", help="Count what would move, and move nothing.")]
LeaveConflicts = Annotated[
    bool,
    typer.Option("--leave-conflicts", help="Finish the move even if some leads cannot be moved."),
]


@app.command()
def move(
    context: typer.Context,
    to: Annotated[Home, typer.Option(help="Where to move the leads.")],
    stack: Stack = "leadline",
    region: Region = None,
    dry_run: DryRun = False,
    leave_conflicts: LeaveConflicts = False,
    json: Json = False,
) -> None:
    """Move all leads of the data folder to a stack on AWS, or back.

    The server must be stopped; it refuses to start until the leads are back. If the move is
    interrupted, the same command continues it. Each lead is read back and compared; exit 1
    if one differs.

    Example: leadline move --to aws --stack leadline --dry-run
    """
    options: Options = context.obj
    settings = options.settings()
    if to is Home.AWS and not (settings.data / FILE).exists():
        raise ConfigurationError(f"{settings.data} holds no leads; see --data")
    from leadline.cloud.connecting import connect_to_stack  # needs boto3, which is an extra
    from leadline.installations.moving import Route

    found = connect_to_stack(stack, region)
    route = Route(settings.data, found, to, settings.rights)
    if dry_run:
        _print_size(route, json=json)
        return
    conflicts: dict[str, str] = {}
    settle_rights(settings, say)
    with _locked(route) as end:
        summary = _without_erased(route, settings, conflicts)
        ended = leave_conflicts or not summary.conflicting
        if ended:
            end()
    _print_result(route, summary, conflicts, ended=ended, json=json)
    if summary.conflicting:
        raise typer.Exit(1)


def _without_erased(route: "Route", settings: Settings, conflicts: dict[str, str]) -> MoveSummary:
    """Move everything but people who were erased in either home, and the suppression list."""
    if erased := route.erase_returned(settings):
        say(f"{erased} leads of people who were erased were erased before the move")
    route.carry_suppressions(settings)
    summary = _run_move(route, conflicts)
    route.erase_at_destination(settings)
    return summary


def _counts(summary: MoveSummary) -> dict[str, int]:
    return {
        "moved": summary.moved,
        "known": summary.known,
        "conflicting": summary.conflicting,
        "verified": summary.verified,
    }


def _run_move(route: "Route", conflicts: dict[str, str]) -> MoveSummary:
    """Move everything, with a progress bar; the first conflicts are put into *conflicts*."""
    err = console(err=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(), console=err, disable=not err.is_terminal, transient=True,
    )  # fmt: skip
    task = bar.add_task("", total=None)

    def tell(lead_id: str, why: str) -> None:
        if len(conflicts) < _MOST_TOLD:
            conflicts[lead_id] = why
        bar.console.print(escape(f"{lead_id}: {why}"))

    with (
        route.mover(
            watch=lambda leads: bar.advance(task, leads), report=tell,
            stage=lambda what: bar.update(task, description=what),
        ) as (total, carrier),
        bar,
    ):  # fmt: skip
        bar.update(task, total=total)
        return carrier.run()


@contextmanager
def _locked(route: "Route") -> Iterator[Callable[[], None]]:
    """See `Route.locked`; prints what to do if the move is interrupted."""
    with route.locked() as end:
        try:
            yield end
        except (StorageFailed, KeyboardInterrupt):
            say("the move is not finished; run the same command to continue it")
            raise


def _print_result(
    route: "Route",
    summary: MoveSummary,
    conflicts: Mapping[str, str],
    *,
    ended: bool,
    json: bool,
) -> None:
    counts = _counts(summary)
    if json:
        at = route.stack
        told = {"to": route.to, "stack": at.name, "region": at.cloud.region}
        as_json({**told, **counts, "conflicts": conflicts})
    else:
        print_plain(", ".join(f"{number} {what}" for what, number in counts.items()))
    if not ended:
        say(
            "the move is not finished: see docs/how-to/move-to-aws.md for conflicts; "
            "--leave-conflicts finishes it anyway"
        )
    elif not summary.conflicting:
        say(_what_next(route))


def _print_size(route: "Route", *, json: bool) -> None:
    size = route.size()
    if json:
        as_json({"to": route.to, "stack": route.stack.name, "would_move": size})
        return
    print_plain(
        f"{size.leads} leads and other events, {size.waiting} tasks that wait, "
        f"{size.dead} dead letters, {size.channels} channels"
    )
    say("dry run: nothing was moved")


def _what_next(route: "Route") -> str:
    names = f"--aws {route.stack.name} --region {route.stack.cloud.region}"
    if route.to is Home.AWS:
        return f"`leadline serve` now refuses {route.folder}; see `leadline status {names}`"
    return f"`leadline serve` works on {route.folder} again; the stack keeps its copies, parked"
