"""HTTP/1.1 to AWS over a connection that is kept open (RFC 9112).

`http.client` imports all of `email` to read a few headers, and loads a certificate store for every
connection: together that takes longer than everything else that Capture does before its first
answer.
"""

import re
import select
import socket
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from leadline.model.texts.patterns import late
from leadline.net.aws.amazon_roots import ROOTS
from leadline.net.reply import HttpReply
from leadline.net.sockets import trust

_LONGEST_HEAD = 64 << 10
_LONGEST_LINE = 4 << 10  # of the line with a chunk's size, and of all trailers
_READ = 64 << 10

_STATUS = late(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: .*)?", re.DOTALL)
_HEADER = late(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
_CHUNK = late(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?", re.DOTALL)
_LENGTH = late(r"[0-9]{1,12}")


class Broken(OSError):
    """The other side closed the connection within an answer, or its answer is not valid HTTP."""


class Connection:
    """An open connection to *host* ("name" or "name:port"), used by one thread at a time.

    *patience* is the number of seconds without data after which a call fails; no wait lasts beyond
    *until* (a time of the monotonic clock). All methods except `close` raise OSError; after that
    the connection must not be used any more.
    """

    def __init__(self, scheme: str, host: str, patience: float, until: float) -> None:
        self._patience = patience
        self._until = until
        self._read = bytearray()
        self.lasts = True
        """Whether the last answer allows another call on this connection."""
        where = urlsplit(f"{scheme}://{host}")
        name = where.hostname or ""
        secure = scheme == "https"
        port = where.port or (443 if secure else 80)
        self._socket = socket.create_connection((_as_bytes(name), port), self._wait())
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if secure:
                self._socket = _secured(self._socket, name)
        except BaseException:
            self._socket.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def is_fresh(self) -> bool:
        """Whether the other side has neither closed it nor sent anything since the last answer."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, until: float
    ) -> HttpReply:
        """Send a request (*headers* must include the host) and read the answer."""
        self._until = until
        lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
        if body or method in ("POST", "PUT"):
            lines.append(f"content-length: {len(body)}")
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a header of the request has a line break")
        head = "\r\n".join([*lines, "\r\n"]).encode("latin-1")
        self._socket.settimeout(self._wait())
        self._socket.sendall(head + body)
        reply = self._reply(method)
        self.lasts = self.lasts and not self._read
        return reply

    def _reply(self, method: str) -> HttpReply:
        status = 100
        while status < 200:  # skip interim responses
            status, headers, persists = self._head()
        self.lasts = persists
        coding, length = headers.get("transfer-encoding", ""), headers.get("content-length", "")
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif coding:
            if coding.lower() != "chunked":
                raise Broken(f"the answer is coded as {coding[:40]}")
            body = self._chunks()
        elif length:
            if not _LENGTH.fullmatch(length):
                raise Broken("the answer has no valid length")
            body = self._exactly(int(length))
        else:
            body = self._rest()
        return HttpReply(status, headers, body)

    def _head(self) -> tuple[int, dict[str, str], bool]:
        """The status, the headers, and whether the connection stays open."""
        first, *lines = self._up_to(b"\r\n\r\n", _LONGEST_HEAD).split(b"\r\n")
        begin = _STATUS.fullmatch(first)
        if begin is None:
            raise Broken("the answer is not HTTP/1.1")
        headers: dict[str, str] = {}
        for line in lines:
            match = _HEADER.fullmatch(line)
            if match is None:
                raise Broken("the answer has a header that can't be read")
            name, value = match[1].decode("ascii").lower(), match[2].decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        said = headers.get("connection", "").lower()
        persists = "close" not in said if begin[1] == b"1" else "keep-alive" in said
        return int(begin[2]), headers, persists

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            match = _CHUNK.fullmatch(self._up_to(b"\r\n", _LONGEST_LINE))
            if match is None:
                raise Broken("the answer has a chunk without a size")
            size = int(match[1], 16)
            if not size:
                break
            body += self._exactly(size)
            if self._exactly(2) != b"\r\n":
                raise Broken("the answer has a chunk of another size")
        while self._up_to(b"\r\n", _LONGEST_LINE):
            pass  # trailers
        return bytes(body)

    def _up_to(self, end: bytes, most: int) -> bytes:
        """The data before *end*, which is skipped."""
        looked = 0
        while (place := self._read.find(end, looked)) < 0:
            looked = max(0, len(self._read) - len(end) + 1)
            if len(self._read) > most:
                raise Broken("the answer is longer than it may be")
            self._more()
        found = bytes(self._read[:place])
        del self._read[: place + len(end)]
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        found = bytes(self._read[:size])
        del self._read[:size]
        return found

    def _rest(self) -> bytes:
        """All data up to the end of the connection."""
        self.lasts = False
        while self._receive():
            pass
        found = bytes(self._read)
        self._read.clear()
        return found

    def _more(self) -> None:
        if not self._receive():
            raise Broken("the answer is incomplete")

    def _receive(self) -> int:
        """Read some data; returns its size, 0 at the end of the connection."""
        self._socket.settimeout(self._wait())
        data = self._socket.recv(_READ)
        self._read += data
        return len(data)

    def _wait(self) -> float:
        """The seconds that the next step may take; raises TimeoutError if there are none left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time is left")
        return min(self._patience, left)


def _as_bytes(name: str) -> Any:
    """The name of a host for `socket` and `ssl`. Of text, both ask the codec of international
    names, which takes a millisecond to load; bytes they take as they are."""
    return name.encode("ascii") if name.isascii() else name


def _secured(plain: socket.socket, name: str) -> ssl.SSLSocket:
    """TLS over *plain*; raises an OSError unless the other side proves that it is *name*.

    The machine's certificate store decides. Because loading it takes 20 ms of CPU and more, names
    of AWS are tried first with AWS's own roots, which all stores contain. If these fail one day,
    that call fails, and the store is used from then on.
    """
    global _roots_do
    if not (_roots_do and name.endswith(_OF_AWS)):
        return trust().wrap_socket(plain, server_hostname=_as_bytes(name))
    try:
        return _roots().wrap_socket(plain, server_hostname=_as_bytes(name))
    except ssl.SSLCertVerificationError:
        _roots_do = False
        raise


_OF_AWS = (".amazonaws.com", ".api.aws")
_roots_do = True


@cache
def _roots() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=ROOTS)
