"""Accounts of the dashboard: `accounts add`, `list`, `change`, `password`, `remove`."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import confirm_or_stop
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json, Yes
from leadline.entrypoints.cli._show import print_plain, say, when
from leadline.entrypoints.cli.access._accounts import (
    known_account,
    new_password,
    opened_accounts,
    print_all,
    role_named,
)
from leadline.entrypoints.dashboard.guarding.logins import is_account_name
from leadline.model.errors import ConfigurationError
from leadline.model.staff.accounts import UserAccount
from leadline.settings.notation.notations import ZONE

accounts_app = typer.Typer(
    help="Manage who may look at the dashboard.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(accounts_app, name="accounts", cls=WholeHelp)

Name = Annotated[str, typer.Argument(help="The name to log in with, such as ada.")]
RoleOption = Annotated[
    str,
    typer.Option(
        help="viewer: sees leads with personal data masked; operator: sees all, and acts on leads; "
        "admin: manages accounts, too."
    ),
]
Person = Annotated[str | None, typer.Option(help="Who it is in [people].")]
Zone = Annotated[str | None, typer.Option(help="The time zone, such as Europe/Berlin.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@accounts_app.callback()
def _all(context: typer.Context) -> None:
    """Manage who may look at the dashboard."""
    if context.invoked_subcommand is None:
        list_(context)


@accounts_app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List all accounts with their roles.

    Example: leadline accounts list
    """
    with opened_accounts(context.obj) as accounts:
        found = accounts.accounts()
    none = "no accounts: `leadline dashboard link` lets you make the first"
    print_all(found, _COLUMNS, _as_data, empty=none, json=json)


_COLUMNS: Mapping[str, Callable[[UserAccount], str]] = {
    "name": lambda one: one.name,
    "role": lambda one: one.role.word,
    "person": lambda one: one.person,
    "zone": lambda one: one.zone,
    "logs in by": lambda one: _way_in(one),
    "since": lambda one: when(one.created_at),
}


def _way_in(one: UserAccount) -> str:
    if one.issuer:
        return one.issuer
    return "password" if one.password else "links only"


def _as_data(one: UserAccount) -> dict[str, object]:
    """An account without the hash of its password."""
    data = msgspec.structs.asdict(one)
    return data | {"role": one.role.word, "password": bool(one.password)}


@accounts_app.command()
def add(
    context: typer.Context,
    name: Name,
    role: RoleOption = "viewer",
    person: Person = None,
    zone: Zone = None,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="They log in by links until they set one.")
    ] = False,
    password_stdin: FromStdin = False,
) -> None:
    """Add an account; asks for its password.

    Example: leadline accounts add ada --role operator --person ada
    """
    options: Options = context.obj
    name = name.strip().lower()
    if not is_account_name(name):
        raise typer.BadParameter("a name has small letters, digits and . _ @ + - alone")
    account = _changed(
        options, UserAccount(name, role_named(role), datetime.now(UTC)), None, person, zone
    )
    if not no_password:
        hashed = new_password(name, from_stdin=password_stdin)
        account = msgspec.structs.replace(account, password=hashed)
    with opened_accounts(options) as accounts:
        if not accounts.add(account):
            say(f"there is an account {name} already; `leadline accounts change` changes it")
            raise typer.Exit(1)
    print_plain(f"{name} may log in as {account.role.word}")


@accounts_app.command()
def change(
    context: typer.Context,
    name: Name,
    role: Annotated[str | None, typer.Option(help="viewer, operator or admin.")] = None,
    person: Person = None,
    zone: Zone = None,
) -> None:
    """Change an account's role, person or time zone. With another role its logins end.

    Example: leadline accounts change ada --role viewer
    """
    options: Options = context.obj
    with opened_accounts(options) as accounts:
        account = _changed(options, known_account(accounts, name), role, person, zone)
        accounts.change(account)
    print_plain(f"{account.name} is {account.role.word}, in {account.zone}")


def _changed(
    options: Options, account: UserAccount, role: str | None, person: str | None, zone: str | None
) -> UserAccount:
    """The account with what is given. Raises ConfigurationError and BadParameter."""
    if person and person not in (known := options.settings().people):
        there = ", ".join(known) or "nobody"
        raise ConfigurationError(f"there is no {person!r} in [people] (there is: {there})")
    if zone is not None:
        try:
            zone = ZONE.read(zone) or "UTC"
        except ValueError:
            raise typer.BadParameter(f"{zone!r} is not {ZONE.words}") from None
    return msgspec.structs.replace(
        account,
        role=account.role if role is None else role_named(role),
        person=account.person if person is None else person,
        zone=account.zone if zone is None else zone,
    )


@accounts_app.command()
def password(context: typer.Context, name: Name, password_stdin: FromStdin = False) -> None:
    """Set the password of an account; all its logins end.

    Example: leadline accounts password ada
    """
    with opened_accounts(context.obj) as accounts:
        account = known_account(accounts, name)
        hashed = new_password(account.name, from_stdin=password_stdin)
        accounts.change(msgspec.structs.replace(account, password=hashed))
    print_plain(f"{account.name} has another password, and is logged out everywhere")


@accounts_app.command()
def remove(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """Remove an account with its logins and tokens.

    Example: leadline accounts remove ada
    """
    with opened_accounts(context.obj) as accounts:
        account = known_account(accounts, name)
        if not yes:
            confirm_or_stop(f"Remove {account.name} ({account.role.word})?")
        accounts.remove(account.name)
    print_plain(f"{account.name} may not log in any more")
