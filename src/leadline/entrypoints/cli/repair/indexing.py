"""The index of leads: `index rebuild`, `index verify`."""

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_plain
from leadline.installations import leads_index
from leadline.model.errors import ConfigurationError
from leadline.settings.top.general import Settings

index_app = typer.Typer(
    help="Rebuild or check the index by which leads are searched and counted.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(index_app, name="index", cls=WholeHelp)
_MOST_SHOWN = 20


@index_app.command()
def rebuild(context: typer.Context, json: Json = False) -> None:
    """Make the index of leads anew from the data file, also beside a running server.

    The server makes and keeps it by itself; nothing is lost with it.

    Example: leadline index rebuild
    """
    number = leads_index.index_anew(_settings(context))
    if json:
        as_json({"events": number})
    else:
        print_plain(f"the index is made anew, with {number:,} events")


@index_app.command()
def verify(context: typer.Context, json: Json = False) -> None:
    """Compare the index with the data file, and its figures with a count; exit 1 if they differ.

    Leads that are new or have just changed are not compared: they are still to be put in the index.

    Example: leadline index verify
    """
    found = leads_index.index_differences(_settings(context))
    if json:
        as_json({"right": not found, "wrong": found})
    elif found:
        for one in found[:_MOST_SHOWN]:
            print_plain(f"WRONG {one}")
        print_plain(f"{len(found):,} differences; `leadline index rebuild` makes the index anew")
    else:
        print_plain("the index agrees with the data file")
    if found:
        raise typer.Exit(1)


def _settings(context: typer.Context) -> Settings:
    options: Options = context.obj
    if options.aws is not None:
        raise ConfigurationError("a stack has no such index: DynamoDB keeps those of its table")
    return options.settings()
