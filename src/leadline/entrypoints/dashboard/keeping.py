"""Answers that all watchers share for a moment, so that many open pages ask the ledger once.

What takes long to answer is kept longer, so that it never takes more than a tenth of the time.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import msgspec

from leadline.ports.clock import Clock

_SHARE = 10

Ask = Callable[[], Awaitable[Any]]


class _Kept(msgspec.Struct):
    lock: anyio.Lock
    since: float = float("inf")
    until: float = float("-inf")
    answer: Any = None


class Keeping:
    """Keeps the answers of questions for at least some seconds, by the clock of the dashboard."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[object, _Kept] = {}

    async def answer(self, key: object, question: Ask) -> Any:
        """The answer to a question under this key; those who come meanwhile wait for it."""
        kept = self._kept.setdefault(key, _Kept(anyio.Lock()))
        async with kept.lock:
            began = self._clock().timestamp()
            if not kept.since <= began < kept.until:
                kept.answer = await question()
                took = self._clock().timestamp() - began
                kept.since, kept.until = began, began + took + max(self._seconds, took * _SHARE)
            return kept.answer
