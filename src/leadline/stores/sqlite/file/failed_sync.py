"""The note that a sync of the database failed: it is fatal to all processes that use it.

The kernel drops pages that it could not write, and the next sync succeeds without them. The lost
data is still in the log until the log is restarted. So after a failed sync no process checkpoints,
all processes end, and the next one to open the file repairs it (`mending`).
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from leadline.model.errors import SyncFailed
from leadline.model.rights import make_file
from leadline.stores.sqlite.file.folder import FILE

log = logging.getLogger(__name__)

_NOTE = "sync.failed"
_known: set[Path] = set()
_ends: Callable[[], None] | None = None


def end_process_at_failed_sync(code: int) -> None:
    """Make a failed sync end this process at once with this exit code, whichever thread notices it,
    so that no further request is answered."""
    global _ends
    _ends = lambda: os._exit(code)  # noqa: E731


def note_failed_sync(folder: Path) -> SyncFailed:
    """Note for all processes that a sync failed, and end this one if `end_process_at_failed_sync`
    was called. Returns the error to raise."""
    _known.add(folder)
    try:
        make_file(folder / _NOTE)
    except OSError:  # the disk accepts no writes, so no process can checkpoint either
        log.exception("sync.not_noted")
    log.critical("sync.failed", extra={"path": str(folder / FILE)})
    if _ends is not None:
        _ends()
    return SyncFailed()


def has_failed_sync(folder: Path) -> bool:
    """Whether a sync failed and the file has not been repaired since."""
    return folder in _known or os.path.exists(f"{folder}/{_NOTE}")  # noqa: PTH110 - each commit asks


def forget_failed_sync(folder: Path) -> None:
    """Remove the note, because the file was repaired or replaced."""
    (folder / _NOTE).unlink(missing_ok=True)
    _known.discard(folder)
