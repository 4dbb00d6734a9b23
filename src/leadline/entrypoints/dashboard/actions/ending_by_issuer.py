"""The issuer of the company's accounts ends sessions here: back-channel logout of OpenID Connect.

Its server asks, and no browser: neither a cookie nor an origin counts, but the signed token alone.
"""

import logging

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import form_of
from leadline.entrypoints.dashboard.guarding.access import BACK_CHANNEL
from leadline.entrypoints.dashboard.guarding.company import client_of
from leadline.entrypoints.dashboard.guarding.logins import attempt_to_log_out
from leadline.entrypoints.dashboard.guarding.sessions import who_has_account
from leadline.model.errors import TokenRefused
from leadline.model.staff.accounts import digest_of
from leadline.net.oauth.code_flow import CodeFlow, LoginClient
from leadline.net.oauth.logout_tokens import EndedLogin
from leadline.net.oauth.providers import ProviderError

log = logging.getLogger(__name__)

_AT_ONCE = CapacityLimiter(2)
"""Whoever sends many tokens is not to hold every thread."""
_FIELD = "logout_token"


async def log_out_by_issuer(request: Request) -> Response:
    """End the sessions that a logout token names: 200; 400 for one that does not count; 503 if
    nobody can say, because the issuer can't be reached."""
    dashboard = dashboard_of(request)
    client = client_of(dashboard.settings)
    if client is None:
        raise HTTPException(404)
    token = (await form_of(request)).get(_FIELD, "")
    flow: CodeFlow = request.app.state.code_flow
    address = request.client.host if request.client else ""
    try:
        await run_sync(_end, dashboard, flow, client, token, address, limiter=_AT_ONCE)
    except TokenRefused as error:
        log.warning("dashboard.logout_refused", extra={"reason": error.detail})
        return JSONResponse({"error": "invalid_request"}, 400)
    except ProviderError as error:
        log.warning("dashboard.issuer_failed", extra={"reason": str(error)})
        return JSONResponse({"error": "temporarily_unavailable"}, 503, {"retry-after": "10"})
    return Response(status_code=200)


def _end(
    dashboard: Dashboard, flow: CodeFlow, client: LoginClient, token: str, address: str
) -> None:
    """End the sessions. Raises TokenRefused, ProviderError, HTTPException (429)."""
    book, now = dashboard.book, dashboard.clock()
    attempts = attempt_to_log_out(book, address, now)
    if not attempts:
        raise HTTPException(429, headers={"retry-after": "60"})
    try:
        ended = flow.ended(client, token, now)
    except ProviderError:
        book.forgive(attempts)
        raise
    book.forgive(attempts)
    once = digest_of(f"oidc logout {ended.token}")
    if ended.token and not book.once(once, now):
        return  # it came twice, and was done
    try:
        _carry_out(dashboard, client.issuer, ended)
    except BaseException:
        book.forget_form(once)  # so that the issuer can send it again
        raise


def _carry_out(dashboard: Dashboard, issuer: str, ended: EndedLogin) -> None:
    for name in _ended_accounts(dashboard, issuer, ended):
        account = dashboard.book.account(name)
        if account is not None:
            who = who_has_account(account)
            note_action(dashboard, who, "dashboard.logout", detail="by the issuer")


def _ended_accounts(dashboard: Dashboard, issuer: str, ended: EndedLogin) -> set[str]:
    """The accounts whose sessions were ended. A subject without a session means all of them."""
    book = dashboard.book
    account = book.account_of(issuer, ended.subject) if ended.subject else None
    if ended.subject and account is None:
        return set()
    if ended.session:
        return set(book.end_of_issuer(ended.session, account.name if account else ""))
    if account is None:
        return set()
    book.log_out(account.name)
    return {account.name}


ROUTES = [Route(BACK_CHANNEL, log_out_by_issuer, methods=["POST"])]
