"""The items of the table. A lead with its timeline and its refine task is one item, and each later
task is one, so that what must change together needs one conditional write.
"""

from datetime import datetime

import msgspec

from leadline.model.formats import from_iso, iso
from leadline.model.lead import Fate, Status
from leadline.model.monitoring.event_notes import WORKER_DIED
from leadline.model.task import Alert, Lease, Step, Task
from leadline.stores.aws.keys import (
    DEAD,
    FURTHER,
    LEAD,
    due_partition,
    lead_key,
    task_key,
)
from leadline.stores.aws.values import Item

_LONGEST_TIMELINE = 100
_LARGEST_TIMELINE = 60_000
"""The maximum number of characters of the details of a timeline, such as decisions about who gets
the lead; of the latest line alone there may be more. An item may have 400 KB."""
MOST_EARLY = 40
"""The maximum number of events of a record that wait for its lead: a transaction has 100 writes
(DynamoDB API Reference, "TransactWriteItems")."""
MOST_RELATED = 1_000
"""The maximum number of other events of its record that a lead stores, in 80 KB. Each write of the
lead costs a unit per KB, two in a transaction; an item may have 400 KB."""


class TaskState(msgspec.Struct, frozen=True, omit_defaults=True):
    """The state of a task: it waits for `due_at`, is leased until `due_at`, or is dead since
    `dead_at` (times in ISO-8601).

    `first_due_at` is "" while it equals `due_at`; a `late` task has an index entry at
    `first_due_at` (`stores.aws.work.late`). While a task is leased, the index `due` has it at
    `listed_at`, where it was before: a lease moves no index entry, which would cost two write
    units. Tasks that an earlier version leased have none, and are at `due_at`."""

    put_at: str
    due_at: str
    attempt: int = 0
    failures: int = 0
    leased: bool = msgspec.field(default=False, name="held")
    again: bool = False
    error: str = ""
    dead_at: str = ""
    reason: str = ""
    first_due_at: str = ""
    late: bool = False
    listed_at: str = ""

    @property
    def place_in_index(self) -> str:
        """The time under which the index `due` has the task."""
        return (self.leased and self.listed_at) or self.due_at


class Summary(msgspec.Struct, frozen=True, omit_defaults=True):
    """What lists show of a refined lead; `version` is that of its document in S3. `owner` is the
    owner at the time of refinement, `owner_now` the present one: None if it is the same, "" if the
    lead has no owner now. `experiments` and `unit` are those of the refined lead."""

    processed_at: str
    status: str
    channel_count: int = msgspec.field(name="told")
    version: str = ""
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    owner: str | None = None
    owner_now: str | None = None
    score: float | None = None
    duplicate_of: str | None = None
    experiments: dict[str, str] = {}
    unit: str = ""
    hot: bool = False
    unscored: bool = False


class AlertItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that a channel accepted; see `model.task.Alert`."""

    channel: str
    at: str
    template: str
    digest: bool = False
    ref: str = ""
    step: str = Step.NOTIFY


class TimelineItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a timeline."""

    at: str
    what: str
    detail: str = ""


class LeadItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An accepted event. `attempts` continues to count after its task has ended, so that a lease of
    an earlier task is never valid for a later one. `related` has the ids of other events of its
    record, of which `updates` are folded into the lead. `repeated` names the latest raw documents
    whose bodies repeat the event beside others, by id and time. `dead_channels` have a dead letter
    instead of an alert about this lead. `retired` are the kinds of data that retention deleted
    (`model.personal_data.retiring.DataKind`)."""

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
    alerts: tuple[AlertItem, ...] = ()
    timeline: tuple[TimelineItem, ...] = ()
    dead_channels: tuple[str, ...] = ()
    redelivered: int = 0
    repeated: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()

    @property
    def is_early(self) -> bool:
        """Whether this event waits for the lead of its record."""
        return self.fate == Fate.FILTERED and self.joined is None

    @property
    def status(self) -> Status:
        """The status of the lead."""
        if self.fate != Fate.CAPTURED:
            return Status(self.fate)
        if self.summary and self.summary.status == "quarantined":
            return Status.QUARANTINED
        if self.dead_channels or (self.task and self.task.dead_at):
            return Status.DEAD
        if self.summary is None:
            return Status.WAITING
        alerted = any(alert.step == Step.NOTIFY for alert in self.alerts)
        return Status.ALERTED if alerted else Status.REFINED

    def note(self, at: datetime, what: str, detail: str = "") -> "LeadItem":
        """The lead with one more line in its timeline, of which only the latest are kept."""
        lines = (*self.timeline, TimelineItem(iso(at), what, detail))[-_LONGEST_TIMELINE:]
        excess = sum(len(line.detail) for line in lines) - _LARGEST_TIMELINE
        while excess > 0 and len(lines) > 1:
            excess -= len(lines[0].detail)
            lines = lines[1:]
        return msgspec.structs.replace(self, timeline=lines)

    def item(self) -> Item:
        """The item to store, with its keys in the indexes; the table adds their shard."""
        item: Item = msgspec.to_builtins(self)
        item["pk"], item["sk"] = lead_key(self.lead_id)
        item["day_pk"] = f"{self.captured_at[:10]}#"
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
        """The item to store."""
        item: Item = msgspec.to_builtins(self)
        item["pk"], item["sk"] = task_key(self.what)
        return item | _due(self.task, self.step, self.channel, self.lead_id)


def lead_of(item: Item) -> LeadItem:
    """The lead of an item."""
    return msgspec.convert(item, LeadItem)


def further_of(item: Item) -> TaskItem:
    """The task of an item that is not a lead."""
    return msgspec.convert(item, TaskItem)


def holds_a_task(item: Item) -> bool:
    """Whether an item may have a task, because it is a lead or a task."""
    sort_key: str = item["sk"]
    return sort_key == LEAD or sort_key.startswith(FURTHER)


def task_in(holder: LeadItem | TaskItem) -> Task:
    """The task that an item has, or had."""
    if isinstance(holder, TaskItem):
        return holder.what
    again = holder.task is not None and holder.task.again
    return Task(Step.REFINE, holder.lead_id, again=again)


def task_holder_of(item: Item) -> LeadItem | TaskItem:
    """The lead or the later task in an item."""
    return lead_of(item) if item["sk"] == LEAD else further_of(item)


def _due(task: TaskState, step: Step, channel: str, lead_id: str) -> Item:
    """The keys in the index `due`; tasks with the same due time are sorted by capture. They stay
    the same while the task is leased: whether it is, only its item says."""
    if task.dead_at:
        return {"due_pk": DEAD, "due_sk": f"{task.dead_at}#{lead_id}"}
    partition = due_partition(step, channel)
    place = f"{task.place_in_index}#{lead_id}"
    # Earlier versions moved the entries of leased tasks and marked them as held.
    return {"due_pk": partition, "due_sk": place, "held": False}


def lease_of(holder: LeadItem | TaskItem, task: TaskState, until: datetime) -> Lease:
    """A worker's lease *until* this time; *task* is the state before the lease."""
    return Lease(
        task_in(holder),
        task.attempt + 1,
        task.failures + int(task.leased),
        WORKER_DIED if task.leased else task.error,
        from_iso(task.due_at),
        0,
        until,
    )


def revived(old: TaskState | None, attempts: int, now: datetime, due_at: datetime, *,
            again: bool = False) -> TaskState:  # fmt: skip
    """The state of a task that is put again: without its failures, but with the count of attempts,
    so that no old lease can settle it."""
    attempt = max(attempts, old.attempt + 1 if old else 0)
    return TaskState(iso(now), iso(due_at), attempt, again=again)


def alert_item(alert: Alert) -> AlertItem:
    """An alert as stored in its lead."""
    at = iso(alert.sent_at)
    return AlertItem(alert.channel, at, alert.template, alert.digest, alert.ref, alert.step)


def alerts_of(lead: LeadItem) -> tuple[Alert, ...]:
    """Every message about a lead, oldest first."""
    alerts = [
        Alert(lead.lead_id, t.channel, from_iso(t.at), t.template, t.digest, t.ref, Step(t.step))
        for t in lead.alerts
    ]
    return tuple(sorted(alerts, key=lambda alert: alert.sent_at))
