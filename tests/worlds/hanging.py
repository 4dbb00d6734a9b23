"""Somebody outside who takes connections and never answers."""

import socket
import threading
from contextlib import suppress


class Hanging:
    """Notes which connections are opened and closed, and says nothing; `enough` is set when so many
    were opened."""

    def __init__(self, count: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.events: list[tuple[str, int]] = []
        self.enough = threading.Event()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, args=(count,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/hook"

    def close(self) -> None:
        """Take no further connection, and hang up on those that wait."""
        self.listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, count: int) -> None:
        for number in range(count):
            connection, _ = self.listener.accept()
            self._open.append(connection)
            self.events.append(("opened", number))
            threading.Thread(target=self._wait, args=(connection, number), daemon=True).start()
        self.enough.set()

    def _wait(self, connection: socket.socket, number: int) -> None:
        with connection:
            while connection.recv(65_536):
                pass
        self.events.append(("closed", number))
