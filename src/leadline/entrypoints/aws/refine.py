"""Refine: refines leads whose wait is over, up to ten messages or one event per invocation."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from leadline import wiring
from leadline.entrypoints import logs
from leadline.entrypoints.aws.executed import in_execution, is_of_execution
from leadline.entrypoints.aws.figures import emit
from leadline.entrypoints.aws.messages import Batch, remaining_seconds
from leadline.entrypoints.aws.parts import Parts
from leadline.entrypoints.aws.trials import answer_of_trial, is_trial
from leadline.journey.refinement.refining import refine_due
from leadline.model.errors import LeadlineError
from leadline.model.task import Step
from leadline.steps import patience

log = logging.getLogger(__name__)

SLICE = 5
"""The number of leads refined at once; the remaining time is checked between slices."""
_RESERVE_S = 8.0

_parts = cache(Parts)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Refine the leads that the messages name; returns the ids of messages to deliver again.

    Raises the error if nothing at all could be done (`Batch.end_in_vain`), or NotDone.
    """
    parts = _parts()
    logs.always(request=context.aws_request_id)
    parts.within(context.get_remaining_time_in_millis())
    if is_trial(event):
        return answer_of_trial(parts)
    if is_of_execution(event):
        return in_execution(parts, event, lambda messages: _work(parts, messages, context))
    return _work(parts, event, context)


def _work(parts: Parts, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    batch = Batch.of(event, parts.wakeups, refining=True)
    try:
        settings = parts.settings()
        store = parts.batch_store(batch.tasks, settings.redelivery_window)
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        kit = parts.with_privacy_key(kit, settings)
        reserve = _RESERVE_S
        if settings.crm:
            left = remaining_seconds(context)
            kit = msgspec.structs.replace(kit, crms=parts.crms(settings, left / 3))
        if settings.crm or settings.enrich:
            left = remaining_seconds(context)
            asking = patience((Step.REFINE, ""), settings, settings.lease).total_seconds()
            reserve = min(reserve + asking, left / 2)
    except LeadlineError:
        log.exception("refine.impossible")
        raise
    why: LeadlineError | None = None
    try:
        while store.left and remaining_seconds(context) > reserve:
            refine_due(kit, SLICE)
    except LeadlineError as error:
        log.exception("refine.stopped")
        why = error
    emit(parts.stack, store.counts, parts.metrics)
    if why is not None and not store.settled:
        batch.end_in_vain(store, why)
    return batch.end(store, stopped=why is not None)
