"""Things taken some at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of this size, the last one shorter; each list is read when it is wanted,
    so a stream may be of any length. Raises ValueError when the size is below 1."""
    if size < 1:
        raise ValueError(f"a batch of {size} holds nothing")
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
