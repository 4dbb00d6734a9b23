"""The keys of items in the table and in its indexes.

| item | pk | sk |
|---|---|---|
| a sender's event | `E#` and the event key in hex | `key` |
| a CRM record | `R#` and the record key in hex | `key` |
| the leads under a candidate key | `M#` and the key in hex | `key` |
| a lead | `L#` and its id | `lead` |
| a later task | `L#` and its lead's id | the step, `#`, and the channel |
| a lead's handling | `L#` and its id | `handling` |
| a later lead of the same person | `L#` and the first lead's id | `again#` and its id |
| what a refined lead is compared by | `L#` and its id | `alike` |
| a lead that may be a duplicate of one | `L#` and the id of that one | `alike#` and its id |
| an open lead of a person | `D#` and an id or address of that person | the lead's id |
| the last attempts at its tasks | `L#` and its id | `sent` |
| a legal hold on a lead | `L#` and its id | `hold` |
| an entry of the suppression list | `X#` and its hash | `listed` |
| the privacy key of that list, by its id | `X#privacy-key` | `listed` |
| a late task's first due time | `L#` and its lead's id | `late#`, its step, `#`, its channel |
| a channel's next free time | `C#` and its name | `channel` |
| a document by which leads are given out | `T#` and its name | `kept` |
| a lead in the queue of a team | `W#` and the team | the inverted score, `#`, and its id |
| how far earlier leads were put under their keys | `S#alike` | `state` |
| how far the sweep came with overdue tasks | `S#overdue` | the step, `#`, and the channel |
| in how many shards there may be index entries | `S#shards` | `state` |
| a source's use of its quota | `Q#` and its name | `quota` |
| a channel's failures | `C#` and its name | `trouble` |
| an entry of the audit log | `A#audit` | `entry#` and its number |
| the last number and hash of it, and what was cut off | `A#audit` | `head`, `cut` |
"""

import struct
from datetime import datetime
from typing import overload

from leadline.model.formats import iso
from leadline.model.task import Step, Task
from leadline.stores.aws.table import Key

LEAD, HANDLING, AGAIN, LATE = "lead", "handling", "again#", "late#"
HOLD, LISTED, SENT = "hold", "listed", "sent"
ALIKE, MAYBE = "alike", "alike#"
FURTHER = tuple(sorted(f"{step}#" for step in Step if step is not Step.REFINE))
"""The prefixes of the sort keys of later tasks."""
WITHOUT_LATER_LEADS = (FURTHER[0], FURTHER[-1] + "~")
"""The range of sort keys of all items of a lead, except those for later leads of the same person,
which may be many."""
LIKENESSES = ("S#alike", "state")
"""The key of how far leads of earlier versions were put under their candidate keys."""
_AUDIT = "A#audit"
AUDIT_HEAD, AUDIT_CUT = (_AUDIT, "head"), (_AUDIT, "cut")
"""The keys of the end of the audit log, and of what was deleted before its beginning."""
AUDIT_LAST = "entry#~"
"""After the sort keys of all entries of the audit log."""
DEAD, LATE_TASKS, HOLDS, REVIEWS = "dead#", "late#", "hold#", "review#"
"""The names of further partitions of the index `due`, to which the shard is added
(`stores.aws.shards.placing`): of dead letters, of late tasks by their first due time, of legal
holds, and of leads with possible duplicates."""
RESUMED = "resumed"
"""The partition of the index `due` with events whose capture was continued: their documents have
the ids of an earlier attempt, and may appear where the sweep has listed already."""
_LONGEST_TEXT = 250
"""The maximum length of texts from leads in items and keys. An item may have 400 KB and a partition
key 2 KB (DynamoDB Developer Guide, "Constraints"); the complete texts are in S3."""


def audit_key(n: int) -> Key:
    """The key of an entry of the audit log."""
    return _AUDIT, f"entry#{n:012}"


def lead_key(lead_id: str) -> Key:
    """The key of a lead."""
    return f"L#{lead_id}", LEAD


def task_key(task: Task) -> Key:
    """The key of a task."""
    if task.step is Step.REFINE:
        return lead_key(task.lead_id)
    return f"L#{task.lead_id}", f"{task.step}#{task.channel}"


def late_key(task: Task) -> Key:
    """The key of the item with a late task's first due time."""
    return f"L#{task.lead_id}", f"{LATE}{task.step}#{task.channel}"


def quota_key(source: str) -> Key:
    """The key of a source's use of its quota for unreadable deliveries."""
    return f"Q#{short(source)}", "quota"


def handling_key(lead_id: str) -> Key:
    """The key of a lead's handling."""
    return f"L#{lead_id}", HANDLING


def hold_key(lead_id: str) -> Key:
    """The key of the legal hold on a lead."""
    return f"L#{lead_id}", HOLD


def sent_key(lead_id: str) -> Key:
    """The key of the last attempts at a lead's tasks."""
    return f"L#{lead_id}", SENT


def overdue_key(what: str) -> Key:
    """The key of how far the sweep came with overdue tasks of one kind: a step, `#`, a channel."""
    return "S#overdue", what


def suppression_key(name: str) -> Key:
    """The key of an entry of the suppression list, by its hash."""
    return f"X#{name}", LISTED


def work_list_key(person: str, lead_id: str) -> Key:
    """The key of an open lead of a person, by one of their ids or addresses."""
    return f"D#{short(person)}", lead_id


def remembered_key(name: str) -> Key:
    """The key of a document by which leads are given out (`ports.store_parts.assigning`)."""
    return f"T#{short(name)}", "kept"


def queue_key(team: str, score: float, lead_id: str) -> Key:
    """The key of a lead in the queue of a team: those with the highest score come first, then the
    earliest, since ids sort by capture."""
    return f"W#{short(team)}", f"{_inverted(score)}#{lead_id}"


def _inverted(score: float) -> str:
    """Hex digits that sort against the order of numbers (IEEE 754, "totalOrder")."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", score + 0.0))  # there is one zero only
    negative = bits >> 63
    return f"{bits if negative else bits ^ 0x7FFF_FFFF_FFFF_FFFF:016x}"


def again_key(first: str, lead_id: str) -> Key:
    """The key by which a first lead lists a later one of the same person."""
    return f"L#{first}", f"{AGAIN}{lead_id}"


def alike_key(lead_id: str) -> Key:
    """The key of what a refined lead is compared by."""
    return f"L#{lead_id}", ALIKE


def maybe_key(other: str, lead_id: str) -> Key:
    """The key by which a lead lists one that may be its duplicate."""
    return f"L#{other}", f"{MAYBE}{lead_id}"


def digest_key(kind: str, digest: bytes) -> Key:
    """The key of an event (`E`), a record (`R`) or a candidate key (`M`)."""
    return f"{kind}#{digest.hex()}", "key"


def due_partition(step: Step, channel: str) -> str:
    """The name of the partitions of the index `due` for tasks of one kind that are not dead."""
    return f"{step}#{channel}#"


def due_before(at: datetime) -> str:
    """The upper bound of sort keys in a `due` partition for tasks due at this time."""
    return f"{iso(at)}~"


@overload
def short(text: str) -> str: ...


@overload
def short(text: str | None) -> str | None: ...


def short(text: str | None) -> str | None:
    """The text, shortened for lists and keys."""
    if text is None or len(text) <= _LONGEST_TEXT:
        return text
    return text[: _LONGEST_TEXT - 1] + "…"
