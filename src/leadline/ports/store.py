"""What the core needs from the world: small protocols, each with its promise.

The contract tests (tests/contracts) hold every adapter to these words.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from leadline.model.lead import CapturedLead, Fate, FirstSeen, Receipt, RefinedLead
from leadline.model.task import Alert, Claim, Done, Drop, Later, Retry, Step, Task

if TYPE_CHECKING:
    from leadline.model.handling import Handling  # a function that captures webhooks needs none


class Inbox(Protocol):
    """Where leads come in."""

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """Keep every lead with its REFINE task, and answer for each in order.

        Once this returns, all of it survives a crash and a power cut. An event whose key or CRM
        record is known gives the id of the lead that has it: a redelivery changes nothing, an
        update of a waiting lead is folded into it, any other update is kept as filtered, and one
        of a refined lead puts a LOOK_UP task for that lead, due now.
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
    """A lead as a worker needs it: its raw JSON, and the raws of updates folded into it.

    `late` are the raws of updates that came when it was refined already, in the order of arrival.
    `whys` are the `why` of its event and of the folded updates, where they have one.
    """

    lead_id: str
    source: str
    captured_at: datetime
    raw: bytes
    record: str | None = None
    updates: tuple[bytes, ...] = ()
    late: tuple[bytes, ...] = ()
    whys: tuple[str, ...] = ()


class Settlement(msgspec.Struct, frozen=True):
    """A claim and what is to become of it."""

    claim: Claim
    outcome: Done | Retry | Drop


class Queue(Protocol):
    """Tasks that wait, are claimed for a while, and are settled."""

    def put(self, tasks: Sequence[Task], due_at: datetime, note: str = "") -> None:
        """Accept tasks, with a *note* on each lead's timeline; nobody may claim them before
        *due_at*. Once this returns they survive a crash. Putting a task that waits already only
        moves it to *due_at*; a dead letter comes back to life with its failures forgotten. A task
        that a worker holds is taken from it, but for an alert, which would be told twice; unless it
        is to be told `again`."""

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

    def of_records(self, record_keys: Sequence[bytes]) -> Mapping[bytes, str]:
        """The lead of each CRM record (by `CapturedLead.record_key`) that has one."""

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, RefinedLead]:
        """These leads as they were refined; one that is not is left out. So is one whose document
        is damaged, which is logged, so that it takes no neighbour along: for whoever asks, there
        is no refined lead of its id."""

    def documents(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """The refined documents (JSON, whole) of those of these leads that have one, damaged or
        not: for archives, and for who asks whether a lead was refined."""


class Trouble(msgspec.Struct, frozen=True):
    """How a destination fares: how many attempts in a row failed, and since when (None: the last
    one went well, or there was none)."""

    failures: int = 0
    since: datetime | None = None


class Channels(Protocol):
    """What is known of each destination, shared by all workers."""

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """Take the channel's next free moment and keep the channel free of others for *gap*.

        Returns zero when the moment is now; otherwise nothing is taken and the wait is returned.
        """

    def hold(self, channel: str, until: datetime) -> None:
        """Nobody may use the channel before *until* (the destination asked for it)."""

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """Every message that any channel accepted about these leads, oldest first; a lead of which
        nobody was told is left out."""

    def fared(self, channel: str, *, well: bool) -> Trouble:
        """Note how an attempt to speak to the channel went, and return what is known after it."""

    def trouble(self, channel: str) -> Trouble:
        """What is known of the channel's trouble."""


class Desk(Protocol):
    """What people and the CRM made of refined leads."""

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, "Handling"]:
        """How these leads are handled; one that nobody did anything with is left out."""

    def handle(
        self,
        lead_id: str,
        before: "Handling",
        after: "Handling",
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
    ) -> bool:
        """Replace *before* by *after*, put the tasks, and write the note on the timeline, in one
        stroke; False, and nothing is done, when the lead is handled otherwise by now (its `rev`
        is not that of *before*) or is not refined. `rev` of *after* is set here."""

    def desk(self, person: str, limit: int = 50) -> Sequence[str]:
        """The ids of the open leads on somebody's desk (see `Handling.desks`), newest first."""


class Store(Inbox, Queue, Leads, Channels, Desk, Protocol):
    """All of it, as one adapter gives it."""


def reading_place(source: str) -> str:
    """What `Channels.reserve` and `hold` know the CRM of a source by that leads are asked of; it
    is not held while we write (`ports.store.crm_place`), for no alert waits for that."""
    return f"crm:{source}:read"


def crm_place(source: str) -> str:
    """What `Channels.reserve` and `hold` know the CRM of a source by."""
    return f"crm:{source}"
