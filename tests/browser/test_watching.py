"""What happens on a page that stays open: keys, the theme, live figures, a server that fails."""

import re
from contextlib import closing
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from leadline.stores.sqlite.store import SqliteStore
from tests.browser.conftest import Open
from tests.worlds.dashboard_leads import Staged
from tests.worlds.leads import captured
from tests.worlds.served_dashboard import ServedDashboard

pytestmark = pytest.mark.browser

LOOK = """document.querySelectorAll('[data-live]').forEach(
    part => part.dispatchEvent(new Event('leadline:look')))"""
"""Asks at once what the page asks every few seconds."""


def come_in(made: Staged, name: str) -> str:
    """A lead comes in, a minute after the last one."""
    made.clock.advance(minutes=1)
    with closing(SqliteStore(made.installation.loaded().settings.data, clock=made.clock)) as store:
        lead = captured(made.clock, name)
        store.accept([lead])
    made.clock.advance(seconds=10)  # what was kept for a moment is old
    return lead.id


def row_of(page: Page, lead_id: str) -> str:
    return f".rows a[href='/leads/{lead_id}']"


def test_live_shows_what_comes_in(made: Staged, open_page: Open) -> None:
    page = open_page("/").page
    lead_id = come_in(made, "nina")
    page.evaluate(LOOK)
    expect(page.locator(row_of(page, lead_id))).to_be_visible()
    expect(page.locator(".figure", has_text="Waiting").locator(".value")).to_have_text("3")


def test_what_changes_is_shown_by_itself(made: Staged, open_page: Open) -> None:
    page = open_page("/").page
    lead_id = come_in(made, "nina")  # nobody asks: the stream says that something changed
    expect(page.locator(row_of(page, lead_id))).to_be_visible()


def test_a_login_that_ended_leads_to_the_login(served: ServedDashboard, open_page: Open) -> None:
    page = open_page("/").page
    served.role = None
    page.evaluate(LOOK)
    expect(page).to_have_url(re.compile("/login$"))  # two parts of the page may lead there at once
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_paused_page_asks_for_nothing(made: Staged, open_page: Open) -> None:
    page = open_page("/").page
    page.get_by_role("button", name="Live").click()
    lead_id = come_in(made, "nina")
    asked = page.evaluate(
        f"""() => new Promise(tell => {{
            let asked = 0;
            document.addEventListener("htmx:before:request",
                event => {{ asked += !event.defaultPrevented; }});
            {LOOK};
            setTimeout(() => tell(asked), 0);
        }})"""
    )
    assert asked == 0
    page.get_by_role("button", name="Paused").click()
    expect(page.locator(row_of(page, lead_id))).to_be_visible()


def test_nothing_moves_under_the_pointer(made: Staged, open_page: Open) -> None:
    page = open_page("/").page
    page.locator(".rows tbody tr").first.hover()
    lead_id = come_in(made, "nina")
    page.evaluate(LOOK)
    expect(page.locator(".figure", has_text="Waiting").locator(".value")).to_have_text("3")
    expect(page.locator(row_of(page, lead_id))).to_have_count(0)
    page.locator("h1").hover()
    page.evaluate(LOOK)
    expect(page.locator(row_of(page, lead_id))).to_be_visible()


def test_new_leads_are_counted_and_shown_when_asked_for(made: Staged, open_page: Open) -> None:
    page = open_page("/leads?status=waiting").page
    lead_id = come_in(made, "nina")
    page.get_by_role("link", name="1 new").click()
    expect(page.locator(row_of(page, lead_id))).to_be_visible()


def test_a_server_that_ends_is_told_of_and_asked_again(
    made: Staged, served: ServedDashboard, open_page: Open
) -> None:
    page = open_page("/").page
    served.stop()
    page.evaluate(LOOK)
    expect(page.locator("#trouble")).to_contain_text("can't be reached")
    expect(page.locator(".rows tbody tr").first).to_be_visible()
    served.start()
    lead_id = come_in(made, "nina")
    page.evaluate(LOOK)
    expect(page.locator(row_of(page, lead_id))).to_be_visible()
    expect(page.locator("#trouble")).to_be_hidden()


def test_an_error_of_a_proxy_changes_nothing_and_is_told_of(open_page: Open) -> None:
    page = open_page("/").page
    page.route("**/live/*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.evaluate(LOOK)
    expect(page.locator("#trouble")).to_contain_text("answered 502")
    expect(page.get_by_text("Bad gateway")).to_have_count(0)
    page.unroute("**/live/*")
    page.evaluate(LOOK)
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_page_is_live_again_after_a_proxy_answered_for_the_dashboard(
    made: Staged, open_page: Open
) -> None:
    shown = open_page("/")
    page = shown.page
    page.route("**/live/*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    with page.expect_response(lambda one: one.status == 502 and one.url.endswith("/live/events")):
        page.reload()
    page.unroute("**/live/*")
    with page.expect_request("**/live/events"):  # it looks anew, as every half minute
        page.evaluate(f"window.looking = setInterval(() => {{ {LOOK} }}, 100)")
    page.evaluate("clearInterval(window.looking)")
    lead_id = come_in(made, "nina")
    expect(page.locator(row_of(page, lead_id))).to_be_visible()


def test_a_time_in_a_banner_is_a_part_of_its_sentence(made: Staged, open_page: Open) -> None:
    page = open_page(f"/leads/{made.ids['dead']}").page
    banner = page.locator(".banner.bad", has_text="Dead letter")
    assert banner.evaluate("banner => getComputedStyle(banner).display") == "block"
    assert banner.locator("time").evaluate("time => getComputedStyle(time).display") == "inline"


def test_a_drag_across_the_bars_lists_the_leads_of_that_time(made: Staged, open_page: Open) -> None:
    page = open_page("/?range=1h").page
    chart = page.locator("#chart .u-over")
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, middle, steps=5)
    page.mouse.up()
    page.wait_for_url("**/leads?from=**")
    expect(page.locator(".rows tbody tr")).to_have_count(len(made.ids))
    at = made.clock.now - timedelta(hours=1)
    page.goto(page.url.split("?")[0] + f"?to={at:%Y-%m-%dT%H:%M}")
    expect(page.get_by_text("No lead matches")).to_be_visible()


def test_the_bars_grow_in_the_chart_that_is_there(made: Staged, open_page: Open) -> None:
    page = open_page("/?range=1h").page
    expect(page.locator("#chart canvas")).to_be_visible()
    page.evaluate(
        """() => {
            window.bars = document.querySelector("#chart canvas");
            window.before = bars.toDataURL();
        }"""
    )
    come_in(made, "nina")
    page.evaluate(LOOK)
    page.evaluate(  # a test that waits may not evaluate a text in the page (its policy)
        """() => new Promise(tell => {
            const look = () => bars.toDataURL() === before ? setTimeout(look, 20) : tell();
            look();
        })"""
    )
    assert page.evaluate("bars === document.querySelector('#chart canvas')")


def test_the_numbers_of_the_bars_stay_open(made: Staged, open_page: Open) -> None:
    page = open_page("/?range=1h").page
    page.get_by_text("The numbers of the bars").click()
    page.locator("h1").hover()
    whole = page.get_by_role("group", name="Table of the bars").locator("td:last-child")
    expect(whole.first).to_have_text("7")
    come_in(made, "nina")
    page.evaluate(LOOK)
    expect(whole.first).to_have_text(re.compile("^[18]$"))  # the minute may be another bar's
    expect(whole.first).to_be_visible()


def test_the_keyboard_is_enough(made: Staged, open_page: Open) -> None:
    page = open_page("/leads").page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr.at")).to_have_count(1)
    page.keyboard.press("o")
    page.wait_for_url(f"**/leads/{made.ids['waiting']}")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("next row")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/leads")
    page.keyboard.press("/")
    page.keyboard.type("analytical")  # letters in a field are no commands
    page.keyboard.press("Enter")
    page.wait_for_url("**/leads?q=analytical")
    expect(page.locator(".rows tbody tr")).to_have_count(2)


def test_a_filter_counts_at_once_and_can_be_removed(open_page: Open) -> None:
    page = open_page("/leads").page
    page.select_option("#status", "dead")
    page.wait_for_url("**/leads?status=dead")
    expect(page.locator(".rows tbody tr")).to_have_count(2)
    page.get_by_role("link", name="status: dead").click()
    expect(page.locator(".rows tbody tr")).to_have_count(7)


def test_the_theme_that_is_chosen_stays(open_page: Open) -> None:
    page = open_page("/leads", color_scheme="light").page
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate(background) == dark
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(background) == light


def test_the_content_is_one_key_away(open_page: Open) -> None:
    page = open_page("/leads").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
