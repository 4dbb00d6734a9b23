"""Rebuilding a stack's table from its archive: `rebuild`."""

from typing import Annotated

import msgspec
import typer
from rich.progress import Progress

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._show import as_json, console, print_plain


@app.command()
def rebuild(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Rebuild the table of a stack from its archive: adds all leads that the table lacks.

    Leads that were refined are not alerted again; the others are refined now. You can
    interrupt the command and run it again.

    Example: leadline rebuild --aws leadline
    """
    options: Options = context.obj
    installation = options.installation
    err = console(err=True)
    with Progress(console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task("reading the archive", total=None)
        rebuilt = installation.rebuild(lambda count: bar.advance(task, count))
    if json:
        as_json(msgspec.to_builtins(rebuilt))
    else:
        print_plain(
            f"{rebuilt.seen} documents, {rebuilt.events} brought back, "
            f"{rebuilt.refined} of them refined, {rebuilt.damaged} damaged"
        )
    if rebuilt.damaged:
        raise typer.Exit(1)
