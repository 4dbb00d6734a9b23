"""Answers that all watchers share."""

import asyncio
from datetime import timedelta

from leadline.entrypoints.dashboard.keeping import Keeping
from tests.worlds.leads import HandClock


def test_an_answer_is_asked_for_once_in_its_time(clock: HandClock) -> None:
    asked: list[int] = []

    async def question() -> int:
        asked.append(1)
        await asyncio.sleep(0)
        return len(asked)

    async def watch() -> list[list[int]]:
        keeping = Keeping(2, clock)
        first = await asyncio.gather(*(keeping.answer("a", question) for _ in range(5)))
        clock.advance(seconds=1.9)
        kept = [await keeping.answer("a", question)]
        clock.advance(seconds=0.2)
        return [first, kept, [await keeping.answer("a", question)]]

    assert asyncio.run(watch()) == [[1] * 5, [1], [2]]


def test_what_takes_long_is_kept_ten_times_as_long(clock: HandClock) -> None:
    async def question() -> object:
        clock.advance(seconds=3)
        return clock.now

    async def watch() -> list[timedelta]:
        keeping = Keeping(2, clock)
        first = await keeping.answer("a", question)
        clock.advance(seconds=29)
        kept = await keeping.answer("a", question)
        clock.advance(seconds=2)
        return [kept - first, await keeping.answer("a", question) - first]

    assert asyncio.run(watch()) == [timedelta(), timedelta(seconds=34)]


def test_a_clock_that_goes_back_keeps_nothing(clock: HandClock) -> None:
    async def question() -> object:
        return clock.now

    async def watch() -> bool:
        keeping = Keeping(2, clock)
        first = await keeping.answer("a", question)
        clock.advance(hours=-1)
        return bool(await keeping.answer("a", question) != first)

    assert asyncio.run(watch())
