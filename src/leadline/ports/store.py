"""The protocols of a store. The contract tests (tests/contracts) check every store against them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from leadline.model.lead import CapturedLead, Fate, FirstSeen, Kind, Receipt, RefinedLead
from leadline.model.task import Alert, Done, Drop, Later, Lease, Retry, Step, Task

if TYPE_CHECKING:
    from leadline.model.handling import Handling  # a function that captures webhooks needs none


class Apart(msgspec.Struct, frozen=True):
    """What an event is beside the one that has its key already.

    `identity` is whom it is about, where that is another person or record than the first was; ""
    for a redelivery, of which `difference` is what it says otherwise than the first, in words.
    """

    identity: str = ""
    difference: str = ""


TellApart = Callable[[CapturedLead, bytes, str | None], Apart]
"""Compares an event with the `raw` and the `record` of the one that has its key; raises nothing."""


def by_record(lead: CapturedLead, raw: bytes, record: str | None) -> Apart:
    """Without sources, which know what words mean, only another record is another lead."""
    del raw
    differs = lead.record is not None and record is not None and lead.record != record
    return Apart(identity=f"record {lead.record}" if differs else "")


class Inbox(Protocol):
    """Accepts events."""

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """Store every lead with its REFINE task; returns a receipt for each, in order.

        Once this returns, everything survives a crash and a power cut. If the key or CRM record of
        an event is known, its receipt has the id of the lead that has it: a redelivery changes
        nothing, an update of a waiting lead is folded into it, and any other update is stored as
        filtered. An update of a refined lead also puts a LOOK_UP task for that lead, due now. An
        update that comes before the lead of its record is kept as filtered until that comes, and
        then folded into it. What says that a record is no more (`model.lead.is_end`) takes its lead
        from a worker that has not seen it, as an update does. Whether an event with a known lasting
        key is a redelivery is for a `TellApart` to say: one about another person or record is kept
        under a key of its own (`model.keys.set_apart`), and what a redelivery says otherwise is
        noted on the timeline. A first event whose words are no longer there, and a key that an
        earlier version stored, leave nothing to compare: the key decides. A key that is only a
        digest is known for the `window` of the new event.
        An UNREADABLE event is a dead letter of its REFINE step from the start, with the reason
        `NOT_READ`; one that exceeds its quota is REFUSED, and nothing of it is stored.
        Raises StorageFull or StorageFailed; then nothing was stored.
        """

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        """Turn events that were stored as filtered into leads, because their source now reads them
        as leads.

        Returns the ids of those that became leads. An event that is a lead already, or whose record
        has another lead, is left unchanged.
        """

    def read_again(self, lead_id: str, lead: CapturedLead) -> bool:
        """Replace an UNREADABLE event by what its source reads in it now, atomically: it gets the
        raw JSON, the kind, the record and the key of *lead*, and its REFINE task is due at the time
        of *lead*; its id, its time and its body stay. What it took of its quota is given back. A
        new lead gets the events of its record that came before it.

        Returns False, and changes nothing, if it is no such dead letter any more, or its record has
        a lead by now.
        """


class Archived(msgspec.Struct, frozen=True):
    """An event as stored. `body` is the body of its delivery if `raw` is not a part of it (see
    `CapturedLead`), else None."""

    lead_id: str
    source: str
    captured_at: datetime
    fate: Fate
    raw: bytes
    body: bytes | None
    media_type: str
    kind: Kind = Kind.CREATED


class Ended(msgspec.Struct, frozen=True):
    """An event that says that there is no such record any more: why (`model.lead.ENDS`), in which
    words, and how many updates and late ones had come before it; -1 where it came before the lead
    itself."""

    why: str
    raw: bytes
    after: int


class Waiting(msgspec.Struct, frozen=True):
    """A waiting lead, as workers read it: its raw JSON, and those of updates folded into it.

    `late` are the raw JSON texts of updates that came after it was refined; both are in the order
    of arrival. `whys` are the `why` of its event and of the folded updates, without empty ones.
    `ends` say that its record is no more.
    """

    lead_id: str
    source: str
    captured_at: datetime
    raw: bytes
    record: str | None = None
    updates: tuple[bytes, ...] = ()
    late: tuple[bytes, ...] = ()
    whys: tuple[str, ...] = ()
    ends: tuple[Ended, ...] = ()


class Settlement(msgspec.Struct, frozen=True):
    """The lease of a task, and the outcome to carry out."""

    lease: Lease
    outcome: Done | Retry | Drop


class Among(msgspec.Struct, frozen=True):
    """Whose leads' tasks are wanted: those of these sources, or of all *others*."""

    sources: frozenset[str]
    others: bool = False

    def has(self, source: str) -> bool:
        """Whether tasks of a lead of this source are wanted."""
        return (source in self.sources) is not self.others


class Queue(Protocol):
    """Tasks: they wait, are leased to workers, and are settled."""

    def put(self, tasks: Sequence[Task], due_at: datetime, note: str = "") -> None:
        """Put tasks, which can be leased from *due_at* on, with a *note* on each lead's timeline.

        Once this returns, they survive a crash. A task that waits already is only moved to
        *due_at*. A dead letter becomes alive again, with its failures reset. A task that is leased
        is taken from its worker, except for a NOTIFY task without `again`, because its alert could
        be sent twice."""

    def lease(
        self,
        step: Step,
        limit: int,
        duration: timedelta,
        channel: str = "",
        among: Among | None = None,
    ) -> list[Lease]:
        """Lease up to *limit* due tasks, longest due first, of leads *among* these sources (None:
        all); no other worker gets them while the lease lasts. If the worker dies, the leases run
        out and the tasks are due again. Such a task is leased alone, so that a task that kills its
        worker affects no others. None are
        handed out while captures need the disk more."""

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Carry out outcomes. The result is False if the lease had been lost and nothing was done.

        With Done, the step's results, its follow-up tasks and the end of the task are stored in one
        transaction. A refined lead is given back (False), to be refined again, if another lead has
        taken one of its match keys meanwhile. Settlements fail independently.
        """

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """When the next task of this step is due; None if there is no task."""

    def count_due(self, step: Step, channel: str = "") -> int:
        """The number of tasks of this step that can be leased now."""

    def untold_since(self, channels: Collection[str]) -> datetime | None:
        """Since when the lead is late that has been so for longest: whose task of UNTOLD_STEPS was
        first due then and is neither done nor dead. None when none is.

        A lease or a retry does not make a task less late, nor does putting it once more for now; a
        wait that is `planned` does, and putting it for later, as holding a lead does. Right to
        within two minutes. *channels* are those that there are; alerts of others may be left out.
        """

    def rebase(self) -> int:
        """Restart the wait of tasks that were put at a time that is now in the future.

        Call this after the clock has jumped backwards: then no task waits longer than twice its
        delay. Returns how many tasks were moved.
        """


class Leads(Protocol):
    """Finds leads by id, match key and CRM record."""

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """These leads as workers read them; missing ones are left out."""

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """These events as stored, whatever their fate; missing ones are left out."""

    def first_seen(self, keys: Sequence[bytes]) -> Mapping[bytes, FirstSeen]:
        """The first lead with each match key; `matched` is left empty."""

    def of_records(self, record_keys: Sequence[bytes]) -> Mapping[bytes, str]:
        """The lead ids of CRM records, by `CapturedLead.record_key`; records without a lead are
        left out."""

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, RefinedLead]:
        """These leads as refined; those that are not refined are left out. A lead with a damaged
        document is logged and left out too, so that it does not affect the others."""

    def documents(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """The complete refined documents (JSON) of these leads, even damaged ones; leads without
        one are left out. For archives, and to find out whether a lead was refined."""


class ChannelHealth(msgspec.Struct, frozen=True):
    """The failures of a destination: how many attempts in a row have failed, and since when (None:
    the last attempt succeeded, or there was none)."""

    failures: int = 0
    since: datetime | None = None


class Pacing(Protocol):
    """The state of each destination, shared by all workers: pacing, pauses, failures."""

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """Reserve the channel now, and block it for other reservations for *gap*.

        Returns zero on success; otherwise nothing is reserved and the time to wait is returned.
        """

    def pause(self, channel: str, until: datetime) -> None:
        """Pause the channel until *until*, because the destination asked for it."""

    def record_attempt(self, channel: str, *, succeeded: bool) -> ChannelHealth:
        """Record the result of an attempt to reach the channel, and return its failures since."""

    def health(self, channel: str) -> ChannelHealth:
        """The failures of the channel."""


class Alerts(Protocol):
    """The messages about leads that channels have accepted."""

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """Every message about these leads that any channel accepted, oldest first, by lead id;
        leads without messages are left out."""


class Handlings(Protocol):
    """What people and the CRM did with refined leads."""

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
        """Replace *before* by *after*, put the tasks, and add the note to the timeline, in one
        transaction. Returns False, and does nothing, if the handling has changed meanwhile (its
        `rev` is not that of *before*) or the lead is not refined. `rev` of *after* is set here."""

    def work_list(self, person: str, limit: int = 50) -> Sequence[str]:
        """The ids of a person's open leads (see `Handling.work_lists`), newest first."""


class Erasing(Protocol):
    """Personal data that has to go."""

    def erase(self, lead_id: str) -> tuple[str, ...]:
        """Take what is said of a person out of all that is kept of a lead and of the other events
        of its record: their words and bodies, the refined document (`model.erasing`), the keys by
        which later leads of the person would be linked to it, and what timelines say of other
        words. What happened, and when, stays. To do it again harms nothing.

        Returns in words what of it the store can't reach.
        """


class Store(Inbox, Queue, Leads, Pacing, Alerts, Handlings, Erasing, Protocol):
    """A whole store."""
