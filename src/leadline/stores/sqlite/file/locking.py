"""The lock that allows only one server on a data folder."""

import fcntl
import os
import time
from pathlib import Path

from leadline.model.errors import ConfigurationError
from leadline.model.rights import PRIVATE, Rights
from leadline.stores.sqlite.file.folder import open_lock

_LOCK = "serve.lock"
_PATIENCE_S = 1.0
_PATIENCE_WITH_ORPHANS_S = 30.0


def is_served(folder: Path) -> bool | None:
    """Whether a server has the lock of the folder; None if this user may not know. Makes no file;
    a server that starts at this moment only waits for a moment (`lock_folder`)."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(lock)


def lock_folder(folder: Path, rights: Rights = PRIVATE) -> int:
    """Lock the folder for one server; the lock is held as long as any of its processes lives.

    Raises ConfigurationError if another server has it, or the folder cannot be written.
    """
    lock = open_lock(folder, _LOCK, rights)
    began = time.monotonic()
    while not _locked(lock):
        waited = time.monotonic() - began
        # The children of a killed server may still be finishing their work.
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
    """Whether the supervisor that took the lock is still alive."""
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
