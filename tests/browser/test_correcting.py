"""Correcting a lead and testing a channel, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.standins.scripted_server import ScriptedServer, answer
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock

pytestmark = pytest.mark.browser


@pytest.fixture
def slack() -> Iterator[ScriptedServer]:
    with ScriptedServer(answer(body=b"ok")) as server:
        yield server


@pytest.fixture
def made(tmp_path: Path, clock: HandClock, slack: ScriptedServer) -> Staged:
    return office(tmp_path, clock, slack_webhook_url=f"{slack.endpoint}/services/T/B/x")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["told", "dead", "evil"])
def test_the_form_has_no_barrier_and_nothing_to_complain_of(
    name: str, scheme: str, made: Staged, open_page: Open
) -> None:
    window = {"width": 390, "height": 844}
    path = f"/leads/{made.ids[name]}/correct"
    shown = open_page(path, color_scheme=scheme, viewport=window)
    shown.page.get_by_label("E-mail").fill("ada@example.com")
    shown.page.get_by_role("button", name="Show what would become of it").click()
    expect(shown.page.get_by_role("heading", name="What would become of it")).to_be_visible()
    assert shown.violations() == []
    assert shown.complaints == []
    assert shown.overflow <= 0
    assert shown.page.evaluate("window.hurt") is None


@pytest.mark.parametrize("javascript", [True, False])
def test_a_lead_is_corrected_from_its_page_after_a_look_at_what_would_become_of_it(
    javascript: bool, made: Staged, open_page: Open
) -> None:
    page = open_page(f"/leads/{made.ids['told']}", java_script_enabled=javascript).page
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Show what would become of it").click()
    expect(page.get_by_role("cell", name="told@example.com").first).to_be_visible()
    page.get_by_role("button", name="Correct and refine again").click()
    expect(page.get_by_text("It is corrected, and refined again.")).to_be_visible()
    expect(page.get_by_text("Corrected by a person")).to_be_visible()


def test_a_channel_is_tested_from_health(open_page: Open, slack: ScriptedServer) -> None:
    shown = open_page("/health")
    shown.page.get_by_role("button", name="Send test by slack").click()
    expect(shown.page.get_by_text("slack: the test was accepted.")).to_be_visible()
    assert len(slack.requests) == 1
    assert shown.violations() == []
