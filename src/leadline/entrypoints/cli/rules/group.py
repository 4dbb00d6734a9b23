"""The rules, tried before they are live: the group of commands `rules`."""

from pathlib import Path
from typing import Annotated

import typer

from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._help import WholeHelp

rules_app = typer.Typer(
    help="Check rules and teams, and try them on leads before they are live.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(rules_app, name="rules", cls=WholeHelp)

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help="A settings file, to be tried in place of the present one."),
]
