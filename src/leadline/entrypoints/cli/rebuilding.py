"""`leadline rebuild`: a stack's table out of its archive."""

from typing import TYPE_CHECKING, Annotated, cast

import msgspec
import typer
from rich.progress import Progress

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._show import as_json, console
from leadline.model.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.entrypoints.cli._places import OnAws


@app.command()
def rebuild(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write the table of a stack anew from its archive, where the table knows a lead no more.

    Nobody is alerted again of what was refined; what was not is refined now. It may be stopped
    and begun again.

    Example: leadline rebuild --aws leadline
    """
    options: Options = context.obj
    if options.aws is None:
        raise ConfigurationError("name the stack with --aws; on one machine there is `restore`")
    from leadline.stores.aws.moving.rebuilding import rebuild as rebuild_table

    stack = cast("OnAws", options.place).stack
    err = console(err=True)
    with Progress(console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task("reading the archive", total=None)
        rebuilt = rebuild_table(
            stack.table,
            stack.bucket,
            stack.queues,
            stack.settings.redelivery_window,
            lambda count: bar.advance(task, count),
        )
    if json:
        as_json(msgspec.to_builtins(rebuilt))
    else:
        console().print(
            f"{rebuilt.seen} documents, {rebuilt.events} brought back, "
            f"{rebuilt.refined} of them refined, {rebuilt.damaged} damaged"
        )
    if rebuilt.damaged:
        raise typer.Exit(1)
