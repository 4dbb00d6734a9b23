"""Deliveries that arrive as a whole, and heads that come again, over real sockets."""

import asyncio
import json
import random
import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.entrypoints.embedded.receiving.group_commit import Batcher
from leadline.model.errors import LeadlineError, StorageFailed
from leadline.model.lead import CapturedLead, Kind, Receipt
from leadline.ports.source import Answer
from tests.worlds.counted_connections import CountedConnections
from tests.worlds.http_app import RunningApp, SlowInbox


@pytest.fixture
def impatient() -> Iterator[RunningApp]:
    running = RunningApp(CountedConnections)
    running.start()
    running.open()
    CountedConnections.fed = 0
    yield running
    running.stop()


@pytest.fixture
def server(impatient: RunningApp) -> RunningApp:
    """A server that waits for requests as long as it takes this machine to send them."""
    impatient.loop.call_soon_threadsafe(impatient.sweeper.cancel)
    return impatient


def post(body: bytes, *fields: bytes, path: bytes = b"/webhook") -> bytes:
    head = b"".join(field + b"\r\n" for field in (b"host: x", *fields))
    length = b"content-length: %d\r\n" % len(body)
    return b"POST %b HTTP/1.1\r\n%b%b\r\n%b" % (path, head, length, body)


JSON = b"content-type: application/json"
CHUNKED = (
    b"POST /webhook HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n3\r\n0\r\n\r\n"
)
LAST = post(b'"last"', b"connection: close")


class Connection:
    """One connection, on which each request is answered before the next is sent."""

    def __init__(self, server: RunningApp) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._socket.sendall(piece)

    def answer(self) -> tuple[int, bytes, bytes]:
        """The status, the head and the body of the next answer."""
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: ([0-9]+)", head)
        assert found is not None
        while len(body) < int(found[1]):
            body += self._more()
        return int(head[9:12]), head, body

    def asked(self, *pieces: bytes) -> int:
        self.send(*pieces)
        return self.answer()[0]

    def rest(self, *, ends: bool = False) -> bytes:
        """All answers to come; *ends*: nothing more will be sent."""
        if ends:
            self._socket.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while more := self._socket.recv(65_536):
                got += more
        except ConnectionResetError:
            pass  # closed before it had read all of it
        return got

    def _more(self) -> bytes:
        more = self._socket.recv(65_536)
        assert more, "the connection was closed"
        return more


def kept(server: RunningApp) -> list[bytes]:
    return [lead.raw for lead in server.slow_inbox.kept]


def test_a_delivery_that_arrives_as_a_whole_needs_no_task_of_its_own(
    server: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    long_way = server.app._webhook

    async def counted(name: str, *rest: Any) -> None:
        begun.append(name)
        await long_way(name, *rest)

    monkeypatch.setattr(server.app, "_webhook", counted)
    with Connection(server) as connection:
        assert connection.asked(post(b"1", JSON)) == 200
        assert connection.asked(post(b"2", JSON, path=b"/webhook/generic")) == 200
        assert begun == []
        assert connection.asked(CHUNKED) == 200
        assert begun == ["generic"]
    assert kept(server) == [b"1", b"2", b"3"]


def test_a_head_that_comes_again_is_not_parsed_again_and_each_body_is_its_own(
    server: RunningApp,
) -> None:
    with Connection(server) as connection:
        assert connection.asked(post(b'"a"', JSON)) == 200
        assert connection.asked(post(b'"b"', JSON)) == 200
        fed = CountedConnections.fed
        for body in (b'"c"', b'"longer than before"', b"7"):
            assert connection.asked(post(body, JSON)) == 200
            assert server.source.seen.body == body
            assert server.source.seen.headers["content-length"] == str(len(body))
            assert server.source.seen.headers["content-type"] == "application/json"
            assert server.source.seen.url == "https://leads.example.com/webhook"
        assert CountedConnections.fed == fed
    assert kept(server) == [b'"a"', b'"b"', b'"c"', b'"longer than before"', b"7"]


@pytest.mark.parametrize(
    ("other", "status", "left"),
    [
        (post(b'"d"', b"x-secret: b"), 200, b'"d"'),
        (post(b'"d"', b"x-secret: aa"), 200, b'"d"'),
        (post(b'"d"', b"x-secret: a", path=b"/webhook/generi"), 404, None),
        (post(b'"d"', b"x-secret: a", b"content-length: 3"), 400, None),
        (post(b'"d"', b"x-secret: a").replace(b": 3", b": +3"), 400, None),
        (post(b'"d"', b"x-secret: a").replace(b": 3", b": 3_"), 400, None),
        (post(b'"d"', b"x-secret: a").replace(b": 3", b": "), 400, None),
        (post(b'"d"', b"x-secret: a").replace(b": 3\r\n", b": 3\n"), 400, None),
        (post(b'"' + b"d" * 10_001 + b'"', b"x-secret: a"), 413, None),
        (post(b'"d"', b"x-secret: a").replace(b": 3", b": 003"), 200, b'"d"'),
    ],
    ids=[
        "another value", "a longer value", "another path", "another length", "a sign", "a letter",
        "no length", "another line end", "too large", "zeros",
    ],
)  # fmt: skip
def test_a_head_that_is_almost_the_one_before_is_read_anew(
    server: RunningApp, other: bytes, status: int, left: bytes | None
) -> None:
    with Connection(server) as connection:
        for body in (b'"a"', b'"b"', b'"c"'):
            assert connection.asked(post(body, b"x-secret: a")) == 200
        assert connection.asked(other) == status
    assert kept(server)[3:] == ([left] if left else [])
    if left:
        fields = re.search(rb"x-secret: (.*)\r\n", other)
        assert fields is not None
        assert server.source.seen.headers["x-secret"] == fields[1].decode()


def altered(request: bytes, chance: random.Random) -> bytes:
    """The request with one byte replaced, left out, or put in."""
    at = chance.randrange(len(request))
    new = bytes([chance.choice(b"\x00\r\n :;,-+019aZ\x7f\xff")])
    kind = chance.randrange(3)
    return request[:at] + (b"" if kind == 1 else new) + request[at + (kind < 2) :]


def test_whatever_byte_is_altered_a_known_head_changes_no_answer(server: RunningApp) -> None:
    chance = random.Random(51)
    usual = post(b'{"name": "Ada"}', JSON, b"x-secret: a")

    def answers(known: bool, sent: bytes) -> tuple[bytes, list[bytes], object]:
        before = len(server.slow_inbox.kept)
        with Connection(server) as connection:
            for _ in range(2 * known):
                assert connection.asked(usual) == 200
            connection.send(sent)  # alone, or it could not be one whole delivery
            got = connection.rest(ends=True)
        # What follows the first answer is not told to a sender whose end has come by then.
        status = got[9:12]
        stored = kept(server)[before + 2 * known :]
        # What its source saw of a delivery that ends early, it may see later.
        seen = (server.source.seen.url, server.source.seen.headers) if stored else None
        return status, stored, seen

    for _ in range(100):
        sent = altered(usual, chance)
        assert answers(True, sent) == answers(False, sent), sent


def test_however_a_request_with_a_known_head_is_cut_its_body_is_read(server: RunningApp) -> None:
    whole = post(b'{"email": "ada@example.com"}', JSON)
    with Connection(server) as connection:
        for at in (10, len(whole) - 20, len(whole) - 1):
            assert connection.asked(whole) == 200
            assert connection.asked(whole) == 200
            connection.send(whole[:at])
            assert server.get("/livez").status == 200  # the piece was read before the rest comes
            assert connection.asked(whole[at:]) == 200
    assert kept(server) == [b'{"email": "ada@example.com"}'] * 9


def test_requests_with_a_known_head_that_are_sent_at_once_are_answered_in_order(
    server: RunningApp,
) -> None:
    with Connection(server) as connection:
        assert connection.asked(post(b"1", JSON)) == 200
        assert connection.asked(post(b"2", JSON)) == 200
        server.slow_inbox.open.clear()
        connection.send(post(b"3", JSON), post(b"4", JSON) + post(b"55", JSON), LAST)
        server.slow_inbox.open.set()
        answers = connection.rest()
    ids = re.findall(rb'"lead_id":"([^"]+)"', answers)
    assert ids == [lead.id.encode() for lead in server.slow_inbox.kept[2:]]
    assert kept(server) == [b"1", b"2", b"3", b"4", b"55", b'"last"']


def test_a_known_head_whose_body_never_comes_is_hung_up_on(impatient: RunningApp) -> None:
    with Connection(impatient) as connection:
        for _ in range(3):
            assert connection.asked(post(b'"abc"', JSON)) == 200
        connection.send(post(b'"abc"', JSON)[:-2])
        status, head, _ = connection.answer()
        assert status == 408
        assert b"connection: close" in head
    assert len(impatient.slow_inbox.kept) == 3


def test_a_sender_that_hangs_up_before_its_answer_harms_no_other(server: RunningApp) -> None:
    server.slow_inbox.open.clear()
    with Connection(server) as gone:
        gone.send(post(b"1", JSON))
        while not server.slow_inbox.asked:
            time.sleep(0.01)
    with Connection(server) as connection:
        connection.send(post(b"2", JSON))
        server.slow_inbox.open.set()
        assert connection.answer()[0] == 200
        assert connection.asked(post(b"3", JSON)) == 200
    assert kept(server) == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    "request_",
    [
        post(b'{"name": "Ada"}', JSON),
        post(b'"boom"', JSON),
        post(b"1", JSON, path=b"/webhook/hubspt"),
        post(b"1", b"content-encoding: gzip"),
        post(b"1", b"idempotency-key: a", b"idempotency-key: b"),
        post(b"1", b"content-type: image/png"),
        post(b"1", b"connection: close"),
        post(b"1", JSON).replace(b"1.1", b"1.0"),
    ],
    ids=["good", "a bug", "unknown", "gzip", "two keys", "media", "close", "1.0"],
)
def test_both_ways_answer_alike(server: RunningApp, request_: bytes) -> None:
    def told(*pieces: bytes) -> tuple[int, set[bytes], Any]:
        with Connection(server) as connection:
            connection.send(pieces[0])
            assert server.get("/livez").status == 200  # the piece was read before the rest comes
            connection.send(*pieces[1:])
            status, head, body = connection.answer()
        lines = {line for line in head.split(b"\r\n") if not line.startswith(b"date:")}
        told = json.loads(body)
        told.pop("lead_id", None)
        return status, lines, told

    assert told(request_) == told(request_[:-1], request_[-1:])


@pytest.mark.parametrize("whole", [True, False])
def test_no_header_field_of_an_answer_becomes_two(
    server: RunningApp, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = Answer(b"", headers={"location": "/\r\nset-cookie: a"})
    monkeypatch.setattr(server.source, "answer", lambda _: split)
    sent = post(b"1", JSON, b"connection: close")
    with Connection(server) as connection:
        connection.send(sent if whole else sent[:-1])
        assert server.get("/livez").status == 200  # the piece was read before the rest comes
        connection.send(b"" if whole else sent[-1:])
        got = connection.rest()
    assert got.startswith(b"HTTP/1.1 500 ")
    assert b"set-cookie" not in got


class Batches(SlowInbox):
    """Keeps the sizes of the batches."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        self.sizes.append(len(leads))
        return super().accept(leads)


def lead(number: int) -> CapturedLead:
    at = datetime.now(UTC)
    return CapturedLead(
        id=f"0193a5b2-0000-7000-8000-{number:012d}", source="generic", kind=Kind.CREATED,
        captured_at=at, due_at=at, raw=b"%d" % number, event_key=number.to_bytes(16, "big"),
    )  # fmt: skip


def test_what_is_read_in_one_round_of_the_loop_is_committed_together() -> None:
    async def sizes() -> list[int]:
        inbox = Batches()
        batcher = Batcher(inbox, asyncio.get_running_loop())
        await asyncio.gather(*[batcher.submit([lead(number)]) for number in range(20)])
        await asyncio.to_thread(batcher.close)
        return inbox.sizes

    assert asyncio.run(sizes()) == [20]


def test_senders_who_send_again_when_answered_are_each_answered_every_time() -> None:
    rounds, senders = 40, 30

    async def answered() -> list[int]:
        counts, inbox = [0] * senders, Batches()
        loop = asyncio.get_running_loop()
        batcher, done = Batcher(inbox, loop), asyncio.Event()

        def send(sender: int) -> None:
            sent = [lead(counts[sender] * senders + sender)]
            batcher.hand_in(sent, lambda told: hear(sender, told))

        def hear(sender: int, told: Sequence[Receipt] | LeadlineError) -> None:
            assert not isinstance(told, LeadlineError)
            assert told[0].lead_id == lead(counts[sender] * senders + sender).id
            counts[sender] += 1
            if counts[sender] < rounds:
                loop.call_soon(send, sender)
            elif min(counts) == rounds:
                done.set()

        for sender in range(senders):
            send(sender)
        await done.wait()
        await asyncio.to_thread(batcher.close)
        assert sum(inbox.sizes) == rounds * senders
        return counts

    assert asyncio.run(answered()) == [rounds] * senders


def test_what_is_read_while_the_server_ends_is_stored() -> None:
    async def sizes() -> list[int]:
        inbox = Batches()
        batcher = Batcher(inbox, asyncio.get_running_loop())
        told: list[object] = []
        batcher.hand_in([lead(1)], told.append)
        closing = threading.Thread(target=batcher.close)
        closing.start()
        await asyncio.to_thread(closing.join)
        return inbox.sizes

    assert asyncio.run(sizes()) == [1]


def test_a_delivery_that_is_refused_while_it_is_written_is_answered_once() -> None:
    """And so is one that only waits; a later one is stored."""

    async def told() -> tuple[list[object], list[object], list[object]]:
        inbox, loop = Batches(), asyncio.get_running_loop()
        inbox.open.clear()
        batcher = Batcher(inbox, loop)
        written: list[object] = []
        waiting: list[object] = []
        later: list[object] = []
        batcher.hand_in([lead(1)], written.append)
        while not inbox.sizes:
            await asyncio.sleep(0)
        batcher.hand_in([lead(2)], waiting.append)
        batcher.refuse(StorageFailed())
        while not waiting:
            await asyncio.sleep(0)
        batcher.refuse(None)
        inbox.open.set()
        batcher.hand_in([lead(3)], later.append)
        while not later:
            await asyncio.sleep(0)
        await asyncio.to_thread(batcher.close)
        return written, waiting, later

    written, waiting, later = asyncio.run(told())
    assert [type(one) for one in (*written, *waiting)] == [StorageFailed] * 2
    assert len(later) == 1
    assert isinstance(later[0], list)
