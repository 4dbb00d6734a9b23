"""Whether servers can be reached, against real sockets on this machine."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from leadline.net import reaching
from leadline.net.reaching import Server, server_of_url, unreachable
from tests.standins.ports import free_port

HERE = "127.0.0.1"


@pytest.fixture
def listening() -> Iterator[int]:
    """The port of a server that accepts connections and says nothing."""
    with closing(socket.create_server((HERE, 0))) as server:
        yield server.getsockname()[1]


def test_a_server_that_accepts_a_connection_is_reached(listening: int) -> None:
    server = Server(HERE, listening, False)
    assert unreachable([server], 5) == {server: ""}


def test_a_server_that_is_not_there_is_told_with_the_reason(listening: int) -> None:
    gone, there = Server(HERE, free_port(), False), Server(HERE, listening, False)
    assert unreachable([gone, there], 5) == {gone: "Connection refused", there: ""}


def test_a_server_that_never_begins_tls_is_not_waited_for(listening: int) -> None:
    silent = Server(HERE, listening, True)
    assert unreachable([silent], 0.2) == {silent: "no answer within 0.2 s"}


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(host: str, port: int) -> socket.socket:
        released.recv(1)
        raise OSError

    keeper, released = socket.socketpair()
    monkeypatch.setattr(reaching, "open_connection", hang)
    slow = Server("slow.example.com", 443, True)
    with closing(keeper), closing(released):
        found = unreachable([slow], 0.1)
        keeper.send(b"x")
    assert found == {slow: "no answer within 0.1 s, not even for the name"}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", Server("hooks.slack.com", 443, True)),
        ("http://127.0.0.1:8080/x", Server("127.0.0.1", 8080, False)),
        ("file:///leads/x.json", None),
        ("", None),
    ],
)
def test_the_server_of_a_url_is_its_host_and_port(url: str, server: Server | None) -> None:
    assert server_of_url(url) == server
