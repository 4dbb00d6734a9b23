"""The file of the embedded installation's store, as those who run or copy it use it."""

from leadline.stores.sqlite.checkpoint import Checkpointer
from leadline.stores.sqlite.moving.backup import back_up, restore

__all__ = ["Checkpointer", "back_up", "restore"]
