"""Splitting iterables into batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of this size; the last list may be shorter. Items are read lazily, so the
    iterable may be of any length. Raises ValueError if *size* is below 1."""
    if size < 1:
        raise ValueError(f"the batch size must be at least 1, not {size}")
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
