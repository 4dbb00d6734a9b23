"""Senders that never finish: a request has a fixed time to arrive, however it drips."""

import asyncio
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from leadline.errors import TooSlow

_PROBLEM = msgspec.json.encode(
    {"type": "about:blank", "title": TooSlow.title, "status": TooSlow.status}
)
_TOO_SLOW = (
    b"HTTP/1.1 %d Request Timeout\r\ncontent-type: application/problem+json\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b"
) % (TooSlow.status, len(_PROBLEM), _PROBLEM)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, which by itself waits for a slow request for ever."""

    began: float | None = None

    def connection_made(self, transport: Any) -> None:
        """A connection that says nothing is on the clock too."""
        super().connection_made(transport)
        self.began = self.loop.time()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if self.began is None:
            self.began = self.loop.time()
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self.began = None
        super().on_message_complete()

    def hang_up(self) -> None:
        """Answer 408, unless an answer is under way already, and close."""
        if not self.transport.is_closing():
            cycle = self.cycle
            if cycle is None or cycle.response_complete or not cycle.response_started:
                self.transport.write(_TOO_SLOW)
            self.transport.close()


async def hang_up_on_the_slow(connections: Any, limit_s: float) -> None:
    """Look at every connection now and then; end those whose request takes longer."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(min(limit_s / 2, 1.0))
        oldest = loop.time() - limit_s
        for connection in list(connections):
            if connection.began is not None and connection.began < oldest:
                connection.hang_up()
