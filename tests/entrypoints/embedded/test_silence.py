"""Whoever does not answer `/livez` is known to be silent, and nothing saves it."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.entrypoints.embedded import silence
from leadline.entrypoints.embedded.silence import Livez
from leadline.entrypoints.embedded.store_jobs import StoreJobs

LOOK_S = 0.001


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture
def asking(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Livez]:
    monkeypatch.setattr(silence, "SILENT_S", 0.05)
    monkeypatch.setattr(silence, "_START_S", 0.05)
    made = Livez(listener, LOOK_S)
    yield made
    made.close()


def until(asking: Livez, *, silent: bool) -> None:
    for _ in range(100_000):
        if asking.is_silent() is silent:
            return
        threading.Event().wait(LOOK_S)
    raise AssertionError("it stays as it is")


def answer(connection: socket.socket) -> None:
    assert connection.recv(4096).startswith(b"GET /livez HTTP/1.1\r\n")
    connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{"status":"alive"}')


def test_one_that_accepts_nothing_is_silent(asking: Livez) -> None:
    until(asking, silent=True)


def test_one_that_answers_late_is_not_silent_any_more(
    asking: Livez, listener: socket.socket
) -> None:
    until(asking, silent=True)
    connection, _ = listener.accept()
    with connection:
        answer(connection)
        until(asking, silent=False)
        answer(connection)  # on the same connection
        until(asking, silent=True)  # no further answer comes


def test_one_that_has_begun_anew_has_time_again(
    asking: Livez, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(asking, silent=True)
    monkeypatch.setattr(silence, "_START_S", 1e6)
    asking.begin_anew()
    assert not asking.is_silent()


class _Stuck:
    """A store to which a process that hangs holds the right to write."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.done: list[object] = []
        self.closed = False

    def release(self, holder: int) -> int:
        self.free.wait()
        self.done.append(holder)
        return 0

    def set_apart(self, holder: int, lead_id: str, hold: timedelta) -> int:
        self.free.wait()
        self.done.append((holder, lead_id))
        return 0

    def close(self) -> None:
        self.closed = True


def test_a_store_that_nobody_can_write_to_holds_up_no_supervisor() -> None:
    store = _Stuck()
    jobs = StoreJobs(store, longest_end_s=0.01)
    jobs.set_apart(1, "lead", timedelta(seconds=2))
    jobs.release(1)
    assert store.done == []
    jobs.close()
    assert not store.closed, "it is in use"
    store.free.set()


def test_what_was_asked_of_the_store_is_done_in_order() -> None:
    store = _Stuck()
    jobs = StoreJobs(store)
    jobs.set_apart(1, "lead", timedelta(seconds=2))
    jobs.release(1)
    store.free.set()
    jobs.close()
    assert store.done == [(1, "lead"), 1]
    assert store.closed
