"""The process of the dashboard: a child of `serve`, or `leadline dashboard` alone."""

import gc
import logging
import socket
import sys
import threading

import uvicorn
from starlette.applications import Starlette

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.guarding.punctual import PunctualProtocol
from leadline.entrypoints.embedded import children
from leadline.installations.accounts import accounts_of
from leadline.installations.data_folder import end_process_at_failed_sync
from leadline.installations.embedded import Embedded
from leadline.model.errors import LeadlineError, StorageFailed
from leadline.settings.loading import Loaded
from leadline.settings.top.general import Settings

# Run as a program, this module is called __main__.
log = logging.getLogger("leadline.entrypoints.dashboard.process")

_NEXT_TRY_S = 30.0
"""The seconds before a process that can't open the accounts ends, and another one tries."""
_GRACE_S = 3
"""The seconds that requests have to end when the process ends; streams end by themselves."""


class _Server(uvicorn.Server):
    """uvicorn, which ends streams before it waits for connections to end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        assert isinstance(app, Starlette)  # noqa: S101 - `DashboardServer` gave it
        app.state.live.close()
        app.state.jobs.close()
        await super().shutdown(sockets)


class DashboardServer:
    """uvicorn with the dashboard, on a socket that is bound already."""

    def __init__(self, app: Starlette) -> None:
        self.app = app
        self._uvicorn = _Server(
            uvicorn.Config(
                app,
                loop="uvloop",
                http=PunctualProtocol,
                ws="none",
                lifespan="on",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    def run(self, listener: socket.socket) -> None:
        """Serve until `stop` is called."""
        # A collection of all objects takes as long as a page: what stays for good is left out of
        # it, and it is seldom done while somebody waits.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        self._uvicorn.run([listener])

    def stop(self) -> None:
        """Accept no more requests, end streams, and let `run` return."""
        self._uvicorn.should_exit = True


def embedded_dashboard(settings: Settings) -> Dashboard:
    """The dashboard of a data folder, which is there: none is made in place of one that was moved.
    Raises ConfigurationError, StorageFailed."""
    installation = Embedded(Loaded(settings, ()), _tell, makes=False)
    if not installation.holds_data():
        raise StorageFailed(f"the data folder {settings.data} was moved or deleted")
    return Dashboard(installation, accounts_of(settings))


def _tell(words: str) -> None:
    log.warning("dashboard.told", extra={"reason": words})


def main() -> None:
    """Entry point of the child process. Its argument is the file descriptor of the listening
    socket. It never ends with a code that ends its parent, which takes leads."""
    server: DashboardServer | None = None
    told = threading.Event()

    def stop() -> None:
        told.set()
        if server is not None:
            server.stop()

    settings = children.settings_from_parent(stop)
    end_process_at_failed_sync(children.SYNC_FAILED)
    try:
        server = DashboardServer(create_app(embedded_dashboard(settings)))
    except LeadlineError as error:
        log.error("dashboard.cannot_open", extra={"reason": error.detail or error.title})
        told.wait(_NEXT_TRY_S)
        sys.exit(1)
    if told.is_set():  # `stop` was called before there was a server
        server.stop()
    (number,) = (int(word) for word in sys.argv[1:] if word.isdecimal())
    log.info("dashboard.ready")
    server.run(socket.socket(fileno=number))
    log.info("dashboard.stopped")


if __name__ == "__main__":
    main()
