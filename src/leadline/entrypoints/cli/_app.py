"""The application, its global options, and what its exit codes mean.

0: done. 1: something is wrong with the leads or the machine, or there is no such lead.
2: the command or the settings are wrong.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leadline import __version__
from leadline.errors import ConfigurationError, LeadlineError
from leadline.settings import Settings
from leadline.settings_reading import Loaded, load

app = typer.Typer(
    name="leadline",
    help="Capture every lead, wait for its owner, refine it, tell the right person.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_GLOBAL = ("--config", "--data")


class Options:
    """The global options, and how commands read their settings."""

    def __init__(self, config: Path | None, data: Path | None) -> None:
        self.config = config
        self.data = data

    def load(self, flags: Mapping[str, Any] | None = None) -> Loaded:
        """All settings; *flags* that are None were not given."""
        given = {k: v for k, v in {"data": self.data, **(flags or {})}.items() if v is not None}
        return load(given, config=self.config)

    def settings(self, **flags: Any) -> Settings:
        """The settings alone."""
        return self.load(flags).settings


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"leadline {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Read this file instead of ./leadline.toml.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Capture every lead, wait for its owner, refine it, tell the right person."""
    del version
    context.obj = Options(config, data)


def _globals_first(words: Sequence[str]) -> list[str]:
    """The command line with the global options before the command, wherever they were written:
    nobody remembers which of a command's options are its own."""
    first: list[str] = []
    rest: list[str] = []
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            return [*first, *rest, word, *words]
        if word.partition("=")[0] not in _GLOBAL:
            rest.append(word)
        elif "=" in word or not words:
            first.append(word)
        else:
            first += [word, words.pop(0)]
    return [*first, *rest]


def main() -> None:
    """Run the command line; every error that has a name is one line on standard error."""
    try:
        app(args=_globals_first(sys.argv[1:]))
    except ConfigurationError as error:
        typer.echo(f"leadline: {error.detail}", err=True)
        sys.exit(2)
    except LeadlineError as error:
        typer.echo(f"leadline: {error.title}: {error.detail}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
