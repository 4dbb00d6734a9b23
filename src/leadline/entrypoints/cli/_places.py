"""Where the leads are that a command speaks of: a folder of this machine, or a stack on AWS."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leadline import wiring
from leadline.entrypoints.cli._show import say
from leadline.model.batches import batched
from leadline.model.formats import raw_document
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import CapturedLead, Receipt, RefinedLead
from leadline.ports.archive import Outgoing
from leadline.ports.ledger import Ledger
from leadline.ports.store import Desk, Store
from leadline.settings.general import Settings
from leadline.settings.loading import Loaded

if TYPE_CHECKING:
    from leadline.cloud.connecting import ConnectedStack
    from leadline.stores.aws.sweep.dead_letter_queues import DeadLetterQueues
    from leadline.stores.sqlite.database import Database
    from leadline.stores.sqlite.store import SqliteStore


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


class OpenStore(Store, Protocol):
    """A store that is to be let go of."""

    def close(self) -> None:
        """Let go of it."""


class Place(Protocol):
    """What commands need of the place where leads are."""

    def loaded(self) -> Loaded:
        """The settings that hold there."""

    def ledger(self) -> Ledger:
        """The read side."""

    def store(self) -> OpenStore:
        """The store itself."""

    def outgoing(self, since: datetime | None) -> tuple[int | None, Iterator[Outgoing]]:
        """Every lead captured since then, and how many they are, if that is known."""

    def intake(self) -> Intake:
        """Where an archive is taken in."""

    def dead_letters(self) -> "DeadLetterQueues | None":
        """The queues that keep messages of dead letters, where there are any."""


class Machine:
    """The data folder of this machine."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    def loaded(self) -> Loaded:
        """See `Place.loaded`."""
        return self._loaded

    def ledger(self) -> Ledger:
        """See `Place.ledger`."""
        return wiring.ledger(self._loaded.settings)

    def store(self) -> OpenStore:
        """See `Place.store`."""
        return self._open()

    def outgoing(self, since: datetime | None) -> tuple[int | None, Iterator[Outgoing]]:
        """See `Place.outgoing`."""
        from leadline.stores.sqlite.database import Database
        from leadline.stores.sqlite.moving.transfer import count_leads

        db = Database(self._loaded.settings.data, read_only=True)
        return count_leads(db, since), _documents(db, since)

    def intake(self) -> Intake:
        """See `Place.intake`."""
        return _SqliteIntake(self._open())

    def dead_letters(self) -> None:
        """See `Place.dead_letters`: the ledger alone knows them."""

    def _open(self) -> "SqliteStore":
        settle_rights(self._loaded.settings)
        return wiring.store(self._loaded.settings)


def settle_rights(settings: Settings) -> None:
    """Narrow what is too wide in the data folder before something is written there, and say so."""
    from leadline.stores.sqlite.folder import settle_folder

    if narrowed := settle_folder(settings.data, settings.rights).narrowed:
        say(f"the rights of {narrowed} in {settings.data} were too wide and are narrowed")


def _documents(db: "Database", since: datetime | None) -> Iterator[Outgoing]:
    from leadline.stores.sqlite.moving.transfer import leads_from

    for lead in leads_from(db, since):
        beside: dict[str, object] = {"source": lead.source}
        if lead.record:
            beside["record"] = lead.record
        document = raw_document(lead.lead_id, lead.captured_at, lead.raw, beside)
        handling = lead.handling
        yield Outgoing(lead.lead_id, lead.captured_at, document, lead.refined, handling=handling)
    db.close()


class _SqliteIntake:
    """See `Intake`."""

    def __init__(self, kept: "SqliteStore") -> None:
        self._store = kept
        self.accept = kept.accept
        self.close = kept.close

    def known(self, lead_ids: Sequence[str]) -> set[str]:
        return set(self._store.archived(lead_ids))

    def unrefined(self, lead_ids: Sequence[str]) -> set[str]:
        return self.known(lead_ids) - set(self._store.refined(lead_ids))

    def adopt(
        self, refined: Sequence[tuple[RefinedLead, bytes]], keys: Mapping[str, Sequence[bytes]]
    ) -> int:
        from leadline.stores.sqlite.moving.transfer import adopt

        return adopt(self._store, refined, keys)

    def adopt_handlings(self, handlings: Mapping[str, Handling]) -> int:
        from leadline.stores.sqlite.moving.transfer import adopt_handlings

        return adopt_handlings(self._store, handlings)


class OnAws:
    """A stack."""

    def __init__(self, stack: "ConnectedStack") -> None:
        self.stack = stack

    def loaded(self) -> Loaded:
        """See `Place.loaded`."""
        return self.stack.loaded

    def ledger(self) -> Ledger:
        """See `Place.ledger`."""
        return self.stack.ledger()

    def store(self) -> OpenStore:
        """See `Place.store`."""
        return self.stack.store()

    def outgoing(self, since: datetime | None) -> tuple[int | None, Iterator[Outgoing]]:
        """See `Place.outgoing`; to count them would be to read the whole table."""
        from leadline.stores.aws.moving.transfer import leads_of

        leads = leads_of(self.stack.table, self.stack.bucket, since)
        return None, _with_handlings(leads, self.stack.store())

    def intake(self) -> Intake:
        """See `Place.intake`."""
        return _AwsIntake(self.stack)

    def dead_letters(self) -> "DeadLetterQueues":
        """See `Place.dead_letters`."""
        return self.stack.dead_letters


_TOGETHER = 100


def _with_handlings(leads: Iterator[Outgoing], desk: Desk) -> Iterator[Outgoing]:
    for some in batched(leads, _TOGETHER):
        found = desk.handling([lead.lead_id for lead in some if lead.refined is not None])
        for lead in some:
            yield lead._replace(handling=found.get(lead.lead_id))


class _AwsIntake:
    """See `Intake`."""

    def __init__(self, stack: "ConnectedStack") -> None:
        self._desk: Desk = stack.store()
        self._intake = stack.intake()
        self.known = self._intake.known
        self.accept = self._intake.accept
        self.unrefined = self._intake.unrefined
        self.adopt = self._intake.adopt
        self.close = self._intake.close

    def adopt_handlings(self, handlings: Mapping[str, Handling]) -> int:
        return sum(self._desk.handle(i, UNHANDLED, one) for i, one in handlings.items())
