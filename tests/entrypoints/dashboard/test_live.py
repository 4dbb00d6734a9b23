"""LIVE: the figures of now, and the bars of the last hours."""

import re
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.pages.live import SPANS as NAMED_SPANS
from leadline.model.staff.accounts import UserRole
from leadline.operations.figures.speed import Judge
from leadline.operations.lists.indexed_live import indexed_counts
from leadline.operations.lists.live import SPANS, picture
from tests.worlds.dashboard import Browser, known_as
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock
from tests.worlds.questions import take_in


@pytest.fixture(params=["by the ledger", "by the index"])
def made(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Staged:
    found = office(tmp_path, clock)
    if request.param == "by the index":
        take_in(tmp_path / "data", clock)
    return found


def seen_by(made: Staged, role: UserRole, zone: str = "UTC") -> Browser:
    door = known_as("ada", role, zone)
    return Browser(create_app(Dashboard(made.installation, clock=made.clock, door=door)))


def figures(text: str) -> dict[str, str]:
    pairs = re.findall(r'class="label">(.*?)</span><br><span class="value">(.*?)</span>', text)
    return {label: unescape(value) for label, value in pairs}


def test_the_figures_are_those_of_the_ledger(made: Staged) -> None:
    assert figures(seen_by(made, UserRole.VIEWER).get("/").text) == {
        "Captured": "7", "Waiting": "2", "Overdue": "0", "Alert p95": "1 s", "Response": "–",
        "Seen before": "1", "Dead letters": "2",
    }  # fmt: skip


def test_a_lead_that_is_late_is_said(made: Staged) -> None:
    made.clock.advance(minutes=40)
    text = seen_by(made, UserRole.VIEWER).get("/").text
    assert "A lead is late by 30 min" in text
    assert figures(text)["Overdue"] == "1"


@pytest.mark.parametrize("span", SPANS)
def test_every_lead_is_in_the_bar_of_its_time(made: Staged, span: timedelta) -> None:
    ledger = made.installation.ledger()
    found = picture(ledger, Judge(made.clock.now, timedelta()), span)
    ledger.close()
    assert sum(found.bars.totals) == found.captured == 7
    assert found.bars.starts[0] <= made.clock.now - span
    assert found.bars.starts[-1] <= made.clock.now < found.bars.starts[-1] + found.bars.step


@pytest.mark.parametrize("span", SPANS[1:])
def test_the_index_has_the_same_counts_and_bars(
    tmp_path: Path, clock: HandClock, span: timedelta
) -> None:
    made = office(tmp_path, clock)
    take_in(tmp_path / "data", clock)
    judge = Judge(clock.now, timedelta())
    with (
        closing(made.installation.ledger()) as ledger,
        closing(made.installation.questions()) as questions,
    ):
        counts = indexed_counts(questions, clock.now, span)
        assert counts is not None
        assert counts.captured == 7
        assert picture(ledger, judge, span, counts=counts) == picture(ledger, judge, span)


def test_older_leads_are_not_counted(made: Staged) -> None:
    made.clock.advance(hours=2)
    shown = seen_by(made, UserRole.VIEWER)
    assert figures(shown.get("/?range=1h").text)["Captured"] == "0"
    assert "No lead came in." in shown.get("/?range=1h").text
    assert figures(shown.get("/?range=6h").text)["Captured"] == "7"


@pytest.mark.parametrize("seconds", [3, 7, 11])
def test_the_first_bar_counts_no_lead_that_is_older_than_the_time(
    made: Staged, seconds: int
) -> None:
    made.clock.now = made.clock.now.replace(hour=10, minute=0, second=seconds)
    browser = seen_by(made, UserRole.OPERATOR)
    number = browser.get("/leads?range=1h").text.count("<tr data-row>")
    assert 0 < number < 7
    text = browser.get("/?range=1h").text
    assert figures(text)["Captured"] == str(number)
    (path,) = re.findall(r'<th scope="row"><a href="(/leads\?[^"]+)"', text)
    assert browser.get(unescape(path)).text.count("<tr data-row>") == number


def test_the_bars_are_a_table_with_links_to_their_leads(made: Staged) -> None:
    browser = seen_by(made, UserRole.OPERATOR)
    text = browser.get("/live/bars?range=1h").text
    (path,) = re.findall(r'<th scope="row"><a href="(/leads\?[^"]+)"', text)
    assert '<td class="number">7</td></tr>' in text
    assert browser.get(unescape(path)).text.count("<tr data-row>") == 7


@pytest.mark.parametrize("name", NAMED_SPANS)
def test_figures_lead_to_their_leads(made: Staged, name: str) -> None:
    browser = seen_by(made, UserRole.OPERATOR)
    text = browser.get(f"/live/now?range={name}").text
    assert browser.get(f"/leads?range={name}").text.count("<tr data-row>") == 7
    assert f'href="/leads?range={name}"' in text
    assert f'href="/leads?duplicates=1&amp;range={name}"' in text


def test_watchers_share_what_is_asked_of_the_ledger(made: Staged) -> None:
    browser = seen_by(made, UserRole.VIEWER)
    before = browser.get("/live/now").text
    made.clock.advance(hours=7)
    assert browser.get("/live/now").text != before
    kept = browser.app.state.pictures
    assert len(kept._kept) == 1


def test_the_newest_leads_are_masked_for_viewers(made: Staged) -> None:
    for path in ("/", "/live/newest"):
        assert "Ada Vance" in seen_by(made, UserRole.OPERATOR).get(path).text
        viewer = seen_by(made, UserRole.VIEWER).get(path).text
        assert "Vance" not in viewer
        assert "A••• V•••" in viewer


def test_an_unknown_time_is_the_usual_one(made: Staged) -> None:
    assert "last 6 hours" in seen_by(made, UserRole.VIEWER).get("/?range=%3Cb%3E").text
