"""Leads change their home: `move --to aws`, `move --to embedded`."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._places import settle_rights
from leadline.entrypoints.cli._show import as_json, console, say
from leadline.entrypoints.embedded.supervisor import lock_folder
from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.model.rights import Rights
from leadline.operations.moving.carrier import Carrier, MoveSummary
from leadline.ports.homes import Home, Side, Size
from leadline.stores.sqlite.database import nobody_else
from leadline.stores.sqlite.folder import FILE
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.moving.notes import Mark, MoveJournal, clear_mark, read_mark, set_mark
from leadline.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from leadline.cloud.connecting import ConnectedStack

_MOST_TOLD = 1000


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

    found = connect_to_stack(stack, region)
    route = _Route(settings.data, found, to, settings.rights)
    if dry_run:
        _tell_size(route, json=json)
        return
    conflicts: dict[str, str] = {}
    settle_rights(settings)
    with _held(route) as end:
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


class _Route:
    """From one home to the other."""

    def __init__(self, folder: Path, found: "ConnectedStack", to: Home, rights: Rights) -> None:
        self.folder, self.found, self.to, self.rights = folder, found, to, rights

    @contextmanager
    def sides(self) -> Iterator[tuple[Side, Side]]:
        """The origin and the destination."""
        from leadline.stores.aws.moving.home import AwsHome

        remote = self.found.store()
        forgotten = datetime.now(UTC) - remote.redelivery_window
        with ExitStack() as stack:
            aws = stack.enter_context(closing(AwsHome(remote, forgotten)))
            store = SqliteStore(
                self.folder,
                redelivery_window=remote.redelivery_window,
                read_only=self.to is Home.AWS,
                rights=self.rights,
            )
            here = SqliteHome(stack.enter_context(closing(store)), forgotten)
            yield (here, aws) if self.to is Home.AWS else (aws, here)

    def size(self) -> Size:
        """How much the origin holds."""
        with self.sides() as (origin, _):
            return origin.size()

    def carry(self, conflicts: dict[str, str]) -> MoveSummary:
        """Carry everything, with a bar; the first conflicts are put into *conflicts*."""
        err = console(err=True)
        bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeRemainingColumn(), console=err, disable=not err.is_terminal, transient=True,
        )  # fmt: skip

        def tell(lead_id: str, why: str) -> None:
            if len(conflicts) < _MOST_TOLD:
                conflicts[lead_id] = why
            bar.console.print(escape(f"{lead_id}: {why}"))

        with (
            closing(MoveJournal(self.folder, self.found.table.name, self.rights)) as journal,
            self.sides() as (origin, destination),
            bar,
        ):
            task = bar.add_task("", total=origin.size().leads)
            window = self.found.settings.redelivery_window
            carrier = Carrier(
                origin, destination, journal, window,
                watch=lambda leads: bar.advance(task, leads), tell=tell,
                stage=lambda what: bar.update(task, description=what),
            )  # fmt: skip
            return carrier.run()


@contextmanager
def _held(route: _Route) -> Iterator[Callable[[], None]]:
    """Hold the folder against servers, and mark it; what is given is to be called at the end of
    the move, and marks the folder anew or, when its leads are back, no more.

    Raises ConfigurationError when somebody uses it, or when its leads are somewhere else.
    """
    folder, found, rights = route.folder, route.found, route.rights
    lock = lock_folder(folder, rights)
    try:
        before = read_mark(folder)
        if before is not None and before.table != found.table.name:
            raise ConfigurationError(
                f"the leads of {folder} are at the stack {before.stack} in {before.region}; "
                "bring them back from there first"
            )
        began = datetime.now(UTC)
        mark = Mark(found.name, found.cloud.region, found.table.name, route.to, began)
        # A worker that opens the folder after this sees the mark; one that has, keeps us out.
        with nobody_else(folder):
            set_mark(folder, mark, rights)

        def end() -> None:
            if route.to is Home.AWS:
                set_mark(folder, msgspec.structs.replace(mark, done=True), rights)
            else:
                clear_mark(folder)

        try:
            yield end
        except (StorageFailed, KeyboardInterrupt):
            say("the move has not ended; the same command goes on with it")
            raise
    finally:
        os.close(lock)


def _tell_size(route: _Route, *, json: bool) -> None:
    size = route.size()
    if json:
        as_json({"to": route.to, "stack": route.found.name, "would_move": size})
        return
    console().print(
        f"{size.leads} leads and other events, {size.waiting} tasks that wait, "
        f"{size.dead} dead letters, {size.channels} channels"
    )
    say("dry run: nothing was moved")


def _what_next(route: _Route) -> str:
    names = f"--stack {route.found.name} --region {route.found.cloud.region}"
    if route.to is Home.AWS:
        return f"`leadline serve` refuses {route.folder} now; `leadline status aws {names}`"
    return f"`leadline serve` works on {route.folder} again; the stack keeps what it had, parked"
