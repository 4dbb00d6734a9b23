"""Deliver: all tasks after refinement, at the pace of each destination."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from leadline import wiring
from leadline.entrypoints import logs
from leadline.entrypoints.aws.executed import in_execution, is_of_execution
from leadline.entrypoints.aws.figures import emit
from leadline.entrypoints.aws.messages import Batch, remaining_seconds
from leadline.entrypoints.aws.parts import Parts
from leadline.entrypoints.aws.renewing import renewing_channels
from leadline.entrypoints.aws.step_loop import StepLoop
from leadline.entrypoints.aws.trials import answer_of_trial, is_trial
from leadline.installations.batches import BatchStore, kind_of_task
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.task import Addressee, Step, Task, TaskKind
from leadline.ports.channel import Channel
from leadline.settings.top.general import Settings
from leadline.steps import patience

log = logging.getLogger(__name__)

_BESIDE_S = 3.0
"""Seconds that a run needs beside calls to destinations: for reading, leasing, settling, and ending
its messages."""

_parts = cache(Parts)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Do the tasks of the messages that are due; returns the ids of messages to deliver again.

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
    batch = Batch.of(event, parts.wakeups, refining=False)
    try:
        longest = max(remaining_seconds(context) - _BESIDE_S - 1, 1)
        settings, channels = _channels(parts, batch.tasks, longest)
        store = parts.batch_store(batch.tasks, settings.redelivery_window)
        kit = _kit(parts, settings, store, longest, channels)
        turns = _turns(batch.tasks)
        needs = {
            kind: min(longest, patience(kind, settings, kit.lease_duration).total_seconds())
            for kind in dict.fromkeys(turns)
        }
    except LeadlineError:
        log.exception("deliver.impossible")
        raise
    loop = _loop(kit, store, needs, context, waits=bool(parts.wakeups.precision))
    why: LeadlineError | None = None
    try:
        loop.run(turns)
    except LeadlineError as error:
        log.exception("deliver.stopped")
        why = error
    emit(parts.stack, store.counts, parts.metrics)
    if (trouble := why or loop.trouble) is not None and not store.settled:
        batch.end_in_vain(store, trouble)
    return batch.end(store, {} if why else loop.paced, stopped=why is not None)


def _kit(
    parts: Parts,
    settings: Settings,
    store: BatchStore,
    longest: float,
    channels: Mapping[str, Channel],
) -> Kit:
    """The kit, whose calls to others take at most *longest* seconds."""
    kit = wiring.kit_of(settings, store, channels)
    kit = parts.with_erasures(kit, settings)
    # No lease is longer than the function may run: steps use the lease to limit their calls.
    duration = min(kit.lease_duration, timedelta(seconds=longest + _BESIDE_S + 1))
    return msgspec.structs.replace(kit, lease_duration=duration, crms=parts.crms(settings, longest))


def _loop(
    kit: Kit, store: BatchStore, needs: Mapping[TaskKind, float], context: Any, *, waits: bool
) -> StepLoop:
    """The loop of a run. With *waits* it waits until the destination of a task is free, because a
    wake-up would come later, or cost more."""

    def is_time_for(kind: TaskKind, pause: timedelta) -> bool:
        needed = pause.total_seconds() + needs[kind] + _BESIDE_S
        return remaining_seconds(context) > needed

    def waits_for(kind: TaskKind) -> bool:
        return waits and kind in map(kind_of_task, store.left.values())

    return StepLoop(kit, is_time_for, waits_for)


def _channels(
    parts: Parts, tasks: Sequence[Task], longest: float
) -> tuple[Settings, Mapping[str, Channel]]:
    """The settings, and their channels. They are read anew if a task is for a channel that they do
    not know, and when a channel refuses a message."""
    settings = parts.settings()
    channels = wiring.channels(settings, longest)
    named = {task.channel for task in tasks if task.step.addressee is Addressee.CHANNEL}
    if not named <= channels.keys() and (new := parts.renewed(settings)) is not None:
        settings, channels = new, wiring.channels(new, longest)

    def anew() -> Mapping[str, Channel] | None:
        new = parts.renewed(settings)
        return wiring.channels(new, longest) if new is not None else None

    return settings, renewing_channels(channels, anew)


def _turns(tasks: Sequence[Task]) -> list[TaskKind]:
    """The kinds of these tasks in the order in which they are done: messages to people first, one
    turn for each, before CRMs and ad networks are asked, which may be slow; then the smallest group
    first, so that it need not wait for a flood."""
    counts = Counter(map(kind_of_task, tasks))
    order = [*Step]
    kinds = sorted(counts, key=lambda kind: (counts[kind], order.index(kind[0]), kind[1]))
    speaking = [kind for kind in kinds if kind[0].addressee is Addressee.CHANNEL]
    first = [kind for turn in range(max(counts.values(), default=0))
             for kind in speaking if turn < counts[kind]]  # fmt: skip
    return [*first, *(kind for kind in kinds if kind not in speaking)]
