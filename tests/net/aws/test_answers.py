"""Answers of AWS, byte for byte: what is understood, and what is not believed."""

import http.client
import io
import math
import socket
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.net.aws.calls import Caller
from leadline.net.aws.connection import Broken, Connection
from leadline.net.aws.signing import Keys
from leadline.net.reply import HttpReply
from tests.standins.scripted_server import Answer, ScriptedServer, answer


def get(endpoint: str) -> HttpReply:
    one = caller(endpoint)
    try:
        return one.call("s3", "GET", "/bucket/key")
    finally:
        one.close()


def caller(endpoint: str) -> Caller:
    return Caller("eu-west-1", lambda: Keys("AKIDEXAMPLE", "secret"), endpoint)


def test_header_names_are_lower_case_and_repeated_ones_are_joined() -> None:
    with ScriptedServer(answer("200 OK", b"", "X-Amz-Version-Id:  v1 ", "A: 1", "a: 2")) as aws:
        reply = get(aws.endpoint)
    assert (reply.headers["x-amz-version-id"], reply.headers["a"]) == ("v1", "1, 2")


CHUNKED = [
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;name=value\r\nhello\r\n",
    b"1\r",
    b"\n \r\n0005\r\nwor",
    b"ld\r\n0\r\ntrailer: x\r\n\r\n",
]


def test_a_chunked_answer_is_put_together_and_its_connection_goes_on() -> None:
    with ScriptedServer(Answer(CHUNKED, gap=0.01)) as aws:
        one = caller(aws.endpoint)
        assert one.call("s3", "GET", "/a").body == b"hello world"
        assert one.call("s3", "GET", "/a").body == b"hello world"
        one.close()
    assert aws.connections == 1


def test_an_answer_that_comes_byte_by_byte_is_understood() -> None:
    whole = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    with ScriptedServer(Answer([bytes([b]) for b in whole], gap=0.0005)) as aws:
        assert get(aws.endpoint).body == b"ok"


def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    endless = Answer([b"HTTP/1.1 200 OK\r\n\r\nhel", b"lo"], then="close")
    with ScriptedServer(endless) as aws:
        one = caller(aws.endpoint)
        assert one.call("s3", "GET", "/a").body == b"hello"
        assert one.call("s3", "GET", "/a").body == b"hello"
    assert [r.connection for r in aws.requests] == [0, 1]


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", "200 OK"), ("GET", "304 Not Modified"), ("PUT", "204 Empty")]
)
def test_some_answers_have_no_body_whatever_their_length_says(method: str, status: str) -> None:
    told = Answer([f"HTTP/1.1 {status}\r\ncontent-length: 5\r\n\r\n".encode()])
    with ScriptedServer(told) as aws:
        one = caller(aws.endpoint)
        assert one.call("s3", method, "/a").body == b""
        assert one.call("s3", method, "/a").headers["content-length"] == "5"
        one.close()
    assert aws.connections == 1


def test_what_comes_before_an_answer_is_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
    told = Answer([b"HTTP/1.1 100 Continue\r\n\r\n" + early, *answer("200 OK", b"ok").pieces])
    with ScriptedServer(told) as aws:
        reply = get(aws.endpoint)
    assert (reply.status, reply.body, "link" in reply.headers) == (200, b"ok", False)


HEADER = st.tuples(
    st.from_regex(r"x-[a-z0-9-]{1,12}", fullmatch=True),
    st.from_regex(r"[!-~]{0,9}", fullmatch=True),
)


@settings(max_examples=60)
@given(
    status=st.integers(200, 599),
    headers=st.lists(HEADER, max_size=4, unique_by=lambda h: h[0]),
    chunks=st.lists(st.binary(min_size=1, max_size=40), max_size=4),
    framing=st.sampled_from(["length", "chunked", "end"]),
    cuts=st.lists(st.integers(0, 400), max_size=4),
    method=st.sampled_from(["GET", "HEAD"]),
)
def test_every_answer_is_read_as_the_standard_library_reads_it(
    status: int, headers: list[tuple[str, str]], chunks: list[bytes], framing: str,
    cuts: list[int], method: str,
) -> None:  # fmt: skip
    body = b"".join(chunks)
    lines = [f"HTTP/1.1 {status} Some Words", *(f"{n}: {v}" for n, v in headers)]
    if method == "HEAD" or status in (204, 304):
        # Whatever is said of its length, there is none (RFC 9112, 6.3); of chunks in these, the
        # standard library believes there were some.
        lines += [f"Content-Length: {len(body)}"] * (framing == "length")
        body = b""
    elif framing == "length":
        lines.append(f"Content-Length: {len(body)}")
    elif framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"
    whole = "\r\n".join([*lines, "", ""]).encode() + body
    places = sorted(cut for cut in cuts if cut < len(whole))
    pieces = [whole[a:b] for a, b in zip([0, *places], [*places, None], strict=True)]
    reply = connection_on(_Pieces([p for p in pieces if p]))._reply(method)
    expected = http.client.HTTPResponse(_Canned(whole), method=method)  # type: ignore[arg-type]
    expected.begin()
    assert reply.status == expected.status
    assert reply.body == expected.read()
    assert reply.headers == {n.lower(): v for n, v in expected.getheaders()}


class _Pieces:
    """A socket that receives an answer in these pieces, and then its end."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def settimeout(self, _seconds: float) -> None:
        pass

    def recv(self, _most: int) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


class _Canned:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self.data)


def connection_on(socket_: Any) -> Connection:
    """A connection over a socket that is there already."""
    made = Connection.__new__(Connection)
    made._socket, made._read, made.lasts = socket_, bytearray(), True
    made._patience, made._until = 5.0, math.inf
    return made


BAD_ANSWERS = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "another version": b"HTTP/2 200\r\ncontent-length: 0\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\ncontent-length: 0\r\n\r\n",
    "a header without a colon": b"HTTP/1.1 200 OK\r\nlength 0\r\n\r\n",
    "a blank before the colon": b"HTTP/1.1 200 OK\r\ncontent-length : 0\r\n\r\n",
    "a folded header": b"HTTP/1.1 200 OK\r\na: b\r\n c\r\ncontent-length: 0\r\n\r\n",
    "a negative length": b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    "a length with a sign": b"HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!",
    "an unknown coding": b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a chunk without a size": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n\r\n",
    "a negative chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a chunk of another size": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b"1\r\nab\r\n0\r\n\r\n",
    "a head without an end": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000,
    "a chunk's size without an end": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    + b"0" * 10_000,
}


@pytest.mark.parametrize("what", BAD_ANSWERS)
def test_what_is_no_answer_is_not_believed(what: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        feeding = threading.Thread(target=theirs.sendall, args=(BAD_ANSWERS[what],))
        feeding.start()
        with pytest.raises(Broken):
            connection_on(ours)._reply("GET")
        ours.close()
        feeding.join(5)
