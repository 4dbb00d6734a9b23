"""The protocol of the tombstones: what remains of people who were erased."""

from collections.abc import Sequence
from typing import Protocol

from leadline.model.personal_data.privacy import Tombstone


class Erasures(Protocol):
    """Keeps tombstones, also where the leads are restored from a backup."""

    def bury(self, tombstone: Tombstone) -> bool:
        """Keep a tombstone, durably. Returns False, and keeps nothing new, if there is one with
        the same hashes already; its time is then moved to the later one."""

    def tombstones(self) -> Sequence[Tombstone]:
        """All tombstones, oldest first."""

    def pending(self) -> Sequence[Tombstone]:
        """The tombstones whose people may be in the store (again): made, but not applied since the
        leads were last replaced, such as by a restore."""

    def applied(self, tombstones: Sequence[Tombstone]) -> None:
        """Note that nobody of these is in the store any more."""
