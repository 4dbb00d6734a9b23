"""Team and Response, with people, queues and leads, in a real browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from leadline.journey.assigning.absences import go_away
from leadline.model.handling import Ending
from leadline.model.staff.accounts import UserRole
from tests.browser.conftest import Open
from tests.worlds.dashboard_leads import EVIL, Staged
from tests.worlds.leads import HandClock
from tests.worlds.sales_floor import SalesFloor

pytestmark = pytest.mark.browser

PATHS = [
    "/team",
    "/team/reassign?from=ada",
    "/response",
    "/response?by=team&name=sales",
    "/analytics",
]
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def floor(tmp_path: Path, clock: HandClock) -> SalesFloor:
    """Leads that are on track, breached, claimed, junk and won, and one that waits."""
    floor = SalesFloor(tmp_path, clock)
    floor.lead("anna", utm_campaign="spring")
    for name in ("bert", "carl"):
        floor.lead(name)
    floor.tell()
    clock.advance(minutes=4)
    floor.claim("bert", "bob")
    floor.claim("carl", "cyd", is_junk=True)
    floor.end("bert", Ending.WON)
    clock.advance(minutes=14)
    floor.lead("dora", utm_campaign=EVIL)
    with floor.kit() as kit:
        for name in ("ada", "bob", "cyd"):
            go_away(kit.store, name, clock.now, clock.now + timedelta(days=3), "cli ada")
    floor.lead("eric")
    return floor


@pytest.fixture
def made(floor: SalesFloor) -> Staged:
    """What the dashboard that is served shows, in place of the office."""
    return Staged(floor.installation, floor.clock, floor.ids)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_barrier_and_nothing_to_complain_of(
    path: str, scheme: str, open_page: Open
) -> None:
    shown = open_page(path, color_scheme=scheme)
    for summary in shown.page.locator("main details > summary").all():
        summary.click()
    assert shown.violations() == []
    assert shown.complaints == []


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.OPERATOR])
@pytest.mark.parametrize("path", PATHS)
def test_a_narrow_window_needs_no_sideways_scroll(
    path: str, role: UserRole, open_page: Open
) -> None:
    shown = open_page(path, role, viewport=NARROW)
    assert shown.overflow <= 0
    assert shown.violations() == []


@pytest.mark.parametrize("path", PATHS)
def test_a_page_can_be_read_without_javascript(path: str, open_page: Open) -> None:
    shown = open_page(path, java_script_enabled=False)
    expect(shown.page.locator("main table").first).to_be_visible()
    assert shown.page.locator("button[data-act]:visible").count() == 0


@pytest.mark.parametrize("has_scripts", [True, False])
def test_somebody_is_said_to_be_away_and_back(
    has_scripts: bool, floor: SalesFloor, open_page: Open
) -> None:
    page = open_page("/team", java_script_enabled=has_scripts).page
    page.get_by_text("Somebody is away or back").click()
    page.get_by_label("Away from now on").select_option("zoe")
    page.get_by_label("until", exact=True).fill("3d")
    page.get_by_role("button", name="Say away").click()
    expect(page.get_by_role("status").first).to_contain_text("zoe is away until Thursday")
    page.get_by_text("Somebody is away or back").click()
    page.get_by_label("Back again").select_option("ada")
    page.get_by_role("button", name="Say back").click()
    expect(page.get_by_role("status").first).to_contain_text("ada is back")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_leads_are_handed_on_after_a_look_at_what_would_be_done(
    has_scripts: bool, floor: SalesFloor, open_page: Open
) -> None:
    page = open_page("/team", java_script_enabled=has_scripts).page
    page.get_by_role("link", name="Hand on… leads of ada").click()
    page.get_by_label("go to").select_option("zoe")
    page.get_by_role("button", name="Show what would be done").click()
    expect(page.locator("main")).to_contain_text("zoe would get")
    assert floor.owner("anna") == "ada"
    page.get_by_role("button", name="Hand on 2 leads").click()
    expect(page.locator("main")).to_contain_text("Done: 2 leads handed on.")
    assert floor.owner("anna") == "zoe"


def test_a_number_leads_to_the_leads_behind_it(floor: SalesFloor, open_page: Open) -> None:
    page = open_page("/response").page
    page.get_by_role("link", name="Breached 1").click()
    expect(page.locator(".rows tbody tr")).to_have_count(1)
    expect(page.locator(".rows tbody tr")).to_contain_text("Anna Vance")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/leads/{floor.ids['anna']}")
