"""Things taken some at a time."""

from itertools import count, islice

import pytest

from leadline.model.batches import batched


def test_the_last_batch_is_what_is_left() -> None:
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]


def test_nothing_makes_no_batch() -> None:
    assert list(batched([], 3)) == []


def test_a_stream_without_end_is_read_as_far_as_it_is_wanted() -> None:
    numbers = count()
    assert list(islice(batched(numbers, 2), 2)) == [[0, 1], [2, 3]]
    assert next(numbers) == 4


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="must be at least 1, not 0"):
        next(batched([1], 0))
