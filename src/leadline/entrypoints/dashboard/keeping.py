"""Answers that all watchers share for a moment, so that many open pages ask the ledger once."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import msgspec

from leadline.ports.clock import Clock

Ask = Callable[[], Awaitable[Any]]


class _Kept(msgspec.Struct):
    lock: anyio.Lock
    until: float = float("-inf")
    answer: Any = None


class Keeping:
    """Keeps the answers of questions for some seconds, by the clock of the dashboard."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[object, _Kept] = {}

    async def answer(self, key: object, question: Ask) -> Any:
        """The answer to a question under this key; those who come meanwhile wait for it."""
        kept = self._kept.setdefault(key, _Kept(anyio.Lock()))
        async with kept.lock:
            now = self._clock().timestamp()
            if not kept.until - self._seconds <= now < kept.until:
                kept.answer = await question()
                kept.until = now + self._seconds
            return kept.answer
