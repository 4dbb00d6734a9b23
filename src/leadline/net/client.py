"""The HTTP client for all outgoing requests to CRMs, destinations and Slack. (Functions call AWS by
`leadline.net.aws`, see decision 9; decision 23 has the reasons for this client.)

Results are values: network errors are not raised. Certificates are always verified, redirects are
not followed, and proxies in the environment are not used.
"""

import select
import ssl
import weakref
import zlib
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead

import msgspec

from leadline.net.address import Address, read_url
from leadline.net.dates import note_date
from leadline.net.deadline import within
from leadline.net.idle import IdleConnections
from leadline.net.reply import HttpReply
from leadline.net.sockets import open_connection, secured

MOST_BODY = 64 << 10
"""The default for the maximum number of bytes that are read of an answer."""

TIMEOUT, BAD_URL = "timeout", "bad_url"
"""Reasons in `NoReply` that callers distinguish."""

_IDLE_S = 5.0  # shorter than the time for which servers keep idle connections open
_MOST_IDLE = 8
_READ = 64 << 10
# Methods that may be repeated without harm (RFC 9110, 9.2.2).
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


class NoReply(msgspec.Struct, frozen=True):
    """The reason why there is no answer: "timeout", "not_connected", "certificate_not_trusted",
    "tls_failed", "hung_up" (closed without an answer), "half_an_answer", "not_http", "bad_url",
    "bad_header"."""

    reason: str


class HttpClient:
    """Makes requests; it may be shared by threads.

    *timeout* in seconds bounds each whole call, however slowly the answer arrives; only the look-up
    of the host name takes as long as the system's resolver does.
    *keep* keeps connections open between calls. If the other side closes an idle connection while
    a request is sent, it is unknown whether the request arrived; therefore only idempotent requests
    are repeated, once, on a new connection.
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
        """The answer, or the reason why there is none; at most *most* bytes of the body are read.
        The body is not decompressed."""
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
                # The error's text may contain the URL or a header.
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
    """A connection of the standard library's client, with sockets that keep the deadline."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.host, address.port)
        self._secure = address.scheme == "https"
        # The `host` header includes the port unless it is this one.
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
        """The answer, and whether the connection can be used again."""
        self.request(request.method, request.address.target, request.body, request.headers)
        connection = self.sock  # the attribute is cleared when the answer closes the connection
        response = self.getresponse()
        try:
            # http.client also accepts headers that end with the connection.
            if getattr(connection, "ended", False):
                raise _HalfAnAnswer
            if 100 <= response.status < 200:
                raise HTTPException("an interim response instead of an answer")
            body = _read(response, request.most)
        finally:
            response.close()
        headers: dict[str, str] = {}
        for name, value in response.headers.items():
            known = headers.get(name.lower())
            headers[name.lower()] = value if known is None else f"{known}, {value}"
        whole = len(body) <= request.most
        note_date(headers.get("date"))
        reply = HttpReply(response.status, headers, body[: request.most], whole)
        return reply, whole and not response.will_close


def _read(response: HTTPResponse, most: int) -> bytes:
    """The body; of a body longer than *most* bytes, a little more than *most*."""
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
    """At most *most* bytes of a decompressed gzip body, and whether that is all of it.

    Raises ValueError if the body is not gzip, or is incomplete.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise ValueError("not gzip") from None
    if len(plain) > most:
        return plain[:most], False
    if not unpacker.eof:
        raise ValueError("half a body")
    return plain, True
