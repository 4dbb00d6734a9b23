"""First steps: `init`."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._options import Yes
from leadline.entrypoints.cli._show import say
from leadline.entrypoints.cli.run._first_settings import (
    FROM_THE_SENDER,
    FirstSettings,
    checked,
    fault,
    new_secret,
    settings_text,
)
from leadline.model.errors import ConfigurationError
from leadline.model.rights import make_file, write_file
from leadline.plugins import is_source, own_sources, source_names
from leadline.settings.layers import CONFIG_VARIABLE
from leadline.settings.loading import CONFIG
from leadline.settings.top.general import Settings, declared

_FIRST = "generic"
_SLACK = "URL of a Slack incoming webhook (empty: none yet)"
_DELAY = "How long a lead waits for its owner"
_REGION = "Country of phone numbers without one, such as US (empty: unknown)"
_PUBLIC_URL = "URL at which senders reach this server (empty: not yet)"


Sources = Annotated[list[str] | None, typer.Option(help="A source to accept; may be repeated.")]
Secrets = Annotated[
    list[str] | None,
    typer.Option(help="A secret that a sender gave you, as SOURCE=SECRET; may be repeated."),
]
SlackUrl = Annotated[str | None, typer.Option(help="The URL of a Slack incoming webhook.")]
FirstDelay = Annotated[
    str | None, typer.Option(help="How long a lead waits before it is refined, such as 10m.")
]
PhoneRegion = Annotated[
    str | None,
    typer.Option(help="The country of phone numbers without one: the setting `region`."),
]
PublicUrl = Annotated[str | None, typer.Option(help="The URL at which senders reach this server.")]


@app.command("init")
def init(
    context: typer.Context,
    source: Sources = None,
    secret: Secrets = None,
    slack: SlackUrl = None,
    delay: FirstDelay = None,
    phone_region: PhoneRegion = None,
    public_url: PublicUrl = None,
    yes: Yes = False,
) -> None:
    """Ask a few questions and write a leadline.toml that works.

    An existing file is never overwritten. Secrets that senders do not give are made here; only
    you can read the file (0600). With --yes nothing is asked: what is not given has its default.

    Example: leadline init --yes --source close --secret close=6b1d9c0a4f
    """
    options: Options = context.obj
    path = options.config or Path(os.environ.get(CONFIG_VARIABLE) or CONFIG)
    _refuse_existing(path)
    given = _given_secrets(secret or ())
    ask = _Asking(not yes)
    answers = FirstSettings(
        ask.secrets(ask.sources([*(source or ()), *given]), given),
        ask.text(_SLACK, "slack_webhook_url", slack, ""),
        ask.text(_DELAY, "delay", delay),
        ask.text(_REGION, "region", phone_region, ""),
        ask.text(_PUBLIC_URL, "public_url", public_url, ""),
    )
    checked(answers, path.name)
    _write(path, settings_text(answers))
    say(f"wrote {path}, which only you can read: it holds the secrets")
    _tell_next(options, answers)


class _Asking:
    """Asks for what the flags did not say, or takes the defaults."""

    def __init__(self, is_asking: bool) -> None:
        self._is_asking = is_asking

    def sources(self, given: Sequence[str]) -> tuple[str, ...]:
        """The sources to accept, without repetition."""
        chosen = tuple(given)
        if not chosen and self._is_asking:
            typer.echo(f"Senders: {', '.join(source_names())}", err=True)
            answer = self._prompt("Who sends you leads (several with blanks)", _FIRST, _sources)
            chosen = tuple(answer.split())
        return tuple(dict.fromkeys(_known(chosen or (_FIRST,))))

    def secrets(self, sources: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
        """The secret of each source: given, asked for or made. A sender whose secret is asked for
        and not known yet is left out."""
        found: dict[str, str] = {}
        for source in sources:
            if source in given:
                found[source] = given[source]
            elif source in FROM_THE_SENDER or source not in own_sources():
                if asked := self._secret(source):
                    found[source] = asked
            else:
                found[source] = new_secret(source)
        if not found:
            raise ConfigurationError("no sender is left: give one its secret, or take generic")
        return found

    def _secret(self, source: str) -> str:
        where = FROM_THE_SENDER.get(source, "the secret that the sender uses")
        if not self._is_asking:
            raise ConfigurationError(f"{source} needs --secret {source}=SECRET: {where}")

        def right(text: str) -> str:
            if (text := text.strip()) and (wrong := fault(source, text)):
                raise typer.BadParameter(wrong)
            return text

        asked = self._prompt(f"{source}: {where} (empty: without {source})", "", right, hide=True)
        if not asked:
            say(f"{source} is left out; docs/how-to/connect-a-sender.md says how to add it")
        return asked

    def text(self, question: str, name: str, given: str | None, default: str | None = None) -> str:
        """The value of a setting, as it is written."""
        fallback = declared()[name].default if default is None else default
        if given is not None or not self._is_asking:
            return fallback if given is None else given.strip()
        return self._prompt(question, fallback, lambda text: _right(name, text))

    def _prompt(
        self, question: str, default: str, read: Callable[[str], str], *, hide: bool = False
    ) -> str:
        try:
            answer = typer.prompt(
                question, default, value_proc=read, err=True,
                hide_input=hide and sys.stdin.isatty(), show_default=bool(default),
            )  # fmt: skip
        except typer.Abort:
            if sys.stdin.isatty():
                raise
            raise ConfigurationError(
                "init asks questions, and there is no terminal: use --yes and what you need of "
                "--source, --secret, --slack, --delay, --phone-region, --public-url"
            ) from None
        return str(answer)


def _right(name: str, text: str) -> str:
    """The value of the setting, if it can be read; raises BadParameter, whose words say why not."""
    declaration, text = declared()[name], text.strip()
    try:
        if text:
            declaration.notation.read(text)
    except ValueError:
        raise typer.BadParameter(f"this must be {declaration.notation.words}") from None
    return text


def _sources(text: str) -> str:
    try:
        return " ".join(_known(text.replace(",", " ").split()))
    except ConfigurationError as error:
        raise typer.BadParameter(error.detail) from None


def _known(names: Sequence[str]) -> Sequence[str]:
    unknown = [name for name in names if not is_source(name)]
    if unknown:
        there = ", ".join(source_names())
        raise ConfigurationError(f"there is no source {unknown[0]!r} (there are: {there})")
    return names


def _given_secrets(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        source, equals, secret = pair.partition("=")
        if not equals or not secret.strip():
            raise ConfigurationError("write --secret SOURCE=SECRET")
        found[source.strip()] = secret.strip()
    return found


def _refuse_existing(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise ConfigurationError(f"{path} exists and is left as it is; edit it, or move it away")


def _write(path: Path, text: str) -> None:
    """Write a file that did not exist, for its owner alone."""
    try:
        if not make_file(path):
            _refuse_existing(path)
        write_file(path, text.encode())
    except OSError as error:
        raise ConfigurationError(f"{path} can't be written: {error.strerror}") from None


def _tell_next(options: Options, answers: FirstSettings) -> None:
    """Load what was written, as the next commands will, and print these."""
    loaded = options.load()
    for words in loaded.unused:
        say(words)
    settings = loaded.settings
    is_silent = not (settings.channels or settings.slack_webhook_url)
    if is_silent:
        say("nobody is alerted yet: `leadline inbox` shows alerts on this machine")
    for source in answers.secrets:
        say(f"{source} posts to {_address(settings)}/webhook/{source}, with its secret")
    program = _program(options)
    first, why = ("inbox", "show alerts here") if is_silent else ("doctor", "check everything")
    source = next(iter(answers.secrets))
    rows: Sequence[tuple[str, Any]] = (
        (f"{program} {first}", why),
        (f"{program} serve", "run it; Ctrl-C ends it"),
        (f"{program} send --sample --source {source}", "a made-up lead, from another terminal"),
    )
    width = max(len(command) for command, _ in rows)
    typer.echo("\nNext:")
    for command, why in rows:
        typer.echo(f"  {command:{width}}  # {why}")


def _address(settings: Settings) -> str:
    return settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"


def _program(options: Options) -> str:
    """How this program is called from here, with the settings file unless it is the usual one."""
    called = sys.argv[0] if Path(sys.argv[0]).name == "leadline" else "leadline"
    name = "leadline" if shutil.which("leadline") else called
    return f"{name} --config {options.config}" if options.config else name
