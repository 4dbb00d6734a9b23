"""The application, its global options and its exit codes.

0: done. 1: something is wrong with leads or the machine, or there is no such lead. 2: the command
or the settings are wrong.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline import __version__
from leadline.entrypoints.cli._help import GroupedHelp
from leadline.entrypoints.cli._show import say
from leadline.installations.embedded import Embedded
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.model.rights import PRIVATE, Rights
from leadline.model.texts.harmless_texts import in_lines
from leadline.ports.installation import Installation
from leadline.settings.loading import Loaded, load
from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.entrypoints.cli._audited import Noting

app = typer.Typer(
    name="leadline",
    cls=GroupedHelp,
    help="Capture every lead, wait for its owner, refine it, alert the right person.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_GLOBAL = ("--config", "--data", "--aws")
_GLOBAL_ON_AWS = (*_GLOBAL, "--region")  # commands on stacks have their own --region
_OPERATING = ("leads", "show", "dead", "replay", "verify", "export", "import", "rebuild")
_TIMING = ("wait", "hold", "release", "speed")
_RECORDS = ("write-back", "reconcile", "outcomes", "duplicates", "enrich")
_STATE = ("status", "tail", "why", "rules")
_PERSONAL = ("erase", "access", "suppress")
_KEEPING = ("retention", "hold-data", "release-data", "audit")
_GIVING = ("people", "teams", "reassign", "assign")
_LOOKING = ("dashboard", "accounts", "tokens")
_ON_AWS = frozenset(
    (
        *_OPERATING,
        *_TIMING,
        *_RECORDS,
        *_STATE,
        *_GIVING,
        *_PERSONAL,
        *_KEEPING,
        *_LOOKING,
        "preview",
        "send",
        "config",
        "deliver",
    )
)
_INSTEAD_ON_AWS = {
    "backup": "the bucket keeps every version, and the table can be restored to any second of the "
    "last 35 days; for a copy elsewhere use `leadline export`",
    "encryption": "AWS encrypts bucket, table and queues, with a key of yours if you set KmsKeyArn",
    "restore": "see docs/how-to/restore-on-aws.md; `leadline rebuild` rebuilds a lost table",
    "serve": "the stack's functions do that; `leadline deploy aws` deploys them",
    "worker": "the stack's functions do that; `leadline deploy aws` deploys them",
    "doctor": "use `leadline status --aws STACK`",
    "deploy": "name the stack with --stack",
    "destroy": "name the stack with --stack",
    "logs": "name the stack with --stack",
    "shards": "name the stack with --stack",
}


class Options:
    """The global options, and the settings and installation that they select."""

    def __init__(
        self,
        config: Path | None,
        data: Path | None,
        aws: str | None = None,
        region: str | None = None,
    ) -> None:
        self.config = config
        self.data = data
        self.aws = aws
        self.region = region
        self.noting: Noting | None = None

    @cached_property
    def installation(self) -> Installation:
        """The installation that the command works on."""
        if self.aws is None:
            return Embedded(self.load(), say)
        from leadline.cloud.connecting import connect_to_stack  # it may need boto3
        from leadline.installations.on_aws import OnAws

        return OnAws(connect_to_stack(self.aws, self.region))

    def load(self, flags: Mapping[str, Any] | None = None) -> Loaded:
        """All settings with their origins; *flags* of a command override them unless None. With
        --aws they are the stack's."""
        if self.aws is not None:
            return self.installation.loaded()
        given = {k: v for k, v in {"data": self.data, **(flags or {})}.items() if v is not None}
        return load(given, config=self.config)

    def settings(self, **flags: Any) -> Settings:
        """The settings without their origins; *flags* as in `load`."""
        return self.load(flags).settings

    def is_masked(self, asked: bool | None) -> bool:
        """Whether leads are shown masked: as *asked*, else as the setting `mask` says, and if the
        settings can't be read."""
        if asked is not None:
            return asked
        try:
            return self.installation.loaded().settings.mask
        except LeadlineError:
            return True

    @property
    def rights(self) -> Rights:
        """The rights of files with leads that a command writes; private for leads of a stack."""
        return PRIVATE if self.aws is not None else self.settings().rights


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"leadline {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="The settings file, instead of ./leadline.toml.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
    aws: Annotated[
        str | None, typer.Option(help="Use the leads of this AWS stack.", metavar="STACK")
    ] = None,
    region: Annotated[str | None, typer.Option(help="The AWS region of the stack.")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Capture every lead, wait for its owner, refine it, alert the right person."""
    del version
    if aws is not None:
        _refuse_on_aws(context.invoked_subcommand or "", config, data)
    elif region is not None:
        raise ConfigurationError("--region requires --aws STACK")
    context.obj = Options(config, data, aws, region)


def _refuse_on_aws(command: str, config: Path | None, data: Path | None) -> None:
    """Raise ConfigurationError if the command does not work on a stack."""
    if config is not None or data is not None:
        raise ConfigurationError(
            "a stack has its own settings and data: do not use --config or --data with --aws"
        )
    if command not in _ON_AWS:
        instead = _INSTEAD_ON_AWS.get(command, "omit it")
        raise ConfigurationError(f"`leadline {command}` does not take --aws: {instead}")


def _globals_first(words: Sequence[str]) -> list[str]:
    """The command line with global options moved before the command, so that users may write them
    anywhere."""
    first: list[str] = []
    rest: list[str] = []
    words = list(words)
    is_on_aws = any(word.partition("=")[0] == "--aws" for word in words)
    names = _GLOBAL_ON_AWS if is_on_aws else _GLOBAL
    while words:
        word = words.pop(0)
        if word == "--":
            return [*first, *rest, word, *words]
        if word.partition("=")[0] not in names:
            rest.append(word)
        elif "=" in word or not words:
            first.append(word)
        else:
            first += [word, words.pop(0)]
    return [*first, *rest]


def _has_folder() -> bool:
    """Whether the working directory still exists."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def main() -> None:
    """Run the command line; expected errors become one line on standard error."""
    try:
        app(args=_globals_first(sys.argv[1:]))
    except ConfigurationError as error:
        typer.echo(in_lines(f"leadline: {error.detail}"), err=True)
        sys.exit(2)
    except LeadlineError as error:
        words = [error.title, error.detail, str(error)]  # some of them may be equal
        typer.echo(in_lines(f"leadline: {': '.join(dict.fromkeys(words))}"), err=True)
        sys.exit(1)
    except FileNotFoundError:
        if _has_folder():
            raise
        typer.echo("leadline: the folder that this command runs in was deleted", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
