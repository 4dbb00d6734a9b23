"""The data folder of an embedded installation, for running and moving it. `data_file` has the
database in it."""

import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.settings.top.general import Settings
from leadline.stores.damage import new_damage
from leadline.stores.sqlite.encryption.references import give_reference
from leadline.stores.sqlite.file.failed_sync import (
    end_process_at_failed_sync,
    has_failed_sync,
    note_failed_sync,
)
from leadline.stores.sqlite.file.folder import FILE, settle_folder
from leadline.stores.sqlite.file.locking import is_served, lock_folder
from leadline.stores.sqlite.file.telling_without import may_tell_without_store
from leadline.stores.sqlite.file.whereabouts import Whereabouts
from leadline.stores.sqlite.moving.mark import refuse_if_moved

if TYPE_CHECKING:
    from leadline.stores.sqlite.store import SqliteStore

__all__ = [
    "FILE",
    "Whereabouts",
    "encrypting",
    "end_process_at_failed_sync",
    "for_reading",
    "has_failed_sync",
    "indexing",
    "is_encrypted",
    "is_served",
    "lacks_likenesses",
    "lock_folder",
    "making_likenesses",
    "may_tell_without_store",
    "new_damage",
    "note_failed_sync",
    "note_key_place",
    "refuse_if_moved",
    "settle_folder",
    "settle_rights",
    "telling_leases",
]

_LONGEST_REST_S = 0.5


def settle_rights(settings: Settings, tell: Callable[[str], None]) -> None:
    """Narrow permissions in the data folder that are too wide, before anything is written there;
    *tell* is called with a message about it."""
    if narrowed := settle_folder(settings.data, settings.rights).narrowed:
        tell(f"the permissions of {narrowed} in {settings.data} were too wide and were narrowed")


def note_key_place(settings: Settings) -> None:
    """Say where the key of the data folder is, for whatever opens its file from now on."""
    give_reference(settings.data, settings.encryption_key)


def for_reading(settings: Settings) -> "SqliteStore":
    """The store, for reading alone, beside a running server, too. Raises ConfigurationError if
    there is none or it cannot be read."""
    from leadline.stores.sqlite.store import SqliteStore

    note_key_place(settings)
    return SqliteStore(settings.data, read_only=True)


def lacks_likenesses(settings: Settings) -> bool:
    """Whether an earlier version refined leads that are not under their candidate keys yet."""
    from leadline.stores.sqlite.persons.backfill import has_earlier_leads

    note_key_place(settings)
    return has_earlier_leads(settings.data)


def is_encrypted(settings: Settings) -> bool:
    """Whether personal data in the data folder is encrypted, or still has to be decrypted."""
    with closing(for_reading(settings)) as store:
        return store.encrypts


def encrypting(store: Store) -> Callable[[], float]:
    """A call that does a piece of bringing all values under the newest data key
    (`stores.sqlite.encryption.resealing`); it returns the seconds until the next one."""
    from leadline.stores.sqlite.encryption.resealing import Resealing
    from leadline.stores.sqlite.store import SqliteStore

    assert isinstance(store, SqliteStore)  # noqa: S101 - what an embedded installation has
    return Resealing(store).once


def making_likenesses(store: Store) -> Callable[[], float]:
    """A call that does a piece of putting the leads that an earlier version refined under their
    candidate keys (`stores.sqlite.persons.backfill`); it returns the seconds until the next one."""
    # Commands that need no store start without SQLite.
    from leadline.stores.sqlite.persons.backfill import Backfill
    from leadline.stores.sqlite.store import SqliteStore

    assert isinstance(store, SqliteStore)  # noqa: S101 - what an embedded installation has
    return Backfill(store).once


def telling_leases(store: Store, tell: Callable[[Step], None]) -> None:
    """Call *tell* with the step whenever tasks are leased by this store."""
    from leadline.stores.sqlite.store import SqliteStore

    assert isinstance(store, SqliteStore)  # noqa: S101 - what an embedded installation has
    store.took = tell


def indexing(store: Store) -> Callable[[], float]:
    """A call that takes some new and changed leads in the index (`stores.sqlite.index`); it returns
    the seconds until the next one."""
    from leadline.stores.sqlite.index.making import IndexMaker
    from leadline.stores.sqlite.store import SqliteStore

    assert isinstance(store, SqliteStore)  # noqa: S101 - what an embedded installation has
    maker = IndexMaker(store)

    def once() -> float:
        began = time.monotonic()
        pause = maker.once()
        if not pause:  # it leaves half of a core and of the disk to captures and workers
            time.sleep(min(time.monotonic() - began, _LONGEST_REST_S))
        return pause

    return once
