"""Deliveries with a known head, over real sockets, to a source that lets heads decide."""

import json
import re
import socket
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from leadline.journey.receiving.capture import CaptureKit
from leadline.model.lead import CapturedLead, Receipt
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.store import SqliteStore
from leadline.vendors.generic.webhook import Generic
from tests.worlds.http_app import RunningApp, SlowInbox

BODIES = [b'{"email": "person-%d@example.com"}' % n for n in range(4)]


class StoredInbox(SlowInbox):
    """Keeps leads in a store."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__()
        self.store = store

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        super().accept(leads)
        return self.store.accept(leads)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningApp]:
    running = RunningApp()
    store = SqliteStore(tmp_path)
    running.slow_inbox = StoredInbox(store)
    running.start()
    generic = Generic(SourceConfig(secret=("correct-horse-battery",)))
    running.kit = CaptureKit({"generic": generic}, timedelta(minutes=10))
    running.open()
    running.loop.call_soon_threadsafe(running.sweeper.cancel)
    yield running
    running.stop()
    store.close()


def exchanged(server: RunningApp, secret: bytes, *bodies: bytes) -> list[tuple[int, bytes, bytes]]:
    """The status, the head and the body of each answer on one connection."""
    found = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        for body in bodies:
            head = (
                b"POST /webhook HTTP/1.1\r\nhost: x\r\nauthorization: Bearer %b\r\n"
                b"content-type: application/json\r\ncontent-length: %d\r\n\r\n"
            )
            connection.sendall(head % (secret, len(body)) + body)
            got = b""
            while (length := re.search(rb"content-length: ([0-9]+)\r\n", got)) is None or (
                len(got.partition(b"\r\n\r\n")[2]) < int(length[1])
            ):
                more = connection.recv(65_536)
                assert more, "the connection was closed"
                got += more
            told, _, answer = got.partition(b"\r\n\r\n")
            found.append((int(told[9:12]), told, answer))
    return found


def test_each_body_is_a_lead_of_its_own_and_answered_with_its_id(server: RunningApp) -> None:
    answers = exchanged(server, b"correct-horse-battery", *BODIES)
    leads = server.slow_inbox.kept
    assert [lead.raw for lead in leads] == BODIES
    assert [json.loads(body) for _, _, body in answers] == [
        {"message": "Lead captured successfully", "lead_id": lead.id} for lead in leads
    ]
    assert len({re.sub(rb"date: [^\r]*", b"", head) for _, head, _ in answers}) == 1


def test_a_head_with_a_wrong_secret_is_refused_each_time(server: RunningApp) -> None:
    answers = exchanged(server, b"wrong", *BODIES)
    assert [status for status, _, _ in answers] == [401] * len(BODIES)
    assert not server.slow_inbox.kept


def test_a_delivery_that_comes_again_or_is_no_lead_is_answered_as_ever(server: RunningApp) -> None:
    one, two, three, _ = BODIES
    bodies = (one, two, b'{"type": "ping"}', one, three)
    told = [json.loads(b) for _, _, b in exchanged(server, b"correct-horse-battery", *bodies)]
    assert "no new lead" in told[2]["message"]
    assert told[3] == told[0]
    assert len({answer["lead_id"] for answer in told if "lead_id" in answer}) == 3


def test_a_delivery_that_cannot_be_kept_is_refused(server: RunningApp) -> None:
    server.slow_inbox.full = True
    answers = exchanged(server, b"correct-horse-battery", *BODIES)
    assert [status for status, _, _ in answers] == [503] * len(BODIES)
