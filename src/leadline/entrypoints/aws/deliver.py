"""Deliver: whatever follows refinement, at the pace of each destination."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from leadline import wiring
from leadline.entrypoints import logs
from leadline.entrypoints.aws.figures import emit
from leadline.entrypoints.aws.messages import Batch, remaining_seconds
from leadline.entrypoints.aws.parts import Parts
from leadline.entrypoints.aws.turns import Turns
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.task import Step, Task, TaskKind
from leadline.settings.general import Settings
from leadline.stores.aws.batch_store import HandedStore
from leadline.stores.aws.wakeups import kind_of_task

log = logging.getLogger(__name__)

_BESIDE_S = 3.0
"""What a run does besides speaking to others: reading, claiming, settling, ending its messages."""

_parts = cache(Parts)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Do what is due; the answer lists the messages that must come again."""
    parts = _parts()
    logs.always(request=context.aws_request_id)
    parts.within(context.get_remaining_time_in_millis())
    batch = Batch(event["Records"], refining=False)
    try:
        settings = parts.settings()
        longest = max(remaining_seconds(context) - _BESIDE_S - 1, 1)
        kept = HandedStore(parts.table, parts.bucket, parts.queues, tasks=batch.tasks)
        kit = wiring.kit_of(settings, kept, wiring.channels(settings, longest))
        # Nobody holds a task for longer than the function lives; by its lease a step knows how long
        # it may ask others.
        lease = min(kit.lease, timedelta(seconds=longest + _BESIDE_S + 1))
        kit = msgspec.structs.replace(kit, lease=lease, crms=parts.crms(settings, longest))
        needs = {
            kind: min(longest, _patience_s(kit, settings, kind)) for kind in _kinds(batch.tasks)
        }
        turns = Turns(kit, lambda kind: remaining_seconds(context) > needs[kind] + _BESIDE_S)
        paced, stopped = turns.paced, False
        try:
            turns.take(list(needs))
        except LeadlineError:
            log.exception("deliver.stopped")
            paced, stopped = {}, True
        emit(parts.stack, kept.counts)
        return batch.end(kept, paced, stopped=stopped)
    except LeadlineError:
        log.exception("deliver.impossible")
        return batch.failures(batch.tasks)


def _kinds(tasks: Sequence[Task]) -> list[TaskKind]:
    """Those first of which there is least, because a flood can wait."""
    counts = Counter(map(kind_of_task, tasks))
    order = [*Step]
    return sorted(counts, key=lambda kind: (counts[kind], order.index(kind[0]), kind[1]))


def _patience_s(kit: Kit, settings: Settings, kind: TaskKind) -> float:
    """How many seconds others may take to answer in one turn of this kind."""
    step, channel = kind
    if step is Step.LOOK_UP:
        # No further batch is asked for when half of the lease is over.
        patience = [kit.lease / 2 + config.timeout for config in settings.crm.values()]
    elif step is Step.WRITE_BACK:
        patience = [settings.crm[channel].timeout] if channel in settings.crm else []
    elif channel in settings.channels:
        patience = [settings.channels[channel].timeout]
    else:
        patience = [settings.slack_timeout] if channel else []
    return max((one.total_seconds() for one in patience), default=0.0)
