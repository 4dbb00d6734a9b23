"""The protocol of the audit log: append-only, each entry hashed with the hash before it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from leadline.model.personal_data.privacy import AuditCut, AuditEntry, ChainedEntry

Sign = Callable[[ChainedEntry], AuditCut]
"""Signs that an entry and all before it are deleted (`privacy.chain.signed_cut`)."""


class AuditLog(Protocol):
    """Keeps what people, tokens and commands did."""

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries, in order, durably. Raises StorageFull or StorageFailed."""

    def entries(self, since: datetime | None = None) -> Iterator[ChainedEntry]:
        """The entries, oldest first. One that can't be read has the action
        `privacy.chain.UNREADABLE`."""

    def head(self) -> ChainedEntry | None:
        """The last entry; None if there is none."""


class CuttableLog(AuditLog, Protocol):
    """An audit log whose old end can be deleted."""

    def cut(self) -> AuditCut | None:
        """What was deleted before the first entry; None if nothing was."""

    def cut_before(self, before: datetime, sign: Sign) -> AuditCut | None:
        """Delete the entries from before a time, but never the last one; None if there are none.
        The log keeps the cut, so that its chain can still be checked."""
