"""What commands about accounts, tokens and the dashboard have in common."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

import typer

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._show import as_json, say, table
from leadline.installations.accounts import accounts_of, accounts_of_stack
from leadline.model.errors import ConfigurationError
from leadline.model.staff.accounts import UserAccount, UserRole
from leadline.ports.dashboard.accounts import Accounts

T = TypeVar("T")


@contextmanager
def opened_accounts(options: Options) -> Iterator[Accounts]:
    """The accounts of the installation that the command works on."""
    accounts = accounts_for(options)
    try:
        yield accounts
    finally:
        accounts.close()


def accounts_for(options: Options) -> Accounts:
    """The accounts of the installation, to be closed. Of a stack this machine keeps them."""
    if options.aws is not None:
        return accounts_of_stack(options.aws, options.region or "")
    return accounts_of(options.settings())


def print_all(
    found: Sequence[T],
    columns: Mapping[str, Callable[[T], str]],
    as_data: Callable[[T], Mapping[str, object]],
    *,
    empty: str,
    json: bool,
) -> None:
    """Print a table with these columns, or *empty* if nothing was found; with *json* all of it."""
    if json:
        as_json(list(map(as_data, found)))
        return
    rows = ([cell(one) for cell in columns.values()] for one in found)
    table(tuple(columns), rows, empty=empty)


def role_named(word: str) -> UserRole:
    """The role of this name; raises BadParameter."""
    for role in UserRole:
        if role.word == word.strip().lower():
            return role
    raise typer.BadParameter(f"{word!r} is no role: write {', '.join(r.word for r in UserRole)}")


def known_account(accounts: Accounts, name: str) -> UserAccount:
    """The account of this name; exits with 1 if there is none."""
    account = accounts.account(name.strip().lower())
    if account is None:
        known = ", ".join(one.name for one in accounts.accounts()) or "none yet"
        say(f"there is no account {name!r} (there are: {known})")
        raise typer.Exit(1)
    return account


def new_password(name: str, *, from_stdin: bool) -> str:
    """The hash of a password, which is asked for twice on a terminal, or read as the first line of
    standard input. Raises ConfigurationError if it can't be one."""
    from leadline.entrypoints.dashboard.guarding.passwords import hash_password, why_not

    if from_stdin:
        password = typer.get_text_stream("stdin").readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if words := why_not(password, name):
        raise ConfigurationError(words)
    return hash_password(password)
