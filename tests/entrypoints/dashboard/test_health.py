"""HEALTH: what works, and what needs somebody."""

import re
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.views import machine
from leadline.model.accounts import UserRole
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.dashboard import Browser, dashboard_for, known_as
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    return office(tmp_path, clock, slack_webhook_url="https://hooks.slack.com/services/T/B/x")


def text_of(made: Staged, path: str = "/health") -> str:
    door = known_as("ada", UserRole.VIEWER)
    shown = Browser(create_app(Dashboard(made.installation, clock=made.clock, door=door))).get(path)
    assert shown.status == 200
    return " ".join(unescape(re.sub("<[^>]+>", " ", shown.text)).split())


def test_an_empty_installation_is_well(tmp_path: Path) -> None:
    text = Browser(dashboard_for(tmp_path, UserRole.VIEWER)).get("/health").text
    assert "Nothing waits." in text
    assert "No source has sent a lead yet." in text
    assert "None is set, so nobody is alerted." in text


def test_the_queue_and_the_dead_letters_are_told(made: Staged) -> None:
    made.clock.advance(minutes=40)
    text = text_of(made)
    assert "Something needs somebody" in text
    assert "Latest lead is late by 30 min" in text
    assert "refine 2 1 30 min 0 2" in text
    assert "1 lead on hold" in text
    assert text_of(made, "/health/now") in text


def test_a_channel_that_fails_is_told(made: Staged) -> None:
    assert "slack working" in text_of(made)
    folder = made.installation.loaded().settings.data
    with closing(SqliteStore(folder, clock=made.clock)) as store:
        for _ in range(3):
            store.record_attempt("slack", succeeded=False)
    assert "slack failing 3 failures in a row since" in text_of(made)


def test_a_source_says_when_its_last_lead_came(made: Staged) -> None:
    assert re.search(r"generic 09:00:\d\d 7", text_of(made))
    folder = made.installation.loaded().settings.data
    with closing(SqliteStore(folder, clock=made.clock)) as store:
        while store.count_arrivals():
            pass
    assert re.search(r"generic 09:00:\d\d 7", text_of(made))


def test_a_full_disk_and_a_server_that_does_not_run_are_told(
    made: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = text_of(made)
    assert "Server stopped start leadline serve" in text
    monkeypatch.setattr(machine, "is_served", lambda folder: True)
    monkeypatch.setattr(machine, "LEAST_FREE", 1 << 62)
    text = text_of(made)
    assert "Server running" in text
    assert "Something needs somebody" in text
