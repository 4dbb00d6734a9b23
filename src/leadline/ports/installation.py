"""The protocol of an installation: one set of settings with the store of its leads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import CapturedLead, Receipt, RefinedLead
from leadline.model.task import Step, Task
from leadline.ports.archive import Outgoing
from leadline.ports.personal_data.audit import CuttableLog
from leadline.ports.personal_data.erasures import Erasures
from leadline.ports.reading.ledger import Ledger
from leadline.ports.reading.questions import Questions
from leadline.ports.store import Store
from leadline.settings.loading import Loaded


class OpenStore(Store, Protocol):
    """A store that must be closed."""

    def close(self) -> None:
        """Close the store."""


class Intake(Protocol):
    """Imports documents of an archive."""

    def known(self, lead_ids: Sequence[str]) -> set[str]:
        """The ids of these leads that are here."""

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """See `ports.store.Inbox.accept`."""

    def unrefined(self, lead_ids: Sequence[str]) -> set[str]:
        """The ids of these leads that are here and were never refined."""

    def adopt(
        self, refined: Sequence[tuple[RefinedLead, bytes]], keys: Mapping[str, Sequence[bytes]]
    ) -> int:
        """Store refined leads without alerting anybody; returns how many were stored.

        *refined* are leads with the heads of their documents (`model.formats.refined_head`), *keys*
        their match keys by lead id.
        """

    def adopt_handlings(self, handlings: Mapping[str, Handling]) -> int:
        """Store the handling of refined leads that have none here; returns how many were stored."""

    def close(self) -> None:
        """Close the store."""


class DeadLetterState(StrEnum):
    """The state, by the ledger, of the task of a message in a dead-letter queue."""

    DEAD = "dead"
    ALIVE = "alive"
    DONE = "done"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


class Stranded(msgspec.Struct, frozen=True):
    """Messages in one dead-letter queue without a dead letter in the ledger: their task is alive or
    done, their lead is unknown, or they are unreadable. The queue is that of `step` (NOTIFY stands
    for the delivery queue, which serves all later steps too). `examples` are ids of leads."""

    step: Step
    state: DeadLetterState
    count: int
    examples: tuple[str, ...]


class Tidied(msgspec.Struct, frozen=True):
    """The result of tidying dead-letter queues, in numbers: messages deleted (`taken_off`), tasks
    that got a new wake-up (`rung`), and messages left in place, `unreadable` ones among them."""

    taken_off: int
    woken: int = msgspec.field(name="rung")
    left: int
    unreadable: int


class DeadLetters(Protocol):
    """Queues that keep messages of dead letters, in addition to the ledger."""

    def stranded(self) -> list[Stranded]:
        """The messages without a dead letter in the ledger. No message is deleted."""

    def tidy(self, replayed: Sequence[Task], now: datetime, *, dry_run: bool = False) -> Tidied:
        """Delete obsolete messages: those of tasks that are done or alive. Tasks that are alive get
        a new wake-up, except *replayed* ones, whose wake-up has been sent already."""


class Rebuilt(msgspec.Struct):
    """The result of a rebuild, in numbers: documents `seen`, `events` and `refined` leads written
    to the ledger, and `damaged` documents."""

    seen: int = 0
    events: int = 0
    refined: int = 0
    damaged: int = 0


class Installation(Protocol):
    """An installation, as commands use it."""

    def loaded(self) -> Loaded:
        """Its settings."""

    def where(self) -> str:
        """What and where it is, in words, such as for a receipt."""

    def settings_changed_at(self) -> Mapping[str, datetime]:
        """When what the settings are read from was last changed, by its name in their origins
        (`settings.loading.Origin`); what can't be asked is left out."""

    def ledger(self) -> Ledger:
        """The read side of its store."""

    def questions(self) -> Questions:
        """What answers questions about all of its leads."""

    def search_ledger(self, *, masked: bool = False) -> Ledger:
        """Its ledger, whose searches use an index of all texts where there is a current one; with
        *masked* they find only what is shown of masked leads."""

    def store(self) -> OpenStore:
        """Its store."""

    def past(self) -> OpenStore:
        """Its store, for reading alone: on one machine, whatever would write to it fails."""

    def outgoing(self, since: datetime | None) -> tuple[int | None, Iterator[Outgoing]]:
        """All leads captured since then (None: ever), and their number if it is known."""

    def intake(self) -> Intake:
        """The import of archives."""

    def erasures(self, store: OpenStore) -> Erasures:
        """The tombstones of people who were erased from its *store*."""

    def audit(self) -> CuttableLog:
        """Its audit log."""

    def holds_data(self) -> bool:
        """Whether it holds anything yet."""

    def dead_letters(self) -> DeadLetters | None:
        """The dead-letter queues; None if only the ledger keeps dead letters."""

    def rebuild(self, watch: Callable[[int], None]) -> Rebuilt:
        """Rebuild the ledger from the archive, without people who were erased; *watch* is
        called with the number of documents read so far. Raises ConfigurationError if the
        installation has no separate archive."""

    def lend_credentials(self, region: str) -> None:
        """Set AWS credentials of the operator in this process's environment, so that it can send
        what the installation sends with a role of its own; *region* is the AWS region ("": the
        installation's)."""
