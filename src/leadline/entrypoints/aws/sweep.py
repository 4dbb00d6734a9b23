"""Sweep: every 15 minutes, finds leads and tasks that were left behind and puts them back, and
looks at what has no alarm of its own; every 5 minutes, measures how late the most overdue lead is.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from leadline import wiring
from leadline.entrypoints import logs
from leadline.entrypoints.aws.figures import emit, emit_age
from leadline.entrypoints.aws.parts import Parts
from leadline.entrypoints.aws.promises import PromiseBroken, PromiseWatch
from leadline.entrypoints.aws.trials import answer_of_trial, is_trial
from leadline.journey.receiving.telling_apart import telling_apart
from leadline.model.errors import ConfigurationError, LeadlineError, StorageFailed
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.settings.top.general import Settings
from leadline.steps import kinds_after_refinement, names

log = logging.getLogger(__name__)

_RESERVE_MS = 15_000
_RETIRED_AT_ONCE = 20
"""So many leads retention deletes in one step: each takes up to ten requests, one after another."""

_parts = cache(Parts)


class _NoTime(LeadlineError):
    """There is no time left for what is not urgent."""

    title = "There was no time"


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Sweep once; returns counts of what was done. Raises AWS's errors, and PromiseBroken if
    something is wrong that this stack lets Sweep watch, so that the alarm fires.

    With `{"only_measure": true}` it only measures how late leads are. An operator may invoke it
    with `{"grace_s": 0, "overdue_s": 0}` to include the newest leads.
    """
    parts = _parts()
    logs.always(request=context.aws_request_id)
    parts.within(context.get_remaining_time_in_millis())
    if is_trial(event):
        return answer_of_trial(parts)
    watch = PromiseWatch(parts)
    try:
        return _run(parts, event, context, watch)
    except LeadlineError as error:
        watch.tell_failure(error)
        raise


def _run(
    parts: Parts, event: Mapping[str, Any], context: Any, watch: PromiseWatch
) -> dict[str, Any]:
    try:
        settings = parts.settings()
    except LeadlineError:
        _measure(parts, Settings())  # the default settings have no channels
        raise
    if event.get("only_measure"):
        return {"late_s": _measure(parts, settings).total_seconds()}
    late = _late_or_failure(parts, settings)
    store = parts.store(settings.redelivery_window, telling_apart(wiring.sources(settings)))
    swept = parts.sweep(
        store,
        kinds_after_refinement(settings),
        lambda: context.get_remaining_time_in_millis() > _RESERVE_MS,
        grace=_seconds(event, "grace_s"),
        overdue=_seconds(event, "overdue_s"),
        time_to_spare=_time_to_spare(settings, context),
    )
    put_back = swept.recaptured + swept.overdue
    log.info("sweep.done", extra={"count": put_back})
    emit(parts.stack, {"PutBack": put_back, "Unrecovered": swept.unrecovered}, parts.metrics)
    _report_behind(parts, swept.behind_s)
    _look_after_the_rest(parts, settings, store, context)
    if isinstance(late, StorageFailed):
        raise late
    experiments = _watcher_of_experiments(parts, settings, store, watch, context)
    try:
        watch.check(late, swept.unrecovered, store.clock())
    except PromiseBroken:  # it may stay broken for days, which must hide no harm
        experiments()
        raise
    experiments()
    done: dict[str, Any] = msgspec.to_builtins(swept)
    return done


def _look_after_the_rest(parts: Parts, settings: Settings, store: Store, context: Any) -> None:
    """What else comes round with a sweep, the least urgent last."""
    _look_after_teams(settings, store)
    _count_wins(parts, settings, store)
    _retain(parts, settings, store, _time_to_spare(settings, context))
    _cut_audit(parts, settings, store)
    if _reconciles(settings):
        _look_for_lost_leads(settings, store, context)


def _report_behind(parts: Parts, behind_s: float) -> None:
    """Write the metric of late leads, if the sweep had no time for all: its alarm takes the
    maximum."""
    if behind_s:
        emit_age(parts.stack, timedelta(seconds=behind_s))


def _reconciles(settings: Settings) -> bool:
    return bool(settings.reconcile_every and settings.crm)


def _time_to_spare(settings: Settings, context: Any) -> Callable[[], bool]:
    """Whether there is time for what is not urgent: reconciling, which comes last, gets half."""
    left = context.get_remaining_time_in_millis
    kept = max(_RESERVE_MS, left() // 2) if _reconciles(settings) else _RESERVE_MS
    return lambda: left() > kept


def _late_or_failure(parts: Parts, settings: Settings) -> timedelta | StorageFailed:
    """What `_measure` says; the error if that fails, to raise when all else is done."""
    try:
        return _measure(parts, settings)
    except StorageFailed as error:
        return error


def _measure(parts: Parts, settings: Settings) -> timedelta:
    """Write the metric of how late the most overdue lead is; raises StorageFailed."""
    store = parts.store(settings.redelivery_window)
    try:
        since = store.untold_since(names(Step.NOTIFY, settings))
    except StorageFailed:
        log.exception("sweep.not_measured")
        raise
    late = store.clock() - since if since else timedelta()
    emit_age(parts.stack, late, parts.metrics)
    return late


def _seconds(event: Mapping[str, Any], name: str) -> timedelta | None:
    seconds = event.get(name)
    return None if seconds is None else timedelta(seconds=seconds)


def _look_after_teams(settings: Settings, store: Store) -> None:
    """Hand on the leads of people who are away now, where a team says so, and hand out those that
    wait though somebody has room; the next sweep tries again if that fails."""
    from leadline.journey.assigning.handing_on_absent import hand_on_absent
    from leadline.journey.assigning.handing_out import wake_queues
    from leadline.journey.assigning.removed_teams import has_known_teams

    try:
        if not settings.rules and not has_known_teams(store):
            return
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        hand_on_absent(kit)
        wake_queues(kit)
    except LeadlineError:
        log.exception("sweep.not_handed_on")


def _count_wins(parts: Parts, settings: Settings, store: Store) -> None:
    """Count, once an hour, who won the leads that have become old enough, for teams that learn."""
    if all(team.order != "learned" for team in settings.teams.values()):
        return
    from leadline.operations.trials.learned_wins import count_wins

    teams = wiring.kit_of(settings, store, {}).teams
    try:
        with ExitStack() as opened:
            ledger = lambda: opened.enter_context(closing(parts.ledger()))  # noqa: E731
            count_wins(store, ledger, teams, datetime.now(UTC))
    except LeadlineError:
        log.exception("sweep.wins_not_counted")


def _watcher_of_experiments(
    parts: Parts, settings: Settings, store: Store, watch: PromiseWatch, context: Any
) -> Callable[[], None]:
    """A call that does what `_watch_experiments` does; nothing without experiments."""
    if not settings.experiments:
        return lambda: None
    is_time = _time_to_spare(settings, context)
    return lambda: _watch_experiments(parts, settings, store, watch, is_time)


def _watch_experiments(
    parts: Parts,
    settings: Settings,
    store: Store,
    watch: PromiseWatch,
    is_time: Callable[[], bool],
) -> None:
    """Look once a day whether an experiment does harm or is not valid. Raises PromiseBroken in the
    run that finds one, so that an alarm tells of it once."""
    from leadline.experiments.designing import designs_of
    from leadline.operations.trials.experiment_watch import DAILY, note_told, watch_experiments

    def check() -> None:
        if not is_time():
            raise _NoTime("the leads of the experiments are too many for one run")

    designs, now = designs_of(settings.experiments), datetime.now(UTC)
    try:
        with ExitStack() as opened:
            ledger = lambda: opened.enter_context(closing(parts.ledger()))  # noqa: E731
            untold = watch_experiments(store, ledger, designs, now, DAILY, check).untold
    except LeadlineError as error:
        log.error("experiments.not_watched", extra={"error": type(error).__name__})
        return
    if untold:
        watch.tell_experiments(untold)
        note_told(store, untold)
        raise PromiseBroken(f"Experiments that need a decision: {', '.join(untold)}.")


def _cut_audit(parts: Parts, settings: Settings, store: Store) -> None:
    """Delete the old end of the audit log once a day, if the settings say how long it is kept."""
    if settings.retention_audit == timedelta.max:
        return
    from leadline.operations.personal_data.audit_retention import cut_in_turn

    age, now = settings.retention_audit, datetime.now(UTC)
    try:
        cut_in_turn(store, parts.audit(), age, now, lambda: parts.privacy_key(settings))
    except LeadlineError as error:
        log.error("audit.not_cut", extra={"reason": error.detail})


def _retain(parts: Parts, settings: Settings, store: Store, is_time: Callable[[], bool]) -> None:
    """Go on with retention while there is time; the next sweep goes on where this one ends."""
    from leadline.privacy.terms import terms_of

    if not (terms := terms_of(settings)):
        return
    from leadline.operations.personal_data.retention import PAUSE, retain_in_turn

    kit, audit = wiring.kit_of(settings, store, {}), parts.audit()
    try:
        while (
            is_time()
            and retain_in_turn(store, terms, kit.clock(), audit, _RETIRED_AT_ONCE) <= PAUSE
        ):
            pass
    except LeadlineError:
        log.exception("sweep.not_retained")


def _look_for_lost_leads(settings: Settings, store: Store, context: Any) -> None:
    """Capture leads that only the CRMs have, while there is time."""
    from leadline.journey.receiving.reconcile import reconcile_in_turn

    kit, front = wiring.kit_of(settings, store, {}), wiring.capture_kit(settings)
    every, back = settings.reconcile_every, settings.reconcile_back
    for source, config in settings.crm.items():
        needed = _RESERVE_MS + config.timeout.total_seconds() * 1000

        def is_time(needed: float = needed) -> bool:
            return bool(context.get_remaining_time_in_millis() > needed)

        try:
            reconcile_in_turn(kit, front, source, every, back, is_time)
        except ConfigurationError as error:
            log.error("reconcile.impossible", extra={"source": source, "error": error.detail})
