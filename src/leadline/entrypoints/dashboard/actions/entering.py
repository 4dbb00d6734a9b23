"""Logging in, by a link or a password, and out."""

import logging

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.actions.entering_by_issuer import (
    LOGOUT_BY_ISSUER,
    can_log_out_there,
)
from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import form_of
from leadline.entrypoints.dashboard.guarding.access import LOGIN, LOGIN_BY_ISSUER
from leadline.entrypoints.dashboard.guarding.logins import (
    LoginFailure,
    begin,
    log_in,
    log_in_by_link,
)
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, Who, known_user
from leadline.entrypoints.dashboard.guarding.sessions import (
    forget_cookie,
    set_cookie,
    who_has_account,
)
from leadline.entrypoints.dashboard.guarding.wanted import lead_wanted, page_wanted, with_lead
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.model.staff.accounts import UserAccount, UserRole, digest_of

log = logging.getLogger(__name__)

_FAILED = {
    LoginFailure.WRONG: "There is no account with this name and password.",
    LoginFailure.TOO_OFTEN: "There were too many attempts. Try again in a quarter of an hour, or "
    "log in by a link: `leadline dashboard link` on the machine prints one.",
}
_AT_ONCE = CapacityLimiter(2)
"""Logins wait for each other (`passwords`), and are not to hold every thread meanwhile."""
_OUT = "out"
_STATUS = {LoginFailure.WRONG: 401, LoginFailure.TOO_OFTEN: 429}


async def login(request: Request) -> Response:
    """The form for name and password; who is logged in already is led on."""
    lead = lead_wanted(request)
    if request.state.known is not None:
        return RedirectResponse(page_wanted(lead), 303)
    if request.method != "POST":
        return _form(request)
    form = await form_of(request)
    name, password = form.get("name", ""), form.get("password", "")
    dashboard = dashboard_of(request)
    address = request.client.host if request.client else ""
    found = await run_sync(_log_in, dashboard, name, password, address, limiter=_AT_ONCE)
    if isinstance(found, LoginFailure):
        return _form(request, name[:100], _FAILED[found], _STATUS[found])
    answer = RedirectResponse(page_wanted(lead), 303)
    set_cookie(request, answer, found)
    return answer


def _form(request: Request, name: str = "", failed: str = "", status: int = 200) -> Response:
    """The form; who has just logged out may do so at the issuer, too."""
    settings, lead = dashboard_of(request).settings, lead_wanted(request)
    out_there = LOGOUT_BY_ISSUER if _OUT in request.query_params else ""
    return render_page(
        request, "login.html", title="Log in", name=name, failed=failed, status=status,
        company=settings.dashboard_oidc_name if settings.dashboard_oidc_issuer else "",
        by_issuer=with_lead(LOGIN_BY_ISSUER, lead), out_there=out_there,
        here=with_lead(LOGIN, lead),
    )  # fmt: skip


def _log_in(dashboard: Dashboard, name: str, password: str, address: str) -> str | LoginFailure:
    """The secret of the session of who has this name and password."""
    now, book = dashboard.clock(), dashboard.book
    found = log_in(book, name, password, address, now)
    if isinstance(found, UserAccount):
        note_action(dashboard, who_has_account(found), "dashboard.login")
        return begin(book, found.name, now, dashboard.settings.dashboard_sessions)
    log.warning("dashboard.login_failed", extra={"reason": found.value})
    return found


async def by_link(request: Request) -> Response:
    """A page with one button: programs that look at links in messages do not press it, so that the
    link stays good for who does."""
    secret, dashboard = request.path_params["secret"], dashboard_of(request)
    if request.method != "POST":
        link = await run_in_threadpool(dashboard.book.link, digest_of(secret), dashboard.clock())
        if link is None:
            raise HTTPException(410, "This link was used, or is over. Ask for another.")
        return render_page(request, "link.html", title="Log in", account=link.account or link.user)
    before: KnownUser | None = request.state.known
    session = await run_in_threadpool(_log_in_by_link, dashboard, secret, before)
    if session is None:
        raise HTTPException(410, "This link was used, or is over. Ask for another.")
    answer = RedirectResponse("/welcome", 303)
    set_cookie(request, answer, session)
    return answer


def _log_in_by_link(dashboard: Dashboard, secret: str, before: KnownUser | None) -> str | None:
    """The secret of the session of who has the link; None if it is used or over. The session that
    the browser had *before* ends."""
    now, book = dashboard.clock(), dashboard.book
    link = book.link(digest_of(secret), now)
    session = log_in_by_link(book, secret, now, dashboard.settings.dashboard_sessions)
    if session is not None and link is not None:
        account = book.account(link.account) if link.account else None
        who = (
            who_has_account(account) if account else Who(link.user, UserRole.ADMIN, kind="command")
        )
        note_action(dashboard, who, "dashboard.login", detail="link")
        if before is not None:
            book.end(before.session)
    return session


async def logout(request: Request) -> Response:
    """End the session."""
    known, dashboard = known_user(request), dashboard_of(request)

    def end() -> None:
        dashboard.book.end(known.session)
        note_action(dashboard, known.who, "dashboard.logout")

    await run_in_threadpool(end)
    is_asked = can_log_out_there(request, known.who)
    answer = RedirectResponse(f"{LOGIN}?{_OUT}" if is_asked else LOGIN, 303)
    forget_cookie(request, answer)
    return answer


ROUTES = [
    Route("/login", login, methods=["GET", "POST"]),
    Route("/link/{secret}", by_link, methods=["GET", "POST"]),
    Route("/logout", logout, methods=["POST"]),
]
