"""Lets nobody see a page who has not logged in."""

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.guarding.problems import problem_answer
from leadline.entrypoints.dashboard.guarding.sessions import API, known_by_secret
from leadline.entrypoints.dashboard.guarding.wanted import lead_of_page, with_lead

LIVEZ, LOGIN, LINK, STATIC = "/livez", "/login", "/link/", "/static/"
OPENAPI = "/openapi.json"
LOGIN_BY_ISSUER = f"{LOGIN}/oidc"
BACK_CHANNEL = f"{LOGIN_BY_ISSUER}/backchannel"
"""Where the issuer's server tells of logouts; no browser asks it."""
OPEN = (LIVEZ, LOGIN, LOGIN_BY_ISSUER, f"{LOGIN_BY_ISSUER}/", LINK, STATIC, OPENAPI)
"""The paths, or their beginnings, that need no login."""


class Access:
    """ASGI middleware: says who makes each request (`request.state.known`), and stops those of
    nobody, except to open paths."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["known"] = None
        if not scope["path"].startswith((LIVEZ, STATIC)):
            connection = HTTPConnection(scope)
            door = dashboard_of(connection).door or known_by_secret
            state["known"] = await door(connection)
        if state["known"] is None and not _is_open(scope["path"]):
            await _refused(Request(scope))(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_open(path: str) -> bool:
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in OPEN)


def _refused(request: Request) -> Response:
    """The answer to nobody: a program gets 401; htmx leads the browser to the login; a browser that
    opens a page gets there by itself."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": LOGIN})
    if request.url.path.startswith(API):
        words = "Send a token: Authorization: Bearer TOKEN."
        return problem_answer(401, words, {"www-authenticate": "Bearer"})
    if request.method not in ("GET", "HEAD"):
        return JSONResponse({"detail": "Log in first."}, 401)
    return RedirectResponse(with_lead(LOGIN, lead_of_page(request.url.path)), 303)
