"""Connections of a server that is told to end: what has begun is answered."""

import socket
import threading
from collections.abc import Iterator

import pytest

from leadline.entrypoints.embedded.receiving import slow_senders
from leadline.entrypoints.embedded.receiving.slow_senders import GuardedProtocol
from tests.worlds.http_app import RunningApp

POST = b"POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n1"


class ToldToEnd(GuardedProtocol):
    told = threading.Semaphore(0)

    def shutdown(self) -> None:
        super().shutdown()
        self.told.release()


@pytest.fixture
def server() -> Iterator[RunningApp]:
    ToldToEnd.told = threading.Semaphore(0)
    running = RunningApp(ToldToEnd)
    running.start()
    running.open()
    # Nothing but the end of the server may close a connection.
    running.loop.call_soon_threadsafe(running.sweeper.cancel)
    running.server.config.timeout_graceful_shutdown = None
    yield running
    running.stop()


def connected(server: RunningApp, *begun: bytes) -> list[socket.socket]:
    """Connections that the server has accepted, each with the beginning of a request."""
    made = [socket.create_connection(("127.0.0.1", server.port)) for _ in begun]
    for connection, sent in zip(made, begun, strict=True):
        connection.sendall(sent)
    assert server.get("/readyz").status == 200  # accepted later than those
    server.http.clear()
    return made


def end(server: RunningApp, connections: int) -> None:
    server.server.should_exit = True
    for _ in range(connections):
        assert ToldToEnd.told.acquire(timeout=60)


def rest(connection: socket.socket) -> bytes:
    with connection:
        connection.settimeout(60)
        answer = b""
        while read := connection.recv(65536):
            answer += read
        return answer


def test_requests_of_new_connections_are_answered_after_the_server_is_told_to_end(
    server: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_senders, "GRACE_S", 3600.0)
    new, head, body = connected(server, b"", POST[:10], POST[:-1])
    end(server, 3)
    for connection, sent in ((new, POST), (head, POST[10:]), (body, POST[-1:])):
        connection.sendall(sent)
        answer = rest(connection)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"connection: close" in answer.lower()
    assert len(server.slow_inbox.kept) == 3


def test_a_new_connection_without_a_request_is_closed_after_a_moment(
    server: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_senders, "GRACE_S", 0.01)
    (new,) = connected(server, b"")
    end(server, 1)
    assert rest(new) == b""
