"""Senders that never finish or send too much of a head: a request has a fixed time to arrive, and
what the parser collects before we see the request is bounded while it arrives.

Limits are those of common servers (Apache httpd: 100 fields, 8190 bytes each).
"""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from leadline.entrypoints.reception import problem_of
from leadline.model.errors import HeadersTooLarge, LeadlineError, Malformed, TargetTooLong, TooSlow

MAX_TARGET = 8192
"""The longest path with its query, in bytes."""
MAX_FIELDS = 100
"""The most header fields of a request, trailers among them."""
MAX_LINE = 8192
"""The longest header field, in bytes: name, colon, space, value and line end."""
MAX_HEADERS = 32_768
"""The most bytes of all header fields of a request, each counted like a line."""

_PIECE = 16_384
_BETWEEN = len(": \r\n")


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, which by itself waits for a slow request for ever and collects a head of
    any size.

    The parser joins the fragments of a header field, at a cost that grows with the square of its
    length when it drips, and tells of the field when it is whole. So bytes in which the parser saw
    nothing to tell of are counted, too.
    """

    began: float | None = None
    _refusal: LeadlineError | None = None
    _in_head = True
    _fields = 0
    _size = 0
    _told = False
    _untold = 0

    def connection_made(self, transport: Any) -> None:
        """A connection that says nothing is on the clock too."""
        super().connection_made(transport)
        self.began = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Parse piece by piece, so that no limit is passed by more than one piece."""
        if self.began is None:
            self.began = self.loop.time()  # blank lines between requests begin none
        for start in range(0, len(data), _PIECE):
            if self._refusal is not None:
                return  # what follows a refused request has no meaning
            piece = data[start : start + _PIECE]
            self._told = False
            super().data_received(piece)
            self._untold = 0 if self._told else self._untold + len(piece)
            if self._untold > MAX_LINE:
                self.refuse(HeadersTooLarge(f"a line may have {MAX_LINE} bytes"))

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if self.began is None:
            self.began = self.loop.time()
        self._told = True
        self._fields = self._size = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A fragment of the target."""
        self._told = True
        if len(self.url) + len(url) > MAX_TARGET:
            self._stop(TargetTooLong(f"the limit is {MAX_TARGET} bytes"))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A whole field, of the head or of the trailers of a chunked body."""
        self._told = True
        line = len(name) + len(value) + _BETWEEN
        self._fields += 1
        self._size += line
        if line > MAX_LINE or self._fields > MAX_FIELDS or self._size > MAX_HEADERS:
            self._stop(HeadersTooLarge(self._what_is_too_large(line)))
        # Trailers come when the headers have been believed: they must not change them.
        if self._in_head:
            HttpToolsProtocol.on_header(self, name, value)  # five times a request: no super()

    def _what_is_too_large(self, line: int) -> str:
        if self._fields > MAX_FIELDS:
            return f"the limit is {MAX_FIELDS} fields"
        if line > MAX_LINE:
            return f"a line may have {MAX_LINE} bytes"
        return f"the limit is {MAX_HEADERS} bytes in all"

    def on_headers_complete(self) -> None:
        """The end of a head (RFC 9112, section 3.2: exactly one Host, before HTTP/1.1 at most)."""
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts > 1 or (not hosts and self.parser.get_http_version() != "1.0"):
            self._stop(Malformed("there must be one Host header"))
        super().on_headers_complete()
        self._in_head = False

    def on_body(self, body: bytes) -> None:
        """A piece of a body, which whoever reads it bounds."""
        self._told = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self.began = None
        self._in_head = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer was given; perhaps it was the last one before the refused request."""
        super().on_response_complete()
        if self._refusal is not None:
            self._answer_refused()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - ours is problem JSON
        """What the parser can't read."""
        self.refuse(Malformed())

    def refuse(self, error: LeadlineError) -> None:
        """Answer the request that is arriving with *error* as soon as those before it are answered,
        read nothing more, and close."""
        if self._refusal is None:
            self._refusal = error
            self._answer_refused()

    def _stop(self, error: LeadlineError) -> None:
        """Refuse within a callback of the parser, which has to stop at once."""
        self.refuse(error)
        raise error

    def _answer_refused(self) -> None:
        if self.transport.is_closing():
            return
        cycle = self.cycle  # of the newest request whose head was whole
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


def _answer(error: LeadlineError) -> bytes:
    told = problem_of(error)
    return (
        b"HTTP/1.1 %d %b\r\ncontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
    ) % (
        told.status,
        HTTPStatus(told.status).phrase.encode(),
        told.media_type.encode(),
        len(told.body),
        told.body,
    )


async def hang_up_on_the_slow(connections: Any, limit_s: float) -> None:
    """Look at every connection now and then; answer 408 and close where a request takes longer."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(min(limit_s / 2, 1.0))
        oldest = loop.time() - limit_s
        for connection in list(connections):
            if connection.began is not None and connection.began < oldest:
                connection.refuse(TooSlow())
