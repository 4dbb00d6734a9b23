"""The pace of messages to operators while the database can't be written."""

import os
import time
from datetime import timedelta
from pathlib import Path

from leadline.stores.sqlite.file.folder import WRITERS


def may_tell_without_store(folder: Path, gap: timedelta) -> bool:
    """Whether no process has told operators anything within *gap*; if so, this one may now.

    The time is that of the file of the writers' lock, which exists as long as the data does:
    setting it needs no room on the disk. Where the folder can't be reached, every process may.
    """
    path = folder / WRITERS
    try:
        age = time.time() - path.stat().st_mtime
        if 0 <= age < gap.total_seconds():
            return False
        os.utime(path)
    except OSError:
        return True
    return True
