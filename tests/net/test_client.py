"""The one HTTP client: deadlines, connections that last, and what a request may hold."""

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.net.address import check_url, read_url
from leadline.net.client import HttpClient, NoReply, unpacked
from leadline.net.deadline import is_over, seconds_left, within
from leadline.net.reply import HttpReply
from leadline.net.sockets import open_connection, secured, trust
from tests.standins.scripted_server import Answer, ScriptedServer, answer, certificate, unreachable

OK = answer(body=b"ok")
NOTHING = Answer([], "close")


def asked(client: HttpClient, server: ScriptedServer, method: str = "GET") -> str:
    """The body of the answer, or why there is none."""
    reply = client.request(method, f"{server.endpoint}/x", b"sent" if method != "GET" else None)
    return reply.body.decode() if isinstance(reply, HttpReply) else reply.reason


# --- connections that last ----------------------------------------------------------------------


def test_connections_last_only_where_that_is_wanted() -> None:
    with ScriptedServer(OK) as server:
        lasting, single = HttpClient(5, keep=True), HttpClient(5)
        assert [asked(lasting, server) for _ in range(3)] == ["ok"] * 3
        assert [asked(single, server, "POST") for _ in range(2)] == ["ok"] * 2
        assert [one.connection for one in server.requests] == [0, 0, 0, 1, 2]
        assert [one.headers.get("connection") for one in server.requests[2:]] == [
            None, "close", "close",
        ]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_may_be_asked_twice_is_asked_again_when_an_idle_connection_has_broken(
    method: str,
) -> None:
    with ScriptedServer(OK, NOTHING, OK) as server:
        client = HttpClient(5, keep=True)
        assert [asked(client, server, method) for _ in range(2)] == ["ok", "ok"]
        assert [one.connection for one in server.requests] == [0, 0, 1]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_may_not_be_asked_twice_is_not(method: str) -> None:
    with ScriptedServer(OK, NOTHING, OK) as server:
        client = HttpClient(5, keep=True)
        assert [asked(client, server, method) for _ in range(2)] == ["ok", "hung_up"]
        assert len(server.requests) == 2


def test_a_fresh_connection_that_breaks_is_not_tried_again() -> None:
    with ScriptedServer(NOTHING, OK) as server:
        assert asked(HttpClient(5, keep=True), server) == "hung_up"
        assert len(server.requests) == 1


def test_an_idle_connection_that_the_server_has_closed_is_passed_over() -> None:
    with ScriptedServer(Answer(OK.pieces, "close"), OK) as server:
        client = HttpClient(5, keep=True)
        assert asked(client, server, "POST") == "ok"
        (_, connection, _) = client._idle._kept[0]
        while connection.is_fresh():
            threading.Event().wait(0.001)
        assert asked(client, server, "POST") == "ok"
        assert [one.connection for one in server.requests] == [0, 1]


@pytest.mark.parametrize(
    "first",
    [
        answer("200 OK", b"ok", "connection: close", then="close"),
        Answer([b"HTTP/1.1 200 OK\r\n\r\nok"], "close"),
        Answer([b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok"], "close"),
    ],
    ids=["close", "unframed", "http-1.0"],
)
def test_a_connection_that_ends_with_its_answer_is_not_kept(first: Answer) -> None:
    with ScriptedServer(first, OK) as server:
        client = HttpClient(5, keep=True)
        assert asked(client, server) == "ok"
        assert client._idle._kept == []
        assert asked(client, server) == "ok"


def test_chunks_leave_the_connection_for_the_next_call() -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    with ScriptedServer(Answer([head, b"1\r\no\r\n1\r\nk\r\n", b"0\r\nx: y\r\n\r\n"])) as server:
        client = HttpClient(5, keep=True)
        assert [asked(client, server) for _ in range(3)] == ["ok"] * 3
        assert server.connections == 1


def test_connections_over_tls_last_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", made[0])
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    trust.cache_clear()
    try:
        with ScriptedServer(OK, tls=made) as server:
            client = HttpClient(5, keep=True)
            assert [asked(client, server, "POST") for _ in range(3)] == ["ok"] * 3
            assert server.connections == 1
    finally:
        trust.cache_clear()


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def echo() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_threads_that_share_a_client_each_get_their_own_answer() -> None:
    wrong: list[object] = []

    def ask(name: int) -> None:
        for count in range(30):
            sent = f"{name}/{count}".encode()
            reply = client.request("POST", url, sent)
            if not isinstance(reply, HttpReply) or reply.body != sent:
                wrong.append(reply)

    with echo() as url:
        client = HttpClient(10, keep=True)
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client._idle.close()
    assert wrong == []


# --- time and size ------------------------------------------------------------------------------


def test_a_deadline_around_a_call_holds_for_it_too() -> None:
    with ScriptedServer(Answer([b"HTTP/1.1 200"], "hang")) as server, within(0.2):
        assert asked(HttpClient(60), server) == "timeout"
        assert is_over()
        assert asked(HttpClient(60), server) == "timeout"  # no connection is even opened
        assert len(server.requests) == 1


def test_a_deadline_within_another_ends_no_later() -> None:
    with within(60):
        with within(600):
            assert 30 < (seconds_left() or 0) <= 60
        with within(30):
            assert 0 < (seconds_left() or 0) <= 30
        assert 30 < (seconds_left() or 0) <= 60
    assert seconds_left() is None
    assert not is_over()


def test_a_handshake_keeps_the_deadline_whatever_the_connection_has_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        opened = open_connection(*listener.getsockname())
        peer, _ = listener.accept()
        late = threading.Timer(2, peer.close)
        late.start()
        with within(0.2), pytest.raises(TimeoutError):
            secured(opened, "127.0.0.1")
        late.cancel()
        late.join()
        peer.close()


def test_an_idle_connection_does_not_remember_the_deadline_of_its_last_call() -> None:
    with ScriptedServer(OK, Answer([b"", *OK.pieces], gap=1.1)) as server:
        client = HttpClient(5, keep=True)
        with within(1):
            assert asked(client, server, "POST") == "ok"
        assert asked(client, server, "POST") == "ok"
        assert server.connections == 1


def test_of_a_longer_answer_only_what_is_wanted_is_read_and_its_connection_is_not_kept() -> None:
    with ScriptedServer(answer(body=b"x" * 1000)) as server:
        client = HttpClient(5, keep=True)
        for most, whole in ((999, False), (1000, True)):
            reply = client.request("GET", server.endpoint, most=most)
            assert isinstance(reply, HttpReply)
            assert (len(reply.body), reply.whole) == (most, whole)
            assert len(client._idle._kept) == whole


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ([b"HTTP/1.1 200 OK\r\nx: y\r\n"], "half_an_answer"),
        ([b"HTTP/1.1 200 OK"], "half_an_answer"),
        ([b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"], "half_an_answer"),
        ([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n"], "half_an_answer"),
        ([b"HTTP/1.1 103 Early Hints\r\n\r\n"], "not_http"),
        ([b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 200, b"\r\n"], "not_http"),
        ([b"hello\r\n\r\n"], "not_http"),
        ([], "hung_up"),
    ],
)
def test_every_way_to_break_off_has_its_reason(pieces: list[bytes], reason: str) -> None:
    with ScriptedServer(Answer(pieces, "close")) as server:
        assert asked(HttpClient(5), server) == reason


def test_an_answer_without_length_and_body_will_do_when_its_headers_are_whole() -> None:
    with ScriptedServer(Answer([b"HTTP/1.1 200 OK\r\n\r\n"], "close")) as server:
        assert asked(HttpClient(5), server) == ""


def test_an_answer_that_says_go_on_first_is_read_to_its_end() -> None:
    with ScriptedServer(Answer([b"HTTP/1.1 100 Continue\r\n\r\n", *OK.pieces])) as server:
        assert asked(HttpClient(5), server) == "ok"


# --- where to -----------------------------------------------------------------------------------


def test_every_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(OK) as server, unreachable() as nobody:
        ports = int(nobody.rpartition(":")[2]), server.port

        def addresses(*_: object) -> list[object]:
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)) for port in ports
            ]

        monkeypatch.setattr(socket, "getaddrinfo", addresses)
        assert asked(HttpClient(5), server) == "ok"


@pytest.mark.parametrize("host", ["nowhere.invalid", "x" * 70])
def test_a_name_that_nobody_has_is_no_answer(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str, *_: object) -> list[object]:
        name.encode("idna")
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    reply = HttpClient(5).request("GET", f"http://{host}/")
    assert reply == NoReply("not_connected")


def test_proxies_that_the_environment_names_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(OK) as server, ScriptedServer(OK) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.endpoint)
        assert asked(HttpClient(5), server) == "ok"
        assert proxy.requests == []


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with ScriptedServer(OK) as other:
        moved = answer("307 Moved", b"", f"location: {other.endpoint}/")
        with ScriptedServer(moved) as server:
            reply = HttpClient(5).request("POST", server.endpoint, b"secret")
        assert isinstance(reply, HttpReply)
        assert reply.status == 307
        assert other.requests == []


def test_the_target_is_written_as_http_wants_it() -> None:
    with ScriptedServer(OK) as server:
        HttpClient(5).request("GET", f"{server.endpoint}/a b/ü%20c?q=é&r=1+2#part")
        HttpClient(5).request("GET", f"{server.endpoint}?q=1")
        targets = [one.target for one in server.requests]
    assert targets == ["/a%20b/%C3%BC%20c?q=%C3%A9&r=1+2", "/?q=1"]


def test_a_user_in_the_url_is_told_unless_a_header_says_otherwise() -> None:
    with ScriptedServer(OK) as server:
        url = server.endpoint.replace("://", "://ada:pass%40word@")
        HttpClient(5).request("GET", url)
        HttpClient(5).request("GET", url, headers={"authorization": "Bearer x"})
        told = [one.headers["authorization"] for one in server.requests]
        assert server.requests[0].headers["host"] == f"127.0.0.1:{server.port}"
    assert told == ["Basic YWRhOnBhc3NAd29yZA==", "Bearer x"]


@pytest.mark.parametrize("value", ["a\r\nx-other: b", "a\nb", "☃"])
def test_a_header_that_can_not_be_sent_stays_here(value: str) -> None:
    with ScriptedServer(OK) as server:
        reply = HttpClient(5).request("GET", server.endpoint, headers={"authorization": value})
        assert reply == NoReply("bad_header")
        assert server.requests == []


@pytest.mark.parametrize(
    "url",
    ["", "x", "ftp://a.example.com/", "https://", "http://a b/", "http://a:x/", "http://[::1/",
     "http://.example.com/", "https:/a.example.com"],
)  # fmt: skip
def test_what_is_no_http_url_is_a_wrong_setting_and_never_asked(url: str) -> None:
    assert HttpClient(5).request("GET", url) == NoReply("bad_url")
    with pytest.raises(ConfigurationError, match=r"channels\.a\.url must be a complete URL"):
        check_url(url, "channels.a.url")


def test_a_url_may_name_a_port_and_an_address() -> None:
    assert read_url("HTTPS://A.example.com/x").server == ("https", "a.example.com", 443)
    assert read_url("http://[::1]:8080").server == ("http", "::1", 8080)


def test_a_packed_body_is_unpacked_as_far_as_is_wanted() -> None:
    packed = gzip.compress(b"x" * 1000)
    assert unpacked(packed, 1000) == (b"x" * 1000, True)
    assert unpacked(packed, 999) == (b"x" * 999, False)
    for broken in (b"", b"{}", packed[:-1], packed[:8]):
        with pytest.raises(ValueError, match=r"gzip|half"):
            unpacked(broken, 1000)
