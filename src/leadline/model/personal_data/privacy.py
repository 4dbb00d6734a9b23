"""What is remembered about personal data: who did what (audit), who was erased, what is held."""

from datetime import datetime

import msgspec


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that somebody did. It holds ids and codes, never personal data of a lead.

    `actor` is a kind and a name: "person:ada" (a name from `[people]`, else a Slack id),
    "command:NAME" (who runs commands on the machine), "token:NAME" or "system". `action` is a code
    such as "lead.erased". `subject` is what it was done to: a lead id, a setting, "" for nothing in
    particular. `detail` are further codes and counts.
    """

    at: datetime
    actor: str
    action: str
    subject: str = ""
    detail: str = ""


class ChainedEntry(msgspec.Struct, frozen=True):
    """An entry of the audit log: its number from 1, the entry, and the hash (hexadecimal) of the
    hash before it and the entry."""

    n: int
    entry: AuditEntry
    hash: str


class AuditCut(msgspec.Struct, frozen=True):
    """The old end of an audit log was deleted: all entries up to number `n`, of which the last had
    this `hash`. When, with which privacy key it is signed (`key_id`), and the signature
    (`privacy.chain`)."""

    n: int
    hash: str
    at: datetime
    key_id: str
    signature: str


class Tombstone(msgspec.Struct, frozen=True, omit_defaults=True):
    """What remains of a person who was erased: `hashes` of their addresses and numbers (keyed, see
    `privacy.hashes`), `key_id` of the key, and when. Leads that were captured before `at` and match
    a hash are erased whenever they come back, as from a backup."""

    hashes: tuple[str, ...]
    key_id: str
    at: datetime


class DataHold(msgspec.Struct, frozen=True):
    """A legal hold: the data of a lead is neither erased nor deleted by retention. Why, who said
    so, and since when."""

    lead_id: str
    why: str
    by: str
    since: datetime
