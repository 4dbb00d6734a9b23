"""The data folder of the embedded installation, as those who run or move it use it: without the
database in it (`data_file`)."""

from collections.abc import Callable

from leadline.settings.general import Settings
from leadline.stores.sqlite.folder import FILE, settle_folder
from leadline.stores.sqlite.locking import lock_folder
from leadline.stores.sqlite.moving.mark import refuse_if_moved

__all__ = [
    "FILE",
    "lock_folder",
    "refuse_if_moved",
    "settle_folder",
    "settle_rights",
]


def settle_rights(settings: Settings, tell: Callable[[str], None]) -> None:
    """Narrow what is too wide in the data folder before something is written there, and *tell*
    it."""
    if narrowed := settle_folder(settings.data, settings.rights).narrowed:
        tell(f"the rights of {narrowed} in {settings.data} were too wide and are narrowed")
