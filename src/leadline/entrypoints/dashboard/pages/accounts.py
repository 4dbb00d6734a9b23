"""ACCOUNTS: who may log in, and the tokens of programs."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import available_timezones

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.model.staff.accounts import ApiToken, Scope, UserAccount, UserRole

TOKEN_DAYS = 90
"""How many days a token is good, unless somebody says otherwise."""


class Secret(msgspec.Struct, frozen=True):
    """A link or token that is shown once: what to do with it, and what it is."""

    words: str
    value: str


class AccountsShown(msgspec.Struct, frozen=True):
    """What the page lists; `now` tells tokens that have ended."""

    accounts: Sequence[UserAccount]
    tokens: Sequence[ApiToken]
    now: datetime


async def accounts(request: Request) -> Response:
    """The page."""
    return await accounts_page(request)


async def accounts_page(
    request: Request, *, secret: Secret | None = None, done: str = "", failed: str = ""
) -> Response:
    """The page, and what came of a form on it."""
    dashboard = dashboard_of(request)
    found, settings = await run_in_threadpool(_found, dashboard), dashboard.settings
    return render_page(
        request, "accounts.html", title="Accounts", status=422 if failed else 200,
        found=found, secret=secret, done=done, failed=failed, roles=list(UserRole),
        scopes=list(Scope), people=list(settings.people), days=TOKEN_DAYS,
        company=settings.dashboard_oidc_name if settings.dashboard_oidc_issuer else "",
        zones=sorted(available_timezones()),
    )  # fmt: skip


def _found(dashboard: Dashboard) -> AccountsShown:
    book, now = dashboard.accounts, dashboard.clock()
    if book is None:
        return AccountsShown((), (), now)
    return AccountsShown(book.accounts(), book.tokens(), now)
