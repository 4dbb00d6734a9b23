"""Where each item of the table stands, in the table and in its indexes.

| item | pk | sk |
|---|---|---|
| a sender's event | `E#` and the event key in hex | `key` |
| a CRM record | `R#` and the record key in hex | `key` |
| a person's e-mail or phone | `M#` and the match key in hex | `key` |
| a lead | `L#` and its id | `lead` |
| a further task | `L#` and its lead's id | the step, `#`, and the channel |
| what people made of a lead | `L#` and its id | `handling` |
| a later lead of the same person | `L#` and the first lead's id | `again#` and its id |
| a lead on somebody's desk | `D#` and a name of that person | the lead's id |
| a channel's next free moment | `C#` and its name | `channel` |
| a channel's trouble | `C#` and its name | `trouble` |
"""

from datetime import datetime
from typing import overload

from leadline.model.formats import iso
from leadline.model.task import Step, Task
from leadline.stores.aws.table import Key

SHARDS = 4
"""An index partition takes 1,000 writes a second (DynamoDB Developer Guide, "Partitions"), and a
lead writes twice to each index on its way; so many partitions share the load."""
LEAD, HANDLING, AGAIN = "lead", "handling", "again#"
FURTHER = tuple(sorted(f"{step}#" for step in Step if step is not Step.REFINE))
"""How the sort keys of further tasks begin."""
WITHOUT_LATER_LEADS = (FURTHER[0], FURTHER[-1] + "~")
"""Between these sort keys stands all that is kept of a lead, but for the later leads of the same
person, which may be many."""
RESUMED = "resumed"
"""The partition of the index `due` where events lie whose capture was gone on with: their documents
have ids of an earlier try, and may come to stand where the sweep has been already."""
_LONGEST_TEXT = 250
"""An item holds 400 KB and a partition key 2 KB (DynamoDB Developer Guide, "Constraints"); a lead
may write what it likes, and whole it stands in S3."""


def lead_key(lead_id: str) -> Key:
    """Where a lead stands."""
    return f"L#{lead_id}", LEAD


def task_key(task: Task) -> Key:
    """Where a task stands."""
    if task.step is Step.REFINE:
        return lead_key(task.lead_id)
    return f"L#{task.lead_id}", f"{task.step}#{task.channel}"


def handling_key(lead_id: str) -> Key:
    """Where it stands what people and the CRM made of a lead."""
    return f"L#{lead_id}", HANDLING


def desk_key(person: str, lead_id: str) -> Key:
    """Where a lead lies on the desk of who is known by this name."""
    return f"D#{short(person)}", lead_id


def again_key(first: str, lead_id: str) -> Key:
    """Where a first lead knows of a later one of the same person."""
    return f"L#{first}", f"{AGAIN}{lead_id}"


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


@overload
def short(text: str) -> str: ...


@overload
def short(text: str | None) -> str | None: ...


def short(text: str | None) -> str | None:
    """No more of a text than lists and keys need."""
    if text is None or len(text) <= _LONGEST_TEXT:
        return text
    return text[: _LONGEST_TEXT - 1] + "…"
