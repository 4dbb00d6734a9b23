"""Refine: leads whose delay is over, ten messages at a time."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from leadline import logs, wiring
from leadline.adapters.aws.handed import HandedStore
from leadline.entrypoints.aws.figures import emit
from leadline.entrypoints.aws.messages import Batch
from leadline.entrypoints.aws.parts import Parts
from leadline.errors import LeadlineError
from leadline.lead import Step
from leadline.pipeline import refine_due

log = logging.getLogger(__name__)

SLICE = 5
"""So many leads are begun at once; between slices the clock is looked at."""
_RESERVE_MS = 8000

_parts = cache(Parts)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Refine what the messages name; the answer lists those that must come again."""
    parts = _parts()
    logs.always(request=context.aws_request_id)
    parts.within(context.get_remaining_time_in_millis())
    batch = Batch(Step.REFINE, event["Records"])
    try:
        settings = parts.settings()
        kept = HandedStore(
            parts.table,
            parts.bucket,
            parts.queues,
            redelivery_window=settings.redelivery_window,
            tasks=batch.tasks,
        )
        kit = wiring.kit_of(settings, kept, wiring.channels_on_demand(settings))
        stopped = False
        try:
            while kept.left and context.get_remaining_time_in_millis() > _RESERVE_MS:
                refine_due(kit, SLICE)
        except LeadlineError:
            log.exception("refine.stopped")
            stopped = True
        emit(parts.stack, kept.counts)
        return batch.end(kept, stopped=stopped)
    except LeadlineError:
        log.exception("refine.impossible")
        return batch.failures(batch.tasks)
