"""The data folder of an embedded installation, for running and moving it. `data_file` has the
database in it."""

from collections.abc import Callable

from leadline.settings.general import Settings
from leadline.stores.damage import new_damage
from leadline.stores.sqlite.failed_sync import (
    end_process_at_failed_sync,
    has_failed_sync,
    note_failed_sync,
)
from leadline.stores.sqlite.folder import FILE, settle_folder
from leadline.stores.sqlite.locking import is_served, lock_folder
from leadline.stores.sqlite.moving.mark import refuse_if_moved
from leadline.stores.sqlite.telling_without import may_tell_without_store
from leadline.stores.sqlite.whereabouts import Whereabouts

__all__ = [
    "FILE",
    "Whereabouts",
    "end_process_at_failed_sync",
    "has_failed_sync",
    "is_served",
    "lock_folder",
    "may_tell_without_store",
    "new_damage",
    "note_failed_sync",
    "refuse_if_moved",
    "settle_folder",
    "settle_rights",
]


def settle_rights(settings: Settings, tell: Callable[[str], None]) -> None:
    """Narrow permissions in the data folder that are too wide, before anything is written there;
    *tell* is called with a message about it."""
    if narrowed := settle_folder(settings.data, settings.rights).narrowed:
        tell(f"the permissions of {narrowed} in {settings.data} were too wide and were narrowed")
