"""What the core needs from the world: small protocols, each with its promise.

The contract tests (tests/contracts) hold every adapter to these words.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from leadline.lead import CapturedLead, Claim, Fate, FirstSeen, Receipt, Step, Task
from leadline.outcome import Done, Drop, Retry

Clock = Callable[[], datetime]
"""The time now, aware, in UTC."""


class Inbox(Protocol):
    """Where leads come in."""

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """Keep every lead with its REFINE task, and answer for each in order.

        Once this returns, all of it survives a crash and a power cut. An event whose key or CRM
        record is known gives the id of the lead that has it: a redelivery changes nothing, an
        update of a waiting lead is folded into it, any other update is kept as filtered.
        Raises StorageFull or StorageFailed; then nothing of the call was kept.
        """

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        """Make leads of events that were kept as filtered, because their source now says so.

        Returns the ids of those that became one; an event about the record of another lead, or
        one that is a lead already, is left as it is.
        """


class Archived(msgspec.Struct, frozen=True):
    """An event as it was kept; `body` is that of its delivery, where `raw` is not its very text."""

    lead_id: str
    source: str
    captured_at: datetime
    fate: Fate
    raw: bytes
    body: bytes | None
    media_type: str


class Waiting(msgspec.Struct, frozen=True):
    """A lead as a worker needs it: its raw JSON, and the raws of updates folded into it."""

    lead_id: str
    source: str
    captured_at: datetime
    raw: bytes
    record: str | None = None
    updates: tuple[bytes, ...] = ()


class Settlement(msgspec.Struct, frozen=True):
    """A claim and what is to become of it."""

    claim: Claim
    outcome: Done | Retry | Drop


class Queue(Protocol):
    """Tasks that wait, are claimed for a while, and are settled."""

    def put(self, tasks: Sequence[Task], due_at: datetime, note: str = "") -> None:
        """Accept tasks, with a *note* on each lead's timeline; nobody may claim them before
        *due_at*. Once this returns they survive a crash. Putting a task that waits already only
        moves it to *due_at*; a dead letter comes back to life with its failures forgotten."""

    def claim(self, step: Step, limit: int, lease: timedelta, channel: str = "") -> list[Claim]:
        """Hand out up to *limit* due tasks, longest due first, to nobody else while the lease
        lasts. A worker that dies lets its leases run out and the tasks come back; such a task is
        handed out alone, so that one which kills its worker takes no neighbour along."""

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Carry outcomes out; False where the claim was no longer ours and nothing was done.

        With Done, what the step made, its follow-ups and the end of the task are one stroke.
        A refined lead one of whose match keys was taken meanwhile by another lead is given
        back (False) to be refined again. Each settlement fails alone.
        """

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """When the next task of this step is due, or None when there is none."""

    def count_due(self, step: Step, channel: str = "") -> int:
        """How many tasks of this step could be claimed now."""

    def rebase(self) -> int:
        """Start anew the wait of tasks that were put in what is now the future.

        To be called when the clock has jumped backwards; no task then waits longer than twice
        its delay. Returns how many were moved.
        """


class Leads(Protocol):
    """Leads by id, and by what makes them recognisable."""

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """What a worker needs of these leads; one that is missing is left out."""

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """These events as they were kept, whatever became of them."""

    def first_seen(self, keys: Sequence[bytes]) -> Mapping[bytes, FirstSeen]:
        """The lead that first took each match key; `matched` is empty here."""

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """The refined documents (JSON, whole) of those of these leads that have one."""


class Channels(Protocol):
    """What is known of each destination, shared by all workers."""

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """Take the channel's next free moment and keep the channel free of others for *gap*.

        Returns zero when the moment is now; otherwise nothing is taken and the wait is returned.
        """

    def hold(self, channel: str, until: datetime) -> None:
        """Nobody may use the channel before *until* (the destination asked for it)."""

    def alerted(self, lead_ids: Sequence[str], channel: str) -> frozenset[str]:
        """Those of these leads that the channel has already accepted an alert for."""


class Store(Inbox, Queue, Leads, Channels, Protocol):
    """All of it, as one adapter gives it."""


class Sent(msgspec.Struct, frozen=True):
    """The destination accepted the message."""


class Refused(msgspec.Struct, frozen=True):
    """The destination will never take this message; `words` are its own, shortened."""

    reason: str
    words: str


class Busy(msgspec.Struct, frozen=True):
    """The destination asks for a pause of the whole channel."""

    after: timedelta
    words: str = ""


class Unreachable(msgspec.Struct, frozen=True):
    """No answer, or an error on the other side; the same message may pass later."""

    words: str


class Messenger(Protocol):
    """One destination of alerts."""

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """Post one message (JSON); never raises for anything the network does, and returns
        within ten seconds or so."""
