"""Every page in the table, as each role sees it."""

from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.pages import PAGES, DashboardPage
from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard import CSRF, Browser, dashboard_for, embedded


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
@pytest.mark.parametrize("role", UserRole)
def test_a_page_is_shown_to_those_who_may_see_it(
    page: DashboardPage, role: UserRole, tmp_path: Path
) -> None:
    shown = Browser(dashboard_for(tmp_path, role)).get(page.path)
    assert shown.status == (200 if role >= page.lowest else 403)
    assert page.title in shown.text or shown.status == 403


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_nobody_sees_a_page_without_a_login(page: DashboardPage, tmp_path: Path) -> None:
    browser = Browser(create_app(Dashboard(embedded(tmp_path))))
    shown = browser.get(page.path)
    assert (shown.status, shown.headers["location"]) == (303, "/login")
    assert not shown.body
    by_htmx = browser.get(page.path, hx_request="true")
    assert (by_htmx.status, by_htmx.headers["hx-redirect"]) == (401, "/login")


def test_unknown_addresses_are_answered_in_words(tmp_path: Path) -> None:
    browser = Browser(dashboard_for(tmp_path))
    shown = browser.get("/<script>alert(1)</script>")
    assert shown.status == 404
    assert "There is no such page" in shown.text
    assert "alert(1)" not in shown.text
    assert browser.post("/", {"csrf": CSRF}).status == 405


@pytest.mark.parametrize(
    "path",
    ["../app.py", "..%2fapp.py", "/etc/passwd", "....//app.py", "vendored", "\x00", "x/../../a"],
)  # fmt: skip
def test_static_files_are_those_of_their_folder_alone(path: str, tmp_path: Path) -> None:
    app = dashboard_for(tmp_path)
    digest = app.state.static.digest
    assert Browser(app).get(f"/static/{digest}/{path}").status == 404


def test_browsers_keep_static_files_until_they_change(tmp_path: Path) -> None:
    app = dashboard_for(tmp_path)
    for name in app.state.static.files:
        shown = Browser(app).get(app.state.static.url(name))
        assert shown.status == 200
        assert "immutable" in shown.headers["cache-control"]
    assert Browser(app).get("/static/0123456789abcdef/dashboard.css").status == 404
