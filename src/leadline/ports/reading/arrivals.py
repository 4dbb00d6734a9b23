"""The port for the history of what each source sends (`model.monitoring.arrivals`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from leadline.model.monitoring.arrivals import Arrivals


class ArrivalBook(Protocol):
    """Counts leads by source and hour, for all processes; keeps eight weeks before the last."""

    def count_arrivals(self) -> bool:
        """Count the leads that came since the last call; returns whether some are left to count.

        Leads that only a search of the CRM found do not count, nor do unreadable deliveries.
        """

    def note_heard(self) -> None:
        """Note that the server runs. If it did not for a while, silence counts from now on, and the
        hours between are no part of the history of any source."""

    def arrivals(self) -> Sequence[Arrivals]:
        """What was counted of each source that has sent a lead, by name."""

    def note_told_silence(self, source: str, all_quiet: datetime | None = None) -> None:
        """Note that the silence after the last counted lead of *source* was told, and since when no
        source has sent anything, if that is so."""

    def note_end_of_silence(self, source: str) -> None:
        """Note that the silence is over; its hours are no part of the history."""

    def restart_silences(self, since: datetime) -> None:
        """Count the silence of every source, except one that was told, from this moment on, because
        nothing could come before; what was told concerns one source alone from now on."""
