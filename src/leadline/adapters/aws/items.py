"""What the table keeps: a lead with its timeline and its refine task is one item, as is each
alert task; so what must change together is one conditional write.

| item | pk | sk |
|---|---|---|
| a sender's event | `E#` and the event key in hex | `key` |
| a CRM record | `R#` and the record key in hex | `key` |
| a person's e-mail or phone | `M#` and the match key in hex | `key` |
| a lead | `L#` and its id | `lead` |
| an alert task | `L#` and its lead's id | `notify#` and the channel |
| a later lead of the same person | `L#` and the first lead's id | `again#` and its id |
| a channel's next free moment | `C#` and its name | `channel` |
"""

from datetime import datetime

import msgspec

from leadline.adapters.aws.table import Key
from leadline.adapters.aws.values import Item
from leadline.formats import from_iso, iso
from leadline.lead import Claim, Fate, RefinedLead, Status, Step, Task

SHARDS = 4
"""An index partition takes 1,000 writes a second (DynamoDB Developer Guide, "Partitions"), and a
lead writes twice to each index on its way; so many partitions share the load."""
LEAD = "lead"
RESUMED = "resumed"
"""The partition of the index `due` where events lie whose capture was gone on with: their documents
have ids of an earlier try, and may come to stand where the sweep has been already."""
_LONGEST_TIMELINE = 100
_LONGEST_TEXT = 250
"""An item holds 400 KB and a partition key 2 KB (DynamoDB Developer Guide, "Constraints"); a lead
may write what it likes, and whole it stands in S3."""
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
    """What lists show of a refined lead; `version` is that of its document in S3."""

    processed_at: str
    status: str
    told: int
    version: str = ""
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    owner: str | None = None
    score: float | None = None
    duplicate_of: str | None = None


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """An alert that a channel accepted."""

    channel: str
    at: str
    template: str
    digest: bool = False


class Noted(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a timeline."""

    at: str
    what: str
    detail: str = ""


class LeadItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An accepted event. `attempts` goes on counting after its task has ended, so that no claim of
    an earlier task can pass for one of a later. `related` are ids of other events of its record,
    of which `updates` are folded into it. `dead_channels` have a dead letter of this lead."""

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
        return Status.ALERTED if self.alerts else Status.REFINED

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
        if self.summary and self.summary.owner:
            item["owner_pk"] = f"owner#{self.summary.owner}"
        return item


class AlertItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The task of telling one channel of a lead."""

    lead_id: str
    channel: str
    task: TaskState
    rev: int = 0

    def item(self) -> Item:
        """As it is kept."""
        item: Item = msgspec.to_builtins(self)
        item["pk"], item["sk"] = alert_key(self.lead_id, self.channel)
        return item | _due(self.task, Step.NOTIFY, self.channel, self.lead_id)


def lead_of(item: Item) -> LeadItem:
    """The lead of an item."""
    return msgspec.convert(item, LeadItem)


def alert_of(item: Item) -> AlertItem:
    """The alert task of an item."""
    return msgspec.convert(item, AlertItem)


def holder_of(item: Item) -> LeadItem | AlertItem:
    """Whatever task an item has."""
    return lead_of(item) if item["sk"] == LEAD else alert_of(item)


def lead_key(lead_id: str) -> Key:
    """Where a lead stands."""
    return f"L#{lead_id}", LEAD


def alert_key(lead_id: str, channel: str) -> Key:
    """Where the task of telling a channel of a lead stands."""
    return f"L#{lead_id}", f"notify#{channel}"


def task_key(task: Task) -> Key:
    """Where a task stands."""
    if task.step is Step.REFINE:
        return lead_key(task.lead_id)
    return alert_key(task.lead_id, task.channel)


def digest_key(kind: str, digest: bytes) -> Key:
    """Where an event (`E`), a record (`R`) or a match key (`M`) stands."""
    return f"{kind}#{digest.hex()}", "key"


def shard_of(lead_id: str) -> int:
    """The shard of a lead in every index."""
    return int(lead_id[-1], 16) % SHARDS


def due_partition(step: Step, channel: str, shard: int) -> str:
    """The partition of the index `due` where live tasks of one kind wait."""
    return f"{step}#{channel}#{shard}"


def dead_partition(shard: int) -> str:
    """The partition of the index `due` where dead letters lie."""
    return f"dead#{shard}"


def due_before(at: datetime) -> str:
    """The end of a `due` partition's tasks that are due at this time."""
    return f"{iso(at)}~"


def _due(task: TaskState, step: Step, channel: str, lead_id: str) -> Item:
    """The place in the index `due`; of those due at one time, the lead captured first."""
    shard = shard_of(lead_id)
    if task.dead_at:
        return {"due_pk": dead_partition(shard), "due_sk": f"{task.dead_at}#{lead_id}"}
    partition = due_partition(step, channel, shard)
    return {"due_pk": partition, "due_sk": f"{task.due_at}#{lead_id}", "held": task.held}


def claim_of(holder: LeadItem | AlertItem, task: TaskState) -> Claim:
    """What a worker gets that takes the task, as it stands before it is taken."""
    match holder:
        case LeadItem():
            what = Task(Step.REFINE, holder.lead_id)
        case AlertItem():
            what = Task(Step.NOTIFY, holder.lead_id, holder.channel, task.again)
    return Claim(
        what,
        task.attempt + 1,
        task.failures + int(task.held),
        "worker.died" if task.held else task.error,
        from_iso(task.due_at),
        0,
    )


def revived(old: TaskState | None, attempts: int, now: datetime, due_at: datetime, *,
            again: bool = False) -> TaskState:  # fmt: skip
    """A task put anew: nothing of its failures is remembered, but no old claim may settle it."""
    attempt = max(attempts, old.attempt + 1 if old else 0)
    return TaskState(iso(now), iso(due_at), attempt, again=again)


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


def short(text: str | None) -> str | None:
    """No more of a text than lists need."""
    if text is None or len(text) <= _LONGEST_TEXT:
        return text
    return text[: _LONGEST_TEXT - 1] + "…"


def _storable(number: float | None) -> float | None:
    """A number that DynamoDB takes, which are 0 and those from 1e-130 to below 1e126."""
    if number is None or not abs(number) < _LARGEST_NUMBER:
        return None
    return number if abs(number) > _SMALLEST_NUMBER else 0.0
