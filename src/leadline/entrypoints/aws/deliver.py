"""Deliver: alerts on their way, at the pace of each destination."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from leadline import logs, wiring
from leadline.adapters.aws.handed import HandedStore
from leadline.deliver.sending import deliver_due
from leadline.entrypoints.aws.figures import emit
from leadline.entrypoints.aws.messages import Batch
from leadline.entrypoints.aws.parts import Parts
from leadline.errors import LeadlineError
from leadline.kit import Kit
from leadline.lead import Step

log = logging.getLogger(__name__)

_BESIDE_S = 3.0
"""What a run does besides sending: reading, claiming, settling, ending its messages."""

_parts = cache(Parts)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Send what is due; the answer lists the messages that must come again."""
    parts = _parts()
    logs.always(request=context.aws_request_id)
    parts.within(context.get_remaining_time_in_millis())
    batch = Batch(Step.NOTIFY, event["Records"])
    try:
        settings = parts.settings()
        longest = context.get_remaining_time_in_millis() / 1000 - _BESIDE_S - 1
        kept = HandedStore(parts.table, parts.bucket, parts.queues, tasks=batch.tasks)
        kit = wiring.kit_of(settings, kept, wiring.channels(settings, max(longest, 1)))
        wait = min(longest, settings.slack_timeout.total_seconds()) + _BESIDE_S
        paced: datetime | None = None
        stopped = False
        try:
            for channel in sorted({task.channel for task in batch.tasks}):
                until = _deliver(kit, channel, wait, context)
                paced = max(paced, until) if paced and until else paced or until
        except LeadlineError:
            log.exception("notify.stopped")
            paced, stopped = None, True
        emit(parts.stack, kept.counts)
        return batch.end(kept, paced, kit.gap, stopped=stopped)
    except LeadlineError:
        log.exception("notify.impossible")
        return batch.failures(batch.tasks)


def _deliver(kit: Kit, channel: str, longest: float, context: Any) -> datetime | None:
    """Send until nothing is due, or no time is left for another message, or the channel is not
    free; then when it will be."""
    while context.get_remaining_time_in_millis() / 1000 > longest:
        pause = deliver_due(kit, channel)
        if pause is None:
            return None
        if pause > timedelta():
            return kit.clock() + pause
    return kit.clock() + kit.gap
