"""Troubles in memory (`ports.store_parts.troubles`)."""

from collections.abc import Sequence

from leadline.model.monitoring.trouble import (
    KnownTrouble,
    Trouble,
    TroubleKind,
    by_urgency,
    reported,
    told,
)
from leadline.ports.clock import Clock


class MemoryTroubles:
    """`ports.store_parts.troubles.TroubleBook` in a dictionary; for one thread."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._known: dict[tuple[TroubleKind, str], KnownTrouble] = {}

    def report(self, troubles: Sequence[Trouble]) -> None:
        """See `ports.store_parts.troubles.TroubleBook.report`."""
        for trouble in troubles:
            value = reported(self._known.get(trouble.key), trouble, self.clock())
            if value is not None:
                self._known[trouble.key] = value

    def troubles(self) -> Sequence[KnownTrouble]:
        """See `ports.store_parts.troubles.TroubleBook.troubles`."""
        return by_urgency(self._known.values())

    def note_told(self, told_now: Sequence[KnownTrouble]) -> None:
        """See `ports.store_parts.troubles.TroubleBook.note_told`."""
        for each in told_now:
            kept = told(self._known.pop(each.trouble.key, None), each, self.clock())
            if kept is not None:
                self._known[each.trouble.key] = kept
