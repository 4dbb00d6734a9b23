"""Heads that come again and again: most senders repeat theirs to the byte, but for the length.

Only a head that the parser has read, and found to be within the limits, becomes a known one. The
same bytes at the beginning of a request mean the same, so they need not be parsed again.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from leadline.entrypoints.embedded.receiving.captures import Request
from leadline.journey.receiving.same_head import SameHead
from leadline.model.lead import Delivery

LONGEST = 2048
"""The longest head, in bytes, that a connection keeps."""
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,7})\r\n", re.IGNORECASE)
_MOST_DIGITS = 7
_ZERO = ord("0")


class KnownHead:
    """A head with `Content-Length`: what stands before the digits of the length, and after them.
    *request* and *delivery*, without a body, are what it says; *same* is what it decides for each
    body, None if every delivery is read like the first."""

    __slots__ = ("_begin", "_begins", "_end", "_ends", "delivery", "request", "same")

    def __init__(
        self,
        begin: bytes,
        end: bytes,
        request: Request,
        delivery: Delivery,
        same: SameHead | None = None,
    ) -> None:
        self._begin, self._end = begin, end
        self._begins, self._ends = len(begin), len(end)
        self.request = request
        self.delivery = delivery
        self.same = same

    def body_in(self, data: bytes) -> bytes | None:
        """The body of the request in *data*, if that is this head and a whole body, else None."""
        begin = self._begins
        if not data.startswith(self._begin):
            return None
        at = data.find(b"\r\n", begin, begin + _MOST_DIGITS + 2)
        if at < 0 or not data.startswith(self._end, at):
            return None
        digits = data[begin:at]
        if not digits.isdigit() or digits[0] == _ZERO:
            return None
        start = at + self._ends
        return data[start:] if len(data) - start == int(digits) else None


def known_head(
    data: bytes, request: Request, delivery: Delivery, same: Callable[[Delivery], SameHead | None]
) -> KnownHead | None:
    """The head of *data*, a POST request, from which *delivery* was read; None if *data* is not
    just that request, or if its head is too long to be kept. *same* tells what the head decides."""
    size = len(delivery.body)
    head = data[: len(data) - size]
    if not size or len(head) > LONGEST or not head.startswith(b"POST "):
        return None
    if not head.endswith(b"\r\n\r\n") or head.count(b"\r\n\r\n") != 1:
        return None  # another request came before it
    lengths = list(_LENGTH.finditer(head))
    if len(lengths) != 1 or int(lengths[0][1]) != size:
        return None
    begin, end = lengths[0].span(1)
    bare = msgspec.structs.replace(delivery, body=b"")
    return KnownHead(head[:begin], head[end:], request, bare, same(delivery))


def again(known: Delivery, body: bytes) -> Delivery:
    """The delivery of a known head with this body, which has arrived now."""
    headers, length = known.headers, str(len(body))
    if headers["content-length"] != length:
        headers = {**headers, "content-length": length}
    return Delivery(known.source, body, datetime.now(UTC), headers, known.method, known.url)
