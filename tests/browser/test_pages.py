"""Every page of the dashboard in a real browser: no barrier, no complaint, no sideways scroll."""

import pytest
from playwright.sync_api import Response, expect

from leadline.entrypoints.dashboard.pages import PAGES
from leadline.model.staff.accounts import UserRole
from tests.browser.conftest import Open
from tests.worlds.dashboard_leads import HOSTILE, Staged

pytestmark = pytest.mark.browser

MOST_REQUESTS, MOST_BYTES = 6, 150_000
PATHS = [page.path for page in PAGES]
LOWEST = {page.path: page.lowest for page in PAGES}
OF_LEADS = ["told", "again", "dead", "held", "waiting", "evil"]


def role_for(path: str, role: UserRole = UserRole.OPERATOR) -> UserRole:
    """The role, or the lowest that may see a page."""
    return max(role, LOWEST.get(path, role))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_barrier_and_nothing_to_complain_of(
    path: str, scheme: str, open_page: Open
) -> None:
    shown = open_page(path, role_for(path), color_scheme=scheme)
    for summary in shown.page.locator("main details > summary").all():
        summary.click()
    assert shown.violations() == []
    assert shown.complaints == []
    assert shown.overflow <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", OF_LEADS)
def test_the_page_of_a_lead_has_no_barrier_and_nothing_to_complain_of(
    name: str, scheme: str, made: Staged, open_page: Open
) -> None:
    shown = open_page(f"/leads/{made.ids[name]}", color_scheme=scheme)
    for summary in shown.page.locator("main details > summary").all():
        summary.click()
    assert shown.violations() == []
    assert shown.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/dead?reason=contact.blank", "/dead/retry", "/leads?q=nobody", "/nowhere"]
)
def test_what_is_seen_on_the_way_has_no_barrier(path: str, scheme: str, open_page: Open) -> None:
    shown = open_page(path, color_scheme=scheme)
    assert shown.violations() == []
    assert shown.overflow <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_login_has_no_barrier(width: int, scheme: str, open_page: Open) -> None:
    window = {"width": width, "height": 800}
    shown = open_page("/login", None, color_scheme=scheme, viewport=window)
    expect(shown.page.get_by_label("Password")).to_be_visible()
    assert shown.violations() == []
    assert shown.complaints == []
    assert shown.overflow <= 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.OPERATOR])
def test_a_narrow_window_needs_no_sideways_scroll(
    path: str, role: UserRole, open_page: Open
) -> None:
    shown = open_page(path, role_for(path, role), viewport={"width": 390, "height": 844})
    assert shown.overflow <= 0
    assert shown.violations() == []


@pytest.mark.parametrize("name", OF_LEADS)
def test_a_lead_fits_into_a_narrow_window(name: str, made: Staged, open_page: Open) -> None:
    shown = open_page(f"/leads/{made.ids[name]}", viewport={"width": 390, "height": 844})
    assert shown.overflow <= 0


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_small_and_asks_for_few_things(path: str, open_page: Open) -> None:
    shown = open_page("/livez", role_for(path))
    answers: list[Response] = []
    shown.page.on("response", lambda answer: answers.append(answer))
    shown.page.goto(shown.page.url.replace("/livez", path), wait_until="load")
    asked = [url for url in shown.requests if not url.startswith("data:")][1:]
    assert len(asked) <= MOST_REQUESTS
    loaded = [one for one in answers if not one.url.endswith("/live/events")]  # which never ends
    assert sum(len(one.body()) for one in loaded) <= MOST_BYTES


def test_what_a_sender_wrote_does_nothing(made: Staged, open_page: Open) -> None:
    paths = [f"/leads/{made.ids['evil']}", f"/leads/{made.ids['dead']}", "/leads", "/"]
    for path in [*paths, *(path for path in PATHS if path not in paths)]:
        shown = open_page(path, role_for(path))
        for summary in shown.page.locator("main details > summary").all():
            summary.click()
        shown.page.mouse.move(400, 300)
        assert shown.page.evaluate("window.hurt") is None
        assert shown.complaints == []
        assert shown.page.locator("main a[href^='javascript']").count() == 0
    expect(open_page(f"/leads/{made.ids['evil']}").page.locator("h1")).to_contain_text(HOSTILE[0])


@pytest.mark.parametrize("path", PATHS)
def test_a_page_can_be_read_without_javascript(path: str, open_page: Open) -> None:
    shown = open_page(path, role_for(path), java_script_enabled=False)
    expect(shown.page.locator("h1")).to_be_visible()
    expect(shown.page.locator("nav[aria-label=Pages] a").first).to_be_visible()
    assert shown.page.locator("button[data-act]:visible").count() == 0


def test_leads_are_filtered_without_javascript(made: Staged, open_page: Open) -> None:
    page = open_page("/leads", java_script_enabled=False).page
    page.select_option("#status", "dead")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".rows tbody tr")).to_have_count(2)
    page.locator(".rows tbody a").first.click()
    expect(page.locator("main")).to_contain_text("contact.blank")
