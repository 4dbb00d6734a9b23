"""The shards of a stack's table, as operators see and change them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from leadline.stores.aws.shards import gathering

if TYPE_CHECKING:
    from leadline.cloud.connecting import ConnectedStack


def shards_of(stack: "ConnectedStack") -> gathering.InShards:
    """See `stores.aws.shards.gathering.in_shards`."""
    return gathering.in_shards(stack.table)


def gather_shards(stack: "ConnectedStack", watch: Callable[[int], None]) -> int:
    """See `stores.aws.shards.gathering.gather`."""
    return gathering.gather(stack.table, watch)
