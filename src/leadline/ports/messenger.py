"""The protocol of a messenger, which sends messages to one destination, and its answers."""

from datetime import timedelta
from typing import Protocol, runtime_checkable

import msgspec


class Sent(msgspec.Struct, frozen=True):
    """The destination accepted the message. `ref` identifies the message for later updates; "" if
    the destination has no message ids."""

    ref: str = ""


class Refused(msgspec.Struct, frozen=True):
    """The destination will never accept this message. `reason` is a code, and `words` is the
    destination's own message, shortened."""

    reason: str
    words: str


class Busy(msgspec.Struct, frozen=True):
    """The destination asks for a pause of all requests to it."""

    after: timedelta
    words: str = ""


class Unreachable(msgspec.Struct, frozen=True):
    """The destination did not answer, or failed; a later attempt may succeed."""

    words: str


class Messenger(Protocol):
    """Sends messages to one destination."""

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """Send one message that the channel's writer (`ports.channel`) made. Network errors are
        returned as values, not raised; the call returns within about 10 seconds."""

    def find(self, message: bytes) -> Sent | None:
        """The message, if an earlier attempt whose result is unknown did arrive; None if it did
        not, or if the destination can't be asked."""


@runtime_checkable
class Triable(Protocol):
    """A messenger that can try its destination without sending a message."""

    def try_out(self) -> Refused | Busy | Unreachable | None:
        """Why no message could be sent now; None if the destination answers and accepts the
        credentials. Network errors are returned as values."""
