"""HEALTH: what works, and what needs somebody."""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Barrier

import msgspec
import pytest

from leadline.entrypoints.dashboard.actions.testing import PacedTests
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.views import machine
from leadline.installations import serving
from leadline.installations.accounts import accounts_of
from leadline.journey.pushing.remembering import SENT
from leadline.model.handling import UNHANDLED
from leadline.model.staff.accounts import UserRole
from leadline.model.task import Retry, Step, Task
from leadline.operations.watching.lately import lately_of
from leadline.stores.sqlite.index.making import IndexMaker
from leadline.stores.sqlite.store import SqliteStore
from tests.standins.scripted_server import ScriptedServer, answer
from tests.worlds.dashboard import CSRF, Browser, Shown, dashboard_for, known_as
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock, lease_task, settle
from tests.worlds.pushed import PUSHED


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


def test_a_channel_says_when_it_was_last_well_and_why_it_fails(made: Staged) -> None:
    assert re.search(r"slack working 09:\d\d:\d\d", text_of(made))
    folder = made.installation.loaded().settings.data
    with closing(SqliteStore(folder, clock=made.clock)) as store:
        store.put([Task(Step.NOTIFY, made.ids["told"], "slack", again=True)], made.clock.now)
        lease = lease_task(store, Step.NOTIFY, "slack")
        why = "slack.http_503: ask eve@example.com"
        assert settle(store, lease, Retry(timedelta(hours=1), why=why))
        store.record_attempt("slack", succeeded=False)
    text = text_of(made)
    assert re.search(r"slack trying 1 failure in a row since \S+ slack.http_503: ask e•••@", text)
    assert "eve@" not in text


def test_a_crm_says_when_it_was_last_well_and_when_it_failed(made: Staged) -> None:
    folder = made.installation.loaded().settings.data
    lead_id = made.ids["again"]
    with closing(SqliteStore(folder, clock=made.clock)) as store:
        before = store.handling([lead_id]).get(lead_id, UNHANDLED)
        assert store.handle(lead_id, before, before, note="crm.written", detail="email")
        made.clock.advance(minutes=1)
        store.put([Task(Step.LOOK_UP, lead_id)], made.clock.now)
        lease = lease_task(store, Step.LOOK_UP)
        assert settle(store, lease, Retry(timedelta(hours=1), why="http_500"))
    with closing(made.installation.ledger()) as ledger:
        times = lately_of(ledger).crms["generic"]
    assert times.well_at == made.clock.now - timedelta(minutes=1)
    assert (times.failed_at, times.words) == (made.clock.now, "http_500")


def test_an_ad_network_says_what_waits_and_when_it_was_last_well(
    tmp_path: Path, clock: HandClock
) -> None:
    (tmp_path / "leadline.toml").write_text(
        '[outcomes.ads]\nkind = "meta"\nconsent = "ads"\ndataset = "1"\ntoken = "none"\n'
        '[outcomes.ads.stages]\nwon = "Converted"\n'
    )
    made = office(tmp_path, clock)
    assert "Ad networks" in text_of(made)
    assert "ads nothing waits –" in text_of(made)
    lead_id = made.ids["again"]
    with closing(SqliteStore(made.installation.loaded().settings.data, clock=clock)) as store:
        before = store.handling([lead_id]).get(lead_id, UNHANDLED)
        after = msgspec.structs.replace(before, pushed={"ads": (PUSHED,)})
        assert store.handle(lead_id, before, after, note=SENT, detail="ads: won as Converted")
        store.put([Task(Step.PUSH, made.ids["told"], "ads")], clock.now)
    assert re.search(r"ads 1 to send 09:\d\d:\d\d", text_of(made))
    text = text_of(made, f"/leads/{lead_id}")
    assert "ads won Converted, 1500.5 EUR" in text
    assert "An ad network was told ads: won as Converted" in text


class TestingDesk:
    """An installation with a channel that a server on loopback answers, and who tests it."""

    __test__ = False

    def __init__(self, folder: Path, clock: HandClock, url: str) -> None:
        self.clock = clock
        self.made = office(folder, clock, slack_webhook_url=url)
        self.accounts = accounts_of(self.made.installation.loaded().settings)
        self.apps = {
            role: create_app(
                Dashboard(self.made.installation, self.accounts, clock, known_as("ada", role))
            )
            for role in (UserRole.OPERATOR, UserRole.VIEWER)
        }

    def test(self, form: str, name: str = "slack", role: UserRole = UserRole.OPERATOR) -> Shown:
        fields = {"csrf": CSRF, "form": form}
        return Browser(self.apps[role]).post(f"/health/test/{name}", fields)

    def told(self, shown: Shown) -> str:
        assert shown.status == 303
        return Browser(self.apps[UserRole.OPERATOR]).get(shown.headers["location"]).text


@pytest.fixture
def slack() -> Iterator[ScriptedServer]:
    with ScriptedServer(answer(body=b"ok")) as server:
        yield server


@pytest.fixture
def testing(tmp_path: Path, clock: HandClock, slack: ScriptedServer) -> TestingDesk:
    return TestingDesk(tmp_path, clock, f"{slack.endpoint}/services/T/B/x")


def test_a_test_message_is_sent_once_marked_as_a_test_and_noted(
    testing: TestingDesk, slack: ScriptedServer
) -> None:
    for _ in range(2):
        assert "slack: the test was accepted" in testing.told(testing.test("one"))
    (sent,) = slack.requests
    assert b"TEST" in sent.body.upper()
    assert b"Ada Example" in sent.body
    noted = [one.entry for one in testing.made.installation.audit().entries()]
    acts = [(one.actor, one.detail) for one in noted if one.action == "dashboard.send_test"]
    assert acts == [("person:ada", "slack")]


def test_a_channel_is_tested_at_most_once_a_minute(
    testing: TestingDesk, slack: ScriptedServer
) -> None:
    testing.test("one")
    assert "within the last minute" in testing.told(testing.test("two"))
    testing.clock.advance(minutes=1)
    assert "accepted" in testing.told(testing.test("three"))
    assert len(slack.requests) == 2


def test_a_test_that_does_not_arrive_says_so(testing: TestingDesk, slack: ScriptedServer) -> None:
    slack.answers[:] = [answer("404 Not Found", b"no_service")]
    assert "the test was refused" in testing.told(testing.test("one"))
    noted = [one.entry.detail for one in testing.made.installation.audit().entries()]
    assert "slack: not arrived" in noted


def test_viewers_test_nothing_and_an_unknown_channel_is_not_found(
    testing: TestingDesk, slack: ScriptedServer
) -> None:
    assert testing.test("one", role=UserRole.VIEWER).status == 403
    assert testing.test("two", name="pager").status == 404
    assert "Send test" not in Browser(testing.apps[UserRole.VIEWER]).get("/health").text
    assert slack.requests == []


def test_secrets_are_shown_by_name_with_the_age_of_what_they_stand_in(
    tmp_path: Path, clock: HandClock
) -> None:
    (tmp_path / "leadline.toml").write_text('[sources.close]\nsecret = "00ffsecret"\n')
    (tmp_path / ".env").write_text("LEADLINE_SLACK_SIGNING_SECRET=0011secret\n")
    old = clock.now.timestamp() - 181 * 86_400
    os.utime(tmp_path / "leadline.toml", (old, old))
    os.utime(tmp_path / ".env", (old + 2 * 86_400, old + 2 * 86_400))
    made = office(tmp_path, clock, slack_webhook_url="https://hooks.slack.com/services/T/B/x")
    text = text_of(made)
    assert re.search(r"sources.close.secret leadline.toml line 2 \S+ \S+ old ", text)
    assert re.search(r"slack_signing_secret .env line 1 \d{4}-\S+ \S+ (?!old)", text)
    assert re.search(r"slack_webhook_url [^.]*? not known", text)
    assert "secret" in text
    assert "00ff" not in text
    assert "0011" not in text


def test_processes_of_the_server_are_shown_and_those_that_are_gone(
    made: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = made.installation.loaded().settings
    monkeypatch.setattr(serving, "is_served", lambda folder: True)
    nobodys = 2**31 - 1  # no system has so many processes
    ours = serving.ServingProcess("http", os.getpid(), made.clock.now)
    gone = serving.ServingProcess("refine-1", nobodys, made.clock.now, made.clock.now, "refine")
    serving.note_serving(settings, os.getpid(), (ours, gone))
    text = text_of(made)
    assert re.search(rf"http {os.getpid()} \d\d:\d\d:\d\d – (?!gone)", text)
    assert re.search(rf"refine-1 {nobodys} \d\d:\d\d:\d\d gone refine, \d\d:\d\d:\d\d", text)


def test_of_two_tests_at_the_same_moment_one_is_sent() -> None:
    paced, together = PacedTests(), Barrier(8)
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def ask(_: int) -> bool:
        together.wait(10)
        return paced.takes("slack", now)

    for _ in range(20):
        with ThreadPoolExecutor(8) as people:
            assert sum(people.map(ask, range(8))) == 1
        now += timedelta(minutes=1)


def test_leads_of_a_day_are_counted_to_the_minute(made: Staged) -> None:
    folder = made.installation.loaded().settings.data
    with (
        closing(SqliteStore(folder, clock=made.clock)) as store,
        closing(IndexMaker(store)) as maker,
    ):
        while store.count_arrivals():
            pass
        maker.all()
    made.clock.advance(hours=23, minutes=57)
    assert re.search(r"generic \S+ 09:00 7 ", text_of(made))
    made.clock.advance(minutes=10)
    assert re.search(r"generic \S+ 09:00 0 ", text_of(made))
