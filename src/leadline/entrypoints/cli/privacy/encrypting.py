"""Encryption of the data folder: `encryption on`, `off`, `status`, `rotate`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_plain, say
from leadline.installations import encryption
from leadline.model.errors import ConfigurationError
from leadline.settings.top.general import Settings
from leadline.settings.top.personal_data import KEY_REFERENCE

encryption_app = typer.Typer(
    help="Encrypt personal data in the data folder, or change its keys.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(encryption_app, name="encryption", cls=WholeHelp)

From = Annotated[
    str,
    typer.Option(
        "--from",
        help="Where the present master key is (file:PATH, env:NAME or kms:ARN), to be replaced by "
        "the one in the settings.",
    ),
]
_STATES = {
    "off": "personal data is not encrypted",
    "on": "personal data is encrypted",
    "leaving": "personal data is being decrypted",
    "left": "personal data was decrypted, and stays so until `leadline encryption on`",
}
_LATER = "a running server overwrites what was there before"


@encryption_app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Show how many values are encrypted, and under which data key; it reads all of them.

    Example: leadline encryption status
    """
    found = encryption.encryption_status(_settings(context))
    if json:
        as_json(found._asdict())
        return
    is_under_way = found.state == "on" and not found.is_done
    words = "personal data is being encrypted" if is_under_way else _STATES[found.state]
    print_plain(words + (f", key in {found.reference}" if found.reference else ""))
    for number, count in sorted(found.values.items()):
        print_plain(f"{count} values {f'under data key {number}' if number else 'in the clear'}")
    if not found.is_done:
        command = "off" if found.state == "leaving" else "on"
        print_plain(f"a running server goes on with it; so does `leadline encryption {command}`")
    _name_copies(found.copies)


@encryption_app.command()
def on(context: typer.Context) -> None:
    """Encrypt personal data in the data folder, under the key that [encryption] key names.

    Stop the server once before. A new start of it with the key in the settings does the same, in
    the background.

    Example: leadline encryption on
    """
    settings = _settings(context)
    if not settings.encryption_key:
        raise ConfigurationError(
            "say in the settings where the key is ([encryption] key): file:PATH, env:NAME or "
            "kms:ARN; `openssl rand -base64 32` makes one"
        )
    with _waiting("encrypting") as tell:
        blank = encryption.encrypt(settings, tell)
    print_plain("personal data is encrypted" + ("" if blank else f"; {_LATER}"))
    say("keep a copy of the key elsewhere: without it nothing can be read, no backup either")
    say("`leadline export` writes in the clear, as before")
    _name_copies(encryption.encryption_status(settings).copies)


@encryption_app.command()
def off(context: typer.Context) -> None:
    """Decrypt personal data in the data folder, also while the server runs.

    Example: leadline encryption off
    """
    settings = _settings(context)
    with _waiting("decrypting") as tell:
        encryption.decrypt(settings, tell)
    print_plain("personal data is not encrypted any more; the key can go from the settings")


@encryption_app.command()
def rotate(context: typer.Context, before: From = "") -> None:
    """Encrypt under a new data key, also while the server runs; or replace the master key (--from).

    Example: leadline encryption rotate --from file:/etc/leadline/old.key
    """
    settings = _settings(context)
    if before:
        try:
            KEY_REFERENCE.read(before)
        except ValueError:
            raise ConfigurationError(f"--from must be {KEY_REFERENCE.words}") from None
        count = encryption.rotate_master(settings, before)
        print_plain(f"{count} data keys are under the key of the settings now")
        say("the old key opens earlier backups only: keep it as long as them")
        return
    with _waiting("encrypting anew") as tell:
        number = encryption.rotate(settings, tell)
    print_plain(f"everything is under data key {number} now; the earlier one is gone")


def _settings(context: typer.Context) -> Settings:
    options: Options = context.obj
    return options.settings()


@contextmanager
def _waiting(what: str) -> Iterator[Callable[[], None]]:
    """Show that something goes on, where somebody looks."""
    from leadline.entrypoints.cli._console import PatientConsole

    console = PatientConsole(stderr=True)
    if not console.is_terminal:
        yield lambda: None
        return
    with console.status(f"{what} …"):
        yield lambda: None


def _name_copies(names: Sequence[str]) -> None:
    if names:
        say(
            "copies in the data folder stay as they were when they were put aside, perhaps in the "
            f"clear: delete them once you do not need them ({', '.join(names)})"
        )
