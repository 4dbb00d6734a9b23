"""The Slack client against a server on this machine that misbehaves on demand."""

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType

import msgspec
import pytest

from leadline.channels.slack.webhook import SlackWebhook
from leadline.channels.slack.writer import SlackWriter
from leadline.model.errors import ConfigurationError
from leadline.model.handling import Handling
from leadline.model.staff.people import Person
from leadline.model.task import Alert
from leadline.net import sockets
from leadline.ports.channel import GONE, Notice
from leadline.ports.messenger import Busy, Messenger, Refused, Sent, Unreachable
from leadline.standins.slack_inbox import Reply, SlackInbox
from tests.channels.leads import CAPTURED, ID, lead
from tests.standins.scripted_server import ScriptedServer, answer, certificate

MESSAGE = b'{"text":"hello"}'
SECRET = "T00000000/B00000000/sEcReT"
Behaviour = Callable[[socket.socket, threading.Event], object]


class MisbehavingSlack:
    """A server that reads each request whole and then does to the connection what it is told."""

    def __init__(self, behave: Behaviour, *, reads: bool = True) -> None:
        self.requests: list[bytes] = []
        self._behave = behave
        self._reads = reads
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.02)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def url(self, scheme: str = "http") -> str:
        port: int = self._listener.getsockname()[1]
        return f"{scheme}://127.0.0.1:{port}/services/{SECRET}"

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    if self._reads:
                        self.requests.append(read_request(connection))
                    self._behave(connection, self._over)
                except OSError:
                    continue  # the client hung up, as it should

    def __enter__(self) -> "MisbehavingSlack":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()


def read_request(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        if not (chunk := connection.recv(65536)):
            return got
        got += chunk
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answers(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return lambda connection, _: connection.sendall("\r\n".join(head).encode() + body)


def drips(first: bytes, drop: bytes, gap: float = 0.02) -> Behaviour:
    """Something at once and then a byte now and then, for ever."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(first)
        while not over.wait(gap):
            connection.sendall(drop)

    return behave


def send(behave: Behaviour, timeout: float = 5.0) -> Sent | Refused | Busy | Unreachable:
    with MisbehavingSlack(behave) as server:
        return SlackWebhook(server.url(), timeout).send(MESSAGE)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_message_is_posted_as_it_is() -> None:
    with MisbehavingSlack(answers("200 OK", b"ok")) as server:
        messenger: Messenger = SlackWebhook(server.url())
        assert messenger.send(MESSAGE) == Sent()
        assert messenger.send(MESSAGE) == Sent()
    first, second = server.requests
    assert first == second
    assert first.startswith(b"POST /services/T00000000/B00000000/sEcReT HTTP/1.1\r\n")
    assert b"content-type: application/json; charset=utf-8\r\n" in first.lower()
    assert first.endswith(b"\r\n\r\n" + MESSAGE)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        ("400 Bad Request", "invalid_payload", "slack.invalid_payload"),
        ("400 Bad Request", "no_text", "slack.no_text"),
        ("400 Bad Request", "too_many_attachments", "slack.too_many_attachments"),
        ("400 Bad Request", "user_not_found", "slack.user_not_found"),
        ("400 Bad Request", '{"ok":false,"error":"invalid_blocks"}', "slack.invalid_blocks"),
        ("403 Forbidden", "action_prohibited", "slack.action_prohibited"),
        ("403 Forbidden", "invalid_token\n", "slack.invalid_token"),
        (
            "403 Forbidden",
            "posting_to_general_channel_denied",
            "slack.posting_to_general_channel_denied",
        ),
        ("403 Forbidden", "team_disabled", "slack.team_disabled"),
        ("404 Not Found", "no_service", "slack.no_service"),
        ("404 Not Found", "no_active_hooks", "slack.no_active_hooks"),
        ("404 Not Found", "channel_not_found", "slack.channel_not_found"),
        ("410 Gone", "channel_is_archived", "slack.channel_is_archived"),
        ("403 Forbidden", "go away", "slack.http_403"),
        ("404 Not Found", "", "slack.http_404"),
        ("302 Found", "elsewhere", "slack.http_302"),
    ],
)
def test_a_refusal_is_told_by_slacks_own_word(status: str, body: str, reason: str) -> None:
    reply = send(answers(status, body.encode(), "location: http://127.0.0.1:1/"))
    assert reply == Refused(reason, body.strip())


def test_the_words_of_a_refusal_are_shortened_to_one_line() -> None:
    reply = send(answers("403 Forbidden", b"very \xff\n" * 1000))
    assert isinstance(reply, Refused)
    assert len(reply.words) == 200
    assert reply.words.startswith("very \ufffd very")


def test_a_redirect_is_not_followed() -> None:
    with SlackInbox() as elsewhere:
        send(answers("307 Temporary Redirect", b"", f"location: {elsewhere.webhook_url}"))
        assert elsewhere.posts == 0


@pytest.mark.parametrize(
    ("retry_after", "pause_s"),
    [
        ("17", 17),
        ("0", 0),
        ("0.5", 0.5),
        ("-5", 0),
        ("86400", 3600),
        ("1e400", 3600),
        ("nan", 30),
        ("soon", 30),
        (None, 30),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600),
        ("Fri, 99 Dec 2026 23:59:59 GMT", 30),
    ],
)
def test_a_busy_slack_is_obeyed_within_reason(retry_after: str | None, pause_s: float) -> None:
    headers = [] if retry_after is None else [f"retry-after: {retry_after}"]
    reply = send(answers("429 Too Many Requests", b"rate_limited", *headers))
    assert reply == Busy(timedelta(seconds=pause_s), "rate_limited")


def test_a_pause_may_be_given_as_a_date() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    reply = send(answers("429 Too Many Requests", b"", f"retry-after: {at}"))
    assert isinstance(reply, Busy)
    assert timedelta(seconds=100) < reply.after <= timedelta(seconds=120)


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (answers("500 Internal Server Error", b"rollup_error"), "slack.http_500"),
        (answers("503 Service Unavailable"), "slack.http_503"),
        (answers("408 Request Timeout"), "slack.http_408"),
        (
            lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"),
            "slack.half_an_answer",
        ),
        (
            lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nok"),
            "slack.half_an_answer",
        ),
        (lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\ncontent-le"), "slack.half_an_answer"),
        (lambda c, _: None, "slack.hung_up"),
        (lambda c, _: c.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"), "slack.not_http"),
        (
            lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000),
            "slack.not_http",
        ),
    ],
)
def test_trouble_on_the_other_side_is_no_refusal(behave: Behaviour, words: str) -> None:
    assert send(behave) == Unreachable(words)


def test_a_reset_connection_is_no_refusal() -> None:
    def reset(connection: socket.socket, _: threading.Event) -> None:
        linger = b"\x01\0\0\0\0\0\0\0"  # close at once, with RST
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    assert send(reset) == Unreachable("slack.hung_up")


def test_nobody_at_the_other_end_is_no_refusal() -> None:
    reply = SlackWebhook(f"http://127.0.0.1:{closed_port()}/services/{SECRET}").send(MESSAGE)
    assert reply == Unreachable("slack.not_connected")


@pytest.mark.parametrize(
    ("behave", "scheme"),
    [
        (lambda _, over: over.wait(5), "http"),
        (drips(b"", b"H"), "http"),
        (drips(b"HTTP/1.1 200 OK\r\nx: ", b"y"), "http"),
        (drips(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", 0.05), "http"),
        (drips(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b"o"), "http"),
        (drips(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", b"o"), "http"),
        (drips(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\no\r\n"), "http"),
        (drips(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\0"), "https"),
    ],
    ids=["silence", "status", "header", "headers", "body", "endless", "chunks", "handshake"],
)
def test_the_whole_call_ends_in_time_however_slowly_the_answer_drips(
    behave: Behaviour, scheme: str
) -> None:
    with MisbehavingSlack(behave, reads=scheme == "http") as server:
        began = time.monotonic()
        reply = SlackWebhook(server.url(scheme), timeout=0.3).send(MESSAGE)
        took = time.monotonic() - began
    assert isinstance(reply, Unreachable)
    assert reply.words == "slack.DeadlineExceeded"
    assert 0.25 < took < 1.5


def test_of_a_huge_answer_only_a_little_is_read() -> None:
    sent = 0

    def flood(connection: socket.socket, over: threading.Event) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n")
        while not over.is_set():
            sent += connection.send(b"x" * 65536)

    assert send(flood) == Refused("slack.http_403", "x" * 200)
    assert sent < 32 << 20  # what fits into the buffers on the way


def test_a_compressed_answer_is_not_blown_up() -> None:
    reply = send(answers("403 Forbidden", b"\x1f\x8b rubbish", "content-encoding: gzip"))
    assert isinstance(reply, Refused)
    assert reply.reason == "slack.http_403"


def test_an_answer_without_a_body_will_do() -> None:
    assert send(answers("200 OK")) == Sent()
    assert send(lambda c, _: c.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")) == Sent()
    assert send(answers("403 Forbidden")) == Refused("slack.http_403", "")


def test_after_trouble_the_next_message_passes() -> None:
    def behave(number: int) -> Reply | None:
        return Reply(500, hang_up=True) if number == 0 else None

    with SlackInbox(behave=behave) as slack:
        messenger = SlackWebhook(slack.webhook_url)
        assert isinstance(messenger.send(MESSAGE), Unreachable)
        assert messenger.send(MESSAGE) == Sent()
        assert slack.messages == [{"text": "hello"}]


def test_several_threads_may_use_one_webhook() -> None:
    with SlackInbox() as slack:
        messenger = SlackWebhook(slack.webhook_url)
        replies: list[object] = []
        threads = [
            threading.Thread(target=lambda: replies.append(messenger.send(MESSAGE)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert replies == [Sent()] * 8


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO):
        yield caplog


def test_the_url_is_never_told(everything_logged: pytest.LogCaptureFixture) -> None:
    replies = [
        send(answers("500 Oops")),
        send(lambda c, _: None),
        send(lambda c, _: c.sendall(b"HTTP/1.1 200 OK\r\ncontent-le")),
        send(lambda _, over: over.wait(2), 0.2),
        send(answers("302 Found", b"", "location: /services/x")),
        SlackWebhook(f"http://127.0.0.1:{closed_port()}/services/{SECRET}", 2).send(MESSAGE),
    ]
    text = repr(replies) + everything_logged.text
    assert "sEcReT" not in text
    assert "/services" not in text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.slack.com/services/sEcReT",
        "ftp://hooks.slack.com/sEcReT",
        "https://",
        "https:///services/sEcReT",
        "http://[::1/sEcReT",
        "http://host:port/sEcReT",
        "file:///etc/sEcReT",
    ],
)
def test_what_is_no_http_url_is_refused_at_once_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SlackWebhook(url)
    assert "slack_webhook_url" in caught.value.detail
    assert "sEcReT" not in caught.value.detail
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


# --- changing the message in which a button was pressed ---------------------------------------


def change(reply_url: str) -> bytes:
    writer = SlackWriter()
    handling = Handling(
        claimed_by=Person(name="Ada"),
        claimed_at=CAPTURED,
        reply_url=reply_url,
        reply_until=CAPTURED + timedelta(minutes=30),
    )
    notice = Notice(lead=lead(), now=CAPTURED + timedelta(minutes=12), handling=handling)
    message = writer.update(notice, Alert(ID, "slack", CAPTURED, "new_lead/1"))
    assert message is not None
    late = msgspec.structs.replace(notice, now=CAPTURED + timedelta(minutes=31))
    assert writer.update(late, Alert(ID, "slack", CAPTURED, "new_lead/1")) is None
    return message.body


def test_a_message_is_changed_by_the_address_that_came_with_the_press() -> None:
    with MisbehavingSlack(answers("200 OK", b"ok")) as server:
        reply = SlackWebhook(server.url()).send(change(server.url().replace("services", "actions")))
    assert reply == Sent()
    (request,) = server.requests
    assert request.startswith(b"POST /actions/T00000000/B00000000/sEcReT HTTP/1.1")
    body = msgspec.json.decode(request.partition(b"\r\n\r\n")[2])
    assert body["replace_original"] is True
    assert "Claimed by Ada" in body["blocks"][1]["text"]["text"]


@pytest.mark.parametrize("words", [b"used_url", b"expired_url"])
def test_an_address_that_is_used_up_leaves_the_message_as_it_is(words: bytes) -> None:
    with MisbehavingSlack(answers("404 Not Found", words)) as server:
        assert SlackWebhook(server.url()).send(change(server.url())) == Refused(
            GONE, words.decode()
        )


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.com/actions/x",
        "http://hooks.slack.com/actions/x",
        "https://hooks.slack.com.evil.example.com/x",
        "https://hooks.slack.com@evil.example.com/x",
        "file:///etc/passwd",
        "//hooks.slack.com/x",
    ],
)
def test_an_address_that_is_not_slacks_hears_nothing(address: str) -> None:
    with MisbehavingSlack(answers("200 OK", b"ok")) as server:
        reply = SlackWebhook(server.url()).send(change(address))
    assert isinstance(reply, Refused)
    assert reply.reason == GONE
    assert server.requests == []


# --- TLS --------------------------------------------------------------------------------------


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """A certificate of 127.0.0.1 that this machine trusts for the moment."""
    made = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", made[0])
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    sockets.trust.cache_clear()
    yield made
    sockets.trust.cache_clear()


def test_messages_go_over_tls_and_whom_to_trust_is_read_once(trusted: tuple[str, str]) -> None:
    with ScriptedServer(answer("200 OK", b"ok", then="close"), tls=trusted) as server:
        client = SlackWebhook(f"{server.endpoint}/services/{SECRET}")
        assert [client.send(MESSAGE), client.send(MESSAGE)] == [Sent(), Sent()]
    assert [request.body for request in server.requests] == [MESSAGE, MESSAGE]
    assert sockets.trust.cache_info().misses == 1


@pytest.mark.parametrize("name", ["127.0.0.1", "hooks.example.com"])
def test_who_can_not_prove_to_be_slack_hears_nothing(
    trusted: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A forgery with the right name, and a certificate that is trusted with another name."""
    (tmp_path / "other").mkdir()
    other = certificate(tmp_path / "other", name)
    if name != "127.0.0.1":
        monkeypatch.setenv("SSL_CERT_FILE", other[0])
    with ScriptedServer(answer("200 OK", b"ok"), tls=other) as server:
        reply = SlackWebhook(f"{server.endpoint}/services/{SECRET}").send(MESSAGE)
    assert reply == Unreachable("slack.certificate_not_trusted")
    assert server.requests == []
