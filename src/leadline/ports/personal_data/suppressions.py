"""The protocol of the suppression list: who is not to be contacted, as keyed hashes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from leadline.model.personal_data.suppression import Suppressed


class Suppressions(Protocol):
    """Keeps the suppression list."""

    def suppress(self, entries: Sequence[Suppressed]) -> int:
        """Add entries, durably; returns how many are new. One whose hash is there already stays as
        it is. Raises StorageFull or StorageFailed."""

    def unsuppress(self, hashes: Collection[str]) -> int:
        """Take the entries with these hashes off the list; returns how many there were."""

    def suppressed(self, hashes: Collection[str]) -> Mapping[str, Suppressed]:
        """The entries with these hashes, by hash."""

    def suppressions(self) -> Iterator[Suppressed]:
        """All entries, in no order."""

    def suppression_key(self) -> str | None:
        """The id of the key that made an entry of the list; None if there is none, or if that
        cannot be told without reading the list."""

    def may_suppress(self) -> bool:
        """Whether there may be any entry; cheap, so that an empty list costs nothing."""
