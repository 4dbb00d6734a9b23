"""Counts of what happened, over all leads of the table."""

from collections import Counter
from collections.abc import Iterable

from leadline.model.monitoring.event_notes import WAIT_ENDED
from leadline.model.task import Step, event_name
from leadline.ports.reading.ledger import Tally
from leadline.stores.aws.items import lead_of
from leadline.stores.aws.keys import LEAD
from leadline.stores.aws.values import Item

_COUNTED = ("refined", "quarantined", WAIT_ENDED)


def tallies_of(items: Iterable[Item]) -> list[Tally]:
    """Counts of what happened, from the latest hundred lines of each lead's timeline. Redeliveries
    have no day of their own and count on the day of the first delivery."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for lead in (lead_of(item) for item in items if item["sk"] == LEAD):
        day = lead.captured_at[:10]
        counts[day, lead.source, lead.fate] += 1
        if lead.redelivered:
            counts[day, lead.source, "redelivered"] += lead.redelivered
        for line in lead.timeline:
            if line.what in _COUNTED or line.what.endswith(".dead"):
                counts[line.at[:10], lead.source, line.what] += 1
        for alert in lead.alerts:
            counts[alert.at[:10], lead.source, event_name(Step(alert.step))] += 1
        if lead.summary is not None and lead.summary.duplicate_of:
            counts[lead.summary.processed_at[:10], lead.source, "duplicate"] += 1
    return [Tally(*key, count) for key, count in sorted(counts.items())]
