"""Attempts on the page of a lead, in a real browser: folded, readable, inert, narrow."""

import pytest
from playwright.sync_api import expect

from leadline.model.staff.accounts import UserRole
from tests.browser.conftest import Open
from tests.entrypoints.dashboard.test_lead import tried
from tests.worlds.dashboard_leads import Staged

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_an_attempt_unfolds_without_a_barrier(
    scheme: str, width: int, made: Staged, open_page: Open
) -> None:
    tried(made)
    shown = open_page(
        f"/leads/{made.ids['told']}",
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    sent = shown.page.get_by_label("What was sent")
    expect(sent).to_be_hidden()
    shown.page.get_by_text("write_back generic, attempt 1: accepted").click()
    expect(sent).to_contain_text("Ada Vance")
    expect(shown.page.get_by_text("PATCH https://crm.example.com/leads/<17>")).to_be_visible()
    assert shown.violations() == []
    assert shown.complaints == []
    assert shown.overflow <= 0


def test_a_viewer_unfolds_no_words(made: Staged, open_page: Open) -> None:
    tried(made)
    shown = open_page(f"/leads/{made.ids['told']}", UserRole.VIEWER)
    shown.page.get_by_text("write_back generic, attempt 1: accepted").click()
    expect(shown.page.get_by_text("PATCH https://crm.example.com/…")).to_be_visible()
    assert "Vance" not in shown.page.content()
