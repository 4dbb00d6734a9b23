"""Detects silent children of `serve`: an HTTP process that does not answer `/livez`, and any child
that makes no progress.

Time in which the supervisor or the whole machine was stopped does not count: at most 2 seconds
between two checks do.
"""

import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress

from leadline.entrypoints.embedded.movement import Movement

SILENT_S = 10.0
"""The seconds of silence after which a child is replaced."""
_START_S = 60.0
"""How long a child may take to start."""
_LOOK_S = 1.0
_MOST_A_LOOK_S = 2.0
_QUESTION = b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n"
_ANSWER = b'"alive"}'
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - reached there if bound to all


class Livez:
    """Requests `/livez` once a second from the process that accepts the connections of *listener*,
    on one connection and in a thread of its own."""

    def __init__(self, listener: socket.socket, look_s: float = _LOOK_S) -> None:
        host, *rest = listener.getsockname()
        self._address = (_ANY.get(host, host), *rest)
        self._family = listener.family
        self._look_s = look_s
        self._silent = 0.0
        self._began = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="livez", daemon=True)
        self._thread.start()

    def is_silent(self) -> bool:
        """Whether there was no answer for too long."""
        return self._silent >= (SILENT_S if self._began else _START_S)

    def begin_anew(self) -> None:
        """Note that a new process is being started."""
        self._silent, self._began = 0.0, False

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            with suppress(OSError), socket.socket(self._family, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._look_s)
                connection.connect(self._address)
                self._ask_on(connection)
                began = time.monotonic()
            self._stop.wait(self._look_s)
            self._waited(began)

    def _ask_on(self, connection: socket.socket) -> None:
        """Send requests on one connection until it is closed."""
        while not self._stop.is_set():
            connection.sendall(_QUESTION)
            answer = b""
            while _ANSWER not in answer:
                began = time.monotonic()
                try:
                    if not (read := connection.recv(4096)):
                        return
                    answer += read
                except TimeoutError:
                    self._waited(began)
                    if self._stop.is_set():
                        return
            self._silent, self._began = 0.0, True
            self._stop.wait(self._look_s)

    def _waited(self, began: float) -> None:
        self._silent += min(time.monotonic() - began, _MOST_A_LOOK_S)


class Stillness:
    """Finds processes that make no progress, once a second."""

    def __init__(self) -> None:
        self._movement = Movement()
        self._next = 0.0

    def of(self, pids: Iterable[int]) -> set[int]:
        """The ones without progress for too long; empty if called again within a second."""
        if time.monotonic() < self._next:
            return set()
        self._next = time.monotonic() + _LOOK_S
        still = self._movement.look(pids)
        return {pid for pid, seconds in still.items() if seconds >= SILENT_S}
