"""Tasks that are parked while their lead moves.

A parked task is a dead letter whose reason is PARKED: it is not leased, keeps all of its state, and
can be replayed like any other dead letter if a move is given up.
"""

from datetime import datetime

import msgspec

from leadline.model.formats import iso
from leadline.stores.aws.items import TaskState

PARKED = "moved"


def parked(task: TaskState, now: datetime) -> TaskState:
    """The task in parked state; a dead letter stays unchanged. Once it is unparked, its lateness
    counts from its next due time until a worker has tried it again."""
    if task.dead_at:
        return task
    return msgspec.structs.replace(task, dead_at=iso(now), reason=PARKED, late=False)


def unparked(task: TaskState) -> TaskState:
    """The task as it was before it was parked."""
    if task.dead_at and task.reason == PARKED:
        return msgspec.structs.replace(task, dead_at="", reason="")
    return task
