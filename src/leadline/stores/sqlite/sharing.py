"""Who uses the data file: all that write to it at once, or somebody alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.model.errors import ConfigurationError
from leadline.model.rights import PRIVATE, Rights
from leadline.stores.sqlite.folder import open_lock

USERS = "users.lock"


def use(folder: Path) -> int:
    """Say that the file is in use; the lock is shared with all others that use it."""
    lock = open_lock(folder, USERS)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ConfigurationError(f"the data in {folder} is being restored; wait a little") from None
    return lock


@contextmanager
def nobody_else(folder: Path, rights: Rights = PRIVATE) -> Iterator[None]:
    """While the block runs, nobody has the file open to write, and nobody can open it.

    Raises ConfigurationError when somebody has.
    """
    lock = open_lock(folder, USERS, rights)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ConfigurationError(f"a server or a worker uses {folder}; stop it first") from None
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def held_at_once(lock: int) -> Iterator[bool]:
    """Hold a lock, or the sole use of a shared one, unless somebody has it: whether it is held."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    try:
        yield True
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
