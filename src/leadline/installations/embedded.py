"""The embedded installation: a data folder of this machine."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from leadline import wiring
from leadline.model.errors import ConfigurationError
from leadline.ports.archive import Outgoing
from leadline.settings.loading import Loaded

if TYPE_CHECKING:
    from leadline.ports.installation import Rebuilt
    from leadline.stores.sqlite.moving.transfer import SqliteIntake
    from leadline.stores.sqlite.reading.ledger import SqliteLedger
    from leadline.stores.sqlite.store import SqliteStore


class Embedded:
    """`ports.installation.Installation` on one machine. *tell* hears of rights that were too
    wide, which opening the store narrows."""

    def __init__(self, loaded: Loaded, tell: Callable[[str], None]) -> None:
        self._loaded = loaded
        self._tell = tell

    def loaded(self) -> Loaded:
        """See `Installation.loaded`."""
        return self._loaded

    def ledger(self) -> "SqliteLedger":
        """See `Installation.ledger`."""
        return wiring.ledger(self._loaded.settings)

    def store(self) -> "SqliteStore":
        """See `Installation.store`."""
        from leadline.installations.data_folder import settle_rights

        settle_rights(self._loaded.settings, self._tell)
        return wiring.store(self._loaded.settings)

    def outgoing(self, since: datetime | None) -> tuple[int | None, Iterator[Outgoing]]:
        """See `Installation.outgoing`."""
        from leadline.stores.sqlite.moving.transfer import outgoing

        return outgoing(self._loaded.settings.data, since)

    def intake(self) -> "SqliteIntake":
        """See `Installation.intake`."""
        from leadline.stores.sqlite.moving.transfer import SqliteIntake

        return SqliteIntake(self.store())

    def dead_letters(self) -> None:
        """See `Installation.dead_letters`: the ledger alone knows them."""

    def rebuild(self, watch: Callable[[int], None]) -> "Rebuilt":
        """See `Installation.rebuild`: there is nothing to rebuild the ledger from."""
        del watch
        raise ConfigurationError("name the stack with --aws; on one machine there is `restore`")

    def lend_credentials(self, region: str) -> None:
        """See `Installation.lend_credentials`: it has none but those of this machine."""
