"""Checkpoints of the write-ahead log in a thread of their own.

A commit that also checkpoints takes several times as long, and senders wait for commits.
"""

import logging
import threading
import time
from pathlib import Path

import apsw

from leadline.model.errors import SyncFailed
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.privacy.blanking import blank_unused_space, has_space
from leadline.stores.sqlite.privacy.scrubbing import empty_log, has_erased_data

log = logging.getLogger(__name__)

_TOO_LONG = 256 << 20
_AGAIN_AND_AGAIN = 10
_SPACE_AFTER_S = 10.0
"""Unused space is overwritten so long after an erasure was noticed: others may follow it."""
_SHARE = 20
"""And then not for so many times as long as it took."""


class Checkpointer:
    """A thread that checkpoints the file below *folder* every *every_s* seconds."""

    def __init__(
        self, folder: Path, every_s: float = 0.5, *, space_after_s: float = _SPACE_AFTER_S
    ) -> None:
        self._folder = folder
        self._every_s = every_s
        self._space_after_s = space_after_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        db = Database(self._folder, checkpoint_pages=0)
        # Do not wait for readers while holding the writers' lock: try again at the next turn.
        db.connection.set_busy_timeout(20)
        log_file = self._folder / f"{FILE}-wal"
        failed = 0
        self._space_at: float | None = None
        while not self._stop.wait(self._every_s):
            try:
                if has_erased_data(self._folder):
                    empty_log(db)
                    continue
                self._overwrite_space(db)
                size = log_file.stat().st_size if log_file.exists() else 0
                if size > _TOO_LONG:
                    # A passive checkpoint cannot restart the log while others write to it.
                    with db.exclusively():
                        db.checkpoint(whole=True)
                else:
                    db.checkpoint()
                failed = 0
            except SyncFailed:
                break  # leave the log as it is; the next start repairs the file from it
            except apsw.Error as error:
                failed += 1
                _tell(error, failed)
        db.close()

    def _overwrite_space(self, db: Database) -> None:
        """Overwrite what erasures left in unused space, if it is time for it."""
        if not has_space(self._folder):
            return
        now = time.monotonic()
        if self._space_at is None:
            self._space_at = now + self._space_after_s
        if now >= self._space_at:
            blank_unused_space(db, self._stop.is_set)
            ended = time.monotonic()
            self._space_at = ended + max(self._space_after_s, _SHARE * (ended - now))


def _tell(error: apsw.Error, failed: int) -> None:
    """Log that *failed* checkpoints in a row have failed. A single failure may be a reader that
    holds the log, or an error that the next writer reports to its sender. If failures continue, the
    log grows without end: that is logged as an error, at first and then at intervals."""
    extra = {"error": type(error).__name__, "count": failed}
    if failed == 1:
        log.warning("checkpoint.failed", extra=extra)
    elif failed == _AGAIN_AND_AGAIN or not failed % (12 * _AGAIN_AND_AGAIN):
        log.error("checkpoint.failing", extra=extra)
