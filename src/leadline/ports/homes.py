"""What moves when leads change their home: the values, and whether two homes say the same.

A *family* is a lead together with the other events of its CRM record. Both homes are read into the
same values, whatever they look like inside, so that a copy is verified by comparing values, field
by field.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import Fate, Kind
from leadline.model.task import Alert, Step
from leadline.ports.ledger import Happening

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


def in_order(history: Iterable[Happening]) -> tuple[Happening, ...]:
    """By time, and always the same where the time is the same."""
    return tuple(sorted(history, key=lambda h: (h.at, h.what, h.detail)))


def tasks_in_order(tasks: Iterable[MovedTask]) -> tuple[MovedTask, ...]:
    """By step and channel, of which a lead has one each."""
    return tuple(sorted(tasks, key=lambda task: (task.step, task.channel)))


BATCH = 100
"""Families that are read and written together; their documents are in memory twice."""


class Parcel(msgspec.Struct, frozen=True):
    """A family to be written over what stands there, and how its keys stand."""

    family: Family
    over: Family | None
    keys: tuple[tuple[OwnedKey, Holding], ...]


class Size(msgspec.Struct, frozen=True):
    """How much a home holds: leads and other events, tasks that wait, dead letters, channels."""

    leads: int
    waiting: int
    dead: int
    channels: int


class Side(Protocol):
    """One home of leads, as origin and as destination."""

    home: Home

    def size(self) -> Size:
        """How much is here."""

    def heads(self) -> Iterator[Sequence[str]]:
        """The ids of all families, some at a time, the urgent ones first."""

    def families(self, ids: Sequence[str]) -> dict[str, Family]:
        """Those of these families that are here, as they are now."""

    def present(self, ids: Sequence[str]) -> AbstractSet[str]:
        """Those of these leads that are here."""

    def keys_of(self, families: Sequence[Family]) -> Mapping[str, Sequence[OwnedKey]]:
        """The keys that the leads of each family have here."""

    def owners(self, keys: Sequence[OwnedKey]) -> Mapping[OwnedKey, Owner]:
        """Who has these keys here."""

    def introduce(self, keys: Sequence[OwnedKey]) -> None:
        """Learn keys of people whose leads will come; of no use where nobody works meanwhile."""

    def keep(self, parcels: Sequence[Parcel]) -> Mapping[str, str]:
        """Write families, silent; why, for those that this home refuses."""

    def silence(self, families: Sequence[Family]) -> AbstractSet[str]:
        """See to it that nobody here works on these families any more, provided that they are
        still as they were read; the ids of those that are not."""

    def wake(self, families: Sequence[Family]) -> None:
        """Let workers take the tasks of these families when they are due."""

    def channels(self) -> Mapping[str, datetime]:
        """When each channel is free."""

    def hold(self, channel: str, until: datetime) -> None:
        """See `ports.store.Channels.hold`."""


class Journal(Protocol):
    """What outlives the end of a move."""

    def notes(self, ids: Sequence[str]) -> Mapping[str, Note]:
        """What is known of these families."""

    def begin(self, digests: Mapping[str, bytes], towards: Home) -> None:
        """Note what is going to be written; it survives a crash."""

    def agree(self, digests: Mapping[str, bytes]) -> None:
        """Note that both homes agree; it survives a crash."""
