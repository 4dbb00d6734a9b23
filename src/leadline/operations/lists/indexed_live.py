"""The counts and bars of LIVE from the rollups of an index (`ports.reading.questions`): of all
leads of a time, however many they are."""

from datetime import datetime, timedelta

from leadline.operations.lists.indexed_browsing import is_usable
from leadline.operations.lists.live import STEPS_OF_BARS, LiveCounts, bars_begin, bars_of
from leadline.ports.reading.questions import STEPS, By, Questions

_SOON = timedelta(minutes=1)
"""Leads of so long after now are counted, too: the clocks of others may be ahead."""


def indexed_counts(questions: Questions, at: datetime, span: timedelta) -> LiveCounts | None:
    """The counts of the time *span* before a moment; None if the index can't be used, or keeps no
    numbers for bars as narrow as these. Raises Unanswerable, StorageFailed."""
    width = STEPS_OF_BARS[span]
    steps = [step for step in STEPS if not width % step]
    if not steps or not is_usable(questions.behind(at)):
        return None
    begin, until = bars_begin(at, span), at + _SOON
    figures = questions.figures(at - span, until)[()]
    # The first bar begins before the time, whose leads alone count.
    first = questions.figures(at - span, begin + width, (By.SOURCE,))
    bars = [(begin, source, one.captured) for (source,), one in first.items() if one.captured]
    rest = questions.hours(begin + width, until, steps[-1])
    bars += [(one.at, one.source, one.captured) for one in rest]
    return LiveCounts(
        captured=figures.captured,
        is_cut=False,
        duplicates=figures.duplicates,
        quarantined=figures.quarantined,
        bars=bars_of(bars, begin, span),
    )
