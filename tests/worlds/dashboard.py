"""The dashboard in memory, and a browser of a few lines that asks it, without a socket."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from leadline import wiring
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard, Door
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, Who
from leadline.installations.accounts import accounts_of
from leadline.installations.embedded import Embedded
from leadline.model.staff.accounts import UserRole
from leadline.ports.clock import Clock
from leadline.ports.dashboard.accounts import Accounts
from leadline.settings.loading import load

CSRF = "the-token-of-forms"
HERE = "http://localhost:8081"


class Shown(msgspec.Struct):
    """What was answered: status, headers (the last of each name), all cookies, and the body."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def embedded(folder: Path, **settings: str) -> Embedded:
    """A data folder with its file, and an installation on it."""
    loaded = load({"data": folder / "data", **settings}, environ={}, folder=folder)
    wiring.store(loaded.settings).close()
    return Embedded(loaded, lambda words: None)


def known_as(name: str, role: UserRole, zone: str = "UTC") -> Door:
    """A door that takes everybody for this one."""

    async def door(connection: HTTPConnection) -> KnownUser:
        return KnownUser(Who(name, role, zone), CSRF)

    return door


def dashboard_for(
    folder: Path, role: UserRole = UserRole.ADMIN, clock: Clock = lambda: datetime.now(UTC)
) -> Starlette:
    """The dashboard of an empty installation, as somebody of this role sees it."""
    installation = embedded(folder)
    return create_app(Dashboard(installation, clock=clock, door=known_as("ada", role)))


def guarded_dashboard(folder: Path, clock: Clock, **settings: str) -> tuple[Starlette, Accounts]:
    """The dashboard of an empty installation, which knows nobody who has not logged in, and its
    accounts."""
    installation = embedded(folder, **settings)
    accounts = accounts_of(installation.loaded().settings)
    return create_app(Dashboard(installation, accounts, clock=clock)), accounts


class Browser:
    """Asks an application, keeps its cookies, and sends the headers that browsers send."""

    def __init__(self, app: Starlette, origin: str = HERE, address: str = "127.0.0.1") -> None:
        self.app = app
        self.origin = origin
        self.address = address
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Shown:
        return self.ask("GET", path, headers)

    def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Shown:
        """Send a form of a page of the dashboard."""
        sent = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": self.origin,
            "sec-fetch-site": "same-origin",
            **headers,
        }
        return self.ask("POST", path, sent, urlencode(form or {}).encode())

    def post_pairs(self, path: str, pairs: Sequence[tuple[str, str]]) -> Shown:
        """Send a form of which a field may have several values."""
        sent = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": self.origin,
            "sec-fetch-site": "same-origin",
        }
        return self.ask("POST", path, sent, urlencode(pairs).encode())

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Shown:
        """Send a request with these headers, of which `_` stands for `-`, and "" for none."""
        given = {"host": urlsplit(self.origin).netloc}
        if body:
            given["content-length"] = str(len(body))
        if self.cookies:
            given["cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        given |= {name.replace("_", "-").lower(): v for name, v in (headers or {}).items()}
        sent = [(n.encode(), v.encode("latin-1")) for n, v in given.items() if v]
        shown = asyncio.run(_asked(self.app, method, path, sent, body, self.address))
        for cookie in shown.cookies:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
            if "max-age=0" in cookie.lower():
                del self.cookies[name]
        return shown


async def _asked(
    app: Starlette,
    method: str,
    path: str,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    address: str,
) -> Shown:
    url = urlsplit(path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": url.path,
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": headers,
        "client": (address, 50_000),
        "server": ("127.0.0.1", 8081),
        "state": {},
    }
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        if not parts:  # who asks stays until all is answered
            await asyncio.Event().wait()
        return parts.pop(0)

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    named = [(n.decode(), v.decode("latin-1")) for n, v in start["headers"]]  # type: ignore[attr-defined]
    return Shown(
        int(str(start["status"])),
        dict(named),
        [v for n, v in named if n == "set-cookie"],
        b"".join(bytes(one["body"]) for one in rest if one.get("body")),  # type: ignore[call-overload]
    )
