"""How many leads each source sent of late, by an index (`ports.reading.questions`): to the
second."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from leadline.operations.lists.indexed_browsing import is_usable
from leadline.ports.reading.questions import STEPS, By, Questions

_SOON = timedelta(minutes=1)
"""Leads of so long after now are counted, too: the clocks of others may be ahead."""


def captured_by_source(
    questions: Questions, now: datetime, span: timedelta
) -> Mapping[str, int] | None:
    """The number of leads of each source in the time *span* before now; None if the index can't be
    used. Raises Unanswerable, StorageFailed."""
    if not is_usable(questions.behind(now)):
        return None
    since, step = now - span, min(STEPS)
    begin = datetime.fromtimestamp(
        -(-since.timestamp() // step.total_seconds()) * step.total_seconds(), UTC
    )
    # Leads are counted one by one only before the first whole step.
    first = questions.figures(since, begin, (By.SOURCE,))
    counted = Counter({source: one.captured for (source,), one in first.items()})
    for bar in questions.hours(begin, now + _SOON, step):
        counted[bar.source] += bar.captured
    return counted
