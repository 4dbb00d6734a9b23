"""How long to wait before what did not work is tried again."""

import random
from collections.abc import Iterator

_FIRST_S = 0.05
_LONGEST_S = 1.0


def pauses(tries: int) -> Iterator[float]:
    """Seconds to wait before each of so many tries: none before the first, then a random part of an
    ever longer time, so that those who got in each other's way do not meet again."""
    longest = 0.0
    for _ in range(tries):
        yield random.uniform(0, longest)
        longest = min(longest * 3, _LONGEST_S) or _FIRST_S
