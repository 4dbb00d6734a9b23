"""Reading request bodies, with limits on each body and on all bodies being read at a time."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from leadline.model.errors import LeadlineError, Overloaded, TooLarge

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
"""ASGI's `receive`, by which a request is read."""


class Gone(LeadlineError):
    """The sender disconnected before its request was complete; it will not read the response.
    `received` is the part of the body that arrived."""

    status = 400
    title = "The request ended early"

    def __init__(self, received: bytes = b"") -> None:
        super().__init__("the body is shorter than its Content-Length")
        self.received = received


class BodyReader:
    """Reads bodies of up to *max_body* bytes each. Bodies that arrive in several ASGI messages may
    have at most *most_reading* bytes together at a time."""

    def __init__(self, max_body: int, most_reading: int) -> None:
        self._max_body = max_body
        self._most_reading = most_reading
        self._reading = 0

    async def read(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        """The whole body.

        Raises TooLarge or Overloaded if a limit is passed, Gone if the sender hung up.
        """
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._max_body:
            raise TooLarge(f"the limit is {self._max_body} bytes")
        message = await receive()
        if not message.get("more_body"):
            body: bytes = message.get("body", b"")
            if message["type"] == "http.disconnect":
                raise Gone
            if len(body) > self._max_body:
                raise TooLarge(f"the limit is {self._max_body} bytes")
            return body
        return await self._long_body(message, receive)

    async def _long_body(self, message: MutableMapping[str, Any], receive: Receive) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            while True:
                chunk = message.get("body", b"")
                chunks.append(chunk)
                size += len(chunk)
                self._reading += len(chunk)
                if size > self._max_body:
                    raise TooLarge(f"the limit is {self._max_body} bytes")
                if self._reading > self._most_reading:
                    raise Overloaded
                if not message.get("more_body"):
                    return b"".join(chunks)
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone(b"".join(chunks))
        finally:
            self._reading -= size
