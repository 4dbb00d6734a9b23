"""What moves when leads change their home: the values, and whether two homes say the same.

A *family* is a lead together with the other events of its CRM record. Both homes are read into the
same values, whatever they look like inside, so that a copy is verified by comparing values, field
by field.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import msgspec

from leadline.handling import Handling
from leadline.lead import Alert, Fate, Kind, Step
from leadline.reports import Happening

REDELIVERED = "redelivered"
"""The word of a timeline for a redelivery; homes may know how many there were but not when."""


class MovedTask(msgspec.Struct, frozen=True):
    """A task that waits, was held until `due_at` by a worker, or is dead since `dead_at`."""

    step: Step
    channel: str
    put_at: datetime
    due_at: datetime
    attempt: int
    failures: int
    held: bool
    again: bool
    error: str
    dead_at: datetime | None
    reason: str


class MovedLead(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is kept of one event.

    `raw` is None where its words are lost. `head` is the refined document without its metadata,
    None when there is none; `told` is how many channels were to hear of it; `duplicate_of` is the
    first lead of the same person, if that is kept at the same place. Tasks are sorted by step and
    channel, alerts and `history` by time. `history` holds what no other field tells, but for
    redeliveries: those are counted, and `redelivered_at` are the times that are known. `handling`
    is None where nobody did anything with the lead, and goes with its `rev`.
    """

    lead_id: str
    source: str
    kind: Kind
    captured_at: datetime
    fate: Fate
    why: str
    record: str | None
    joined: str | None
    raw: bytes | None
    body: bytes | None
    media_type: str
    head: bytes | None
    told: int
    duplicate_of: str | None
    tasks: tuple[MovedTask, ...]
    alerts: tuple[Alert, ...]
    history: tuple[Happening, ...]
    redelivered: int
    redelivered_at: tuple[datetime, ...] = ()
    handling: Handling | None = None


class Family(msgspec.Struct, frozen=True):
    """A lead and then the other events of its record, in the order of their arrival.

    `busy` while a worker holds one of its tasks; `broken` says what of it can't be read, if
    anything. `handle` is the home's own.
    """

    leads: tuple[MovedLead, ...]
    busy: bool = False
    broken: str = ""
    handle: Any = None

    @property
    def id(self) -> str:
        """The id of the lead."""
        return self.leads[0].lead_id

    @property
    def waits(self) -> bool:
        """Whether any of its tasks is to be done."""
        return any(task.dead_at is None for lead in self.leads for task in lead.tasks)


class KeyKind(StrEnum):
    """What an event, a CRM record or a person is recognised by."""

    EVENT = "E"
    RECORD = "R"
    PERSON = "M"


class OwnedKey(msgspec.Struct, frozen=True):
    """A key that a lead has. `lasting` is false where it stands for a redelivery for some days
    only (see `CapturedLead`)."""

    kind: KeyKind
    key: bytes
    lead_id: str
    captured_at: datetime
    lasting: bool = True


class Owner(msgspec.Struct, frozen=True):
    """Who has a key at a home, and when that lead was captured."""

    lead_id: str
    captured_at: datetime


class Holding(StrEnum):
    """How a key stands at the home that its lead moves to."""

    MINE = "mine"
    FREE = "free"
    YIELDS = "yields"
    SETTLED = "settled"
    TAKEN = "taken"


def holding(key: OwnedKey, owner: Owner | None, window: timedelta) -> Holding:
    """How a key stands. YIELDS: another lead has it that has less right to it. SETTLED: another
    has it rightly (the person came there earlier; the same words came again after the *window*).
    TAKEN: the same event or record is another lead there, and both can't be."""
    if owner is None:
        return Holding.FREE
    if owner.lead_id == key.lead_id:
        return Holding.MINE
    later = owner.captured_at - key.captured_at
    if key.kind is KeyKind.PERSON:
        return Holding.YIELDS if later > timedelta() else Holding.SETTLED
    if key.kind is KeyKind.EVENT and not key.lasting and abs(later) >= window:
        return Holding.SETTLED if later > timedelta() else Holding.YIELDS
    return Holding.TAKEN


def family_digest(family: Family) -> bytes:
    """Sixteen bytes that stand for all of a family but its redeliveries."""
    hashed = blake2b(digest_size=16)
    for lead in family.leads:
        counted = msgspec.structs.replace(lead, redelivered=0, redelivered_at=())
        # Homes may keep what we wrote to the CRM in another order.
        hashed.update(msgspec.json.encode(counted, order="deterministic"))
    return hashed.digest()


def differences(one: Family, copy: Family | None) -> dict[str, tuple[str, ...]]:
    """By lead id the fields in which the copy is not what it was made from.

    Events and redeliveries that came to the copy meanwhile are no difference.
    """
    copies = {lead.lead_id: lead for lead in copy.leads} if copy else {}
    found = {lead.lead_id: unlike(lead, copies.get(lead.lead_id)) for lead in one.leads}
    order = [i for i in copies if i in found]
    if not any(found.values()) and order != list(found):
        found[one.id] = ("the order of its events",)
    return {lead_id: fields for lead_id, fields in found.items() if fields}


def unlike(lead: MovedLead, copy: MovedLead | None) -> tuple[str, ...]:
    """The fields in which a copy is not what it was made from, but for later redeliveries, and for
    words that the copy still has and its origin no longer."""
    if copy is None:
        return ("missing",)
    names = []
    for name in lead.__struct_fields__:
        before, now = getattr(lead, name), getattr(copy, name)
        grown = name == REDELIVERED and now >= before
        lost = lead.raw is None and name in ("raw", "body", "media_type")
        if before != now and not grown and not lost and name != "redelivered_at":
            names.append(name)
    return tuple(names)


class Home(StrEnum):
    """Where leads live."""

    EMBEDDED = "embedded"
    AWS = "aws"


class Note(msgspec.Struct, frozen=True):
    """What is known of a family on its way between two homes: the digest at which both agreed
    last, and the one that is being copied, with the home that it is copied to."""

    agreed: bytes | None = None
    copying: bytes | None = None
    towards: Home | None = None

    def given(self, home: Home) -> frozenset[bytes]:
        """The states in which this home may be without having gone on by itself."""
        begun = self.copying if self.towards is home else None
        return frozenset(state for state in (self.agreed, begun) if state is not None)


class Verdict(StrEnum):
    """How a family stands at the home that it moves to. WENT_ON: it was copied before, and has
    gone on there since."""

    CARRY = "carry"
    EQUAL = "equal"
    WENT_ON = "went_on"
    CONFLICT = "conflict"


def judge(family: Family, there: Family | None, note: Note | None, towards: Home) -> Verdict:
    """Whether a family must be copied, is there already, or is there as something else.

    A copy that has not gone on by itself since both homes agreed is replaced when its origin has;
    further events that came to it stay. Without a note nothing is ever replaced.
    """
    mine = family_digest(family)
    if there is None:
        return Verdict.CARRY
    note = note or Note()
    origin = Home.EMBEDDED if towards is Home.AWS else Home.AWS
    if note.towards is towards and note.copying == mine:
        return Verdict.CARRY  # we were at it
    unfinished = note.towards is origin and note.copying == family_digest(there)
    if unfinished and len(family.leads) <= len(there.leads):
        return Verdict.WENT_ON  # what left was going to arrive: only a part of it comes back
    if not differences(family, there):
        return Verdict.EQUAL
    if any(family_digest(state) in note.given(towards) for state in _earlier(there)):
        return Verdict.CARRY
    return Verdict.WENT_ON if mine in note.given(origin) else Verdict.CONFLICT


def _earlier(family: Family) -> Iterator[Family]:
    """The family as it is, and as it was before each of its later events came."""
    for count in range(len(family.leads), 0, -1):
        yield Family(family.leads[:count])


def in_order(history: Iterable[Happening]) -> tuple[Happening, ...]:
    """By time, and always the same where the time is the same."""
    return tuple(sorted(history, key=lambda h: (h.at, h.what, h.detail)))


def tasks_in_order(tasks: Iterable[MovedTask]) -> tuple[MovedTask, ...]:
    """By step and channel, of which a lead has one each."""
    return tuple(sorted(tasks, key=lambda task: (task.step, task.channel)))
