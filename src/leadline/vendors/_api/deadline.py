"""HTTP connections on which a whole call has a deadline, however slowly its bytes drip.

Timeouts of HTTP libraries begin anew with every byte that arrives; here each wait is only as long
as what is left of the call.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore
import httpx

_PIECE = 64 << 10
_IDLE = 5.0  # shorter than the servers' own patience with an idle connection


class _UnderWay(threading.local):
    ends: float | None = None


_under_way = _UnderWay()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything that this thread waits for on `Deadlined` connections ends by then, with
    httpcore.TimeoutException; a deadline around this one stays in force."""
    around = _under_way.ends
    ends = time.monotonic() + seconds
    _under_way.ends = ends if around is None else min(ends, around)
    try:
        yield
    finally:
        _under_way.ends = around


def _left(error: type[httpcore.TimeoutException]) -> float | None:
    if _under_way.ends is None:
        return None
    left = _under_way.ends - time.monotonic()
    if left <= 0:
        raise error
    return left


class Deadlined(httpx.BaseTransport):
    """A transport for httpx.Client over a pool of lasting connections; safe for threads."""

    def __init__(self) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(),
            max_connections=None,
            max_keepalive_connections=8,
            keepalive_expiry=_IDLE,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport`; errors are those of httpcore."""
        assert isinstance(request.stream, Iterable)  # noqa: S101 - a synchronous client's is
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        assert isinstance(answer.stream, Iterable)  # noqa: S101 - a synchronous pool's is
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        """Close what is idle."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            piece = buffer[start : start + _PIECE]
            self._inner.write(piece, _left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options))


@cache
def _trust() -> ssl.SSLContext:
    """Whom this machine trusts; read once, for it takes 20 ms of CPU and more."""
    return ssl.create_default_context()
