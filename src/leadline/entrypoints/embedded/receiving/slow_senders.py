"""Limits on slow and oversized requests: a request must arrive within a fixed time, and the head
that the parser collects is limited while it arrives.

The limits are those of common servers (Apache httpd: 100 fields, 8190 bytes each).
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import httptools

from leadline.entrypoints.embedded.receiving.captures import Captures
from leadline.entrypoints.embedded.receiving.refused import RefusedDeliveries
from leadline.entrypoints.embedded.receiving.short_way import ShortWay
from leadline.entrypoints.reception import problem_of
from leadline.entrypoints.refusals import reason_of
from leadline.model.errors import HeadersTooLarge, LeadlineError, Malformed, TargetTooLong, TooSlow

MAX_TARGET = 8192
"""The maximum length of a path with its query, in bytes."""
MAX_FIELDS = 100
"""The maximum number of header fields of a request, including trailers."""
MAX_LINE = 8192
"""The maximum length of a header field in bytes: name, colon, space, value and line end."""
MAX_HEADERS = 32_768
"""The maximum total length of all header fields of a request in bytes, each counted as a line."""

GRACE_S = 2.0
"""The seconds in which a new connection may still send a request after the server was told to end.
Its sender may have sent it already."""
_PIECE = 16_384
_BETWEEN = len(": \r\n")
_BESIDE_A_TARGET = 64
"""More bytes than a method and a version take up in a request line."""


class GuardedProtocol(ShortWay):
    """uvicorn's HTTP/1.1 protocol with limits; by itself it waits for slow requests without limit,
    and collects a head of any size.

    The parser joins the fragments of a header field, at quadratic cost if they are small, and calls
    back only when the field is complete. So the bytes of an unfinished line are counted, too.
    """

    refused: ClassVar[RefusedDeliveries | None] = None
    """Logs the deliveries that are refused here."""

    began: float | None = None
    idle_since: float | None = None
    _refusal: LeadlineError | None = None
    _in_head = True
    _under_way = False  # a request has begun and has not ended
    _pending = False  # a request is incomplete or refused
    _strict = False  # the bytes being parsed could exceed a limit
    _body_came = False
    _line = 0
    _blank = 0
    _fields = 0

    def connection_made(self, transport: Any) -> None:
        """Start the clock, also for a connection that sends nothing."""
        super().connection_made(transport)
        self.began = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Parse *data*. A short request that arrives at once is parsed without further checks,
        because it cannot exceed a limit."""
        is_next = self._is_between_requests()
        if is_next and self.take_known(data):
            self.idle_since = None
            return
        if self.began is None:
            self.began = self.loop.time()  # blank lines between requests have no callback
        if self._pending or len(data) > MAX_LINE or data.count(b"\n") > MAX_FIELDS:
            self._receive_strictly(data)
        else:
            self._parse(data)
            if self.began is not None:
                self._pending = True
                self._count(data)
        if self.held is not None:
            self.go_long_way()  # its body is still to come
        elif is_next and self._is_between_requests():
            self.keep_head(data)

    def _is_between_requests(self) -> bool:
        return self.began is None and not self._pending

    def _receive_strictly(self, data: bytes) -> None:
        """Parse in pieces, so that no limit is exceeded by more than one piece."""
        self._strict = True
        for start in range(0, len(data), _PIECE):
            if self._refusal is not None:
                return  # ignore what follows a refused request
            piece = data[start : start + _PIECE]
            self._body_came = False
            self._parse(piece)
            self._count(piece)
            error = self._too_large()
            if error is not None:
                self.refuse(error)
        self._strict = False
        self._pending = self.began is not None or self._refusal is not None

    def _parse(self, data: bytes) -> None:
        try:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                self.read_without_offers(data, offer)
        except httptools.HttpParserError:
            self._line = 0
            self.refuse(self._too_large() or Malformed())

    def _count(self, piece: bytes) -> None:
        """Count the bytes of the unfinished line, and of blank lines before a request."""
        unfinished = len(piece) - piece.rfind(b"\n") - 1
        self._line = unfinished if unfinished < len(piece) else self._line + unfinished
        if self._body_came:
            self._line = 0
        is_blank = not self._under_way and piece.isspace()
        self._blank = self._blank + len(piece) if is_blank else 0

    def _too_large(self) -> LeadlineError | None:
        """The limit that the arriving request exceeds so far; None if none."""
        if self._in_head and self._under_way and len(self.url) > MAX_TARGET:
            return TargetTooLong(f"the limit is {MAX_TARGET} bytes")
        if self._line > MAX_LINE + _BESIDE_A_TARGET or self._blank > MAX_LINE:
            return HeadersTooLarge(f"a line may have {MAX_LINE} bytes")
        if not self._under_way or len(self.headers) == self._fields:
            return None
        self._fields = len(self.headers)
        head = [] if self._in_head else self.scope["headers"]
        return _too_many([*head, *self.headers])

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if self.began is None:
            self.began = self.loop.time()
        self.idle_since = None
        self._under_way = True
        self._line = self._fields = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The end of a head (RFC 9112, section 3.2: exactly one Host, before HTTP/1.1 at most)."""
        if self._strict:
            self._stop_if_too_large()
        by_name = dict(self.headers)
        if len(by_name) != len(self.headers) or b"host" not in by_name:
            self._check_host()
        super().on_headers_complete()
        self._in_head = False
        # Trailers come when the headers have been believed: they must not change them.
        self.headers = []
        self._fields = 0

    def _check_host(self) -> None:
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() != "1.0"):
            self._stop(Malformed("there must be one Host header"))

    def on_body(self, body: bytes) -> None:
        """A piece of a body, which whoever reads it bounds."""
        self._body_came = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        if self._strict:
            self._stop_if_too_large()
        self.began = None
        self._in_head = True
        self._under_way = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer was given: the next request of the pipeline has its turn; without one the
        connection is idle. Perhaps the answer was the last one before the refused request.

        uvicorn would start a timer here and cancel it when the next request comes.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.idle_since = self.loop.time()
        if self._refusal is not None:
            self._answer_refused()

    def shutdown(self) -> None:
        """The server ends. A request that has begun to arrive is still answered, and so is the
        first one of a new connection if it comes within `GRACE_S`; uvicorn would close both."""
        self.leaving = True
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if self.began is None or is_answering:
            super().shutdown()
        elif not self._under_way:
            self.loop.call_later(GRACE_S, self._close_if_unused)

    def _close_if_unused(self) -> None:
        if self.began is not None and not self._under_way:
            self.transport.close()

    def idle_for(self, now: float) -> float:
        """For how many seconds the connection has had no request."""
        return now - self.idle_since if self.idle_since is not None and self.began is None else 0.0

    def refuse(self, error: LeadlineError) -> None:
        """Answer the arriving request with *error* once those before it are answered, read nothing
        more, and close the connection."""
        if self._refusal is None:
            if self.held is not None:
                self.go_long_way()
            self._refusal = error
            self._pending = True
            self._tell(error)
            self._answer_refused()

    def _tell(self, error: LeadlineError) -> None:
        """Log the refusal."""
        if self.refused is not None and self._under_way:
            fields = self.headers if self._in_head else self.scope["headers"]
            self.refused.note_unparsed(
                self.url, error.status, reason_of(error), self.client, fields
            )

    def _stop_if_too_large(self) -> None:
        self._line = 0  # it has ended, and counts as a field
        if (error := self._too_large()) is not None:
            self._stop(error)

    def _stop(self, error: LeadlineError) -> None:
        """Refuse from within a callback of the parser, and stop the parser."""
        self.refuse(error)
        raise error

    def _answer_refused(self) -> None:
        if self.transport.is_closing():
            return
        cycle = self.cycle  # that of the newest request with a complete head
        if self._in_head:
            waits, begun = cycle is not None and not cycle.response_complete, False
        else:
            waits = any(queued is cycle for queued, _ in self.pipeline)
            begun = cycle.response_started
        if waits:
            return
        if self._refusal is not None and not begun:
            self.transport.write(_answer(self._refusal))
        self.transport.close()


def guarded(refused: RefusedDeliveries, captures: Captures) -> type[GuardedProtocol]:
    """The protocol with what logs the deliveries that it refuses, and the webhooks it answers."""
    return type("Guarded", (GuardedProtocol,), {"refused": refused, "captures": captures})


def _too_many(fields: Sequence[tuple[bytes, bytes]]) -> LeadlineError | None:
    """The limit that these header fields exceed; None if none."""
    sizes = [len(name) + len(value) + _BETWEEN for name, value in fields]
    if len(sizes) > MAX_FIELDS:
        return HeadersTooLarge(f"the limit is {MAX_FIELDS} fields")
    if max(sizes, default=0) > MAX_LINE:
        return HeadersTooLarge(f"a line may have {MAX_LINE} bytes")
    if sum(sizes) > MAX_HEADERS:
        return HeadersTooLarge(f"the limit is {MAX_HEADERS} bytes in all")
    return None


def _answer(error: LeadlineError) -> bytes:
    answer = problem_of(error)
    return (
        b"HTTP/1.1 %d %b\r\ncontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
    ) % (
        answer.status,
        HTTPStatus(answer.status).phrase.encode(),
        answer.media_type.encode(),
        len(answer.body),
        answer.body,
    )


async def hang_up_on_the_slow(connections: Any, limit_s: float) -> None:
    """Look at every connection now and then; answer 408 and close where a request takes longer,
    and close what has been idle for as long as uvicorn is set to keep a connection."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(min(limit_s / 2, 1.0))
        now = loop.time()
        for connection in list(connections):
            if connection.began is not None and connection.began < now - limit_s:
                connection.refuse(TooSlow())
            elif connection.idle_for(now) > connection.timeout_keep_alive:
                connection.transport.close()
