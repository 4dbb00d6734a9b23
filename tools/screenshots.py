"""Write pictures of the dashboard, `docs/images/dashboard-*.png`, from the demo's made-up leads.

python tools/screenshots.py [FOLDER]    # docs/images by default; needs Chromium
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, sync_playwright
from starlette.requests import HTTPConnection

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, Who
from leadline.entrypoints.dashboard.process import DashboardServer
from leadline.entrypoints.demo import acts
from leadline.installations.accounts import accounts_of
from leadline.installations.embedded import Embedded
from leadline.model.staff.accounts import UserRole
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.loading import Loaded, load

IMAGES = Path(__file__).parent.parent / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DELAY = timedelta(seconds=4)
"""For how long a lead of the demo waits."""
ONLY_LIGHT = ("team", "response", "analytics", "rules")
"""The pages that are shown in one look alone."""
LOOKS = {
    "light": {"viewport": {"width": 1180, "height": 720}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1180, "height": 720}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 390, "height": 720}, "color_scheme": "light"},
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, _demo(Path(made) / "demo") as data:
        installation = _installation(Path(made), data)
        with _served(installation) as url, sync_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            for name, path in _paths(installation).items():
                looks = ["light"] if name in ONLY_LIGHT else list(LOOKS)
                _take(browser, f"{url}{path}", folder / f"dashboard-{name}", looks)
            browser.close()


def _installation(folder: Path, data: Path) -> Embedded:
    """The demo's data folder with its people, teams, rules and targets."""
    settings = msgspec.structs.replace(
        load({"data": data}, environ={}, folder=folder).settings,
        people=acts.sellers(),
        teams=acts.teams(),
        rules=acts.rules(),
        targets=acts.targets(DELAY),
    )
    return Embedded(Loaded(settings, ()), print)


@contextmanager
def _demo(data: Path) -> Iterator[Path]:
    """The demo after its last lead, still running; its data folder."""
    words = [sys.executable, "-m", "leadline.entrypoints.demo", "--keep", "--data", str(data)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        if not any("Ctrl-C ends it" in line for line in demo.stdout):
            sys.exit("the demo failed")
        try:
            yield data
        finally:
            demo.terminate()


def _paths(installation: Embedded) -> dict[str, str]:
    """The pages by name; the lead is the one to which most has happened."""
    with closing(installation.ledger()) as ledger:
        stories = [ledger.story(one.lead_id) for one in ledger.find(LeadFilter(limit=100))]
    most = max((one for one in stories if one), key=lambda one: len(one.timeline))
    return {
        "live": "/?range=1h",
        "leads": "/leads",
        "lead": f"/leads/{most.row.lead_id}",
        "dead": "/dead",
        "health": "/health",
        "team": "/team",
        "response": "/response",
        "analytics": "/analytics",
        "rules": "/rules",
    }


def _take(browser: Browser, url: str, path: Path, looks: Sequence[str]) -> None:
    for look in looks:
        window = browser.new_context(**LOOKS[look])  # type: ignore[arg-type]
        page = window.new_page()
        page.goto(url)
        page.screenshot(path=f"{path}-{look}.png")
        window.close()


@contextmanager
def _served(installation: Embedded) -> Iterator[str]:
    """The dashboard on a free port, for an operator who need not log in."""

    async def door(connection: HTTPConnection) -> KnownUser:
        del connection
        return KnownUser(Who("ines", UserRole.OPERATOR), "for-pictures")

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    accounts = accounts_of(installation.loaded().settings)
    server = DashboardServer(create_app(Dashboard(installation, accounts, door=door)))
    thread = threading.Thread(target=server.run, args=[listener])
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop()
        thread.join()


if __name__ == "__main__":
    main()
