"""The protocol of the audit log: append-only, each entry hashed with the hash before it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from leadline.model.privacy import AuditEntry, ChainedEntry


class AuditLog(Protocol):
    """Keeps what people, tokens and commands did."""

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries, in order, durably. Raises StorageFull or StorageFailed."""

    def entries(self, since: datetime | None = None) -> Iterator[ChainedEntry]:
        """The entries, oldest first."""

    def head(self) -> ChainedEntry | None:
        """The last entry; None if there is none."""
