"""The database file of an embedded installation, for running and copying it."""

from leadline.stores.sqlite.checkpoint import Checkpointer
from leadline.stores.sqlite.moving.backup import back_up, restore

__all__ = ["Checkpointer", "back_up", "restore"]
