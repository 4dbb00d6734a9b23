"""One destination of messages, and what it may answer."""

from datetime import timedelta
from typing import Protocol

import msgspec


class Sent(msgspec.Struct, frozen=True):
    """The destination accepted the message; `ref` is by what it finds it again, if at all."""

    ref: str = ""


class Refused(msgspec.Struct, frozen=True):
    """The destination will never take this; `words` are its own, shortened."""

    reason: str
    words: str


class Busy(msgspec.Struct, frozen=True):
    """The destination asks for a pause of everything that goes to it."""

    after: timedelta
    words: str = ""


class Unreachable(msgspec.Struct, frozen=True):
    """No answer, or an error on the other side; the same may pass later."""

    words: str


class Messenger(Protocol):
    """One destination of messages."""

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """Post one message, as the channel's writer (`ports.channel`) made it; never raises for
        anything the network does, and returns within ten seconds or so."""

    def find(self, message: bytes) -> Sent | None:
        """Whether an earlier attempt at this message, of which nobody knows how it ended, arrived;
        None when it did not, or when the destination can't tell."""
