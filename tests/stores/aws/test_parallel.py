"""Calls to AWS at once."""

from threading import Barrier, Lock, current_thread

import pytest

from leadline.stores.aws.parallel import in_parallel

TOGETHER = 8


def test_eight_calls_run_at_once_and_their_results_stand_in_order() -> None:
    meeting = Barrier(TOGETHER, timeout=60)
    seen: set[str] = set()

    def call(number: int) -> int:
        meeting.wait()
        seen.add(current_thread().name)
        return number * number

    assert in_parallel(call, range(TOGETHER)) == [n * n for n in range(TOGETHER)]
    assert len(seen) == TOGETHER
    assert current_thread().name in seen


def test_more_items_than_threads_are_all_done_once() -> None:
    lock, done = Lock(), []

    def call(number: int) -> str:
        with lock:
            done.append(number)
        return str(number)

    assert in_parallel(call, range(100)) == [str(n) for n in range(100)]
    assert sorted(done) == list(range(100))


def test_an_error_is_raised_and_nothing_more_is_begun() -> None:
    meeting = Barrier(TOGETHER, timeout=60)
    begun: list[int] = []

    def call(number: int) -> None:
        begun.append(number)
        meeting.wait()
        raise ValueError(number)

    with pytest.raises(ValueError) as raised:
        in_parallel(call, range(50))
    assert raised.value.args == (0,)
    assert sorted(begun) == list(range(TOGETHER))


def test_of_nothing_there_are_no_results() -> None:
    assert in_parallel(str, []) == []
