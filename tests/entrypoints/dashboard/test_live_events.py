"""Streams that say that something changed, and end when they should."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from http.client import HTTPResponse
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.guarding.logins import begin
from leadline.entrypoints.dashboard.live_events import MOST_OF_SESSION, PATH, LiveEvents
from leadline.installations.accounts import accounts_of
from leadline.model.staff.accounts import UserAccount, UserRole
from tests.worlds.dashboard import Browser, embedded, guarded_dashboard, known_as
from tests.worlds.dashboard_server import RunningDashboard, running
from tests.worlds.leads import HandClock, captured

CHANGED = b"event: changed\n"


BEAT = b": still here\n"


def until(answer: HTTPResponse, line: bytes) -> list[bytes]:
    """The lines of a stream until this one, or its end."""
    read = []
    while (one := answer.readline()) and one != line:
        read.append(one)
    return [*read, one] if one else read


@pytest.fixture
def live(tmp_path: Path) -> Iterator[RunningDashboard]:
    dashboard = Dashboard(embedded(tmp_path), door=known_as("ada", UserRole.VIEWER))
    app = create_app(dashboard)
    app.state.live = LiveEvents(dashboard, look_s=0.02, beat_s=0.05)
    with running(app) as made:
        yield made


def test_a_lead_that_comes_in_is_told_without_a_word_about_it(
    live: RunningDashboard, tmp_path: Path
) -> None:
    with live.stream(PATH) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert until(stream, CHANGED)  # whatever happened before
        with closing(live.app.state.dashboard.installation.store()) as store:
            store.accept([captured(HandClock(datetime.now(UTC)), "ada@example.com")])
        told = until(stream, CHANGED)
        assert told[-1] == CHANGED
        assert stream.readline() == b"data:\n"
        assert b"ada" not in b"".join(told)


def test_a_change_while_another_is_sent_is_told_too(tmp_path: Path) -> None:
    live = LiveEvents(Dashboard(embedded(tmp_path), door=known_as("ada", UserRole.VIEWER)), 1000)

    async def goes_on() -> bool:
        return True

    async def watched() -> list[bytes]:
        stream = live.watch(b"", goes_on)
        told = [await anext(stream)]
        for _ in range(2):  # whoever receives has not asked for more yet
            live._tell()
        told.append(await anext(stream))
        live.close()
        return [*told, *[one async for one in stream]]

    first, second = asyncio.run(watched())
    assert first.endswith(CHANGED + b"data:\n\n")
    assert second == CHANGED + b"data:\n\n"


def test_the_end_of_the_dashboard_ends_its_streams(live: RunningDashboard) -> None:
    with ExitStack() as streams:
        opened = [streams.enter_context(live.stream(PATH)) for _ in range(MOST_OF_SESSION)]
        for stream in opened:
            assert until(stream, BEAT)
        live.stop()
        for stream in opened:
            assert CHANGED not in until(stream, b"")


def test_a_session_has_so_many_streams_and_no_reason_to_ask_for_more(
    live: RunningDashboard,
) -> None:
    with ExitStack() as streams:
        for _ in range(MOST_OF_SESSION):
            assert until(streams.enter_context(live.stream(PATH)), BEAT)
        with live.stream(PATH) as refused:
            assert (refused.status, refused.read()) == (204, b"")


def test_there_are_so_many_streams_at_once(
    live: RunningDashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.entrypoints.dashboard.live_events.MOST", 1)
    with live.stream(PATH) as first:
        assert until(first, BEAT)
        with live.stream(PATH) as refused:
            assert refused.status == 503
            assert refused.headers["retry-after"] == "5"


def test_nobody_watches_without_a_login(tmp_path: Path) -> None:
    app = create_app(Dashboard(embedded(tmp_path)))
    assert Browser(app).get(PATH).headers["location"] == "/login"


@pytest.mark.parametrize("end", ["idle", "logout", "account", "role"])
def test_the_end_of_the_session_ends_its_stream(end: str, clock: HandClock, tmp_path: Path) -> None:
    app, accounts = guarded_dashboard(tmp_path, clock)
    account = UserAccount("ada", UserRole.ADMIN, clock())
    accounts.add(account)
    secret = begin(accounts, "ada", clock(), app.state.dashboard.settings.dashboard_sessions)
    app.state.live = LiveEvents(app.state.dashboard, look_s=0.02, beat_s=0.05)
    with running(app) as made, made.stream(PATH, f"leadline-{made.port}={secret}") as stream:
        assert until(stream, BEAT)
        if end == "idle":
            clock.advance(hours=3)  # watching is no use of the session
        elif end == "account":
            accounts.remove("ada")
        elif end == "role":
            accounts.change(UserAccount("ada", UserRole.VIEWER, clock()))
        else:
            from leadline.model.staff.accounts import digest_of

            accounts.end(digest_of(secret))
        assert all(one in (b"\n", BEAT) for one in until(stream, b""))
    accounts.close()


def test_streams_go_on_while_the_data_can_t_be_read(tmp_path: Path) -> None:
    installation = embedded(tmp_path)
    dashboard = Dashboard(installation, door=known_as("ada", UserRole.VIEWER))
    app = create_app(dashboard)
    app.state.live = LiveEvents(dashboard, look_s=0.02, beat_s=0.05)
    data = installation.loaded().settings.data
    with running(app) as made, made.stream(PATH) as stream:
        assert until(stream, CHANGED)
        aside = data.rename(data.with_name("aside"))
        assert until(stream, BEAT)
        assert until(stream, BEAT)
        aside.rename(data)
        with closing(installation.store()) as store:
            store.accept([captured(HandClock(datetime.now(UTC)), "ada")])
        assert until(stream, CHANGED)[-1] == CHANGED


def test_accounts_open_beside_a_dashboard(tmp_path: Path) -> None:
    installation = embedded(tmp_path)
    settings = installation.loaded().settings
    with closing(accounts_of(settings)) as one, closing(accounts_of(settings)) as two:
        one.add(UserAccount("ada", UserRole.ADMIN, datetime.now(UTC)))
        assert [a.name for a in two.accounts()] == ["ada"]
