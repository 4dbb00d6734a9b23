"""Requests that offer another protocol, and senders that close their half, over real sockets."""

import re
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.worlds.http_app import RunningApp

BODY = b'{"email": "ada@example.com"}'
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.fixture
def server() -> Iterator[RunningApp]:
    running = RunningApp()
    running.start()
    running.open()
    yield running
    running.stop()


def post(*fields: bytes, body: bytes = BODY) -> bytes:
    chunked = b"transfer-encoding: chunked" in fields
    sized = b"" if chunked else b"content-length: %d\r\n" % len(body)
    lines = b"".join(field + b"\r\n" for field in fields)
    return b"POST /webhook HTTP/1.1\r\nhost: x\r\n%b%b\r\n%b" % (lines, sized, body)


H2C = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAoAAA")
LAST = b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


def exchange(server: RunningApp, *pieces: bytes, ends: bool = False) -> bytes:
    """All that is answered to these bytes, sent in as many packets; `ends`: and no more will be."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
        return answer


def statuses(answers: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1.1 ([0-9]{3}) ", answers)]


@pytest.mark.parametrize(
    "offer",
    [
        H2C,
        (b"connection: upgrade", b"upgrade: websocket", b"sec-websocket-version: 13"),
        (b"UPGRADE: TLS/1.3, h2c", b"CONNECTION: keep-alive, UPGRADE"),
    ],
)
def test_an_offer_of_another_protocol_is_ignored_and_the_body_read(
    server: RunningApp, offer: tuple[bytes, ...]
) -> None:
    answers = exchange(server, post(*offer) + LAST)
    assert statuses(answers) == [200, 200]
    assert [lead.raw for lead in server.slow_inbox.kept] == [BODY]


def test_a_chunked_body_beside_an_offer_is_read(server: RunningApp) -> None:
    answers = exchange(server, post(*H2C, b"transfer-encoding: chunked", body=CHUNKED) + LAST)
    assert statuses(answers) == [200, 200]
    assert [lead.raw for lead in server.slow_inbox.kept] == [BODY]


def test_however_an_offer_and_its_body_are_cut_the_body_is_read(server: RunningApp) -> None:
    whole = post(*H2C) + LAST
    for at in (20, 60, whole.index(BODY), whole.index(BODY) + 3):
        assert statuses(exchange(server, whole[:at], whole[at:])) == [200, 200]
    assert [lead.raw for lead in server.slow_inbox.kept] == [BODY] * 4


def test_any_number_of_offers_on_one_connection_are_ignored(server: RunningApp) -> None:
    ask = b"GET /livez HTTP/1.1\r\nHost:x\r\nConnection:upgrade\r\nUpgrade:h2c\r\n\r\n"
    assert statuses(exchange(server, ask * 400 + LAST)) == [200] * 401


def test_whole_requests_that_fill_what_is_read_at_once_are_no_blank_lines(
    server: RunningApp,
) -> None:
    ask = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
    ask += b"x: " + b"y" * (64 - len(ask) - 7) + b"\r\n\r\n"
    assert len(ask) == 64
    assert statuses(exchange(server, ask * 400 + LAST)) == [200] * 401


def test_limits_hold_for_a_request_with_an_offer(server: RunningApp) -> None:
    assert statuses(exchange(server, post(*H2C, b"host: y"))) == [400]
    assert statuses(exchange(server, post(*H2C, body=b"x" * 10_001)))[:1] == [413]
    assert server.slow_inbox.kept == []


def test_a_sender_that_closes_its_half_gets_its_answer(server: RunningApp) -> None:
    server.slow_inbox.open.clear()  # the answer is still to come when the half is closed
    threading.Timer(0.2, server.slow_inbox.open.set).start()
    answers = exchange(server, post(), ends=True)
    assert statuses(answers) == [200]
    assert b"connection: close" in answers
    assert [lead.raw for lead in server.slow_inbox.kept] == [BODY]


def test_all_requests_before_the_half_was_closed_are_answered(server: RunningApp) -> None:
    server.slow_inbox.open.clear()
    threading.Timer(0.2, server.slow_inbox.open.set).start()
    answers = exchange(server, post() * 3, ends=True)
    assert statuses(answers) == [200, 200, 200]
    assert len(server.slow_inbox.kept) == 3


def test_a_body_that_its_sender_ends_early_is_answered_400_and_not_kept(server: RunningApp) -> None:
    answers = exchange(server, post()[:-5], ends=True)
    assert statuses(answers) == [400]
    assert server.slow_inbox.kept == []


@pytest.mark.parametrize("sent", [b"", b"POST /webhook HTT", LAST.replace(b"close", b"keep-alive")])
def test_a_half_closed_connection_with_nothing_to_answer_ends(
    server: RunningApp, sent: bytes
) -> None:
    assert statuses(exchange(server, sent, ends=True)) in ([], [200])
