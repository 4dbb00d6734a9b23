"""Chromium, and the dashboard on a port of this machine for it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock
from tests.worlds.served_dashboard import ServedDashboard, WatchedPage

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
PATIENCE_MS = 1000 * int(os.environ.get("PATIENCE", "120"))
"""How long a step waits for what must come; none says how fast it comes."""

Open = Callable[..., WatchedPage]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"there is no browser at {CHROMIUM}: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    return office(tmp_path, clock)


@pytest.fixture
def served(made: Staged) -> Iterator[ServedDashboard]:
    """The dashboard as an operator sees it."""
    with ServedDashboard(made) as dashboard:
        yield dashboard


@pytest.fixture
def open_page(chromium: Browser, served: ServedDashboard) -> Iterator[Open]:
    """Opens a page of the dashboard, in a window of its own."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str, role: UserRole | None = UserRole.OPERATOR, **context: object
    ) -> WatchedPage:
        served.role = role
        window = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})  # type: ignore[arg-type]
        window.set_default_timeout(PATIENCE_MS)
        contexts.append(window)
        page: Page = window.new_page()
        watched = WatchedPage(page)
        page.goto(served.url + path)
        return watched

    yield opened
    for window in contexts:
        window.close()
