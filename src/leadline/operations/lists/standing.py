"""The tasks that wait, for pages that are open: counted up to a bound where the ledger can."""

from collections.abc import Sequence
from datetime import datetime

from leadline.model.task import TaskKind
from leadline.ports.reading.ledger import Ledger
from leadline.ports.reading.standing_tasks import StandingReader, StandingTasks

MOST_TASKS, MOST_TASKS_ON_AWS = 10_000, 1_000
"""About how many tasks of a kind are counted. On AWS what is read is paid for."""


def waiting_tasks(
    ledger: Ledger, now: datetime, kinds: Sequence[TaskKind], most: int
) -> StandingTasks:
    """The tasks of these kinds at a moment, of each about *most* at most; all, from a ledger that
    reads all of them."""
    if isinstance(ledger, StandingReader):
        return ledger.standing(now, kinds, most)
    return StandingTasks(ledger.backlog(now), len(ledger.on_hold()), ledger.untold_since(now))
