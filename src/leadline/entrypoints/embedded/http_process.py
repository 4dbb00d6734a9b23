"""The HTTP process of `serve`: one event loop, one writer thread, one checkpointer."""

import asyncio
import gc
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

import uvicorn
from prometheus_client import CollectorRegistry, Counter

from leadline import wiring
from leadline.entrypoints.embedded import children
from leadline.entrypoints.embedded.receiving import openapi
from leadline.entrypoints.embedded.receiving.captures import OpenEndpoints
from leadline.entrypoints.embedded.receiving.group_commit import Batcher
from leadline.entrypoints.embedded.receiving.http import App, Page
from leadline.entrypoints.embedded.receiving.refused import RefusedDeliveries
from leadline.entrypoints.embedded.receiving.slack_http import SlackRequests
from leadline.entrypoints.embedded.receiving.slow_senders import guarded, hang_up_on_the_slow
from leadline.entrypoints.embedded.receiving.token_keys import TokenKeys
from leadline.entrypoints.embedded.watching import exposure, metrics
from leadline.entrypoints.embedded.watching.health import FoundAgain, Health
from leadline.entrypoints.refusals import RefusalLog
from leadline.entrypoints.slack_endpoint import slack_endpoint, unowned_leads
from leadline.installations.data_file import Checkpointer, Whereabouts
from leadline.installations.data_folder import end_process_at_failed_sync
from leadline.journey.enriching.figures import ProviderFigures, provider_figures
from leadline.model.errors import ConfigurationError, LeadlineError, StorageFailed
from leadline.operations.trials.experiment_watch import AlarmingExperiment, watched_in
from leadline.ports.source import Answer
from leadline.ports.store import Inbox
from leadline.settings.top.general import Settings

# Run as a program, this module is called __main__.
log = logging.getLogger("leadline.entrypoints.embedded.http_process")

_LOOKED_BACK = timedelta(days=30)
"""The age up to which unassigned leads are listed in Slack."""
_FAILED_LATELY_S = 5.0


def _open_store(settings: Settings) -> Inbox:
    # The checkpointer keeps the log short.
    return wiring.store(settings, checkpoint_pages=0, first=True, makes=False)


def _server(app: App, refused: RefusedDeliveries) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=guarded(refused, app.captures),
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


def _unreadable_counter(registry: CollectorRegistry) -> Counter:
    return Counter(
        "leadline_unreadable_deliveries",
        "Deliveries that can't be read, by source and whether they were stored as dead letters.",
        ["source", "kept"],
        registry=registry,
    )


class HttpServer:
    """uvicorn with our application, on a socket that the supervisor has bound.

    *open_inbox* opens the inbox for leads; by default the embedded store. With *opens_first*, no
    connection is accepted before it is open.
    """

    def __init__(
        self,
        settings: Settings,
        open_inbox: Callable[[Settings], Inbox] = _open_store,
        *,
        opens_first: bool = False,
    ) -> None:
        self.settings = settings
        self._opens_first = opens_first
        self._open_inbox = open_inbox
        self.failed: LeadlineError | None = None
        self._registry = CollectorRegistry()
        answers = metrics.AnswerCounts()
        self._registry.register(answers)
        self._unreadable = _unreadable_counter(self._registry)
        self._presses = Counter(
            "leadline_slack_requests",
            "Pressed buttons and typed commands in Slack.",
            ["what", "result"],
            registry=self._registry,
        )
        self._slack: SlackRequests | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._unwarned: set[str] = set()
        lines = RefusalLog(whole_address=settings.log_sender == "address")
        self._refused = RefusedDeliveries(lines)
        self.app = App(
            max_body=settings.max_body,
            public_url=settings.public_url,
            pages=self._pages(),
            tokens={"/metrics": settings.metrics_token},
            observe=answers.add,
            unreadable=self._observe_unreadable,
            forwarded=self._note_proxy,
            refused=self._refused,
            on_startup=self._startup,
            on_shutdown=self._shutdown,
        )
        self.uvicorn = _server(self.app, self._refused)

    def run(self, listener: socket.socket, metrics_listener: socket.socket | None = None) -> None:
        """Serve until `stop` is called; everything accepted is on the disk then. With a
        *metrics_listener*, `/metrics` is served only there."""
        if metrics_listener is None:
            self.uvicorn.run([listener])
        else:
            self.app.serve_apart("/metrics", metrics_listener.getsockname()[1])
            self.uvicorn.run([listener, metrics_listener])

    def stop(self) -> None:
        """Accept no more requests, finish those under way, and let `run` return."""
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
            known = (self._providers(), self._experiments())
            body = metrics.render(ledger, self._registry, self.settings, *known)
        finally:
            ledger.close()
        return Answer(body, "text/plain; version=0.0.4; charset=utf-8")

    def _providers(self) -> Sequence[ProviderFigures]:
        if not self.settings.enrich:
            return ()
        with closing(wiring.store(self.settings, checkpoint_pages=0, makes=False)) as store:
            return provider_figures(store, self.settings.enrich, datetime.now(UTC))

    def _experiments(self) -> Mapping[str, AlarmingExperiment]:
        if not self.settings.experiments:
            return {}
        with closing(wiring.store(self.settings, checkpoint_pages=0, makes=False)) as store:
            return watched_in(store).alarming

    def _slack_requests(self) -> SlackRequests | None:
        """The part that answers Slack, with its own store, so that presses and webhooks do not wait
        for each other's writes; None without a signing secret."""
        if not self.settings.slack_signing_secret:
            return None
        self._slack_store = wiring.store(self.settings, checkpoint_pages=0, first=True, makes=False)
        return SlackRequests(
            slack_endpoint(self.settings, wiring.audit(self.settings, makes=False)),
            self._slack_store,
            self._unowned,
            lambda what, result: self._presses.labels(what, result).inc(),
        )

    def _unowned(self) -> Sequence[str]:
        with closing(wiring.ledger(self.settings)) as ledger:
            return unowned_leads(ledger, datetime.now(UTC) - _LOOKED_BACK)

    def _observe_unreadable(self, source: str, kept: bool) -> None:
        self._unreadable.labels(source, "yes" if kept else "no").inc()

    def _warn_of_unauthenticated(self) -> None:
        """Log which sources have no authentication, if other machines may reach them."""
        bare = exposure.unauthenticated(self.settings)
        self._unwarned = set(bare)
        if bare and (why := exposure.exposed(self.settings)):
            data = {"count": len(bare), "source": ", ".join(bare), "reason": ", ".join(why)}
            log.warning("sources.unauthenticated", extra=data)

    def _note_proxy(self, source: str) -> None:
        """Log, once per source without authentication, that a delivery came through a proxy."""
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
        if self._opens_first:
            await asyncio.to_thread(self._open, app, loop)
            return
        # The store opens in a thread, so that senders get 503 instead of no answer meanwhile.
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
        whereabouts = Whereabouts(self.settings.data)
        self.batcher = Batcher(
            FoundAgain(inbox, whereabouts), loop, most_waiting=self.settings.max_waiting
        )
        self.health = Health(self.settings.data, self.batcher.refuse, whereabouts)
        self.checkpointer = Checkpointer(self.settings.data)
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)
        keys = TokenKeys(kit.tokens, self.settings.sources) if kit.tokens is not None else None
        loop.call_soon_threadsafe(
            app.open, OpenEndpoints(kit, self.batcher, self._slack, self._trouble, keys)
        )
        if keys is not None:
            loop.call_soon_threadsafe(keys.begin)
        log.info("server.ready")

    def _trouble(self) -> LeadlineError | None:
        """Why deliveries cannot be stored now, or could not a moment ago."""
        if (found := self.health.trouble) is not None:
            return type(found)(found.detail)
        just_failed = time.monotonic() - self.batcher.failed_at < _FAILED_LATELY_S
        return StorageFailed("a delivery could not be kept just now") if just_failed else None

    async def _shutdown(self, app: App) -> None:
        for task in self._tasks:
            task.cancel()
        if self._slack is not None:
            await self._slack.close()
            self._slack_store.close()
        if app.endpoints is not None:
            await asyncio.to_thread(self.health.close)
            await asyncio.to_thread(self.batcher.close)
            await asyncio.to_thread(self.checkpointer.close)
        log.info("server.stopped")


def main() -> None:
    """Entry point of the child process. Its arguments are the file descriptors of the listening
    sockets: for webhooks and, optionally, for `/metrics`; and `RENEWED` if it replaces another."""
    server: HttpServer | None = None
    told = threading.Event()

    def stop() -> None:
        told.set()
        if server is not None:
            server.stop()

    settings = children.settings_from_parent(stop)
    end_process_at_failed_sync(children.SYNC_FAILED)
    words = sys.argv[1:]
    server = HttpServer(settings, opens_first=children.RENEWED in words)
    if told.is_set():  # `stop` was called before there was a server
        server.stop()
    server.run(*(socket.socket(fileno=int(word)) for word in words if word.isdecimal()))
    if isinstance(server.failed, ConfigurationError):
        sys.exit(children.BAD_CONFIGURATION)
    sys.exit(0 if server.failed is None else 1)


if __name__ == "__main__":
    main()
