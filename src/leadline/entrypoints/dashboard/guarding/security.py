"""The perimeter of the dashboard: which hosts, origins and proxies it believes, and what browsers
may do with its pages.

A page on this machine's loopback is within reach of every website that its user opens, and a proxy
makes everybody local. So a request counts only if it names one of our own hosts (against DNS
rebinding), and a change only if our own page sent it: with our origin, and the session's token.
"""

import asyncio
import hmac
import logging
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.forms import FORM, fields_in
from leadline.entrypoints.dashboard.guarding.access import BACK_CHANNEL
from leadline.entrypoints.dashboard.guarding.clients import plain_address
from leadline.entrypoints.dashboard.guarding.problems import problem_answer
from leadline.entrypoints.dashboard.guarding.roles import KnownUser
from leadline.entrypoints.dashboard.guarding.sessions import API
from leadline.model.texts.origins import origin_of
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    # `no-referrer` would make browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Of every answer."""
MOST_OF_STRANGER = 16 << 10
"""The most bytes of a form by somebody who has not logged in: a name, a password."""
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]"))
_READING = frozenset(("GET", "HEAD", "OPTIONS"))
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded")


class Perimeter:
    """ASGI middleware, the outermost: reads what trusted proxies say, refuses foreign hosts and
    large bodies, and adds `HEADERS`. Pages and everything that says who somebody is are not to be
    cached (`no-store`), unless the answer says otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        settings = dashboard_of(Request(scope)).settings
        believe_proxies(scope, settings)
        sending = _Adding(send)
        if refusal := _refusal(scope, settings):
            await refusal(scope, receive, sending)
            return
        limit_s = settings.receive_timeout.total_seconds()
        await self._app(scope, Limited(receive, settings.max_body, limit_s), sending)


class _Adding:
    """Sends an answer with the headers that every answer has."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
        await self._send(message)


class Limited:
    """Receives a body that is not too large, and that comes in time; raises HTTPException (413,
    408) otherwise. *most* are bytes, *limit_s* the seconds for all of it."""

    def __init__(self, receive: Receive, most: int, limit_s: float) -> None:
        self._receive = receive
        self._left = most
        self._until = asyncio.get_running_loop().time() + limit_s
        self._is_whole = False

    async def __call__(self) -> Message:
        """See ASGI."""
        if self._is_whole:  # then this waits for the end of the connection
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408, "This took too long to come.") from error
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, "This is too large.")
        self._is_whole = not message.get("more_body", False)
        return message


def believe_proxies(scope: Scope, settings: Settings) -> None:
    """Put what a trusted proxy says of the client, the scheme and the host in place of its own, and
    remove what anybody else says of them."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    said = {name: value.decode("latin-1") for name, value in headers if name in _FORWARDED}
    address = plain_address((scope.get("client") or ("", 0))[0])
    scope["headers"] = [pair for pair in headers if pair[0] not in _FORWARDED]
    if not said or not _is_trusted(address, settings):
        return
    hops = [one for one in said.get(b"x-forwarded-for", "").split(",") if one.strip()]
    while hops and _is_trusted(address, settings):
        address = plain_address(hops.pop())
    scope["client"] = (address, 0)
    proto = said.get(b"x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    if proto in ("http", "https"):
        scope["scheme"] = proto
    if host := said.get(b"x-forwarded-host", "").rpartition(",")[2].strip():
        others = [pair for pair in scope["headers"] if pair[0] != b"host"]
        scope["headers"] = [(b"host", host.encode("latin-1")), *others]


def _is_trusted(address: str, settings: Settings) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in ip_network(one) for one in settings.dashboard_trusted_proxies)


def _refusal(scope: Scope, settings: Settings) -> Response | None:
    """The answer to a request with a foreign host, or a body that says itself that it is too large;
    None if it is to be answered."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 or not is_own_host(hosts[0], settings):
        return PlainTextResponse(
            "The dashboard is not at this address. Open it as localhost, or set `url` in "
            "[dashboard] to the address at which it is reached.\n",
            421,
        )
    if settings.dashboard_url.startswith("https:") and is_host_of_url(hosts[0], settings):
        scope["scheme"] = "https"  # browsers reach that host by https alone
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if not length.isdigit() or int(length) > settings.max_body:
        if scope["path"].startswith(API):
            return problem_answer(413, "The body is too large.")
        return PlainTextResponse("This is too large.\n", 413)
    return None


def is_own_host(host: str, settings: Settings) -> bool:
    """Whether a `Host` header names this machine's loopback, on any port (it may be forwarded), or
    the URL of the settings."""
    host = host.lower()
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not name:
        name, port = host, ""
    if name in _LOOPBACK and (not port or port.isdigit()):
        return True
    return is_host_of_url(host, settings)


def is_host_of_url(host: str, settings: Settings) -> bool:
    """Whether a `Host` header names the URL of the settings."""
    own = urlsplit(settings.dashboard_url)
    usual = {"http": ":80", "https": ":443"}.get(own.scheme, "")
    given = host.lower().removesuffix(usual)
    return bool(own.netloc) and given == own.netloc.lower().removesuffix(usual)


class Guard:
    """ASGI middleware inside of `access.Access`: a request that may change something must come from
    our own page, with the token of the session. Programs with tokens of their own are asked for
    neither, since no page can make a browser send these."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises HTTPException (403)."""
        if scope["type"] == "http" and scope["method"] not in _READING:
            request = Request(scope)
            if request.state.known is None:  # a stranger makes us keep no more than a login
                receive = _of_stranger(request, receive)
            receive = await _checked(Request(scope, receive), receive)
        await self._app(scope, receive, send)


def _of_stranger(request: Request, receive: Receive) -> Receive:
    settings = dashboard_of(request).settings
    most = min(settings.max_body, MOST_OF_STRANGER)
    return Limited(receive, most, settings.receive_timeout.total_seconds())


async def _checked(request: Request, receive: Receive) -> Receive:
    """The rest of a request that comes from our own page, or from a program that may write."""
    if request.url.path == BACK_CHANNEL:  # by a server, whose signed token alone counts
        return receive
    known: KnownUser | None = request.state.known
    if known is not None and not known.may_write:
        raise HTTPException(403, "This token may only read.")
    if known is not None and not known.csrf:
        return receive
    _refuse_foreign_origin(request)
    if known is None:  # a login: there is no session yet that another page could use
        return receive
    token, receive = await _csrf_in(request, receive)
    if not hmac.compare_digest(token.encode(), known.csrf.encode()):
        raise HTTPException(403, "This page is too old: load it again.")
    return receive


def _refuse_foreign_origin(request: Request) -> None:
    said = request.headers.get("origin", "")
    own = origin_of(f"{request.url.scheme}://{request.headers['host']}")
    if not said or said == "null" or origin_of(said) != own:
        raise HTTPException(403, "Only pages of the dashboard itself may do that.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "Only pages of the dashboard itself may do that.")


async def _csrf_in(request: Request, receive: Receive) -> tuple[str, Receive]:
    """The token that a request carries, in a header or a field of its form, and its body again."""
    if token := request.headers.get(CSRF_HEADER, ""):
        return token, receive
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return "", receive
    body = await request.body()

    bodies: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return bodies.pop() if bodies else await receive()

    return fields_in(body).get(CSRF_FIELD, ""), again
