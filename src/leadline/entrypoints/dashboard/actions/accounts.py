"""What admins do with accounts and tokens.

Links and tokens are shown in the answer alone: they are kept nowhere, so the answer can't be told
again.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from secrets import token_urlsafe
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.actions.own_account import FormRefused, zone_in
from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.logins import TOKEN_PREFIX, is_account_name, make_link
from leadline.entrypoints.dashboard.guarding.roles import Who, for_role, who_asks
from leadline.entrypoints.dashboard.pages.accounts import Secret, accounts_page
from leadline.model.staff.accounts import ApiToken, Scope, UserAccount, UserRole, digest_of

Named = TypeVar("Named", UserRole, Scope)

_SECRET_BYTES = 32
_MOST_DAYS = 3650
_LONGEST_NAME = 100


class AdminForm(msgspec.Struct, frozen=True):
    """A form of an admin: on which dashboard, by whom, and what it says. `url` is where browsers
    reach the dashboard."""

    dashboard: Dashboard
    who: Who
    form: SentForm
    url: str


async def act_on_accounts(request: Request) -> Response:
    """Do what a form of the page asks for, and show the page again."""
    do = ACCOUNT_ACTIONS.get(request.path_params["action"])
    if do is None:
        raise HTTPException(404)
    dashboard = dashboard_of(request)
    base = f"{request.url.scheme}://{request.headers['host']}"
    url = dashboard.settings.dashboard_url or base
    sent = AdminForm(dashboard, who_asks(request), await form_of(request), url)
    try:
        told = await run_in_threadpool(do, sent)
    except FormRefused as why:
        return await accounts_page(request, failed=str(why))
    if isinstance(told, Secret):
        return await accounts_page(request, secret=told)
    return await accounts_page(request, done=told)


def _add(sent: AdminForm) -> Secret:
    """Add an account, and give a link with which its owner sets a password."""
    name = sent.form.get("name", "").strip().lower()
    if not is_account_name(name):
        raise FormRefused("A name has small letters, digits and . _ @ + - alone.")
    now = sent.dashboard.clock()
    made = _changed(sent, UserAccount(name, UserRole.VIEWER, now))
    if not sent.dashboard.book.add(made):
        raise FormRefused(f"There is an account {name} already.")
    _note(sent, "account.added", name, made.role.word)
    return _link(sent)


def _change(sent: AdminForm) -> str:
    before = _account_in(sent)
    after = _changed(sent, before)
    if before.name == sent.who.name and sent.who.has_account and after.role < before.role:
        raise FormRefused("You can't take a role from yourself: let another admin do it.")
    if not sent.dashboard.book.change(after, before):
        raise FormRefused(f"{after.name} was changed or removed meanwhile: look again.")
    _note(sent, "account.changed", after.name, after.role.word)
    return f"{after.name} is {after.role.word} now."


def _changed(sent: AdminForm, account: UserAccount) -> UserAccount:
    """The account with what the form says of it."""
    person = sent.form.get("person", account.person)
    if person and person not in sent.dashboard.settings.people:
        raise FormRefused("There is nobody of that name in [people].")
    role = _named(UserRole, sent.form.get("role", account.role.word))
    zone = zone_in(sent.form) if "zone" in sent.form else account.zone
    return msgspec.structs.replace(account, role=role, person=person, zone=zone)


def _link(sent: AdminForm) -> Secret:
    account = _account_in(sent)
    book, now = sent.dashboard.book, sent.dashboard.clock()
    secret = make_link(book, account.name, sent.who.name, now)
    _note(sent, "account.link", account.name)
    words = f"Send this link to {account.name}: it works once, within ten minutes."
    return Secret(words, f"{sent.url}/link/{secret}")


def _log_out(sent: AdminForm) -> str:
    """End whatever somebody has logged in to their account with, here and elsewhere."""
    account = _account_in(sent)
    sent.dashboard.book.log_out(account.name)
    _note(sent, "account.logged_out", account.name)
    return f"{account.name} is logged out everywhere."


def _remove(sent: AdminForm) -> str:
    account = _account_in(sent)
    if account.name == sent.who.name and sent.who.has_account:
        raise FormRefused("You can't remove yourself: let another admin do it.")
    sent.dashboard.book.remove(account.name)
    _note(sent, "account.removed", account.name)
    return f"{account.name} may not log in any more."


def _create_token(sent: AdminForm) -> Secret:
    name, days = sent.form.get("name", "").strip(), sent.form.get("days", "")
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise FormRefused("Say what the token is for.")
    if not (days.isascii() and days.isdecimal() and len(days) < 6 and 0 < int(days) <= _MOST_DAYS):
        raise FormRefused(f"A token is good for 1 to {_MOST_DAYS} days.")
    scope = _named(Scope, sent.form.get("scope", ""))
    role = _named(UserRole, sent.form.get("role", ""))
    if scope is Scope.WRITE and role < UserRole.OPERATOR:
        raise FormRefused("A viewer changes nothing: choose the role operator.")
    now, secret = sent.dashboard.clock(), TOKEN_PREFIX + token_urlsafe(_SECRET_BYTES)
    ends_at = now + timedelta(days=int(days))
    by, account = sent.who.name, sent.who.name if sent.who.has_account else ""
    made = ApiToken(name, digest_of(secret), scope, role, by, now, ends_at, account=account)
    if not sent.dashboard.book.add_token(made):
        raise FormRefused(f"There is a token {name} already.")
    _note(sent, "token.created", name, f"{scope.word} {role.word}")
    return Secret(f"The token of {name}, which is shown only now:", secret)


def _revoke_token(sent: AdminForm) -> str:
    name = sent.form.get("name", "")
    if not sent.dashboard.book.revoke(name):
        raise FormRefused("There is no such token.")
    _note(sent, "token.revoked", name)
    return f"{name} is refused from now on."


def _account_in(sent: AdminForm) -> UserAccount:
    """The account that the form names."""
    account = sent.dashboard.book.account(sent.form.get("name", "").strip().lower())
    if account is None:
        raise FormRefused("There is no such account.")
    return account


def _named(kind: type[Named], word: str) -> Named:
    """The role or scope that is written like this."""
    for one in kind:
        if one.word == word:
            return one
    raise FormRefused("Choose one of those that are offered.")


def _note(sent: AdminForm, action: str, subject: str, detail: str = "") -> None:
    note_action(sent.dashboard, sent.who, action, subject, detail)


ACCOUNT_ACTIONS: Mapping[str, Callable[[AdminForm], str | Secret]] = {
    "add": _add,
    "change": _change,
    "link": _link,
    "log-out": _log_out,
    "remove": _remove,
    "create-token": _create_token,
    "revoke-token": _revoke_token,
}
"""What the forms of the page do, by the last part of their path."""

PATH = "/accounts/do/{action}"
ROUTES = [Route(PATH, for_role(UserRole.ADMIN, act_on_accounts), methods=["POST"])]
