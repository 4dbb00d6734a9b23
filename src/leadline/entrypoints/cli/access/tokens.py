"""Tokens of programs that ask the dashboard: `tokens create`, `list`, `revoke`."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Annotated

import msgspec
import typer

from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._audited import user_name
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_plain, say, when
from leadline.entrypoints.cli.access._accounts import opened_accounts, print_all, role_named
from leadline.entrypoints.dashboard.guarding.logins import TOKEN_PREFIX
from leadline.model.staff.accounts import ApiToken, Scope, UserRole, digest_of
from leadline.settings.notation.notations import PERIOD

tokens_app = typer.Typer(
    help="Manage tokens with which programs ask the dashboard.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(tokens_app, name="tokens", cls=WholeHelp)

_SECRET_BYTES = 32

Name = Annotated[str, typer.Argument(help="What the token is for, such as reports.")]


@tokens_app.callback()
def _all(context: typer.Context) -> None:
    """Manage tokens with which programs ask the dashboard."""
    if context.invoked_subcommand is None:
        list_(context)


@tokens_app.command()
def create(
    context: typer.Context,
    name: Name,
    scope: Annotated[str, typer.Option(help="read, or write for what changes leads, too.")],
    expires: Annotated[str, typer.Option(help="How long it is good, such as 90d.")] = "90d",
    role: Annotated[
        str, typer.Option(help="What it sees: viewer (personal data masked), operator or admin.")
    ] = "viewer",
    json: Json = False,
) -> None:
    """Create a token, and print it once: only its hash is kept.

    Programs send it to /api as `Authorization: Bearer TOKEN`.

    Example: leadline tokens create reports --scope read --expires 90d
    """
    now, secret = datetime.now(UTC), TOKEN_PREFIX + token_urlsafe(_SECRET_BYTES)
    try:
        ends_at = now + PERIOD.read(expires)
    except ValueError:
        raise typer.BadParameter(f"{expires!r} is not {PERIOD.words}") from None
    token = ApiToken(
        name, digest_of(secret), _scope(scope), _role(role, scope), user_name(), now, ends_at
    )
    with opened_accounts(context.obj) as accounts:
        if not accounts.add_token(token):
            say(f"there is a token {name} already; `leadline tokens revoke {name}` removes it")
            raise typer.Exit(1)
    if json:
        as_json({**_as_data(token), "token": secret})
        return
    say(f"{name} may {token.scope.word} as {token.role.word} until {when(ends_at)}; the token is:")
    print_plain(secret)


def _scope(word: str) -> Scope:
    for scope in Scope:
        if scope.word == word.strip().lower():
            return scope
    raise typer.BadParameter(f"{word!r} is no scope: write read or write")


def _role(word: str, scope: str) -> UserRole:
    role = role_named(word)
    if _scope(scope) is Scope.WRITE and role < UserRole.OPERATOR:
        raise typer.BadParameter("a viewer changes nothing: add --role operator")
    return role


@tokens_app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List all tokens: what they may do, until when, and when they were last used.

    Example: leadline tokens list
    """
    with opened_accounts(context.obj) as accounts:
        found = accounts.tokens()
    print_all(found, _COLUMNS, _as_data, empty="no tokens", json=json)


_COLUMNS: Mapping[str, Callable[[ApiToken], str]] = {
    "name": lambda one: one.name,
    "may": lambda one: one.scope.word,
    "as": lambda one: one.role.word,
    "made by": lambda one: one.by,
    "until": lambda one: when(one.ends_at),
    "last used": lambda one: when(one.seen_at) if one.seen_at else "never",
}


def _as_data(token: ApiToken) -> dict[str, object]:
    """A token without its hash."""
    data = msgspec.structs.asdict(token)
    del data["digest"]
    return data | {"scope": token.scope.word, "role": token.role.word}


@tokens_app.command()
def revoke(context: typer.Context, name: Name) -> None:
    """Remove a token: programs that have it are refused from now on.

    Example: leadline tokens revoke reports
    """
    with opened_accounts(context.obj) as accounts:
        if not accounts.revoke(name):
            say(f"there is no token {name!r}; `leadline tokens list` shows all")
            raise typer.Exit(1)
    print_plain(f"{name} is refused from now on")
