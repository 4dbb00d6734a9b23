"""Moving leads between two homes (an embedded installation and AWS): values and protocols.

A *family* is a lead together with the other events of its CRM record. Both homes are read into the
same values, regardless of how they store them, so a copy is verified by comparing values field by
field.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from leadline.model.facts.likeness import Judgement
from leadline.model.handling import Handling
from leadline.model.lead import Fate, Kind
from leadline.model.monitoring.event_notes import OTHER_WORDS
from leadline.model.personal_data.privacy import DataHold
from leadline.model.staff.assigning import Kept
from leadline.model.task import Alert, Step
from leadline.ports.reading.ledger import Happening

REDELIVERED = "redelivered"
"""A redelivery in a timeline. A home may know the number of redeliveries but not their times."""


class MovedTask(msgspec.Struct, frozen=True, omit_defaults=True):
    """A task that waits, is leased to a worker until `due_at` (`held`), or has been a dead letter
    since `dead_at`; `first_due_at` is None if it equals `due_at`; such a task has the same digest
    as in earlier versions."""

    step: Step
    channel: str
    put_at: datetime
    due_at: datetime
    attempt: int
    failures: int
    leased: bool = msgspec.field(name="held")
    again: bool
    error: str
    dead_at: datetime | None
    reason: str
    first_due_at: datetime | None = None


class MovedLead(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is stored about one event.

    `raw` is None if its text is lost. `head` is the refined document without its metadata; None if
    the lead is not refined. `channel_count` is the number of channels to alert. `duplicate_of` is
    the first lead of the same person, if the same home has it. Tasks are sorted by step and
    channel, alerts and `history` by time. `history` is the part of the timeline that no other field
    contains; redeliveries are counted in `redelivered` instead, and `redelivered_at` are their
    known times. `handling` is None if nobody handled the lead; it is copied with its `rev`.
    `judgements` are what people decided about the lead and others, `hold` is its legal hold; unset
    if there is none.
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
    channel_count: int = msgspec.field(name="told")
    duplicate_of: str | None
    tasks: tuple[MovedTask, ...]
    alerts: tuple[Alert, ...]
    history: tuple[Happening, ...]
    redelivered: int
    redelivered_at: tuple[datetime, ...] = ()
    handling: Handling | None = None
    judgements: tuple[Judgement, ...] | msgspec.UnsetType = msgspec.UNSET
    hold: DataHold | msgspec.UnsetType = msgspec.UNSET


def with_judgements(lead: MovedLead, judgements: Iterable[Judgement]) -> MovedLead:
    """The lead with the decisions about it, each with this lead as `one`; without any it has the
    same digest as in earlier versions."""
    there = tuple(sorted(judgements, key=lambda judgement: judgement.other))
    return msgspec.structs.replace(lead, judgements=there) if there else lead


def with_hold(lead: MovedLead, hold: DataHold | None) -> MovedLead:
    """The lead with its legal hold; without one it has the same digest as in earlier versions."""
    return lead if hold is None else msgspec.structs.replace(lead, hold=hold)


class Family(msgspec.Struct, frozen=True):
    """A lead, followed by the other events of its record in the order of arrival.

    `busy` is whether a worker has leased one of its tasks. `broken` says what can't be read; "" if
    all can. `handle` is for the home's own use.
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
        """Whether any of its tasks is still to be done."""
        return any(task.dead_at is None for lead in self.leads for task in lead.tasks)


class KeyKind(StrEnum):
    """What a key identifies: an event, a CRM record or a person."""

    EVENT = "E"
    RECORD = "R"
    PERSON = "M"


class OwnedKey(msgspec.Struct, frozen=True):
    """A key of a lead. `lasting` is false for an idempotency key that expires after some days
    (see `CapturedLead`); `compared` is whether later events with the same
    key are compared with the lead's event (`ports.store.TellApart`)."""

    kind: KeyKind
    key: bytes
    lead_id: str
    captured_at: datetime
    lasting: bool = True
    compared: bool = False


class KeyOwner(msgspec.Struct, frozen=True):
    """The lead that has a key at a home, when it was captured, and whether the key is
    `compared`."""

    lead_id: str
    captured_at: datetime
    compared: bool = False


class KeyStanding(StrEnum):
    """The state of a key at the home to which its lead moves."""

    MINE = "mine"
    FREE = "free"
    YIELDS = "yields"
    SETTLED = "settled"
    TAKEN = "taken"


def differing_fields(lead: MovedLead, copy: MovedLead | None) -> tuple[str, ...]:
    """The names of the fields in which a copy differs from its original. Later redeliveries are no
    difference, nor is a raw text that the original has lost and the copy still has."""
    if copy is None:
        return ("missing",)
    names = []
    for name in lead.__struct_fields__:
        before, now = getattr(lead, name), getattr(copy, name)
        if name == "history":
            before, now = without_redeliveries(before), without_redeliveries(now)
        grown = name == REDELIVERED and now >= before
        lost = lead.raw is None and name in ("raw", "body", "media_type")
        if before != now and not grown and not lost and name != "redelivered_at":
            names.append(name)
    return tuple(names)


def without_redeliveries(history: Sequence[Happening]) -> tuple[Happening, ...]:
    """What happened to a lead, without the differences of its redeliveries."""
    return tuple(one for one in history if one.what != OTHER_WORDS)


class Home(StrEnum):
    """Where leads live."""

    EMBEDDED = "embedded"
    AWS = "aws"


class MoveNote(msgspec.Struct, frozen=True):
    """The progress of a family that moves between two homes: `agreed` is the digest at which both
    last agreed, `copying` the one that is being copied to the home `towards`."""

    agreed: bytes | None = None
    copying: bytes | None = None
    towards: Home | None = None

    def given(self, home: Home) -> frozenset[bytes]:
        """The digests that this home can have without changes of its own since the copy."""
        begun = self.copying if self.towards is home else None
        return frozenset(state for state in (self.agreed, begun) if state is not None)


def in_order(history: Iterable[Happening]) -> tuple[Happening, ...]:
    """The entries by time, in a fixed order if the times are equal."""
    return tuple(sorted(history, key=lambda h: (h.at, h.what, h.detail)))


def tasks_in_order(tasks: Iterable[MovedTask]) -> tuple[MovedTask, ...]:
    """The tasks by step and channel; a lead has at most one task of each."""
    return tuple(sorted(tasks, key=lambda task: (task.step, task.channel)))


BATCH = 100
"""How many families are read and written together; each document is in memory twice."""


class FamilyWrite(msgspec.Struct, frozen=True):
    """A family to write, the family `over` which it is written (None: it is new there), and the
    states of its keys."""

    family: Family
    replaces: Family | None
    keys: tuple[tuple[OwnedKey, KeyStanding], ...]


class Size(msgspec.Struct, frozen=True):
    """The content of a home: numbers of leads and other events, of waiting tasks, of dead letters
    and of channels."""

    leads: int
    waiting: int
    dead: int
    channels: int


class Side(Protocol):
    """One home of leads, as the origin or the destination of a move."""

    home: Home

    def size(self) -> Size:
        """The content of this home in numbers."""

    def heads(self) -> Iterator[Sequence[str]]:
        """The ids of all families in batches, urgent ones first."""

    def families(self, ids: Sequence[str]) -> dict[str, Family]:
        """The current state of these families; families that are not here are left out."""

    def present(self, ids: Sequence[str]) -> AbstractSet[str]:
        """The ids of these leads that are here."""

    def keys_of(self, families: Sequence[Family]) -> Mapping[str, Sequence[OwnedKey]]:
        """The keys that the leads of each family have here, by family id."""

    def owners(self, keys: Sequence[OwnedKey]) -> Mapping[OwnedKey, KeyOwner]:
        """The leads that have these keys here; free keys are left out."""

    def introduce(self, families: Sequence[Family], keys: Sequence[OwnedKey]) -> None:
        """Make leads that will be copied later candidates for duplicates, and store their match
        keys, so that duplicates are found meanwhile. A home without running workers need not do
        anything."""

    def write(self, writes: Sequence[FamilyWrite]) -> Mapping[str, str]:
        """Write families without starting their tasks. Returns the reasons of refused families, by
        family id."""

    def deactivate(self, families: Sequence[Family]) -> AbstractSet[str]:
        """Stop all work on these families here, unless they changed since they were read. Returns
        the ids of those that did."""

    def activate(self, families: Sequence[Family]) -> None:
        """Let workers lease the tasks of these families when they are due."""

    def documents(self) -> Iterator[Mapping[str, Kept]]:
        """All documents by which leads are given out (`ports.store_parts.assigning`), in batches;
        damaged ones are left out."""

    def adopt(self, documents: Mapping[str, Kept]) -> None:
        """Store documents with their revisions, except those that are here with the same revision
        or a later one: here more leads have been given out since they were copied."""

    def channels(self) -> Mapping[str, datetime]:
        """Until when each channel is paused."""

    def pause(self, channel: str, until: datetime) -> None:
        """See `ports.store.Pacing.pause`."""


class Journal(Protocol):
    """Durable notes on the progress of a move, with which an interrupted move can continue."""

    def notes(self, ids: Sequence[str]) -> Mapping[str, MoveNote]:
        """The notes on these families."""

    def begin(self, digests: Mapping[str, bytes], towards: Home) -> None:
        """Note, durably, that families with these digests are about to be written."""

    def agree(self, digests: Mapping[str, bytes]) -> None:
        """Note, durably, that both homes agree on these digests."""
