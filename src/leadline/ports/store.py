"""The protocols of a store. The contract tests (tests/contracts) check every store against them."""

# Long because every store keeps all of these promises.

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from leadline.model.lead import CapturedLead, Fate, Kind, Receipt, RefinedLead
from leadline.model.monitoring.attempts import KeptAttempt
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.staff.assigning import Rewrite
from leadline.model.task import Alert, Done, Drop, Later, Lease, Retry, Step, Task
from leadline.ports.personal_data.erasing import Erasing
from leadline.ports.personal_data.retention import Retention
from leadline.ports.personal_data.suppressions import Suppressions
from leadline.ports.store_parts.assigning import Assigning
from leadline.ports.store_parts.duplicates import Duplicates
from leadline.ports.store_parts.first_look import FirstLooks
from leadline.ports.store_parts.trial_waits import TrialWaits

if TYPE_CHECKING:
    from leadline.model.handling import Handling  # a function that captures webhooks needs none


class Apart(msgspec.Struct, frozen=True):
    """How an event relates to an earlier event with the same key.

    `identity` names the person or record of the new event if it is about another one; "" for a
    redelivery. `difference` describes, in words, how a redelivery differs from the first delivery.
    `erased`: the earlier event was erased, so what the redelivery brings must be erased, too."""

    identity: str = ""
    difference: str = ""
    erased: bool = False


TellApart = Callable[[CapturedLead, bytes, str | None], Apart]
"""Compares an event with the `raw` and the `record` of the event that has its key; never raises."""


def by_record(lead: CapturedLead, raw: bytes, record: str | None) -> Apart:
    """Compare by record only, for callers without sources that could read the fields."""
    differs = lead.record is not None and record is not None and lead.record != record
    return Apart(identity=f"record {lead.record}" if differs else "", erased=raw == ERASED_WORDS)


class Inbox(Protocol):
    """Accepts events."""

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """Store every lead with its REFINE task; returns a receipt for each, in order.

        Once this returns, everything survives a crash and a power cut. If the key or CRM record of
        an event is known, its receipt has the id of the lead that has it: a redelivery changes
        nothing, an update of a waiting lead is folded into it, and any other update is stored as
        filtered. An update of a refined lead also puts a LOOK_UP task for that lead, due now. An
        update that comes before the lead of its record is kept as filtered until the lead comes,
        and then folded into it. The end of a record (`model.lead.is_end`) revokes the lease of a
        worker that has not read it, as an update does.

        A `TellApart` decides whether an event with a known lasting key is a redelivery: an event
        about another person or record is kept under a key of its own (`model.keys.set_apart`), and
        the differences of a redelivery are noted on the timeline. If an earlier version stored the
        key, it alone decides; so for an erased event, and a LOOK_UP task erases it again. A key
        that is only a digest counts for the `window` of the new event.

        A CORRECTED event is stored as filtered and belongs to the lead that it `joins`, or to the
        lead that this one belongs to; it puts no task.

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

    def read_again(self, lead_id: str, lead: CapturedLead, belongs_to: str = "") -> bool:
        """Replace an UNREADABLE event by *lead*, which its source can read now, atomically.

        The event gets the raw JSON, kind, record and key of *lead*, and its REFINE task is due at
        the time of *lead*; its id, time and body stay. Its share of the quota is released. A new
        lead gets the earlier events of its record. An event that is no lead joins the lead of the
        event *belongs_to*, if given, so that erasing that lead erases its body, too.

        Returns False and changes nothing if the event is no longer such a dead letter, if its
        record has a lead by now, or if another event has its key, because its sender sent it again
        and it could be read.
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
    """An event that ends its record: the reason (`model.lead.ENDS`), the raw JSON, and how many
    updates and late updates came before it; -1 if it came before the lead itself."""

    why: str
    raw: bytes
    after: int


class Waiting(msgspec.Struct, frozen=True):
    """A waiting lead, as workers read it: its raw JSON, and those of updates folded into it.

    `late` are the raw JSON texts of updates that came after it was refined; both are in the order
    of arrival. `whys` are the `why` of its event and of the folded updates, without empty ones.
    `ends` are the events that end its record, `corrections` the raw JSON of what people here
    corrected (`model.facts.correcting`), in the order of arrival."""

    lead_id: str
    source: str
    captured_at: datetime
    raw: bytes
    record: str | None = None
    updates: tuple[bytes, ...] = ()
    late: tuple[bytes, ...] = ()
    whys: tuple[str, ...] = ()
    ends: tuple[Ended, ...] = ()
    corrections: tuple[bytes, ...] = ()


class Settlement(msgspec.Struct, frozen=True):
    """The lease of a task, the outcome to carry out, and the attempt to keep beside the lead."""

    lease: Lease
    outcome: Done | Retry | Drop
    attempt: KeptAttempt | None = None


class Among(msgspec.Struct, frozen=True):
    """Selects tasks by the source of their lead: these sources, or with *others* all others."""

    sources: frozenset[str]
    others: bool = False

    def has(self, source: str) -> bool:
        """Whether tasks of leads from this source are selected."""
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
        """Lease up to *limit* due tasks of leads *among* these sources (None: all), longest due
        first, but those of hot leads before them, where the store hands out tasks in an order; no
        other worker gets them while the lease lasts. If the worker dies, the leases run
        out and the tasks are due again. Such a task is leased alone, so that a task that kills its
        worker affects no others. Returns none while captures have priority on a slow disk."""

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Carry out outcomes. The result is False if the lease had been lost and nothing was done.

        With Done, the step's results, its follow-up tasks and the end of the task are stored in one
        transaction. A refined lead is given back (False), to be refined again, if another lead has
        taken one of its match keys meanwhile (`ports.store_parts.duplicates`); so is one whose
        `turn` gives it a first handling, if it has got one meanwhile. With False no document
        changes. Settlements fail independently; a later one sees the documents of an earlier one.
        """

    def next_due(self, step: Step, channel: str = "") -> datetime | None:
        """When the next task of this step is due; None if there is no task."""

    def count_due(self, step: Step, channel: str = "") -> int:
        """The number of tasks of this step that can be leased now."""

    def untold_since(self, channels: Collection[str]) -> datetime | None:
        """When the lead that has been late for longest became late: the earliest first due time of
        the tasks of UNTOLD_STEPS that are neither done nor dead. None if no lead is late.

        Leases, retries and putting a task again for now keep its first due time. A `planned` wait
        and putting it for later, for example by holding the lead, reset it. Accurate to two
        minutes. *channels* are the configured ones; alerts of others may be left out.
        """

    def rebase(self) -> int:
        """Restart the wait of tasks that were put at a time that is now in the future, because the
        clock has jumped backwards: then none waits longer than twice its delay. Returns how many
        were moved."""


class Leads(Protocol):
    """Finds leads by id, match key and CRM record."""

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """These leads as workers read them; missing ones are left out."""

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """These events as stored, whatever their fate; missing ones are left out."""

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
        changes: Mapping[str, Rewrite] = {},
    ) -> bool:
        """Replace *before* by *after*, put the tasks, add the note to the timeline, and replace the
        documents *changes* (`ports.store_parts.assigning`), in one transaction. Returns False, and
        does nothing, if the handling has changed meanwhile (its `rev` is not that of *before*), one
        of the documents has changed since it was seen, or the lead is not refined. `rev` of *after*
        is set here."""

    def work_list(self, person: str, limit: int = 50) -> Sequence[str]:
        """The ids of a person's open leads (see `Handling.work_lists`), newest first."""


class Store(
    Inbox, Queue, FirstLooks, TrialWaits, Leads, Pacing, Alerts, Handlings, Erasing, Duplicates,
    Assigning, Retention, Suppressions, Protocol,
):  # fmt: skip
    """A whole store."""
