"""The HTTP process of `serve`: one event loop, one writer thread, one checkpointer."""

import asyncio
import gc
import logging
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

import uvicorn
from prometheus_client import CollectorRegistry, Counter

from leadline import wiring
from leadline.entrypoints.embedded import children, exposure, metrics, openapi
from leadline.entrypoints.embedded.group_commit import Batcher
from leadline.entrypoints.embedded.http import App, Door, Page
from leadline.entrypoints.embedded.slack_http import SlackRequests
from leadline.entrypoints.embedded.slow_senders import GuardedProtocol, hang_up_on_the_slow
from leadline.entrypoints.slack_door import slack_door, unowned_leads
from leadline.installations.data_file import Checkpointer
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.ports.source import Answer
from leadline.ports.store import Inbox
from leadline.settings.general import Settings

# Run as a program, this module is called __main__.
log = logging.getLogger("leadline.entrypoints.embedded.http_process")

_LOOKED_BACK = timedelta(days=30)
"""Unassigned leads that are older are not listed in Slack."""


def _open_store(settings: Settings) -> Inbox:
    return wiring.store(settings, checkpoint_pages=0)  # the checkpointer does that


def _server(app: App) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=GuardedProtocol,
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=10,
        )
    )


class HttpServer:
    """uvicorn around our application, on a socket that somebody else has bound.

    *open_inbox* opens what takes the leads; by default it is the embedded store.
    """

    def __init__(
        self, settings: Settings, open_inbox: Callable[[Settings], Inbox] = _open_store
    ) -> None:
        self.settings = settings
        self._open_inbox = open_inbox
        self.failed: LeadlineError | None = None
        self._registry = CollectorRegistry()
        answers = metrics.AnswerCounts()
        self._registry.register(answers)
        self._presses = Counter(
            "leadline_slack_requests",
            "What people pressed and typed in Slack.",
            ["what", "result"],
            registry=self._registry,
        )
        self._slack: SlackRequests | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._unwarned: set[str] = set()
        self.app = App(
            max_body=settings.max_body,
            public_url=settings.public_url,
            pages=self._pages(),
            tokens={"/metrics": settings.metrics_token},
            observe=answers.add,
            forwarded=self._note_proxy,
            on_startup=self._startup,
            on_shutdown=self._shutdown,
        )
        self.uvicorn = _server(self.app)

    def run(self, listener: socket.socket, metrics_listener: socket.socket | None = None) -> None:
        """Serve until told to stop; then everything accepted is on the disk. With a
        *metrics_listener*, `/metrics` is there alone."""
        if metrics_listener is None:
            self.uvicorn.run([listener])
        else:
            self.app.apart = ("/metrics", metrics_listener.getsockname()[1])
            self.uvicorn.run([listener, metrics_listener])

    def stop(self) -> None:
        """Take no more, finish what is under way, and let `run` return."""
        self.uvicorn.should_exit = True

    def _pages(self) -> dict[str, Page]:
        document = openapi.document()
        return {
            "/metrics": self._metrics,
            "/openapi.json": lambda: Answer(document),
        }

    def _metrics(self) -> Answer:
        ledger = wiring.ledger(self.settings)
        try:
            body = metrics.render(ledger, self._registry, self.settings)
        finally:
            ledger.close()
        return Answer(body, "text/plain; version=0.0.4; charset=utf-8")

    def _slack_requests(self) -> SlackRequests | None:
        """What answers Slack, with a store of its own, so that no press waits for a webhook that is
        being written, nor the other way round; None without a secret to know Slack by."""
        if not self.settings.slack_signing_secret:
            return None
        self._slack_store = wiring.store(self.settings, checkpoint_pages=0)
        return SlackRequests(
            slack_door(self.settings),
            self._slack_store,
            self._unowned,
            lambda what, result: self._presses.labels(what, result).inc(),
        )

    def _unowned(self) -> Sequence[str]:
        with closing(wiring.ledger(self.settings)) as ledger:
            return unowned_leads(ledger, datetime.now(UTC) - _LOOKED_BACK)

    def _warn_of_unauthenticated(self) -> None:
        """Say which sources believe everybody, where others than this machine may reach them."""
        bare = exposure.unauthenticated(self.settings)
        self._unwarned = set(bare)
        if bare and (why := exposure.exposed(self.settings)):
            told = {"count": len(bare), "source": ", ".join(bare), "reason": ", ".join(why)}
            log.warning("sources.unauthenticated", extra=told)

    def _note_proxy(self, source: str) -> None:
        """A proxy handed on a delivery: said of each source that believes everybody, once."""
        if source in self._unwarned:
            self._unwarned.discard(source)
            log.warning("source.unauthenticated", extra={"source": source, "reason": "proxy"})
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, exposure.note_proxy, self.settings.data)

    async def _startup(self, app: App) -> None:
        loop = asyncio.get_running_loop()
        limit_s = self.settings.receive_timeout.total_seconds()
        connections = self.uvicorn.server_state.connections
        self._tasks.append(loop.create_task(hang_up_on_the_slow(connections, limit_s)))
        # The store opens beside the loop, so that senders hear 503 and not silence meanwhile.
        threading.Thread(target=self._open, args=(app, loop), name="opener", daemon=True).start()

    def _open(self, app: App, loop: asyncio.AbstractEventLoop) -> None:
        try:
            inbox = self._open_inbox(self.settings)
            kit = wiring.webhook_kit(self.settings)
            self._slack = self._slack_requests()
        except LeadlineError as error:
            log.error("server.cannot_open", extra={"error": type(error).__name__})
            self.failed = error
            self.stop()
            return
        self._warn_of_unauthenticated()
        self.batcher = Batcher(inbox, loop, most_waiting=self.settings.max_waiting)
        self.checkpointer = Checkpointer(self.settings.data)
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)
        loop.call_soon_threadsafe(app.open, Door(kit, self.batcher, self._slack))
        log.info("server.ready")

    async def _shutdown(self, app: App) -> None:
        for task in self._tasks:
            task.cancel()
        if self._slack is not None:
            await self._slack.close()
            self._slack_store.close()
        if app.door is not None:
            await asyncio.to_thread(self.batcher.close)
            await asyncio.to_thread(self.checkpointer.close)
        log.info("server.stopped")


def main() -> None:
    """Entry point of the child process; its arguments are the numbers of the listening sockets, of
    webhooks and, where it has one, of `/metrics`."""
    server: HttpServer | None = None
    told = threading.Event()

    def stop() -> None:
        told.set()
        if server is not None:
            server.stop()

    settings = children.settings_from_parent(stop)
    server = HttpServer(settings)
    if told.is_set():  # before there was a server to stop
        server.stop()
    server.run(*(socket.socket(fileno=int(number)) for number in sys.argv[1:]))
    if isinstance(server.failed, ConfigurationError):
        sys.exit(children.BAD_CONFIGURATION)
    sys.exit(0 if server.failed is None else 1)


if __name__ == "__main__":
    main()
