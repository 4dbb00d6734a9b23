"""The wait of one lead: shortened, prolonged, or put on hold until an operator releases it.

Only the wait of a lead that is not yet refined can be changed.
"""

from datetime import datetime, timedelta
from typing import Protocol

from leadline.model.lead import Status
from leadline.model.task import ON_HOLD_UNTIL, WAIT_CHANGED, Step, Task
from leadline.ports.reading.ledger import LeadStory, TaskRow
from leadline.ports.store import Leads, Queue


class WaitStore(Queue, Leads, Protocol):
    """The parts of a store that changing a wait needs."""


def is_on_hold(task: TaskRow) -> bool:
    """Whether the task is on hold by an operator."""
    return task.step is Step.REFINE and task.due_at >= ON_HOLD_UNTIL and task.dead_at is None


def wait_of(story: LeadStory) -> TaskRow | None:
    """The task for which a lead waits; None if it does not wait any more."""
    if story.row.status is not Status.WAITING:
        return None
    alive = (t for t in story.tasks if t.step is Step.REFINE and t.dead_at is None)
    return next(alive, None)


def end_of_wait(captured_at: datetime, delay: timedelta, now: datetime) -> datetime:
    """When a released lead is due: at the normal end of its wait, or at once if that has passed."""
    return max(captured_at + delay, now)


def change_wait(store: WaitStore, lead_id: str, due_at: datetime, note: str, now: datetime) -> bool:
    """Change the time at which the lead is due, with a note in its timeline.

    Returns False if the lead has just been refined, which is not undone. A worker that has leased
    the task loses its lease.
    """
    task = Task(Step.REFINE, lead_id)
    store.put([task], due_at, note=WAIT_CHANGED + note)
    if not store.documents([lead_id]):
        return True
    store.put([task], now)  # the task must not stay: the lead is refined again without new alerts
    return False
