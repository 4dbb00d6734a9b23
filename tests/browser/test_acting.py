"""What people do on pages: retry dead letters, act on a lead, and meet each other there."""

import pytest
from playwright.sync_api import expect

from leadline.model.staff.accounts import UserRole
from tests.browser.conftest import Open
from tests.worlds.dashboard_leads import Staged

pytestmark = pytest.mark.browser


def test_a_retry_is_confirmed_watched_and_done(open_page: Open) -> None:
    shown = open_page("/dead")
    page = shown.page
    page.get_by_role("link", name="Retry 2… of contact.blank").click()
    expect(page.locator("main")).to_contain_text("would do again2 leads")
    page.get_by_role("button", name="Retry 2 leads").click()
    expect(page.get_by_text("Done: 2 leads retried.")).to_be_visible()
    assert shown.violations() == []
    assert shown.complaints == []
    page.get_by_role("link", name="To the dead letters").click()
    expect(page.get_by_text("No dead letters")).to_be_visible()


def test_some_are_chosen_by_the_keyboard(open_page: Open) -> None:
    page = open_page("/dead?reason=contact.blank").page
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-chosen]")).to_have_text("2")
    page.get_by_label("Select all on this page").uncheck()
    page.locator("h1").click()
    for key in ("j", "j", "x"):  # the reason, the first lead, chosen
        page.keyboard.press(key)
    expect(page.locator("[data-chosen]")).to_have_text("1")
    page.get_by_role("button", name="Retry those selected").click()
    expect(page.locator("main")).to_contain_text("1 lead selected: 1 lead.")


def test_a_retry_needs_no_javascript(open_page: Open) -> None:
    page = open_page("/dead/retry?reason=contact.blank", java_script_enabled=False).page
    page.get_by_role("button", name="Retry 2 leads").click()
    expect(page.get_by_text("Begun")).to_be_visible()


def test_two_people_act_on_one_lead(made: Staged, open_page: Open) -> None:
    path = f"/leads/{made.ids['told']}"
    first, second = open_page(path).page, open_page(path).page
    first.get_by_role("button", name="Claim").click()
    expect(first.get_by_text("It is yours.")).to_be_visible()
    second.get_by_role("button", name="Junk").click()
    expect(second.get_by_role("alert").filter(has_text="Nothing was done.")).to_be_visible()
    expect(second.get_by_role("button", name="Claim")).to_have_count(0)


def test_what_was_done_is_said_once_however_often_the_form_is_sent(
    made: Staged, open_page: Open
) -> None:
    page = open_page(f"/leads/{made.ids['waiting']}").page
    page.get_by_role("button", name="Hold").dblclick()
    expect(page.get_by_text("On hold: it is refined when")).to_be_visible()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("It is due when its wait ends.")).to_be_visible()


def test_a_viewer_has_nothing_to_press(made: Staged, open_page: Open) -> None:
    for path in (f"/leads/{made.ids['told']}", "/dead?reason=contact.blank", "/leads", "/"):
        page = open_page(path, UserRole.VIEWER).page
        forms = "main form[method=post]:not([action^='/leads/views'])"  # views are their own
        expect(page.locator(forms)).to_have_count(0)
        expect(page.get_by_text("Ada Vance")).to_have_count(0)
