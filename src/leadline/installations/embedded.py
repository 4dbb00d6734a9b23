"""The embedded installation: a data folder on this machine."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from leadline import wiring
from leadline.model.errors import ConfigurationError
from leadline.ports.archive import Outgoing
from leadline.settings.loading import Loaded

if TYPE_CHECKING:
    from leadline.ports.installation import OpenStore, Rebuilt
    from leadline.ports.personal_data.erasures import Erasures
    from leadline.stores.audit_file import AuditFile
    from leadline.stores.sqlite.index.asking import SqliteQuestions
    from leadline.stores.sqlite.index.searching import SearchingLedger
    from leadline.stores.sqlite.moving.transfer import SqliteIntake
    from leadline.stores.sqlite.reading.ledger import SqliteLedger
    from leadline.stores.sqlite.store import SqliteStore


class Embedded:
    """`ports.installation.Installation` on one machine. Opening the store narrows permissions that
    are too wide, and calls *tell* with a message about it. Unless it *makes* none, a data folder
    that is missing is made by what writes to it; otherwise that raises StorageFailed."""

    def __init__(self, loaded: Loaded, tell: Callable[[str], None], *, makes: bool = True) -> None:
        from leadline.stores.sqlite.encryption.references import give_reference

        self._loaded = loaded
        self._tell = tell
        self._makes = makes
        give_reference(loaded.settings.data, loaded.settings.encryption_key)

    def loaded(self) -> Loaded:
        """See `Installation.loaded`."""
        return self._loaded

    def where(self) -> str:
        """See `Installation.where`."""
        return f"the data folder {self._loaded.settings.data.absolute()}"

    def ledger(self) -> "SqliteLedger":
        """See `Installation.ledger`."""
        return wiring.ledger(self._loaded.settings)

    def settings_changed_at(self) -> Mapping[str, datetime]:
        """See `Installation.settings_changed_at`: files by their names."""
        found: dict[str, datetime] = {}
        for path in self._loaded.read:
            with suppress(OSError):  # it was removed since
                at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                found[path.name] = found[str(path)] = at
        return found

    def questions(self) -> "SqliteQuestions":
        """See `Installation.questions`."""
        from leadline.stores.sqlite.index.asking import SqliteQuestions

        return SqliteQuestions(self._loaded.settings.data)

    def search_ledger(self, *, masked: bool = False) -> "SearchingLedger":
        """See `Installation.search_ledger`."""
        from leadline.stores.sqlite.index.searching import SearchingLedger

        return SearchingLedger(self._loaded.settings.data, masked=masked)

    def store(self) -> "SqliteStore":
        """See `Installation.store`."""
        from leadline.installations.data_folder import settle_rights

        settle_rights(self._loaded.settings, self._tell)
        return wiring.store(self._loaded.settings, makes=self._makes)

    def past(self) -> "SqliteStore":
        """See `Installation.past`; beside a running server, too."""
        from leadline.stores.sqlite.store import SqliteStore

        return SqliteStore(self._loaded.settings.data, read_only=True)

    def outgoing(self, since: datetime | None) -> tuple[int | None, Iterator[Outgoing]]:
        """See `Installation.outgoing`."""
        from leadline.stores.sqlite.moving.transfer import outgoing

        return outgoing(self._loaded.settings.data, since)

    def intake(self) -> "SqliteIntake":
        """See `Installation.intake`."""
        from leadline.stores.sqlite.moving.transfer import SqliteIntake

        return SqliteIntake(self.store())

    def erasures(self, store: "OpenStore") -> "Erasures":
        """See `Installation.erasures`."""
        from leadline.stores.sqlite.store import SqliteStore

        assert isinstance(store, SqliteStore)  # noqa: S101 - what `store` gave
        return store

    def audit(self) -> "AuditFile":
        """See `Installation.audit`."""
        return wiring.audit(self._loaded.settings, makes=self._makes)

    def holds_data(self) -> bool:
        """See `Installation.holds_data`."""
        from leadline.installations.data_folder import FILE

        try:
            return (self._loaded.settings.data / FILE).exists()
        except PermissionError:  # opening the data says in words what to do
            return False

    def dead_letters(self) -> None:
        """See `Installation.dead_letters`; only the ledger keeps dead letters."""

    def rebuild(self, watch: Callable[[int], None]) -> "Rebuilt":
        """See `Installation.rebuild`; there is nothing to rebuild the ledger from."""
        del watch
        raise ConfigurationError(
            "only the ledger of a stack can be rebuilt: name the stack with --aws; on one machine, "
            "use `restore`"
        )

    def lend_credentials(self, region: str) -> None:
        """See `Installation.lend_credentials`; this machine's credentials are in use already."""
