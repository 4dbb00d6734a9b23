"""How the outcome of a task changes the items of its lead."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from leadline.model.formats import iso
from leadline.model.task import Alert, Done, Drop, Lease, Retry, Step, Task
from leadline.ports.store import Settlement
from leadline.stores.aws.base import changed
from leadline.stores.aws.items import LeadItem, TaskItem, TaskState, alert_item
from leadline.stores.aws.table import Delete, Put, Write
from leadline.stores.aws.work.attempt import has_turn
from leadline.stores.aws.work.late import moved, task_writes


def retried(state: TaskState, step: Step, retry: Retry, failures: int, now: datetime) -> TaskState:
    """The state of a task that will be retried."""
    due_at = now + retry.after
    if retry.planned:
        later = msgspec.structs.replace(state, due_at=iso(due_at), first_due_at="", late=False)
    else:
        later = moved(state, step, due_at)
    return msgspec.structs.replace(
        later, put_at=iso(now), leased=False, failures=failures, error=retry.why
    )


def dropped(state: TaskState, drop: Drop, now: datetime) -> TaskState:
    """The state of a task that becomes a dead letter."""
    return msgspec.structs.replace(
        state, leased=False, dead_at=iso(now), reason=drop.reason, error=drop.detail,
        first_due_at="", late=False,
    )  # fmt: skip


def with_dead_letter(lead: LeadItem, task: Task, reason: str, now: datetime) -> LeadItem:
    """The lead with a dead letter of *task*."""
    lead = lead.note(now, f"{task.step}.dead", reason)
    if task.step is not Step.NOTIFY:
        return lead
    channels = dict.fromkeys((*lead.dead_channels, task.channel))
    return changed(lead, dead_channels=tuple(channels))


def with_alert(lead: LeadItem, task: Task, alert: Alert | None) -> LeadItem:
    """The lead with the alert that ended its task.

    If a channel did not have to alert after all (a fallback did, or no alert was needed), accounts
    expect one channel less.
    """
    new = lead
    if alert is not None:
        from leadline.model.task import event_name  # not needed for capture and refinement

        line = alert_item(msgspec.structs.replace(alert, step=task.step))
        if task.step is Step.NOTIFY and not task.again and line in new.alerts:
            return new  # it was noted before the task could be deleted
        new = changed(new, alerts=(*new.alerts, line))
        said = f"{alert.channel}, {alert.template}"
        new = new.note(alert.sent_at, event_name(task.step), said)
    if task.step is not Step.NOTIFY or new.summary is None:
        return new
    if any((told.step, told.channel) == (Step.NOTIFY, task.channel) for told in new.alerts):
        return new
    summary = msgspec.structs.replace(
        new.summary, channel_count=max(new.summary.channel_count - 1, 0)
    )
    return changed(new, summary=summary)


def state_writes(
    lead: LeadItem, further: TaskItem | None, state: TaskState, lead_changes: bool
) -> list[Write]:
    """The writes that store the task in a new state."""
    if further is None:
        new = changed(lead, task=state)
        return task_writes(lead, new, [Put(new.item(), lead.rev)])
    then = msgspec.structs.replace(further, task=state)
    writes = task_writes(further, then, [Put(then.item(), further.rev)])
    if lead_changes:
        writes.append(Put(lead.item(), lead.rev))
    return writes


def ends_with_an_alert(done: Done, further: TaskItem | None, writes: Sequence[Write]) -> bool:
    """Whether an alert ends its task and changes nothing else. Then the lead with its alert is
    written before the task is deleted, each by itself, because a transaction costs twice. A worker
    that finds the task after a death in between sees the alert, and does not send another."""
    return (
        done.alert is not None
        and further is not None
        and further.step is Step.NOTIFY
        and not further.task.again
        and [type(one) for one in writes] == [Delete, Put]
    )


def makes_a_lead(one: Settlement) -> bool:
    """Whether a settlement refines a lead, or gives one out."""
    return isinstance(one.outcome, Done) and (
        one.outcome.refined is not None or has_turn(one.outcome)
    )


def is_of(lease: Lease, task: TaskState) -> bool:
    """Whether the worker still has the task."""
    return task.leased and task.attempt == lease.attempt and not task.dead_at
