"""An installation: the one place where leads live, and what commands may ask of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import CapturedLead, Receipt, RefinedLead
from leadline.model.task import Step, Task
from leadline.ports.archive import Outgoing
from leadline.ports.ledger import Ledger
from leadline.ports.store import Store
from leadline.settings.loading import Loaded


class OpenStore(Store, Protocol):
    """A store that is to be let go of."""

    def close(self) -> None:
        """Let go of it."""


class Intake(Protocol):
    """Takes documents of an archive in."""

    def known(self, lead_ids: Sequence[str]) -> set[str]:
        """Those of these leads that are here."""

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """See `ports.store.Inbox.accept`."""

    def unrefined(self, lead_ids: Sequence[str]) -> set[str]:
        """Those of these leads that are here and were never refined."""

    def adopt(
        self, refined: Sequence[tuple[RefinedLead, bytes]], keys: Mapping[str, Sequence[bytes]]
    ) -> int:
        """Take leads as they were refined, with nobody told; how many were taken.

        *refined* are leads with their documents' heads, *keys* their match keys by lead id.
        """

    def adopt_handlings(self, handlings: Mapping[str, Handling]) -> int:
        """Take what people made of refined leads that nobody has handled here; how many."""

    def close(self) -> None:
        """Let go of the store."""


class LetterState(StrEnum):
    """What the ledger says of the task of a message in a dead-letter queue."""

    DEAD = "dead"
    ALIVE = "alive"
    DONE = "done"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


class Stranded(msgspec.Struct, frozen=True):
    """Messages in one dead-letter queue, that of `step` (the delivery queue's is that of NOTIFY
    and of all steps after it), that no dead letter of the ledger explains: their task lives or is
    done, the lead is unknown, or nobody can read them. `examples` are ids of leads."""

    step: Step
    state: LetterState
    count: int
    examples: tuple[str, ...]


class Tidied(msgspec.Struct, frozen=True):
    """Messages taken off the dead-letter queues, how many tasks among them were rung for again,
    and how many were left where they are, of them the unreadable."""

    taken_off: int
    rung: int
    left: int
    unreadable: int


class DeadLetters(Protocol):
    """Queues that keep messages of dead letters, beside the ledger."""

    def stranded(self) -> list[Stranded]:
        """The messages that the ledger does not explain; all stay where they are."""

    def tidy(self, replayed: Sequence[Task], now: datetime, *, dry_run: bool = False) -> Tidied:
        """Take off what is of no use any more: messages of tasks that are done or live. Those that
        live are rung for, but for the *replayed*, for which a bell is on its way."""


class Rebuilt(msgspec.Struct):
    """What was done: documents seen, events and refined leads written anew, ones nobody can
    read."""

    seen: int = 0
    events: int = 0
    refined: int = 0
    damaged: int = 0


class Installation(Protocol):
    """What commands need of the installation whose leads they are about."""

    def loaded(self) -> Loaded:
        """Its settings."""

    def ledger(self) -> Ledger:
        """The read side of its store."""

    def store(self) -> OpenStore:
        """Its store."""

    def outgoing(self, since: datetime | None) -> tuple[int | None, Iterator[Outgoing]]:
        """Every lead captured since then, and how many they are, if that is known."""

    def intake(self) -> Intake:
        """Where an archive is taken in."""

    def dead_letters(self) -> DeadLetters | None:
        """The queues that keep messages of dead letters; None where the ledger alone knows them."""

    def rebuild(self, watch: Callable[[int], None]) -> Rebuilt:
        """Write the ledger anew from the archive; *watch* hears how many documents were read.
        Raises ConfigurationError where there is no archive beside the ledger."""

    def lend_credentials(self, region: str) -> None:
        """Have this process send what the installation sends with a role of its own, in *region*
        ("": that of the installation)."""
