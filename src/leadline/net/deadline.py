"""One deadline for all that a thread does on the network, however slowly the bytes come.

Timeouts of sockets begin anew with every byte that arrives. Within `within` each wait of a
`leadline.net.sockets` socket is only as long as what is left of the whole.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class _OfThread(threading.local):
    ends: float | None = None


_deadline = _OfThread()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything that this thread waits for ends by then, with TimeoutError; a deadline around
    this one stays in force. Only looking up a name takes as long as the system's resolver does."""
    around = _deadline.ends
    ends = time.monotonic() + seconds
    _deadline.ends = ends if around is None else min(ends, around)
    try:
        yield
    finally:
        _deadline.ends = around


def seconds_left() -> float | None:
    """How long the next step may take; None without a deadline. Raises TimeoutError after it."""
    if _deadline.ends is None:
        return None
    left = _deadline.ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time is left")
    return left


def is_over() -> bool:
    """Whether the deadline has passed."""
    return _deadline.ends is not None and time.monotonic() >= _deadline.ends
