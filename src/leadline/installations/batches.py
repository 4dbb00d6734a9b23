"""Batches of messages that wake a stack's functions, and the store that leases their tasks."""

from leadline.stores.aws.batch_store import BatchStore
from leadline.stores.aws.wakeups import Queues, Wakeup, kind_of_task, task_of

__all__ = ["BatchStore", "Queues", "Wakeup", "kind_of_task", "task_of"]
