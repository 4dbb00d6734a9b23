"""The dashboard on a port of this machine, and what a browser says of its pages."""

import socket
import threading
from dataclasses import dataclass, field
from importlib.util import find_spec
from os import environ
from pathlib import Path
from types import TracebackType

from playwright.sync_api import ConsoleMessage, Page, Request
from starlette.requests import HTTPConnection

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.guarding.roles import KnownUser
from leadline.entrypoints.dashboard.process import DashboardServer
from leadline.installations.accounts import accounts_of
from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard import known_as
from tests.worlds.dashboard_leads import Staged


class ServedDashboard:
    """The dashboard of an office; whoever asks is known as somebody of `role` (None: nobody is)."""

    def __init__(self, office: Staged, zone: str = "UTC") -> None:
        self.role: UserRole | None = UserRole.OPERATOR
        self._office = office
        self._zone = zone
        self._port = 0
        self.start()

    async def _door(self, connection: HTTPConnection) -> KnownUser | None:
        if self.role is None:
            return None
        return await known_as("ada", self.role, self._zone)(connection)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Serve, on the port that it had before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        listener.listen()
        office = self._office
        accounts = accounts_of(office.installation.loaded().settings)
        app = create_app(
            Dashboard(office.installation, accounts, clock=office.clock, door=self._door)
        )
        self._server = DashboardServer(app)
        self._thread = threading.Thread(target=self._server.run, args=[listener])
        self._thread.start()

    def stop(self) -> None:
        self._server.stop()
        self._thread.join()

    def __enter__(self) -> "ServedDashboard":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


@dataclass
class WatchedPage:
    """A page in a browser, with all that it complains of and loads."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # it was under way when the page was left
            self.complaints.append(f"{request.url}: {request.failure}")

    def violations(self) -> list[str]:
        """What axe-core finds, all rules on."""
        self.page.evaluate(_axe())
        found = self.page.evaluate("axe.run()")["violations"]
        return [f"{v['id']}: {n['html'][:200]} {n['any']}" for v in found for n in v["nodes"]]

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(width))


def _axe() -> str:
    """The script of axe-core: of a development package, or the file that AXE names."""
    if named := environ.get("AXE"):
        return Path(named).read_text()
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text()
