"""What somebody who has not logged in can make the dashboard keep, wait for, or write down."""

import asyncio
import logging
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

from leadline.entrypoints.dashboard.guarding.logins import begin
from leadline.entrypoints.dashboard.guarding.security import MOST_OF_STRANGER, Limited
from leadline.entrypoints.dashboard.live_events import LiveEvents
from tests.worlds.dashboard import Browser, guarded_dashboard
from tests.worlds.dashboard_server import running
from tests.worlds.leads import HandClock

LOGIN = b"POST /login HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\n"
FORM = b"content-type: application/x-www-form-urlencoded\r\n"


def test_a_strangers_form_is_no_longer_than_a_login(tmp_path: Path, clock: HandClock) -> None:
    browser = Browser(guarded_dashboard(tmp_path, clock)[0])
    form = {"name": "ada", "password": "x" * 2000}
    assert browser.post("/login", form).status == 401
    assert browser.post("/login", {**form, "more": "x" * MOST_OF_STRANGER}).status == 413


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def read() -> None:
        await Limited(never, 10, 0)()

    with pytest.raises(HTTPException) as refused:
        asyncio.run(read())
    assert refused.value.status_code == 408


def test_the_end_of_a_connection_is_waited_for_however_long_it_takes() -> None:
    """An answer that streams ends when its reader leaves, and not before."""
    ended: Message = {"type": "http.disconnect"}

    async def read() -> Message:
        left = asyncio.Event()
        messages: list[Message] = [ended, {"type": "http.request", "body": b"whole"}]

        async def receive() -> Message:
            if len(messages) == 1:
                await left.wait()
            return messages.pop()

        limited = Limited(receive, 10, 0)
        await limited()
        waits = asyncio.ensure_future(limited())
        for _ in range(9):  # a body would be late by now
            await asyncio.sleep(0)
        assert not waits.done()
        left.set()
        return await waits

    assert asyncio.run(read()) == ended


def test_a_head_of_any_length_is_not_taken(tmp_path: Path, clock: HandClock) -> None:
    with running(guarded_dashboard(tmp_path, clock)[0]) as dashboard:
        with socket.create_connection(("127.0.0.1", dashboard.port)) as connection:
            connection.sendall(b"GET /login HTTP/1.1\r\nhost: localhost\r\nx: ")
            with pytest.raises(ConnectionError):  # it hangs up
                connection.sendall(b"x" * 64_000_000)
        with dashboard.stream("/login") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("head", [b"", b"GET /login HTTP/1.1\r\nhost: localhost\r\nx: y"])
def test_a_head_that_does_not_come_is_not_waited_for(
    head: bytes, tmp_path: Path, clock: HandClock
) -> None:
    app, _ = guarded_dashboard(tmp_path, clock, receive_timeout="1s")
    with (
        running(app) as dashboard,
        socket.create_connection(("127.0.0.1", dashboard.port)) as connection,
    ):
        connection.sendall(head)
        assert connection.recv(1024) == b""


def test_a_stream_outlasts_the_time_for_a_head(tmp_path: Path, clock: HandClock) -> None:
    app, accounts = guarded_dashboard(tmp_path, clock, receive_timeout="1s")
    secret = begin(accounts, "", clock.now, timedelta(hours=1), user="ines")
    app.state.live = LiveEvents(app.state.dashboard, beat_s=0.3)
    with running(app) as dashboard:
        cookie = f"leadline-{dashboard.port}={secret}"
        with dashboard.stream("/live/events", cookie) as answer:
            beats = [answer.readline() for _ in range(20)].count(b": still here\n")
    assert beats >= 5


def test_who_leaves_before_the_end_of_a_form_is_no_failure(
    tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with running(guarded_dashboard(tmp_path, clock)[0]) as dashboard:
        with socket.create_connection(("127.0.0.1", dashboard.port)) as connection:
            connection.sendall(LOGIN + FORM + b"content-length: 1000\r\n\r\nname=ada")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1024):
                pass
        with dashboard.stream("/livez") as answer:
            assert answer.status == 200
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []
