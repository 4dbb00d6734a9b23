"""The HTTP door on a real socket of loopback, with an inbox that a test can hold back or fill."""

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import urllib3
import uvicorn

from leadline.entrypoints.embedded.receiving.captures import OpenEndpoints
from leadline.entrypoints.embedded.receiving.group_commit import Batcher
from leadline.entrypoints.embedded.receiving.http import App
from leadline.entrypoints.embedded.receiving.slow_senders import (
    GuardedProtocol,
    hang_up_on_the_slow,
)
from leadline.journey.receiving.capture import CaptureKit
from leadline.model.errors import StorageFull
from leadline.model.lead import CapturedLead, Delivery, Event, Fate, Kind, Receipt
from leadline.ports.source import Answer, Source


class PlainSource(Source):
    """Every body is one lead; "boom" is a bug of ours."""

    name = "generic"

    def authenticate(self, delivery: Delivery) -> None:
        self.seen = delivery

    def events(self, delivery: Delivery) -> Sequence[Event]:
        if delivery.body == b'"boom"':
            raise RuntimeError("secret inside")
        return [Event(Kind.CREATED, delivery.body)]

    def handshake(self, delivery: Delivery) -> Answer | None:
        return Answer(b"hello", "text/plain") if "challenge" in delivery.url else None


class SlowInbox:
    """An inbox whose disk we can hold back or fill."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.full = False
        self.kept: list[CapturedLead] = []
        self.asked = 0

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        self.asked += 1
        self.open.wait()
        if self.full:
            raise StorageFull
        if any(lead.raw == b'"poison"' for lead in leads):
            raise ValueError("can't be stored")
        self.kept += leads
        return [Receipt(lead.id, Fate.CAPTURED) for lead in leads]

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        raise NotImplementedError("no test of the door readmits")

    def read_again(self, lead_id: str, lead: CapturedLead, belongs_to: str = "") -> bool:
        raise NotImplementedError("no test of the door reads again")


class RunningApp:
    """Our application in uvicorn on loopback, with *protocol* as its HTTP/1.1.

    A request may take one second to arrive.
    """

    def __init__(self, protocol: type[GuardedProtocol] = GuardedProtocol) -> None:
        self.slow_inbox = SlowInbox()
        self.source = PlainSource()
        self.app = App(
            max_body=10_000,
            public_url="https://leads.example.com",
            pages={"/metrics": lambda: Answer(b"x 1\n", "text/plain")},
            on_startup=self._startup,
            on_shutdown=self._shutdown,
        )
        config = uvicorn.Config(
            self.app,
            loop="uvloop",
            http=type("Served", (protocol,), {"captures": self.app.captures}),
            ws="none",
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        self.server = uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.server.run, args=([self.listener],))
        self.http = urllib3.PoolManager(retries=False, timeout=60)

    async def _startup(self, app: App) -> None:
        self.loop = asyncio.get_running_loop()
        self.batcher = Batcher(self.slow_inbox, self.loop, most_waiting=4)
        self.kit = CaptureKit({"generic": self.source}, timedelta(minutes=10))
        self.sweeper = self.loop.create_task(
            hang_up_on_the_slow(self.server.server_state.connections, 1.0)
        )

    async def _shutdown(self, app: App) -> None:
        self.sweeper.cancel()
        await asyncio.to_thread(self.batcher.close)

    def start(self) -> None:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self.slow_inbox.open.set()
        self.http.clear()
        self.server.should_exit = True
        self.thread.join()
        self.listener.close()

    def open(self) -> None:
        self.loop.call_soon_threadsafe(self.app.open, OpenEndpoints(self.kit, self.batcher))
        while self.get("/readyz").status != 200:
            time.sleep(0.01)

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        return self.http.request("GET", f"http://127.0.0.1:{self.port}{path}")

    def post(self, body: bytes, path: str = "/webhook", **headers: str) -> urllib3.BaseHTTPResponse:
        headers.setdefault("content-type", "application/json")
        url = f"http://127.0.0.1:{self.port}{path}"
        return self.http.request("POST", url, body=body, headers=headers)

    def raw(self, sent: bytes, *, wait_s: float = 5.0) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait_s) as connection:
            connection.sendall(sent)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
            return answer
