"""The database file of an embedded installation, for running and copying it."""

from leadline.stores.audit_file import copy_audit
from leadline.stores.sqlite.file.checkpoint import Checkpointer
from leadline.stores.sqlite.file.holders import holders, holders_are_named
from leadline.stores.sqlite.file.whereabouts import Whereabouts
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore, undo_restore

__all__ = [
    "Checkpointer",
    "Whereabouts",
    "back_up",
    "copy_audit",
    "holders",
    "holders_are_named",
    "restore",
    "undo_restore",
]
