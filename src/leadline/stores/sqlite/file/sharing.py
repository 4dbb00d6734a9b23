"""Shared and exclusive use of the data file: many writers at once, or one process alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from leadline.model.errors import ConfigurationError
from leadline.model.rights import PRIVATE, Rights
from leadline.stores.sqlite.file.folder import open_lock

USERS = "users.lock"


_PATIENCE_S, _PAUSE_S = 3.0, 0.01
"""How long somebody who wants to use the file waits for another who has it alone: whoever closes
it last has it for a moment, to empty the log."""


class InUse(ConfigurationError):
    """Other processes have the file open."""


def use(folder: Path) -> int:
    """Take the shared lock that says that the file is in use. Raises ConfigurationError if somebody
    has it alone for long."""
    lock = open_lock(folder, USERS)
    until = monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            if monotonic() < until:
                sleep(_PAUSE_S)
                continue
            os.close(lock)
            words = f"the data in {folder} is being restored; wait a little"
            raise ConfigurationError(words) from None
        return lock


@contextmanager
def nobody_else(folder: Path, rights: Rights = PRIVATE) -> Iterator[None]:
    """While the block runs, no other process can open the file for writing.

    Raises ConfigurationError if one has it open.
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
def used_alone(lock: int, folder: Path) -> Iterator[None]:
    """While the block runs, whoever has this lock of `use` is the only one that does.

    Raises InUse if others do not close the file within seconds."""
    until = monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            fcntl.flock(lock, fcntl.LOCK_SH)  # a failed attempt gives up the lock
            if monotonic() > until:
                raise InUse(f"other processes of Leadline use {folder}; stop them first") from None
            sleep(_PAUSE_S * (1 + os.getpid() % 7))
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_SH)


@contextmanager
def held_at_once(lock: int) -> Iterator[bool]:
    """Take an exclusive lock for the block, unless another process has it; yields whether it was
    taken."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    try:
        yield True
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
