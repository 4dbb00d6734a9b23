"""Heads without bounds, ambiguous ones, and what comes before and after them, over real sockets."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from leadline.entrypoints.embedded.receiving.slow_senders import (
    MAX_FIELDS,
    MAX_HEADERS,
    MAX_LINE,
    MAX_TARGET,
    GuardedProtocol,
)
from tests.worlds.counted_connections import CountedConnections
from tests.worlds.http_app import RunningApp

HOST = b"host: x\r\n"
GOOD = b"POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n1"
CHUNKED = b"POST /webhook HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n"


@pytest.fixture
def server() -> Iterator[RunningApp]:
    running = RunningApp(CountedConnections)
    running.start()
    running.open()
    CountedConnections.fed = 0
    yield running
    running.stop()


def get(*fields: bytes, target: bytes = b"/livez", version: bytes = b"1.1") -> bytes:
    lines = b"".join(field + b"\r\n" for field in fields)
    return b"GET %b HTTP/%b\r\n%b\r\n" % (target, version, lines)


def last(request: bytes) -> bytes:
    """The request, after whose answer the connection is closed."""
    return request.replace(b"\r\n", b"\r\nconnection: close\r\n", 1)


def statuses(answers: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1.1 ([0-9]{3}) ", answers)]


def refused(answers: bytes, status: int) -> None:
    """The last answer says why, in problem JSON, and that the connection ends."""
    assert statuses(answers)[-1:] == [status]
    head, _, body = answers[answers.rindex(b"HTTP/1.1 ") :].partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    assert json.loads(body)["status"] == status


def pour(server: RunningApp, *pieces: bytes) -> bytes:
    """Send piece by piece, each in a packet of its own, for as long as somebody listens."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def send() -> None:
            try:
                for piece in pieces:
                    connection.sendall(piece)
            except OSError:
                return  # hung up on, which is what is to be seen

        sender = threading.Thread(target=send)
        sender.start()
        answer = b""
        try:
            while chunk := connection.recv(65_536):
                answer += chunk
        except ConnectionResetError:
            pass  # closed before it had read all of it
        sender.join()
        return answer


def fields(count: int) -> list[bytes]:
    return [b"host: x", b"connection: close", *(b"x-%d: 1" % i for i in range(count - 2))]


def line(size: int) -> bytes:
    """A header field of so many bytes with its line end."""
    return b"x: " + b"y" * (size - 5)


def full(size: int) -> list[bytes]:
    """Header fields of so many bytes in all."""
    begin = [b"host: x", b"connection: close"]
    left = size - sum(len(field) + 2 for field in begin)
    whole, rest = divmod(left, 4096)
    return [*begin, *[line(4096)] * (whole - 1), line(4096 + rest)]


@pytest.mark.parametrize(
    ("just_fits", "too_much", "status"),
    [
        (get(*fields(MAX_FIELDS)), get(*fields(MAX_FIELDS + 1)), 431),
        (
            get(b"host: x", line(MAX_LINE), b"connection: close"),
            get(b"host: x", line(MAX_LINE + 1), b"connection: close"),
            431,
        ),
        (get(*full(MAX_HEADERS)), get(*full(MAX_HEADERS + 1)), 431),
        (
            last(get(b"host: x", target=b"/livez?" + b"q" * (MAX_TARGET - 7))),
            last(get(b"host: x", target=b"/livez?" + b"q" * (MAX_TARGET - 6))),
            414,
        ),
    ],
    ids=["fields", "line", "sum", "target"],
)
def test_a_head_up_to_the_limit_is_read_and_one_beyond_it_is_refused(
    server: RunningApp, just_fits: bytes, too_much: bytes, status: int
) -> None:
    assert statuses(server.raw(just_fits)) == [200]
    refused(server.raw(too_much), status)


@pytest.mark.parametrize("times", [1, 2, 4])
@pytest.mark.parametrize(
    ("begin", "unit", "status"),
    [
        (b"GET /livez HTTP/1.1\r\nhost: x\r\nx: ", b"y" * 1024, 431),
        (b"GET /livez HTTP/1.1\r\nhost: x\r\nx: ", b" " * 1024, 431),
        (b"GET /livez HTTP/1.1\r\nhost: x\r\n", b"x: y\r\n" * 171, 431),
        (b"GET /livez HTTP/1.1\r\nhost: x\r\n", b"x: %b\r\n" % (b"y" * 1019), 431),
        (b"GET /", b"y" * 1024, 414),
        (b"", b"\r\n" * 512, 431),
        (CHUNKED + b"x: ", b"y" * 1024, 431),
        (CHUNKED, b"x: y\r\n" * 171, 431),
        (CHUNKED.replace(b"1\r\n1\r\n0\r\n", b"1;x="), b"y" * 1024, 431),
    ],
    ids=[
        "a line", "blanks", "short lines", "long lines", "a target", "blank lines", "a trailer",
        "trailers", "a chunk's extension",
    ],
)  # fmt: skip
def test_a_head_that_never_ends_is_cut_off_after_as_many_bytes_however_much_comes(
    server: RunningApp, begin: bytes, unit: bytes, status: int, times: int
) -> None:
    answer = pour(server, begin, *[unit] * (48 * times))
    refused(answer, status)
    # What the limits allow, and what one look at the socket may bring beyond them.
    assert CountedConnections.fed <= MAX_HEADERS + MAX_LINE + 16_384
    assert server.slow_inbox.kept == []


def test_a_line_that_drips_in_is_cut_off_at_its_limit_not_at_that_of_all(
    server: RunningApp,
) -> None:
    begin = get(b"host: x").removesuffix(b"\r\n")
    refused(pour(server, begin, *[b"x: y"], *[b"y" * 64] * 400), 431)
    # Less than the limit, then one look at the socket; and the lines before this one.
    assert CountedConnections.fed <= MAX_LINE + 1024 + 16_384


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (get(b"connection: close"), 400),
        (get(b"host: x", b"host: x", b"connection: close"), 400),
        (get(b"host: x", b"Host: y", b"connection: close", version=b"1.0"), 400),
        (get(b"connection: close", version=b"1.0"), 200),
        (get(b"host: x", b"connection: close"), 200),
    ],
    ids=["none", "the same twice", "two in HTTP/1.0", "none in HTTP/1.0", "one"],
)
def test_a_request_says_once_which_host_it_is_for(
    server: RunningApp, sent: bytes, status: int
) -> None:
    answer = server.raw(sent)
    assert statuses(answer) == [status]
    if status != 200:
        refused(answer, status)


@pytest.mark.parametrize(
    "twice",
    [
        (b"content-encoding: identity", b"content-encoding: gzip"),
        (b"content-encoding: gzip", b"Content-Encoding: identity"),
        (b"content-type: application/json", b"content-type: text/plain"),
        (b"authorization: Bearer a", b"authorization: Bearer b"),
        (b"idempotency-key: a", b"idempotency-key: b"),
        (b"content-length: 1", b"content-length: 1"),
        (b"content-length: 1", b"transfer-encoding: chunked"),
        (b"transfer-encoding: chunked", b"content-length: 1"),
        (b"transfer-encoding: chunked", b"transfer-encoding: identity"),
    ],
    ids=lambda fields: " and ".join(field.decode() for field in fields),
)
def test_what_may_be_said_once_is_refused_when_it_is_said_twice(
    server: RunningApp, twice: tuple[bytes, bytes]
) -> None:
    framed = any(name in field for field in twice for name in (b"-length", b"transfer-"))
    lines = [*twice, *([] if framed else [b"content-length: 1"])]
    head = b"POST /webhook HTTP/1.1\r\nhost: x\r\n" + b"".join(f + b"\r\n" for f in lines)
    refused(server.raw(head + b"\r\n1"), 400)
    assert server.slow_inbox.kept == []


def test_what_may_be_said_several_times_is_joined(server: RunningApp) -> None:
    server.raw(last(GOOD).replace(HOST, HOST + b"x-tag: a\r\nX-Tag: b\r\n"))
    assert server.source.seen.headers["x-tag"] == "a, b"


def test_trailers_do_not_change_the_headers_of_their_request(server: RunningApp) -> None:
    server.raw(last(CHUNKED) + b"x-webhook-secret: late\r\n\r\n")
    assert len(server.slow_inbox.kept) == 1
    assert "x-webhook-secret" not in server.source.seen.headers


def test_requests_that_are_sent_at_once_are_each_bounded_by_themselves(server: RunningApp) -> None:
    sent = GOOD.replace(HOST, b"".join(field + b"\r\n" for field in full(MAX_HEADERS - 64)))
    sent = sent.replace(b"connection: close\r\n", b"connection: keep\r\n")
    answers = server.raw(sent * 3 + last(GOOD))
    assert statuses(answers) == [200] * 4


def test_a_connection_stays_open_for_further_requests(server: RunningApp) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        for _ in range(3):
            connection.sendall(GOOD)
            assert statuses(connection.recv(65_536)) == [200]


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        (get(*fields(MAX_FIELDS + 1)), 431),
        (get(), 400),
        (b"nonsense\r\n\r\n", 400),
        (CHUNKED.replace(b"\r\n1\r\n1\r\n", b"\r\n1\r\n1\r\nzz\r\n"), 400),
        (CHUNKED + b"x: y\r\n" * MAX_FIELDS, 431),
    ],
    ids=["too many fields", "no host", "garbage", "a broken body", "too many trailers"],
)
def test_requests_before_a_refused_one_are_answered_first(
    server: RunningApp, bad: bytes, status: int
) -> None:
    server.slow_inbox.open.clear()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(GOOD * 2 + bad + GOOD)
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        server.slow_inbox.open.set()
        connection.settimeout(5)
        answers = b""
        while chunk := connection.recv(65_536):
            answers += chunk
    assert statuses(answers) == [200, 200, status]
    refused(answers, status)
    assert len(server.slow_inbox.kept) == 2


class Brief(GuardedProtocol):
    """Keeps a connection that has nothing to do for a moment only."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.timeout_keep_alive = 0


def test_a_connection_that_has_nothing_to_do_is_closed_and_one_with_a_request_is_not() -> None:
    server = RunningApp(Brief)
    server.start()
    server.open()
    try:
        server.slow_inbox.open.clear()
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(GOOD + GOOD)
            connection.settimeout(2.5)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            server.slow_inbox.open.set()
            connection.settimeout(10)
            answers = b""
            while chunk := connection.recv(65_536):
                answers += chunk
        assert statuses(answers) == [200, 200]
    finally:
        server.stop()


def test_blank_lines_between_requests_do_not_keep_a_connection_for_ever(server: RunningApp) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(GOOD)
        assert statuses(connection.recv(65_536)) == [200]
        connection.sendall(b"\r\n")
        refused(connection.recv(65_536), 408)
        assert connection.recv(1) == b""
