"""Acting on many leads, and saving views, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from leadline.model.staff.accounts import UserRole
from tests.browser.conftest import Open
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock
from tests.worlds.served_dashboard import WatchedPage

pytestmark = pytest.mark.browser

PEOPLE = """
[people.ann]
email = "ann@example.com"
"""


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    (tmp_path / "leadline.toml").write_text(PEOPLE)
    return office(tmp_path, clock)


def complaints(shown: WatchedPage) -> list[str]:
    """What the browser complains of, but for the stream of LEADS, which ends with the page."""
    return [one for one in shown.complaints if "/live/events" not in one]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_leads_are_selected_assigned_and_given_back(scheme: str, open_page: Open) -> None:
    shown = open_page("/leads?source=generic&status=alerted&q=vance", color_scheme=scheme)
    page = shown.page
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-chosen]")).to_have_text("2")
    page.get_by_label("Assign to", exact=True).select_option("ann")
    page.get_by_role("button", name="Assign to…").click()
    expect(page.locator("main")).to_contain_text("Would be assigned2 leads")
    assert shown.violations() == []
    page.get_by_role("button", name="Assign to ann: 2 leads").click()
    expect(page.get_by_text("Done: 2 leads assigned.")).to_be_visible()
    assert shown.violations() == []
    page.get_by_role("button", name="Undo: 2 leads").click()
    expect(page.get_by_text("Done: 2 leads given back what they had.")).to_be_visible()
    page.get_by_role("link", name="All bulk actions").click()
    expect(page.locator("main")).to_contain_text("undone")
    assert shown.violations() == []
    assert complaints(shown) == []


def test_rows_are_selected_by_keys_and_by_shift_and_click(open_page: Open) -> None:
    page = open_page("/leads").page
    page.locator("h1").click()
    for key in ("j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-chosen]")).to_have_text("1")
    boxes = page.locator("tbody input[type=checkbox]")
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-chosen]")).to_have_text("4")
    boxes.nth(1).click()
    expect(page.locator("[data-chosen]")).to_have_text("3")


def test_nothing_selected_does_not_mean_all(open_page: Open) -> None:
    page = open_page("/leads").page
    page.get_by_role("button", name="Junk…").click()
    expect(page.get_by_text("Choose at least one lead first.")).to_be_visible()


def test_all_that_match_are_held_without_javascript(open_page: Open) -> None:
    page = open_page("/leads?status=waiting", java_script_enabled=False).page
    page.get_by_label("All 2 that match").check()
    page.get_by_role("button", name="Hold…").click()
    expect(page.locator("main")).to_contain_text("it is on hold already")
    page.get_by_role("button", name="Hold: 1 lead").click()
    expect(page.get_by_text("Begun")).to_be_visible()


def test_a_selection_is_downloaded_and_the_page_stays_usable(open_page: Open) -> None:
    page = open_page("/leads?q=vance").page
    page.get_by_label("Select all on this page").check()
    with page.expect_download() as download:
        page.locator("fieldset").get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.startswith("leads-")
    expect(page.get_by_role("button", name="Claim…")).to_be_enabled()


def test_two_people_act_on_the_same_leads(made: Staged, open_page: Open) -> None:
    del made
    first, second = (open_page("/leads?status=alerted&q=vance").page for _ in range(2))
    for page, name in ((first, "Junk…"), (second, "Claim…")):
        page.get_by_label("Select all on this page").check()
        page.get_by_role("button", name=name).click()
    first.get_by_role("button", name="Junk: 2 leads").click()
    expect(first.get_by_text("Done: 2 leads marked as junk.")).to_be_visible()
    second.get_by_role("button", name="Claim: 2 leads").click()
    expect(second.get_by_text("Done: 0 leads claimed, 2 skipped.")).to_be_visible()
    expect(second.locator("main")).to_contain_text("others changed it since it was looked at")


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.OPERATOR])
def test_a_view_is_saved_opened_by_default_and_deleted(role: UserRole, open_page: Open) -> None:
    shown = open_page("/leads?status=dead", role)
    page = shown.page
    page.get_by_text("Save as a view").click()
    page.get_by_label("Name of the view").fill("Broken ones")
    page.get_by_label("Open LEADS with it").check()
    page.get_by_role("button", name="Save the view").click()
    view = page.get_by_role("navigation", name="Saved views").get_by_role("link")
    expect(view).to_have_attribute("aria-current", "true")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Leads").click()
    expect(page.locator("#status")).to_have_value("dead")
    assert shown.violations() == []
    page.get_by_role("link", name="Remove all").click()
    expect(page.locator("#status")).to_have_value("")
    page.get_by_text("or change views").click()
    page.get_by_role("link", name="Change views").click()
    assert shown.violations() == []
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("It is deleted.")).to_be_visible()
    assert complaints(shown) == []


def test_the_new_parts_fit_a_narrow_window(open_page: Open) -> None:
    shown = open_page("/leads", viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = shown.page
    page.get_by_text("Save as a view").click()
    assert shown.overflow <= 0
    assert shown.violations() == []
    page.get_by_label("All 7 that match").check()
    page.get_by_role("button", name="Claim…").click()
    expect(page.locator("main")).to_contain_text("Would be skipped")
    assert shown.overflow <= 0
    assert shown.violations() == []
