"""Batches of messages that wake a stack's functions, and the store that leases their tasks."""

from leadline.stores.aws.batch_store import BatchStore
from leadline.stores.aws.clocks.wakeups import (
    StackClock,
    UnderWay,
    Wakeup,
    kind_of_task,
    message_text,
    task_of,
)

__all__ = [
    "BatchStore",
    "StackClock",
    "UnderWay",
    "Wakeup",
    "kind_of_task",
    "message_text",
    "task_of",
]
