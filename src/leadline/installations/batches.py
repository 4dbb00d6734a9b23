"""Batches of messages that wake a stack's functions, and the store that leases their tasks."""

from leadline.stores.aws.batch_store import HandedStore
from leadline.stores.aws.wakeups import Queues, Ring, kind_of_task, task_of

__all__ = ["HandedStore", "Queues", "Ring", "kind_of_task", "task_of"]
