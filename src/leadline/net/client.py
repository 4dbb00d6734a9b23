"""The HTTP client for everybody outside: CRMs, destinations, Slack (functions call AWS by
`leadline.net.aws`, decision 9; why this one, decision 23).

What came back is a value; nothing here raises for what the network does. Certificates are always
checked, redirects are not followed, and proxies that the environment names are not used.
"""

import select
import ssl
import weakref
import zlib
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead

import msgspec

from leadline.net.address import Address, read_url
from leadline.net.deadline import within
from leadline.net.idle import IdleConnections
from leadline.net.reply import HttpReply
from leadline.net.sockets import open_connection, secured

MOST_BODY = 64 << 10
"""How many bytes of an answer are read, where the caller names no other number."""

TIMEOUT, BAD_URL = "timeout", "bad_url"
"""Reasons of a `NoReply` that callers tell apart."""

_IDLE_S = 5.0  # shorter than the servers' own patience with an idle connection
_MOST_IDLE = 8
_READ = 64 << 10
# RFC 9110, 9.2.2: making these twice is no harm.
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


class NoReply(msgspec.Struct, frozen=True):
    """Why there is no answer: "timeout", "not_connected", "certificate_not_trusted", "tls_failed",
    "hung_up" (nothing came), "half_an_answer", "not_http", "bad_url", "bad_header"."""

    reason: str


class HttpClient:
    """Makes requests; safe for threads.

    *timeout* in seconds bounds each whole call, however slowly the answer drips; only looking up
    the name of the host takes as long as the system's resolver does.
    *keep*: whether connections last from call to call. An idle one that the other side closes
    meanwhile makes it doubtful whether a request arrived, so that only those that may be made
    twice are made again, once, on a fresh one.
    """

    def __init__(self, timeout: float, *, keep: bool = False) -> None:
        self._timeout = timeout
        self._keep = keep
        self._idle: IdleConnections[_Connection] = IdleConnections(_IDLE_S, _MOST_IDLE)
        weakref.finalize(self, self._idle.close)

    def request(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = {},
        most: int = MOST_BODY,
    ) -> HttpReply | NoReply:
        """The answer, of whose body at most *most* bytes are read, as they were sent."""
        try:
            address = read_url(url)
        except ValueError:
            return NoReply(BAD_URL)
        sent = {"user-agent": "leadline", **headers}
        if address.authorization:
            sent.setdefault("authorization", address.authorization)
        if not self._keep:
            sent["connection"] = "close"
        request = _Request(method, address, body, sent, most)
        with within(self._timeout):
            try:
                return self._reply(request)
            except (OSError, HTTPException, ValueError) as error:
                # The error's own words may name the URL or a header.
                return NoReply(_reason(error))

    def _reply(self, request: "_Request") -> HttpReply:
        idle = self._idle.take(request.address.server)
        if idle is not None:
            try:
                return self._exchange(idle, request)
            except ConnectionError:
                if request.method not in _IDEMPOTENT:
                    raise
        return self._exchange(_Connection(request.address), request)

    def _exchange(self, connection: "_Connection", request: "_Request") -> HttpReply:
        lasts = False
        try:
            reply, persists = connection.exchange(request)
            lasts = self._keep and persists
        finally:
            if lasts:
                self._idle.give(request.address.server, connection)
            else:
                connection.close()
        return reply


class _Request(msgspec.Struct, frozen=True):
    method: str
    address: Address
    body: bytes | None
    headers: Mapping[str, str]
    most: int


class _NotConnected(OSError):
    pass


class _HalfAnAnswer(OSError):
    pass


class _Connection(HTTPConnection):
    """A connection of the standard library's client, over sockets that keep the deadline."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.host, address.port)
        self._secure = address.scheme == "https"
        # The header `host` names the port unless it is this one.
        self.default_port = 443 if self._secure else 80

    def connect(self) -> None:
        try:
            plain = open_connection(self.host, self.port)
        except TimeoutError:
            raise
        except OSError as error:
            raise _NotConnected from error
        self.sock = secured(plain, self.host) if self._secure else plain

    def is_fresh(self) -> bool:
        """See `idle.Reusable.is_fresh`."""
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return not poll.poll(0)

    def exchange(self, request: _Request) -> tuple[HttpReply, bool]:
        """The answer, and whether the connection can serve again."""
        self.request(request.method, request.address.target, request.body, request.headers)
        connection = self.sock  # which is forgotten when the answer says that it is the last
        response = self.getresponse()
        try:
            # Whole headers are read before the other side can be found to have ended them.
            if getattr(connection, "ended", False):
                raise _HalfAnAnswer
            if 100 <= response.status < 200:
                raise HTTPException("an answer that only announces another")
            body = _read(response, request.most)
        finally:
            response.close()
        headers: dict[str, str] = {}
        for name, value in response.headers.items():
            known = headers.get(name.lower())
            headers[name.lower()] = value if known is None else f"{known}, {value}"
        whole = len(body) <= request.most
        reply = HttpReply(response.status, headers, body[: request.most], whole)
        return reply, whole and not response.will_close


def _read(response: HTTPResponse, most: int) -> bytes:
    """The body, or of a longer one a little more than *most* bytes."""
    body = bytearray()
    while len(body) <= most:
        piece = response.read1(min(_READ, most + 1 - len(body)))
        if not piece:
            if response.length:
                raise _HalfAnAnswer
            break
        body += piece
    return bytes(body)


def _reason(error: Exception) -> str:
    match error:
        case TimeoutError():
            return TIMEOUT
        case _NotConnected():
            return "not_connected"
        case ssl.SSLCertVerificationError():
            return "certificate_not_trusted"
        case ssl.SSLError():
            return "tls_failed"
        case _HalfAnAnswer() | IncompleteRead():
            return "half_an_answer"
        case OSError():
            return "hung_up"
        case HTTPException():
            return "not_http"
    return "bad_header"


def unpacked(body: bytes, most: int) -> tuple[bytes, bool]:
    """A gzipped body, of which at most *most* bytes are unpacked, and whether that is all of it.

    Raises ValueError for what is not gzip, or breaks off.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise ValueError("no gzip") from None
    if len(plain) > most:
        return plain[:most], False
    if not unpacker.eof:
        raise ValueError("half a body")
    return plain, True
