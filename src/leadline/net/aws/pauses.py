"""Pauses between retries."""

import random
import time
from collections.abc import Iterator

_FIRST_S = 0.05
_LONGEST_S = 1.0


def pauses(tries: int) -> Iterator[float]:
    """The seconds to wait before each of so many tries: none before the first, then a random part
    of a growing time, so that competing callers do not collide again."""
    longest = 0.0
    for _ in range(tries):
        yield random.uniform(0, longest)
        longest = min(longest * 3, _LONGEST_S) or _FIRST_S


def wait(pause: float) -> None:
    """Sleep so many seconds; for none at all the processor is kept, since to sleep for 0 seconds
    costs a tenth of a millisecond."""
    if pause:
        time.sleep(pause)
