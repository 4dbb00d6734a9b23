"""Posting to a destination by HTTP: each call on a connection of its own, and over in time."""

import logging
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPException

import msgspec
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from leadline.model.errors import ConfigurationError
from leadline.net.redaction import secrets_of, shortened
from leadline.ports.messenger import Busy, Unreachable

# urllib3 warns of headers that it can't read, and quotes the URL.
logging.getLogger("urllib3").setLevel(logging.ERROR)

JSON = "application/json; charset=utf-8"
_MOST_BODY = 64 << 10
_DEFAULT_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)


class Posted(msgspec.Struct, frozen=True):
    """An answer: names of `headers` in lower case, of the `body` as much as was to be read.
    `never_told` are the secrets that it may repeat."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    never_told: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The beginning of the body on one line, for dead letters, without e-mail addresses and
        secrets."""
        return shortened(self.body.decode(errors="replace"), self.never_told)

    @property
    def pause(self) -> timedelta:
        """`Retry-After`, in seconds or as a date; bounded, because it comes from outside. Without
        one, 30 s."""
        value = self.headers.get("retry-after", "")
        try:
            pause = timedelta(seconds=float(value))
        except OverflowError:
            pause = _LONGEST_PAUSE
        except ValueError:
            try:
                pause = parsedate_to_datetime(value) - datetime.now(UTC)
            except (ValueError, TypeError, OverflowError):
                pause = _DEFAULT_PAUSE
        return min(max(pause, timedelta()), _LONGEST_PAUSE)


class Poster:
    """Posts to one service, which it calls *service* in words such as "slack.DeadlineExceeded".

    *timeout* in seconds bounds the whole call, however slowly the answer drips; only looking up
    the name of the host takes as long as the system's resolver does.
    Each call has a connection of its own: an idle one that the other side has closed meanwhile
    would make it doubtful whether a message arrived. Redirects are not followed, URLs never told.
    """

    def __init__(self, service: str, timeout: float = 10.0) -> None:
        self.service = service
        self._timeout = timeout

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], most: int = _MOST_BODY
    ) -> Posted | Unreachable:
        """The answer, of whose body about *most* bytes are read; Unreachable where none came."""
        with cut_after(self._timeout) as call, self._connections(url) as pool:
            try:
                answer = pool.request(
                    "POST",
                    url,
                    body=body,
                    headers={"user-agent": "leadline", **headers, "connection": "close"},
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
                read = _read(answer, most)
            except (HTTPError, HTTPException, OSError) as error:
                # The error's own words may name the URL.
                name = "DeadlineExceeded" if call.over else type(error).__name__
                return Unreachable(f"{self.service}.{name}")
            if call.over:
                return Unreachable(f"{self.service}.DeadlineExceeded")
        found = {name.lower(): value for name, value in answer.headers.items()}
        authorization = headers.get("authorization", "").split()[-1:]
        return Posted(answer.status, found, read, (*secrets_of(url), *authorization))

    def trouble(self, answer: Posted) -> Busy | Unreachable | None:
        """What an answer means that is no word on the message itself; None for any other."""
        if answer.status == 429:
            return Busy(answer.pause, answer.words)
        if answer.status >= 500 or answer.status in (408, 425):
            return Unreachable(f"{self.service}.http_{answer.status}")
        # Where headers that broke off are all there is, nobody else would notice.
        framed = "content-length" in answer.headers or "transfer-encoding" in answer.headers
        if not answer.body and not framed and answer.status != 204:
            return Unreachable(f"{self.service}.half_an_answer")
        return None

    @contextmanager
    def _connections(self, url: str) -> Iterator[urllib3.PoolManager]:
        """A pool for one call. A lasting one would hand out a connection that the other side is
        about to close, since not every server that closes says so."""
        pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(total=self._timeout),
            ssl_context=_trust() if url.lower().startswith("https:") else None,
        )
        pool.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        try:
            yield pool
        finally:
            pool.clear()


def check_url(url: str, setting: str) -> None:
    """Raise ConfigurationError, which names the *setting* and not the URL, for a URL that is not
    HTTP or names no host."""
    try:
        parts = urllib3.util.parse_url(url)
    except HTTPError:
        raise ConfigurationError(f"{setting} is not a URL") from None
    if parts.scheme not in ("https", "http") or not parts.host:
        raise ConfigurationError(
            f"{setting} must be a whole URL and start with https:// (or http://)"
        )


class _Call:
    """One call under way, which `cut` ends from another thread, whatever it is waiting for.

    urllib3's own timeout begins anew with every byte that arrives.
    """

    def __init__(self) -> None:
        self.over = False
        self._handle: socket.socket | None = None
        self._lock = threading.Lock()

    def watch(self, connection: socket.socket) -> None:
        with self._lock:
            self.forget()
            # A handle of our own: TLS takes the connection's away from it.
            self._handle = connection.dup()
            if self.over:
                self._hang_up()

    def cut(self) -> None:
        with self._lock:
            self.over = True
            self._hang_up()

    def forget(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def _hang_up(self) -> None:
        if self._handle is not None:
            with suppress(OSError):  # the other side was faster
                self._handle.shutdown(socket.SHUT_RDWR)


class _UnderWay(threading.local):
    call: _Call | None = None


_under_way = _UnderWay()


@contextmanager
def cut_after(seconds: float) -> Iterator[_Call]:
    """Cut every connection that this thread opens within, once so many seconds have passed."""
    call = _under_way.call = _Call()
    timer = threading.Timer(seconds, call.cut)
    timer.daemon = True
    timer.start()
    try:
        yield call
    finally:
        timer.cancel()
        timer.join()
        call.forget()
        _under_way.call = None


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return watched(super()._new_conn())


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return watched(super()._new_conn())


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def watched(connection: socket.socket) -> socket.socket:
    """The connection, which from now on is cut with the call (`cut_after`) that is under way."""
    if _under_way.call is not None:
        _under_way.call.watch(connection)
    return connection


@cache
def _trust() -> ssl.SSLContext:
    """Whom this machine trusts; read once, for it takes 20 ms of CPU and more."""
    return ssl.create_default_context()


def _read(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    """The body, as far as it matters."""
    body = b""
    try:
        while len(body) < most and (chunk := answer.read1(4096)):
            body += chunk
    finally:
        answer.close()
    return body
