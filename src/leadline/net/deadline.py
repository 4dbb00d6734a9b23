"""One deadline for everything that a thread does on the network, however slowly data arrives.

A socket's timeout starts again with every byte that arrives. In a `within` block, a wait of a
`leadline.net.sockets` socket lasts at most as long as the time left until the deadline.
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
    """A block in which all network waits of this thread end after so many seconds in total, with
    TimeoutError; an outer deadline stays in force. Only look-ups of names take as long as the
    system's resolver does."""
    around = _deadline.ends
    ends = time.monotonic() + seconds
    _deadline.ends = ends if around is None else min(ends, around)
    try:
        yield
    finally:
        _deadline.ends = around


def seconds_left() -> float | None:
    """The seconds left until the deadline; None without one. Raises TimeoutError after it."""
    if _deadline.ends is None:
        return None
    left = _deadline.ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time is left")
    return left


def is_over() -> bool:
    """Whether the deadline has passed."""
    return _deadline.ends is not None and time.monotonic() >= _deadline.ends
