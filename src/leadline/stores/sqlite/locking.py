"""The lock by which a data folder belongs to one server."""

import fcntl
import os
import time
from pathlib import Path

from leadline.model.errors import ConfigurationError
from leadline.model.rights import PRIVATE, Rights
from leadline.stores.sqlite.folder import open_lock

_PATIENCE_S = 1.0
_PATIENCE_WITH_ORPHANS_S = 30.0


def lock_folder(folder: Path, rights: Rights = PRIVATE) -> int:
    """Take the folder for one server; the lock lives as long as any of its processes.

    Raises ConfigurationError when another server has it, or when the folder can't be written.
    """
    lock = open_lock(folder, "serve.lock", rights)
    began = time.monotonic()
    while not _locked(lock):
        waited = time.monotonic() - began
        # One that was killed may leave children that still finish what they are at.
        if waited > (_PATIENCE_S if _alive(lock) else _PATIENCE_WITH_ORPHANS_S):
            os.close(lock)
            raise ConfigurationError(
                f"another Leadline server already uses {folder}; "
                "stop it, or give this one its own folder with --data"
            )
        time.sleep(0.05)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _alive(lock: int) -> bool:
    """Whether the supervisor that took the lock still lives."""
    pid = os.pread(lock, 20, 0)
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
