"""Batches of messages that wake a stack's functions, and the store that leases their tasks."""

from leadline.stores.aws.clocks.wakeups import (
    StackClock,
    UnderWay,
    Wakeup,
    kind_of_task,
    message_text,
    task_of,
)
from leadline.stores.aws.work.batch_store import BatchStore

__all__ = [
    "BatchStore",
    "StackClock",
    "UnderWay",
    "Wakeup",
    "kind_of_task",
    "message_text",
    "task_of",
]
