"""The port for troubles (`model.monitoring.trouble`): who finds one reports it, and the teller
tells it."""

from collections.abc import Sequence
from typing import Protocol

from leadline.model.monitoring.trouble import KnownTrouble, Trouble


class TroubleBook(Protocol):
    """Keeps troubles until operators have been told of them, for all processes."""

    def report(self, troubles: Sequence[Trouble]) -> None:
        """Report troubles that began, changed or ended. Once this returns, they survive a crash.

        A trouble that is known already is not told again, except as
        `model.monitoring.trouble.KnownTrouble.is_news` says; reporting it unchanged writes nothing.
        Raises StorageFull or StorageFailed.
        """

    def troubles(self) -> Sequence[KnownTrouble]:
        """The troubles that go on, and those that are over and have not been told, most urgent
        kind first, then the oldest first."""

    def note_told(self, told_now: Sequence[KnownTrouble]) -> None:
        """Note that operators were told of these, as `troubles` returned them. Those that are over
        are forgotten."""
