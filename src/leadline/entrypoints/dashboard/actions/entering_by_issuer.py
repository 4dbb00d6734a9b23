"""Logging in and out by the issuer of the company's accounts (OpenID Connect)."""

import logging

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.dashboard import dashboard_of, note_action
from leadline.entrypoints.dashboard.guarding.access import LOGIN, LOGIN_BY_ISSUER
from leadline.entrypoints.dashboard.guarding.attempts import (
    LASTS,
    attempt_in,
    lead_of_attempt,
    new_attempt,
    set_attempt,
)
from leadline.entrypoints.dashboard.guarding.company import (
    RETURN,
    NoRole,
    account_logged_in,
    client_of,
    role_of,
)
from leadline.entrypoints.dashboard.guarding.logins import attempt_by_issuer, begin
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, Who
from leadline.entrypoints.dashboard.guarding.security import is_host_of_url
from leadline.entrypoints.dashboard.guarding.sessions import set_cookie, who_has_account
from leadline.entrypoints.dashboard.guarding.wanted import LEAD, lead_wanted, page_wanted
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.model.errors import TokenRefused
from leadline.model.staff.accounts import digest_of
from leadline.net.oauth.code_flow import CodeFlow, LoginAttempt, LoginClient
from leadline.net.oauth.logout_tokens import session_digest
from leadline.net.oauth.providers import ProviderError

log = logging.getLogger(__name__)

LOGOUT_BY_ISSUER = f"{LOGIN_BY_ISSUER}/logout"
_LONGEST = 4096
_AT_ONCE = CapacityLimiter(4)
"""An issuer that is slow is not to hold every thread."""


class _Refused(Exception):
    """Nobody was logged in: the status of the answer, why (as the log says it), and words for the
    page."""

    def __init__(self, status: int, reason: str, words: str) -> None:
        super().__init__(words)
        self.status, self.reason, self.words = status, reason, words


def _is_answered(request: Request) -> tuple[LoginAttempt, dict[str, str]]:
    """The attempt that a request answers, and what the issuer says. Raises _Refused."""
    pairs = request.query_params.multi_items()
    said = {name: value for name, value in pairs if len(value) <= _LONGEST}
    attempt = attempt_in(request, dashboard_of(request).clock())
    is_clear = len(said) == len(pairs)  # nothing twice, and nothing that is too long
    if attempt is None or not is_clear or not attempt.is_answered_by(said.get("state", "")):
        raise _Refused(
            400,
            "not_begun",
            "This login was not begun in this browser, or more than ten minutes ago.",
        )
    return attempt, said


def _client(request: Request) -> LoginClient:
    client = client_of(dashboard_of(request).settings)
    if client is None:
        raise HTTPException(404)
    return client


def _flow(request: Request) -> CodeFlow:
    flow = request.app.state.code_flow
    assert isinstance(flow, CodeFlow)  # noqa: S101 - `create_app` put it there
    return flow


async def begin_login(request: Request) -> Response:
    """Send the browser to the issuer. `?another` lets it ask for another of its accounts."""
    client, settings = _client(request), dashboard_of(request).settings
    lead = lead_wanted(request)
    if request.state.known is not None:
        return RedirectResponse(page_wanted(lead), 303)
    if not is_host_of_url(request.headers["host"], settings):
        # The issuer sends browsers back to our URL, where a cookie of this host would not be sent.
        if "moved" in request.query_params:
            raise HTTPException(400, "The proxy in front of the dashboard must pass on Host.")
        moved = f"{LOGIN_BY_ISSUER}?moved{f'&{LEAD}={lead}' if lead else ''}"
        return RedirectResponse(settings.dashboard_url + moved, 303)
    attempt = new_attempt(dashboard_of(request).clock(), lead)
    prompt = "select_account" if "another" in request.query_params else ""
    try:
        url = await run_sync(_flow(request).login_url, client, attempt, prompt, limiter=_AT_ONCE)
    except ProviderError as error:
        return _told(request, _unavailable(request, error))
    answer = RedirectResponse(url, 303)
    set_attempt(request, answer, attempt.secret, LASTS)
    return answer


async def end_login(request: Request) -> Response:
    """Log in whom the issuer sends back. The address of the answer is good for nothing more."""
    client = _client(request)
    try:
        attempt, said = _is_answered(request)
    except _Refused as why:
        return _told(request, why)
    try:
        session = await run_sync(_log_in, request, client, attempt, said, limiter=_AT_ONCE)
    except _Refused as why:
        answer = _told(request, why)
    except ProviderError as error:
        answer = _told(request, _unavailable(request, error))
    else:
        answer = RedirectResponse(page_wanted(lead_of_attempt(attempt)), 303)
        set_cookie(request, answer, session)
    set_attempt(request, answer)
    return answer


def _log_in(
    request: Request, client: LoginClient, attempt: LoginAttempt, said: dict[str, str]
) -> str:
    """The secret of the session of whom the issuer has logged in; the session that the browser had
    before ends. Raises _Refused and ProviderError."""
    dashboard = dashboard_of(request)
    book, now, name = dashboard.book, dashboard.clock(), dashboard.settings.dashboard_oidc_name
    address = request.client.host if request.client else ""
    attempts = attempt_by_issuer(book, address, now)
    if not attempts:
        words = "There were too many attempts. Try again in a quarter of an hour."
        raise _Refused(429, "too_often", words)
    if not book.once(digest_of(f"oidc:{attempt.secret}"), now):
        raise _Refused(400, "used", "This login has ended already.")
    if "error" in said or not said.get("code"):
        raise _Refused(403, "denied", f"{name} did not log you in.")
    try:
        flow, named = _flow(request), said.get("iss", "")
        identity = flow.identity(
            client, attempt, said["code"], named, now,
            lambda one: role_of(dashboard.settings, one) is not None,
        )  # fmt: skip
        account = account_logged_in(dashboard, identity)
    except TokenRefused as error:
        log.warning("dashboard.token_refused", extra={"reason": error.detail})
        raise _Refused(403, "token", "What came back can't be believed.") from None
    except NoRole as error:
        raise _Refused(403, "no_role", _no_role(str(error))) from None
    except ProviderError:
        book.forgive(attempts)  # which was not theirs
        raise
    book.forgive(attempts)
    note_action(dashboard, who_has_account(account), "dashboard.login", detail="issuer")
    before: KnownUser | None = request.state.known
    if before is not None:
        book.end(before.session)
    at_issuer = session_digest(identity.issuer, identity.session)
    lasts = dashboard.settings.dashboard_sessions
    return begin(book, account.name, now, lasts, of_issuer=at_issuer)


def _no_role(name: str) -> str:
    known = f" ({name})" if name else ""
    return (
        f"Your account{known} may not use this dashboard. Ask whoever runs it to give it a role, "
        "or log in with another account."
    )


def _unavailable(request: Request, error: ProviderError) -> _Refused:
    log.warning("dashboard.issuer_failed", extra={"reason": str(error)})
    name = dashboard_of(request).settings.dashboard_oidc_name
    words = f"Nobody can log in with {name} now: its server can't be reached, or refuses us."
    return _Refused(503, "unavailable", words)


def _told(request: Request, why: _Refused) -> Response:
    """The page of a login that failed: what to do instead."""
    if why.status != 503:
        log.warning("dashboard.login_failed", extra={"reason": why.reason})
    answer = render_page(
        request, "refused.html", title="You are not logged in", words=why.words,
        again=LOGIN_BY_ISSUER, login=LOGIN, is_role=why.reason == "no_role", status=why.status,
    )  # fmt: skip
    if why.status in (429, 503):
        answer.headers["retry-after"] = "10"
    return answer


def can_log_out_there(request: Request, who: Who) -> bool:
    """Whether the issuer that somebody logs in by is known to offer a logout."""
    issuer = dashboard_of(request).settings.dashboard_oidc_issuer
    is_ours = bool(issuer) and who.issuer == issuer
    provider = _flow(request).known(issuer) if is_ours else None
    return provider is not None and bool(provider.end_session_endpoint)


async def log_out_there(request: Request) -> Response:
    """Send the browser to the issuer, to log out there, too."""
    client, dashboard = _client(request), dashboard_of(request)
    back = dashboard.settings.dashboard_url + LOGIN
    try:
        url = await run_sync(_flow(request).logout_url, client, back, limiter=_AT_ONCE)
    except ProviderError as error:
        return _told(request, _unavailable(request, error))
    return RedirectResponse(url or LOGIN, 303)


ROUTES = [
    Route(LOGIN_BY_ISSUER, begin_login),
    Route(RETURN, end_login),
    Route(LOGOUT_BY_ISSUER, log_out_there),
]
