"""Deliveries that would grow, at both doors: refused with a reason, and nothing is kept."""

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from leadline import wiring
from leadline.entrypoints.aws import capture
from leadline.entrypoints.embedded.receiving.captures import OpenEndpoints
from leadline.entrypoints.embedded.receiving.group_commit import Batcher
from leadline.entrypoints.embedded.receiving.http import App
from leadline.settings.top.general import Settings
from leadline.standins.slack_inbox import SlackInbox
from leadline.stores.sqlite.file.folder import FILE
from tests.standins.aws_faults import world
from tests.worlds.aws_functions import Functions, now
from tests.worlds.batches import BATCHES, change_event

Answered = tuple[int, dict[str, Any]]


class Server:
    """The HTTP application on a store of SQLite, with settings of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.settings = Settings(data=folder, **settings)
        self.observed: list[tuple[str, int]] = []

    def post(self, name: str, *deliveries: bytes, media: str = "") -> list[Answered]:
        """The answers to deliveries to a source, one after another."""
        return asyncio.run(self._post(name, deliveries, media or "application/json"))

    async def _post(self, name: str, bodies: tuple[bytes, ...], media: str) -> list[Answered]:
        app = App(observe=lambda source, status: self.observed.append((source, status)))
        with closing(wiring.store(self.settings)) as store:
            batcher = Batcher(store, asyncio.get_running_loop())
            app.open(OpenEndpoints(wiring.capture_kit(self.settings), batcher))
            answers = [await asked(app, name, body, media) for body in bodies]
            await asyncio.to_thread(batcher.close)
        return answers

    def kept(self) -> tuple[int, int]:
        """How many events are in the file, and the bytes of their raws and bodies."""
        db = apsw.Connection(str(self.settings.data / FILE))
        sizes = "SELECT count(*), ifnull(sum(length(raw) + ifnull(length(body), 0)), 0) FROM raw"
        (row,) = db.execute(sizes)
        db.close()
        return int(row[0]), int(row[1])


async def asked(
    app: Callable[..., Awaitable[None]], name: str, body: bytes, media: str
) -> Answered:
    """What an ASGI application answers to a delivery."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": f"/webhook/{name}", "query_string": b"",
        "scheme": "http", "headers": [(b"content-type", media.encode())],
    }  # fmt: skip
    await app(scope, receive, send)
    text = sent[1]["body"]
    return sent[0]["status"], json.loads(text) if text.startswith(b"{") else {}


@pytest.mark.parametrize("what", BATCHES)
def test_a_delivery_over_the_limit_is_413_at_the_server_and_not_kept(
    what: str, tmp_path: Path
) -> None:
    name, media, body_of = BATCHES[what]
    server = Server(tmp_path, max_events=3)
    ((status, problem),) = server.post(name, body_of(4), media=media)
    assert (status, problem["status"]) == (413, 413)
    assert problem["title"] == "The delivery holds too many events"
    assert "more than 3 events" in problem["detail"]
    assert server.kept() == (0, 0)
    assert server.observed == [(name, 413)]
    ((status, answer),) = server.post(name, body_of(3), media=media)
    assert status == 200
    assert server.kept()[0] == 3
    if "lead_ids" in answer:
        assert len(answer["lead_ids"]) == 3


def test_a_change_event_that_would_grow_is_413_at_the_server_and_not_kept(tmp_path: Path) -> None:
    server = Server(tmp_path, max_stored=10_000)
    body = change_event(20, Description="x" * 1000)
    ((status, problem),) = server.post("salesforce", body)
    assert (status, problem["title"]) == (413, "The delivery would take up too much storage")
    assert f"from a body of {len(body)} bytes" in problem["detail"]
    assert server.kept() == (0, 0)


def test_a_change_event_of_twice_as_many_records_takes_up_twice_the_space(tmp_path: Path) -> None:
    sizes = []
    for count in (50, 100, 200):
        server = Server(tmp_path / str(count))
        ((status, _),) = server.post("salesforce", change_event(count))
        assert status == 200
        kept, size = server.kept()
        assert kept == count
        sizes.append(size)
    assert sizes[1] < 2.5 * sizes[0]
    assert sizes[2] < 2.5 * sizes[1]


class ConnectionClosed:
    """An inbox whose disk does not move until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def accept(self, leads: Any) -> Any:
        self.reached.set()
        self.opened.wait()
        raise RuntimeError("nothing is kept here")

    def readmit(self, lead_ids: Any, due_at: Any) -> Any:
        raise NotImplementedError

    def read_again(self, lead_id: Any, lead: Any, belongs_to: Any = "") -> Any:
        raise NotImplementedError


def test_what_waits_for_the_disk_is_counted_by_what_it_takes_up(tmp_path: Path) -> None:
    """And not by its body; but alone even the largest gets in."""
    body = change_event(10, Description="x" * 500)

    async def answers() -> list[int]:
        inbox = ConnectionClosed()
        batcher = Batcher(inbox, asyncio.get_running_loop(), most_bytes=3 * len(body))
        app = App()
        app.open(OpenEndpoints(wiring.capture_kit(Settings(data=tmp_path)), batcher))

        def post() -> asyncio.Task[Answered]:
            return asyncio.create_task(asked(app, "salesforce", body, "application/json"))

        first = post()
        await asyncio.to_thread(inbox.reached.wait)
        second = post()
        while not batcher.waiting:
            await asyncio.sleep(0)
        third = post()
        while not third.done() and batcher.waiting < 2:
            await asyncio.sleep(0)
        inbox.opened.set()
        found = [(await one)[0] for one in (first, second, third)]
        await asyncio.to_thread(batcher.close)
        return found

    # The first is with the disk, the second waits alone, the third finds no more room.
    assert asyncio.run(answers()) == [503, 503, 429]


# --- on AWS


@pytest.fixture
def functions(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = root.handlers[:], root.level
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        made = Functions(actor, slack)
        monkeypatch.setattr(capture, "_parts", lambda: made.parts)
        # moto's tables are not made for several writers at once.
        monkeypatch.setattr("leadline.stores.aws.parallel._MOST", 1)
        yield made
        made.parts.caller.close()
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)


def deliver(functions: Functions, name: str, body: bytes, media: str) -> tuple[int, str]:
    """The status and the text of what Capture answers."""
    event = {
        "httpMethod": "POST",
        "path": f"/webhook/{name}",
        "pathParameters": {"source": name},
        "headers": {"content-type": media or "application/json"},
        "body": body.decode(),
        "requestContext": {"domainName": "api.example.com", "path": f"/prod/webhook/{name}"},
    }

    class Context:
        aws_request_id = "request-1"
        get_remaining_time_in_millis = staticmethod(lambda: 30_000)

    answer = capture.handler(event, Context())
    return answer["statusCode"], answer["body"]


def kept(functions: Functions) -> tuple[int, int]:
    """How many raw documents are in the bucket, and their bytes."""
    bucket = functions.actor.bucket
    documents = [bucket.get(key) for key in bucket.keys("raw/")]
    return len(documents), sum(len(one or b"") for one in documents)


@pytest.mark.parametrize("what", BATCHES)
def test_a_delivery_over_the_limit_is_413_on_aws_and_not_kept(
    functions: Functions, what: str
) -> None:
    name, media, body_of = BATCHES[what]
    functions.write("max_events = 3")
    status, text = deliver(functions, name, body_of(4), media)
    assert (status, json.loads(text)["title"]) == (413, "The delivery holds too many events")
    assert kept(functions) == (0, 0)
    assert functions.actor.leads() == {}
    status, _ = deliver(functions, name, body_of(3), media)
    assert (status, kept(functions)[0]) == (200, 3)


def test_a_change_event_that_would_grow_is_413_on_aws_and_not_kept(functions: Functions) -> None:
    functions.write("max_stored = 10000")
    body = change_event(20, Description="x" * 1000)
    status, text = deliver(functions, "salesforce", body, "")
    assert status == 413
    assert json.loads(text)["title"] == "The delivery would take up too much storage"
    assert kept(functions) == (0, 0)


def test_a_change_event_of_twice_as_many_records_takes_up_twice_the_space_on_aws(
    functions: Functions,
) -> None:
    functions.write("max_events = 1000")
    sizes = [0]
    for count in (10, 20, 40):
        body = (
            change_event(count)
            .replace(b"0002343d", b"%08d" % count)
            .replace(b"00Q5g0000", b"00Q5g%04d" % count)
        )  # records of their own
        assert deliver(functions, "salesforce", body, "")[0] == 200
        sizes.append(kept(functions)[1] - sum(sizes))
    assert sizes[2] < 2.5 * sizes[1]
    assert sizes[3] < 2.5 * sizes[2]
