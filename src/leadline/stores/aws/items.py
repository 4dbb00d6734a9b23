"""What the table keeps: a lead with its timeline and its refine task is one item, as is each
further task; so what must change together is one conditional write.
"""

from datetime import datetime

import msgspec

from leadline.model.formats import from_iso, iso
from leadline.model.lead import WORKER_DIED, Fate, RefinedLead, Status
from leadline.model.task import Alert, Claim, Step, Task
from leadline.stores.aws.keys import (
    FURTHER,
    LEAD,
    dead_partition,
    due_partition,
    lead_key,
    shard_of,
    short,
    task_key,
)
from leadline.stores.aws.values import Item

_LONGEST_TIMELINE = 100
_LARGEST_NUMBER, _SMALLEST_NUMBER = 1e100, 1e-100
MOST_RELATED = 1_000
"""So many other events of its record a lead remembers, in 80 KB; each write of it costs a unit for
every KB, twice in a transaction. An item holds 400 KB."""


class TaskState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A task as it waits, is held until `due_at`, or is dead since `dead_at` (times: ISO)."""

    put_at: str
    due_at: str
    attempt: int = 0
    failures: int = 0
    held: bool = False
    again: bool = False
    error: str = ""
    dead_at: str = ""
    reason: str = ""


class Summary(msgspec.Struct, frozen=True, omit_defaults=True):
    """What lists show of a refined lead; `version` is that of its document in S3. `owner` is as it
    was refined, `owner_now` as it became known since: None where that is the same, "" where nobody
    owns it now."""

    processed_at: str
    status: str
    told: int
    version: str = ""
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    owner: str | None = None
    owner_now: str | None = None
    score: float | None = None
    duplicate_of: str | None = None


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that a channel accepted; see `model.task.Alert`."""

    channel: str
    at: str
    template: str
    digest: bool = False
    ref: str = ""
    step: str = Step.NOTIFY


class Noted(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a timeline."""

    at: str
    what: str
    detail: str = ""


class LeadItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An accepted event. `attempts` goes on counting after its task has ended, so that no claim of
    an earlier task can pass for one of a later. `related` are ids of other events of its record,
    of which `updates` are folded into it. `dead_channels` are those that were to be told of this
    lead and have a dead letter instead."""

    lead_id: str
    source: str
    kind: str
    captured_at: str
    fate: str
    event_key: str
    lasting_key: bool = True
    rev: int = 0
    why: str = ""
    record: str | None = None
    record_key: str | None = None
    joined: str | None = None
    updates: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    attempts: int = 0
    task: TaskState | None = None
    summary: Summary | None = None
    alerts: tuple[Told, ...] = ()
    timeline: tuple[Noted, ...] = ()
    dead_channels: tuple[str, ...] = ()
    redelivered: int = 0

    @property
    def status(self) -> Status:
        """Where it stands."""
        if self.fate != Fate.CAPTURED:
            return Status(self.fate)
        if self.summary and self.summary.status == "quarantined":
            return Status.QUARANTINED
        if self.dead_channels or (self.task and self.task.dead_at):
            return Status.DEAD
        if self.summary is None:
            return Status.WAITING
        alerted = any(told.step == Step.NOTIFY for told in self.alerts)
        return Status.ALERTED if alerted else Status.REFINED

    def note(self, at: datetime, what: str, detail: str = "") -> "LeadItem":
        """With one more line on its timeline; only the latest are kept."""
        lines = (*self.timeline, Noted(iso(at), what, detail))[-_LONGEST_TIMELINE:]
        return msgspec.structs.replace(self, timeline=lines)

    def item(self) -> Item:
        """As it is kept, with its places in the indexes."""
        item: Item = msgspec.to_builtins(self)
        item["pk"], item["sk"] = lead_key(self.lead_id)
        shard = shard_of(self.lead_id)
        item["day_pk"] = f"{self.captured_at[:10]}#{shard}"
        item["day_sk"] = f"{self.status}#{self.lead_id}"
        if self.task is not None:
            item |= _due(self.task, Step.REFINE, "", self.lead_id)
        return item


class TaskItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A task of any step but REFINE."""

    lead_id: str
    channel: str
    task: TaskState
    step: Step = Step.NOTIFY
    rev: int = 0

    @property
    def what(self) -> Task:
        """The task itself."""
        return Task(self.step, self.lead_id, self.channel, self.task.again)

    def item(self) -> Item:
        """As it is kept."""
        item: Item = msgspec.to_builtins(self)
        item["pk"], item["sk"] = task_key(self.what)
        return item | _due(self.task, self.step, self.channel, self.lead_id)


def lead_of(item: Item) -> LeadItem:
    """The lead of an item."""
    return msgspec.convert(item, LeadItem)


def further_of(item: Item) -> TaskItem:
    """The task of an item that is no lead."""
    return msgspec.convert(item, TaskItem)


def holds_a_task(item: Item) -> bool:
    """Whether an item may have a task: it is a lead, or a task itself."""
    sort_key: str = item["sk"]
    return sort_key == LEAD or sort_key.startswith(FURTHER)


def task_in(holder: LeadItem | TaskItem) -> Task:
    """The task that an item has, or had."""
    return holder.what if isinstance(holder, TaskItem) else Task(Step.REFINE, holder.lead_id)


def task_holder_of(item: Item) -> LeadItem | TaskItem:
    """Whatever task an item has."""
    return lead_of(item) if item["sk"] == LEAD else further_of(item)


def _due(task: TaskState, step: Step, channel: str, lead_id: str) -> Item:
    """The place in the index `due`; of those due at one time, the lead captured first."""
    shard = shard_of(lead_id)
    if task.dead_at:
        return {"due_pk": dead_partition(shard), "due_sk": f"{task.dead_at}#{lead_id}"}
    partition = due_partition(step, channel, shard)
    return {"due_pk": partition, "due_sk": f"{task.due_at}#{lead_id}", "held": task.held}


def claim_of(holder: LeadItem | TaskItem, task: TaskState) -> Claim:
    """What a worker gets that takes the task, as it stands before it is taken."""
    return Claim(
        task_in(holder),
        task.attempt + 1,
        task.failures + int(task.held),
        WORKER_DIED if task.held else task.error,
        from_iso(task.due_at),
        0,
    )


def revived(old: TaskState | None, attempts: int, now: datetime, due_at: datetime, *,
            again: bool = False) -> TaskState:  # fmt: skip
    """A task put anew: nothing of its failures is remembered, but no old claim may settle it."""
    attempt = max(attempts, old.attempt + 1 if old else 0)
    return TaskState(iso(now), iso(due_at), attempt, again=again)


def told_of(alert: Alert) -> Told:
    """A message as its lead remembers it."""
    at = iso(alert.sent_at)
    return Told(alert.channel, at, alert.template, alert.digest, alert.ref, alert.step)


def alerts_of(lead: LeadItem) -> tuple[Alert, ...]:
    """Every message about a lead, oldest first."""
    alerts = [
        Alert(lead.lead_id, t.channel, from_iso(t.at), t.template, t.digest, t.ref, Step(t.step))
        for t in lead.alerts
    ]
    return tuple(sorted(alerts, key=lambda alert: alert.sent_at))


def summary_of(refined: RefinedLead, told: int, version: str) -> Summary:
    """What lists need of a refined lead."""
    contact, details, first = refined.contact, refined.lead_details, refined.duplicate_of
    return Summary(
        processed_at=iso(refined.processed_at),
        status=refined.status,
        told=told,
        version=version,
        name=short(contact.name),
        email=short(contact.email),
        phone=short(contact.phone),
        company=short(contact.company),
        owner=short(details.owner),
        score=_storable(details.lead_score),
        duplicate_of=first.lead_id if first else None,
    )


def _storable(number: float | None) -> float | None:
    """A number that DynamoDB takes, which are 0 and those from 1e-130 to below 1e126."""
    if number is None or not abs(number) < _LARGEST_NUMBER:
        return None
    return number if abs(number) > _SMALLEST_NUMBER else 0.0
