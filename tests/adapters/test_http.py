"""The HTTP door, over real sockets."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
import urllib3
import uvicorn

from leadline.capture import CaptureKit
from leadline.entrypoints.batcher import Batcher
from leadline.entrypoints.guard import GuardedProtocol, hang_up_on_the_slow
from leadline.entrypoints.http import App, Door
from leadline.errors import StorageFull
from leadline.lead import CapturedLead, Delivery, Event, Fate, Kind, Receipt
from leadline.sources import Answer, Source


class Plain(Source):
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


class Desk:
    """An inbox whose disk we can hold back or fill."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.full = False
        self.kept: list[CapturedLead] = []

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        self.open.wait()
        if self.full:
            raise StorageFull
        if any(lead.raw == b'"poison"' for lead in leads):
            raise ValueError("can't be stored")
        self.kept += leads
        return [Receipt(lead.id, Fate.CAPTURED) for lead in leads]

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        raise NotImplementedError("no test of the door readmits")


class Running:
    def __init__(self) -> None:
        self.desk = Desk()
        self.source = Plain()
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
            http=GuardedProtocol,
            ws="none",
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        self.server = uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.server.run, args=([self.listener],))
        self.http = urllib3.PoolManager(retries=False, timeout=10)

    async def _startup(self, app: App) -> None:
        self.loop = asyncio.get_running_loop()
        self.batcher = Batcher(self.desk, self.loop, most_waiting=4)
        self.kit = CaptureKit({"generic": self.source}, timedelta(minutes=10))
        self.sweeper = self.loop.create_task(
            hang_up_on_the_slow(self.server.server_state.connections, 1.0)
        )

    async def _shutdown(self, app: App) -> None:
        self.sweeper.cancel()
        await asyncio.to_thread(self.batcher.close)

    def open(self) -> None:
        self.loop.call_soon_threadsafe(self.app.open, Door(self.kit, self.batcher))
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


@pytest.fixture
def starting() -> Iterator[Running]:
    running = Running()
    running.thread.start()
    while not running.server.started:
        time.sleep(0.01)
    yield running
    running.desk.open.set()
    running.http.clear()
    running.server.should_exit = True
    running.thread.join()
    running.listener.close()


@pytest.fixture
def server(starting: Running) -> Running:
    starting.open()
    return starting


def problem(answer: urllib3.BaseHTTPResponse) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = json.loads(answer.data)
    assert body["status"] == answer.status
    return body


def test_while_starting_the_answer_is_503_and_never_404(starting: Running) -> None:
    answer = starting.post(b"{}")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"
    assert starting.get("/readyz").status == 503
    assert starting.get("/metrics").status == 503
    assert starting.get("/livez").status == 200


def test_a_lead_is_answered_with_the_promised_json(server: Running) -> None:
    answer = server.post(b'{"name":"Ada"}')
    assert answer.status == 200
    (kept,) = server.desk.kept
    assert json.loads(answer.data) == {
        "message": "Lead captured successfully",
        "lead_id": kept.id,
    }
    assert kept.raw == b'{"name":"Ada"}'


def test_no_answer_before_the_inbox_has_the_lead(server: Running) -> None:
    server.desk.open.clear()
    answers: list[int] = []
    sender = threading.Thread(target=lambda: answers.append(server.post(b"1").status))
    sender.start()
    time.sleep(0.2)
    assert answers == []
    server.desk.open.set()
    sender.join()
    assert answers == [200]


def test_the_source_sees_the_url_as_the_outside_calls_it(server: Running) -> None:
    server.post(b"1", "/webhook/generic?tenant=a%40b&x=%20")
    assert server.source.seen.url == (
        "https://leads.example.com/webhook/generic?tenant=a%40b&x=%20"
    )


def test_an_unknown_source_is_404_with_the_names_that_exist(server: Running) -> None:
    answer = server.post(b"{}", "/webhook/hubspt")
    assert answer.status == 404
    assert "generic" in str(problem(answer)["detail"])


def test_a_handshake_is_answered_and_any_other_get_is_405(server: Running) -> None:
    assert server.get("/webhook/generic?challenge=1").data == b"hello"
    refused = server.get("/webhook/generic")
    assert (refused.status, refused.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_413_however_it_comes(server: Running, chunked: bool) -> None:
    url = f"http://127.0.0.1:{server.port}/webhook"
    body = b"x" * 10_001
    answer = server.http.request(
        "POST", url, body=iter([body[:5000], body[5000:]]) if chunked else body, chunked=chunked
    )
    assert answer.status == 413
    assert server.desk.kept == []


def test_a_body_at_the_limit_passes(server: Running) -> None:
    assert server.post(b'"' + b"x" * 9_998 + b'"').status == 200


def test_a_bug_of_ours_says_nothing_of_our_insides(server: Running) -> None:
    answer = server.post(b'"boom"')
    assert answer.status == 500
    assert b"secret" not in answer.data
    assert b"RuntimeError" not in answer.data


def test_a_full_disk_is_503_and_ends_when_there_is_room(server: Running) -> None:
    server.desk.full = True
    answer = server.post(b"1")
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    server.desk.full = False
    assert server.post(b"1").status == 200


def test_more_than_fits_is_429_and_what_was_taken_is_kept(server: Running) -> None:
    server.desk.open.clear()
    statuses: list[int] = []
    senders = [
        threading.Thread(target=lambda: statuses.append(server.post(b"1").status))
        for _ in range(12)
    ]
    for sender in senders:
        sender.start()
    time.sleep(0.5)
    assert set(statuses) == {429}
    server.desk.open.set()
    for sender in senders:
        sender.join()
    assert statuses.count(200) == len(server.desk.kept) >= 4


def test_one_delivery_that_cannot_be_stored_harms_no_other(server: Running) -> None:
    server.desk.open.clear()
    answers: dict[bytes, int] = {}

    def send(body: bytes) -> None:
        answers[body] = server.post(body).status

    senders = [threading.Thread(target=send, args=(b,)) for b in (b"1", b'"poison"', b"2")]
    for sender in senders:
        sender.start()
    time.sleep(0.3)
    server.desk.open.set()
    for sender in senders:
        sender.join()
    assert answers == {b"1": 200, b'"poison"': 503, b"2": 200}


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /webhook HTTP/1.1\r\nhost: x\r\n",
        b"POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{",
    ],
    ids=["silence", "half a head", "half a body"],
)
def test_a_request_that_never_ends_is_hung_up_on(server: Running, sent: bytes) -> None:
    assert b" 408 " in server.raw(sent)
    assert server.desk.kept == []


def test_a_sender_that_drips_is_hung_up_on(server: Running) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b"POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n")
        began = time.monotonic()
        connection.settimeout(0.2)
        while time.monotonic() - began < 5:
            try:
                connection.sendall(b"1")
                if not connection.recv(1000):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - began < 4


def test_garbage_is_answered_400(server: Running) -> None:
    assert b"400" in server.raw(b"\x16\x03\x01 nonsense\r\n\r\n").split(b"\r\n")[0]


def test_a_compressed_body_is_415(server: Running) -> None:
    assert server.post(b"1", **{"content-encoding": "gzip"}).status == 415


def test_pages_are_read_only(server: Running) -> None:
    assert server.get("/metrics").data == b"x 1\n"
    assert server.post(b"", "/metrics").status == 405
    assert server.get("/nothing").status == 404
