"""Slack's incoming webhook (Slack docs, "Sending messages using incoming webhooks")."""

import logging
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPException

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from leadline.errors import ConfigurationError
from leadline.ports import Busy, Refused, Sent, Unreachable

# urllib3 warns of headers that it can't read, and quotes the URL.
logging.getLogger("urllib3").setLevel(logging.ERROR)

_MOST_WORDS = 200
_MOST_BODY = 64 << 10
_DEFAULT_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
# The words with which Slack refuses a message or a webhook for good (Slack docs, "Handling
# errors" of incoming webhooks, and the changelog of 2016-05-17).
_KNOWN_WORDS = frozenset(
    [
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "invalid_token",
        "msg_blocks_too_long",
        "no_active_hooks",
        "no_service",
        "no_service_id",
        "no_team",
        "no_text",
        "posting_to_general_channel_denied",
        "team_disabled",
        "too_many_attachments",
        "user_not_found",
    ]
)


class SlackWebhook:
    """One channel's webhook; its URL is a secret and is never told.

    *timeout* in seconds bounds the whole call, however slowly the answer drips; only looking up
    the name of the host takes as long as the system's resolver does.
    Each message has a connection of its own: an idle one that Slack has closed meanwhile would
    make it doubtful whether a message arrived.
    Raises ConfigurationError for a URL that is not HTTP or names no host.
    """

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        _check(url)
        self._url = url
        self._timeout = timeout

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.Messenger.send`."""
        with _deadline(self._timeout) as call, self._connections() as pool:
            try:
                answer = pool.request(
                    "POST",
                    self._url,
                    body=message,
                    headers={
                        "content-type": "application/json; charset=utf-8",
                        "user-agent": "leadline",
                        "connection": "close",
                    },
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
                words = _read(answer)
            except (HTTPError, HTTPException, OSError) as error:
                # The error's own words may name the URL.
                name = "DeadlineExceeded" if call.over else type(error).__name__
                return Unreachable(f"slack.{name}")
            if call.over:
                return Unreachable("slack.DeadlineExceeded")
        return _meaning(answer, words)

    @contextmanager
    def _connections(self) -> Iterator[urllib3.PoolManager]:
        """A pool for one call. A lasting one would hand out a connection that the other side is
        about to close, since not every server that closes says so."""
        pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(total=self._timeout),
            ssl_context=_trust() if self._url.lower().startswith("https:") else None,
        )
        pool.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        try:
            yield pool
        finally:
            pool.clear()


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
def _deadline(seconds: float) -> Iterator[_Call]:
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
        return _watched(super()._new_conn())


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn())


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def _watched(connection: socket.socket) -> socket.socket:
    if _under_way.call is not None:
        _under_way.call.watch(connection)
    return connection


@cache
def _trust() -> ssl.SSLContext:
    """Whom this machine trusts; read once, for it takes 20 ms of CPU and more."""
    return ssl.create_default_context()


def _check(url: str) -> None:
    try:
        parts = urllib3.util.parse_url(url)
    except HTTPError:
        raise ConfigurationError("slack_webhook_url is not a URL") from None
    if parts.scheme not in ("https", "http") or not parts.host:
        raise ConfigurationError(
            "slack_webhook_url must be a whole URL and start with https:// (or http://)"
        )


def _read(answer: urllib3.BaseHTTPResponse) -> str:
    """The body as text, as far as it matters."""
    body = b""
    try:
        while len(body) < _MOST_BODY and (chunk := answer.read1(4096)):
            body += chunk
    finally:
        answer.close()
    return body.decode(errors="replace")


def _meaning(answer: urllib3.BaseHTTPResponse, words: str) -> Sent | Refused | Busy | Unreachable:
    status, headers = answer.status, answer.headers
    shown = " ".join(words.split())[:_MOST_WORDS]
    if status == 429:
        return Busy(_pause(headers.get("retry-after", "")), shown)
    if status >= 500 or status in (408, 425):
        return Unreachable(f"slack.http_{status}")
    # Where headers that broke off are all there is, nobody else would notice.
    framed = "content-length" in headers or "transfer-encoding" in headers
    if not words and not framed and status != 204:
        return Unreachable("slack.half_an_answer")
    if 200 <= status < 300:
        return Sent()
    known = (word for word in re.findall(r"\w+", shown) if word in _KNOWN_WORDS)
    return Refused(f"slack.{next(known, f'http_{status}')}", shown)


def _pause(retry_after: str) -> timedelta:
    """`Retry-After`, in seconds or as a date; bounded, because it comes from outside."""
    try:
        pause = timedelta(seconds=float(retry_after))
    except OverflowError:
        pause = _LONGEST_PAUSE
    except ValueError:
        try:
            pause = parsedate_to_datetime(retry_after) - datetime.now(UTC)
        except (ValueError, TypeError, OverflowError):
            pause = _DEFAULT_PAUSE
    return min(max(pause, timedelta()), _LONGEST_PAUSE)
