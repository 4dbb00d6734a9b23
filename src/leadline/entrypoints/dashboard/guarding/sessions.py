"""Sessions of browsers, and tokens of programs: who makes a request."""

from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of
from leadline.entrypoints.dashboard.guarding.logins import csrf_of, is_idle, session_of
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, Who
from leadline.model.staff.accounts import Scope, Session, UserAccount, UserRole, digest_of

API = "/api"
"""The beginning of the paths that programs ask, with tokens; browsers have sessions there, too."""
_LONGEST_SECRET = 200
_SEEN_EVERY = timedelta(minutes=1)


async def known_by_secret(connection: HTTPConnection) -> KnownUser | None:
    """Who makes a request, by their session or token; None if they have none."""
    dashboard = dashboard_of(connection)
    token = _bearer(connection)
    if token:
        if not connection.url.path.startswith(API):
            return None
        return await run_in_threadpool(_known_by_token, dashboard, token)
    secret = connection.cookies.get(cookie_name(connection), "")
    if not secret or len(secret) > _LONGEST_SECRET:
        return None
    return await run_in_threadpool(_known_by_session, dashboard, secret)


def _bearer(connection: HTTPConnection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and len(token) <= _LONGEST_SECRET else ""


def _known_by_session(dashboard: Dashboard, secret: str) -> KnownUser | None:
    lasts = dashboard.settings.dashboard_sessions
    session = session_of(dashboard.book, secret, dashboard.clock(), lasts)
    if session is None:
        return None
    who = _who_has(dashboard, session)
    if who is None:
        return None
    return KnownUser(who, csrf_of(secret), session.digest, by_link=bool(session.user))


def still_known(dashboard: Dashboard, known: KnownUser) -> bool:
    """Whether a session goes on, and its account has the same role; this is no use of it."""
    lasts, now = dashboard.settings.dashboard_sessions, dashboard.clock()
    session = dashboard.book.session(known.session, now)
    if session is None or is_idle(session, now, lasts):
        return False
    return _who_has(dashboard, session) == known.who


def _who_has(dashboard: Dashboard, session: Session) -> Who | None:
    """Who has a session: an account, if it still exists, or the person at the machine."""
    if not session.account:
        return Who(session.user, UserRole.ADMIN, kind="command")
    account = dashboard.book.account(session.account)
    return None if account is None else who_has_account(account)


def who_has_account(account: UserAccount) -> Who:
    """The person with this account."""
    one = account
    return Who(one.name, one.role, one.zone, one.person, issuer=one.issuer)


def _known_by_token(dashboard: Dashboard, secret: str) -> KnownUser | None:
    now = dashboard.clock()
    digest = digest_of(secret)
    token = dashboard.book.token(digest, now)
    if token is None:
        return None
    if token.seen_at is None or now - token.seen_at >= _SEEN_EVERY:
        dashboard.book.seen(digest, now)
    who = Who(token.name, token.role, kind="token")
    return KnownUser(who, may_write=token.scope >= Scope.WRITE)


def cookie_name(connection: HTTPConnection) -> str:
    """The name of the session's cookie. Where it goes by https alone, its prefix keeps other hosts
    from setting it; elsewhere it has the port, as browsers do not tell ports apart."""
    if connection.url.scheme == "https":
        return "__Host-leadline"
    return f"leadline-{connection.url.port or 80}"


def set_cookie(request: Request, response: Response, secret: str) -> None:
    """Let the browser keep the session: until it is closed, or the session ends."""
    response.set_cookie(
        cookie_name(request),
        secret,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def forget_cookie(request: Request, response: Response) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(
        cookie_name(request),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
