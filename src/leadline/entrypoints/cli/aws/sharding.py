"""The shards of a stack's table: `shards`.

Modules that need boto3 are imported by the command itself, because it is an optional extra.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
import typer
from rich.progress import Progress

from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._options import Json, Region, Stack
from leadline.entrypoints.cli._show import as_json, console, print_plain, say
from leadline.installations.sharding import gather_shards, shards_of

_OLD_FUNCTIONS_END = timedelta(minutes=30)
"""After an update of a stack began, functions of before may run for so long: an update of functions
takes a few minutes, and a run at most 15 (Lambda Developer Guide, "Lambda quotas")."""


@app.command()
def shards(
    stack: Stack = "leadline",
    region: Region = None,
    gather: Annotated[
        bool,
        typer.Option("--gather", help="Move entries out of shards that are no longer used."),
    ] = False,
    json: Json = False,
) -> None:
    """Show in how many partitions a stack's indexes are, and move what is in unused ones.

    The parameter Shards says how many new leads use. After it was raised nothing has to be
    done. After it was lowered, readers look into the former ones, too, until all entries are
    gathered. It reads the index of all open tasks.

    Example: leadline shards --stack leadline --gather
    """
    from leadline.cloud.connecting import connect_to_stack

    connected = connect_to_stack(stack, region)
    moved = 0
    if gather:
        _refuse_soon(connected.updated_at)
        err = console(err=True)
        with Progress(console=err, disable=not err.is_terminal, transient=True) as bar:
            task = bar.add_task("moving entries", total=None)
            moved = gather_shards(connected, lambda count: bar.update(task, completed=count))
    found = shards_of(connected)
    if json:
        as_json({**msgspec.to_builtins(found), "moved": moved})
        return
    print_plain(
        f"new entries go to {found.new} shards, readers look into {found.read}, "
        f"{found.outside} entries are in unused ones" + (f", {moved} moved" if gather else "")
    )
    if found.outside and not gather:
        say(
            "to move these, and have readers look into fewer, use "
            f"`leadline shards --gather --stack {stack}`"
        )


def _refuse_soon(updated_at: datetime | None) -> None:
    """Exit with 1 if functions of before the last update may still run."""
    if updated_at is None:
        return
    ends = updated_at + _OLD_FUNCTIONS_END
    if datetime.now(UTC) < ends:
        say(
            f"the stack was updated at {updated_at:%H:%M} UTC, and functions of before may still "
            f"write to the former shards; repeat after {ends:%H:%M} UTC"
        )
        raise typer.Exit(1)
