"""The clock of the first response: reminder, escalation and reassignment while nobody responds.

It starts when a lead is captured (`leadline.team.targets`). Each step happens once: the new level,
its reminders and the next clock task are stored together by a compare-and-swap of `Handling`.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.journey.assigning.changing import HandlingChange, change_handling
from leadline.journey.assigning.handing_on import Other, seek_other
from leadline.journey.responding.follow_up import look_again
from leadline.journey.responding.meanwhile import update_later_alerts
from leadline.kit import (
    Kit,
    as_suppressed,
    channels_for,
    exhausted,
    known,
    next_person,
    retry_or_drop,
    settle,
)
from leadline.model.handling import ESCALATED, REASSIGNED, UNHANDLED, Handling, holder_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.personal_data.suppression import is_not_to_be_contacted
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Done, Later, Lease, Outcome, Retry, Step, Task
from leadline.team.matching.routing import with_owner

log = logging.getLogger(__name__)

_NOTES = {1: "clock.reminder", ESCALATED: "clock.escalation", REASSIGNED: "clock.reassigned"}
_OVERTAKEN = timedelta(seconds=1)
_SHORTEST = timedelta(minutes=1)
_STALE = timedelta(hours=24)
"""A step later than this is not taken: the lead was replayed, or never alerted."""


class _Case(msgspec.Struct, frozen=True):
    """A lead whose clock runs."""

    lead: RefinedLead
    handling: Handling
    alerts: tuple[str, ...]
    """The channels that alerted about it and still exist."""
    now: datetime

    @property
    def holder(self) -> Person | None:
        return holder_of(self.lead, self.handling)


class _ActionTaken(msgspec.Struct, frozen=True):
    """A step of the target: the level reached, the handling and tasks to store with it, and a
    detail for the timeline."""

    level: int
    handling: Handling
    then: tuple[Task, ...]
    detail: str = ""
    other: Other | None = None
    """Whose turn it is, if the lead is reassigned."""


def clock_due(kit: Kit, limit: int = 100) -> int:
    """Take up to *limit* steps that are due; returns how many tasks were leased."""
    leases = kit.store.lease(Step.CLOCK, limit, kit.lease_duration, among=kit.among)
    if not leases:
        return 0
    alive = [c.task.lead_id for c in leases if exhausted(kit, c) is None]
    cases = _cases(kit, alive) if alive else {}
    ended: list[tuple[Lease, Outcome]] = []
    for lease in leases:
        outcome = _outcome_of(kit, lease, cases.get(lease.task.lead_id))
        if outcome is not None:
            ended.append((lease, outcome))
    settle(kit, [lease for lease, _ in ended], [outcome for _, outcome in ended])
    return len(leases)


def _cases(kit: Kit, lead_ids: Sequence[str]) -> Mapping[str, _Case]:
    """The cases of those leads that are refined, by lead id. For leads with a step due the CRM is
    asked first whether somebody has responded."""
    now = kit.clock()
    leads = as_suppressed(kit, kit.store.refined(lead_ids))
    handled = dict(kit.store.handling(list(leads)))
    if kit.crms:
        late = [i for i, one in leads.items() if _is_late(kit, one, handled.get(i, UNHANDLED), now)]
        if late:
            handled.update(look_again(kit, late))
    alerts = kit.store.alerts(list(leads))
    return {
        i: _Case(lead, handled.get(i, UNHANDLED), _alerted_channels(kit, alerts.get(i, ())), now)
        for i, lead in leads.items()
    }


def _is_late(kit: Kit, lead: RefinedLead, handling: Handling, now: datetime) -> bool:
    try:
        return not handling.answered and _wait(kit, lead, handling, now) is None
    except Exception:  # `_outcome_of` runs into the same error and reports it
        return False


def _alerted_channels(kit: Kit, alerts: Sequence[Alert]) -> tuple[str, ...]:
    names = dict.fromkeys(a.channel for a in alerts if a.step is Step.NOTIFY)
    return tuple(name for name in names if name in kit.channels)


def _outcome_of(kit: Kit, lease: Lease, case: _Case | None) -> Outcome | None:
    """The outcome of a lease; None if its task was rescheduled for the next step already."""
    if (end := exhausted(kit, lease)) is not None:
        return end
    if case is None:
        return Done(note="clock.not_refined")
    try:
        if case.handling.answered:
            return Done()
        wait = _wait(kit, case.lead, case.handling, case.now)
        if wait is not None:
            return wait
        taken = _step(kit, case)
        return _store(kit, case, taken) if isinstance(taken, _ActionTaken) else taken
    except Exception as error:
        log.exception("clock.failed", extra={"lead": lease.task.lead_id})
        return retry_or_drop(kit, lease, type(error).__name__)


def _wait(kit: Kit, lead: RefinedLead, handling: Handling, now: datetime) -> Outcome | None:
    """The outcome if no step is to be taken now; None if one is due."""
    steps = kit.targets.steps(lead, handling.clock_from)
    if is_not_to_be_contacted(lead):
        return Done(note="clock.not_to_be_contacted")
    if lead.status != "refined" or handling.level >= len(steps) or handling.queued is not None:
        return Done()  # the clock of a lead that waits starts when somebody gets it
    snoozed = handling.snoozed_until
    if snoozed is not None and snoozed > now:
        return Retry(snoozed - now, why="snoozed", counts=False, planned=True)
    due = steps[handling.level]
    if due > now:
        return Retry(due - now, why="clock.early", counts=False, planned=True)
    if now - max(due, snoozed or due) > _STALE:
        return Done(note="clock.too_late")
    return None


def _step(kit: Kit, case: _Case) -> _ActionTaken | Outcome:
    """The next step of the lead's target. A lead without an alert has no channel to remind, so its
    first step is the escalation."""
    level = case.handling.level + 1
    if level == 1:
        if case.alerts:
            return _action_taken(case, level, case.alerts)
        level = ESCALATED
    steps = kit.targets.steps(case.lead, case.handling.clock_from)
    if level == ESCALATED:
        early = steps[1] - case.now
        channels = _escalation_channels(kit, case)
        if channels and early <= timedelta():
            return _action_taken(case, level, channels)
        pause = max(_SHORTEST, (case.now - steps[0]) / 2)
        soonest = min(pause, early) if early > timedelta() else pause
        return Retry(soonest, why="clock.nobody_told", counts=False)
    return _reassigned(kit, case)


def _escalation_channels(kit: Kit, case: _Case) -> tuple[str, ...]:
    """Where the escalation is sent: the target's `escalate_to`, else the channels that alerted,
    else (if the alert still waits, as in the holder's quiet hours, and there is a next person) the
    channels that the rules choose."""
    target = kit.targets.of(case.lead)
    if target is not None and target.escalate_to in kit.channels:
        return (target.escalate_to,)
    if case.alerts or next_person(kit, case.holder) is None:
        return case.alerts
    return channels_for(kit, case.lead)


def _action_taken(case: _Case, level: int, channels: Sequence[str]) -> _ActionTaken:
    tasks = tuple(Task(Step.REMIND, case.lead.lead_id, name) for name in channels)
    after = msgspec.structs.replace(case.handling, level=level)
    return _ActionTaken(level, after, tasks, ", ".join(channels))


def _reassigned(kit: Kit, case: _Case) -> _ActionTaken | Outcome:
    """Assign the lead to whose turn it is among the others of the team. Channels that alerted send
    a reminder and then update their alert; channels that the rules choose for the new owner send an
    alert."""
    lead = case.lead
    other = seek_other(kit, lead, case.handling, how="reassign")
    if other is None:
        return Done(note="clock.nobody_else")
    owner = known(kit, other.person)
    after = msgspec.structs.replace(
        case.handling, level=REASSIGNED, owner=owner, ownership=Ownership.ASSIGNED
    )
    tasks = [Task(Step.REMIND, lead.lead_id, name) for name in case.alerts]
    if kit.routes.rules:
        owned = with_owner(lead, owner, Ownership.ASSIGNED)
        fresh = [name for name in channels_for(kit, owned) if name not in case.alerts]
        tasks += [Task(Step.NOTIFY, lead.lead_id, name) for name in fresh]
    connected = kit.crms.get(lead.received_from)
    if connected and connected.config.write and lead.lead_details.crm_record:
        tasks.append(Task(Step.WRITE_BACK, lead.lead_id, lead.received_from))
    detail = msgspec.json.encode(other.decision).decode()
    return _ActionTaken(REASSIGNED, after, tuple(tasks), detail, other)


def _store(kit: Kit, case: _Case, taken: _ActionTaken) -> Outcome | None:
    """Store a step with its tasks. The clock task is put again for the next step (then the outcome
    is None) and ends after the last one."""
    lead_id = case.lead.lead_id
    after = [Later(task) for task in taken.then]
    since = case.handling.clock_from
    due = kit.targets.next_step(case.lead, taken.level, case.now, since)
    if due is not None:
        after.append(Later(Task(Step.CLOCK, lead_id), max(due - case.now, timedelta())))
    note = _NOTES[taken.level]
    change = HandlingChange(
        lead=case.lead,
        before=case.handling,
        after=taken.handling,
        how="reassign",
        at=case.now,
        team=taken.other.team if taken.other else "",
    )
    kept = taken.other.kept if taken.other else None
    stored = change_handling(kit.store, kit.teams, change, after, note, taken.detail, kept)
    if stored is None:
        return Retry(_OVERTAKEN, why="clock.overtaken", counts=False)
    if taken.level == REASSIGNED:
        update_later_alerts(kit.store, lead_id, after, kit.clock())
    log.info(note, extra={"lead": lead_id, "count": taken.level})
    return Done() if due is None else None
