"""The dashboard on a real socket of loopback, in a thread."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from starlette.applications import Starlette

from leadline.entrypoints.dashboard.process import DashboardServer


class RunningDashboard:
    """A server that a test starts and stops."""

    def __init__(self, app: Starlette) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.app = app
        self.server = DashboardServer(app)
        self._thread = threading.Thread(target=self.server.run, args=(self._listener,))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop it; returns when it has ended."""
        self.server.stop()
        self._thread.join()
        self._listener.close()

    @contextmanager
    def stream(self, path: str, cookie: str = "") -> Iterator[http.client.HTTPResponse]:
        """An answer whose body is still to be read."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request("GET", path, headers={"cookie": cookie} if cookie else {})
            yield connection.getresponse()


@contextmanager
def running(app: Starlette) -> Iterator[RunningDashboard]:
    """The application on a socket, until the end of the block."""
    made = RunningDashboard(app)
    made.start()
    try:
        yield made
    finally:
        if made._thread.is_alive():
            made.stop()
