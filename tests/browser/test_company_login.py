"""Logging in with the company's accounts in a real browser: the issuer is another site."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from leadline.entrypoints.dashboard.process import DashboardServer
from tests.browser.conftest import PATIENCE_MS
from tests.standins.login_issuer import LoginIssuer
from tests.worlds.dashboard import guarded_dashboard
from tests.worlds.served_dashboard import WatchedPage

pytestmark = pytest.mark.browser

ADA: dict[str, Any] = {
    "email": "ada@example.com", "email_verified": True, "groups": ["leadline-admins"],
}  # fmt: skip
EVE: dict[str, Any] = {"email": "eve@example.org", "email_verified": True}


@dataclass
class Front:
    """A dashboard at 127.0.0.1, and its issuer at localhost: for browsers these are two sites."""

    url: str
    issuer: LoginIssuer


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with LoginIssuer(f"{url}/login/oidc/return", host="localhost") as issuer:
            issuer.people = {"ada": ADA, "eve": EVE}
            app, accounts = guarded_dashboard(
                tmp_path, lambda: datetime.now(UTC), **issuer.settings()
            )
            server = DashboardServer(app)
            thread = threading.Thread(target=server.run, args=[listener])
            thread.start()
            yield Front(url, issuer)
            server.stop()
            thread.join()
            accounts.close()


@pytest.fixture
def shown(chromium: Browser) -> Iterator[WatchedPage]:
    window = chromium.new_context()
    window.set_default_timeout(PATIENCE_MS)
    yield WatchedPage(window.new_page())
    window.close()


def test_people_log_in_and_out_with_the_company_s_accounts(
    front: Front, shown: WatchedPage
) -> None:
    page = shown.page
    page.goto(f"{front.url}/login")
    assert shown.violations() == []
    page.get_by_role("link", name="Log in with Example Inc").click()
    page.get_by_role("link", name="ada").click()
    page.wait_for_url(f"{front.url}/")
    expect(page.get_by_text("ada@example.com (admin)")).to_be_visible()
    assert [one["name"].rpartition("-")[0] for one in page.context.cookies()] == ["leadline"]
    page.goto(f"{front.url}/account")
    expect(page.get_by_text("You log in with Example Inc")).to_be_visible()
    assert shown.violations() == []
    page.get_by_role("button", name="Log out", exact=True).click()
    expect(page.get_by_text("You are logged out here")).to_be_visible()
    assert shown.violations() == []
    page.get_by_role("link", name="log out there, too").click()
    page.wait_for_url(f"{front.url}/login")
    assert any(one.startswith("/logout?") for one in front.issuer.asked)
    assert not [one for one in shown.complaints if "Content Security Policy" in one]


def test_who_has_no_role_chooses_another_account(front: Front, shown: WatchedPage) -> None:
    page = shown.page
    page.goto(f"{front.url}/login/oidc")
    page.get_by_role("link", name="eve").click()
    expect(page.get_by_text("(eve@example.org) may not use this dashboard")).to_be_visible()
    assert shown.violations() == []
    page.get_by_role("link", name="Log in with another account").click()
    page.get_by_role("link", name="ada").click()
    expect(page.get_by_text("ada@example.com (admin)")).to_be_visible()


def test_a_login_that_another_site_begins_ends_in_an_account_of_the_browser_s_own(
    front: Front, shown: WatchedPage
) -> None:
    """An answer of the issuer that somebody else got, on a page of another site, logs nobody in."""
    page = shown.page
    front.issuer.person = "ada"
    page.goto(f"{front.url}/login/oidc")  # somebody logs in, and is answered at once
    expect(page.get_by_text("ada@example.com (admin)")).to_be_visible()
    answer = next(one for one in shown.requests if "/login/oidc/return" in one)
    page.context.clear_cookies()
    place = f"{front.issuer.url}/elsewhere"
    page.route(place, lambda route: route.fulfill(
        content_type="text/html", body=f'<a href="{answer.replace("&", "&amp;")}">look</a>'
    ))  # fmt: skip
    page.goto(place)
    page.get_by_role("link", name="look").click()
    expect(page.get_by_text("not begun in this browser")).to_be_visible()
    page.goto(f"{front.url}/")
    page.wait_for_url(f"{front.url}/login")
