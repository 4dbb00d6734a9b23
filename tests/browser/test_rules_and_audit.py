"""RULES and AUDIT in a real browser: what is tried, watched and verified there."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from leadline.model.staff.accounts import UserRole
from tests.browser.conftest import Open
from tests.worlds.dashboard_leads import EVIL, Staged, office
from tests.worlds.leads import HandClock

pytestmark = pytest.mark.browser

RULES = """
[people.ada]
email = "ada@example.com"
[people.bob]
email = "bob@example.com"
[rules.large]
when = ["company contains analytical"]
assign = ["ada", "bob"]
"""


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    (tmp_path / "leadline.toml").write_text(RULES)
    return office(tmp_path, clock)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("script", [True, False])
def test_a_payload_is_tried(script: bool, scheme: str, open_page: Open) -> None:
    shown = open_page("/rules", color_scheme=scheme, java_script_enabled=script)
    page = shown.page
    page.get_by_label("A payload").fill('{"email": "z@example.com", "company": "Analytical Ltd"}')
    page.get_by_role("button", name="Explain the payload").click()
    expect(page.locator("main")).to_contain_text("large fits: it assigns it")
    page.get_by_label("Changed settings").fill(EVIL)
    page.get_by_role("button", name="Check the settings").click()
    expect(page.get_by_text("This could not be tried:")).to_be_visible()
    if script:
        assert page.evaluate("window.hurt") is None
        assert shown.violations() == []


def test_a_file_of_settings_is_read_in_the_browser(tmp_path: Path, open_page: Open) -> None:
    page = open_page("/rules").page
    page.get_by_label("Settings from a file").set_input_files(tmp_path / "leadline.toml")
    expect(page.get_by_label("Changed settings")).to_have_value(RULES)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_rules_fit_with_what_was_tried(width: int, open_page: Open) -> None:
    shown = open_page("/rules", viewport={"width": width, "height": 844})
    page = shown.page
    page.get_by_label("Changed settings").fill(RULES + '[rules.never]\nassign = ["ada"]\n')
    page.get_by_role("button", name="Check the settings").click()
    expect(page.locator("main")).to_contain_text("rules.never")
    assert shown.overflow <= 0
    assert shown.violations() == []


def test_the_log_is_filtered_and_verified(open_page: Open) -> None:
    open_page("/leads")  # which is a look
    shown = open_page("/audit", UserRole.ADMIN)
    page = shown.page
    expect(page.locator(".rows tbody tr")).not_to_have_count(0)
    page.locator("#what").fill("look_leads")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".rows tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("the log is whole")).to_be_visible()
    assert shown.violations() == []
    assert shown.complaints == []
    narrow = open_page("/audit", UserRole.ADMIN, viewport={"width": 390, "height": 844})
    assert narrow.overflow <= 0
