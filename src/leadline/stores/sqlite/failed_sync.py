"""The note that a sync of the database failed: it is fatal to all processes that use it.

The system forgets what it could not write: the next sync succeeds without it. What was lost is
still in the log, as long as nobody starts the log afresh. So from then on nobody copies the log
into the file any more, all processes end, and whoever opens the file next mends it (`mending`).
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from leadline.model.errors import SyncFailed
from leadline.model.rights import make_file
from leadline.stores.sqlite.folder import FILE

log = logging.getLogger(__name__)

_NOTE = "sync.failed"
_known: set[Path] = set()
_ends: Callable[[], None] | None = None


def end_process_at_failed_sync(code: int) -> None:
    """From now on a failed sync ends this process at once, with this exit code: in whatever thread
    it is noticed, nothing more is answered."""
    global _ends
    _ends = lambda: os._exit(code)  # noqa: E731


def note_failed_sync(folder: Path) -> SyncFailed:
    """Tell all processes that a sync failed, and end this one where that was asked for. Returns
    the error to be raised."""
    _known.add(folder)
    try:
        make_file(folder / _NOTE)
    except OSError:  # the disk takes nothing any more; then nobody copies the log either
        log.exception("sync.not_noted")
    log.critical("sync.failed", extra={"path": str(folder / FILE)})
    if _ends is not None:
        _ends()
    return SyncFailed()


def has_failed_sync(folder: Path) -> bool:
    """Whether a sync failed that nobody has healed."""
    return folder in _known or os.path.exists(f"{folder}/{_NOTE}")  # noqa: PTH110 - each commit asks


def forget_failed_sync(folder: Path) -> None:
    """The file is whole, or another one."""
    (folder / _NOTE).unlink(missing_ok=True)
    _known.discard(folder)
