"""The wait of one lead: shortened, prolonged, or held until somebody lets it go.

Only a lead that still waits can be moved; what is refined is told, and stays so.
"""

from datetime import datetime, timedelta
from typing import Protocol

from leadline.model.lead import Status
from leadline.model.task import HELD_UNTIL, MOVED, Step, Task
from leadline.ports.ledger import LeadStory, TaskRow
from leadline.ports.store import Leads, Queue


class Movable(Queue, Leads, Protocol):
    """What of a store it takes to move a lead."""


def is_held(task: TaskRow) -> bool:
    """Whether a task is one that somebody holds back."""
    return task.step is Step.REFINE and task.due_at >= HELD_UNTIL and task.dead_at is None


def wait_of(story: LeadStory) -> TaskRow | None:
    """The task for which a lead waits; None when it waits no more."""
    if story.row.status is not Status.WAITING:
        return None
    alive = (t for t in story.tasks if t.step is Step.REFINE and t.dead_at is None)
    return next(alive, None)


def end_of_wait(captured_at: datetime, delay: timedelta, now: datetime) -> datetime:
    """When a lead that is let go is due: when its wait would have ended, or at once."""
    return max(captured_at + delay, now)


def move_wait(store: Movable, lead_id: str, due_at: datetime, note: str, now: datetime) -> bool:
    """Let the lead be due then instead, with a note on its timeline; False when it was refined in
    this very moment, which is not undone. A worker that holds the lead has to let go of it."""
    task = Task(Step.REFINE, lead_id)
    store.put([task], due_at, note=MOVED + note)
    if not store.documents([lead_id]):
        return True
    store.put([task], now)  # what was put must not linger: it is refined once more, telling nobody
    return False
