"""Finds the other processes that hold the write lock of a data folder.

Read from Linux's `/proc/locks` (proc_locks(5)), so that writers need not record anything, and locks
of other programs are found, too. On other systems, no lock holder is known.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from leadline.stores.sqlite.file.folder import FILE, WRITERS
from leadline.stores.sqlite.file.sharing import USERS

_LOCKS = Path("/proc/locks")
_LOG = f"{FILE}-shm"
_WRITE_BYTE = 120
"""The byte of SQLite's shared memory that a writer to the log locks (sqlite.org, "WAL-mode File
Format", section 2.3)."""


class _Lock(NamedTuple):
    kind: str
    access: str
    pid: int
    device: str
    inode: int
    first: int
    last: int


def holders(folder: Path) -> list[int]:
    """The ids of other processes that hold the folder's write lock or SQLite's own. The calling
    process must have the file open for writing (see `Database`)."""
    locks = list(_locks())
    device, writers, log = _device(locks, folder), _inode(folder / WRITERS), _inode(folder / _LOG)
    found = [
        lock.pid
        for lock in locks
        if (lock.device, lock.access) == (device, "WRITE")
        and (
            (lock.kind == "FLOCK" and lock.inode == writers)
            or (lock.inode == log and lock.first <= _WRITE_BYTE <= lock.last)
        )
    ]
    return [pid for pid in found if pid not in (0, os.getpid())]


def holders_are_named(folder: Path) -> bool:
    """Whether this system names lock holders: whether it names this process, which must have the
    file open for writing."""
    return bool(_device(list(_locks()), folder))


def _device(locks: list[_Lock], folder: Path) -> str:
    """The kernel's name for the folder's device, taken from the line of a lock that this process
    holds: `stat` names the devices of some file systems differently."""
    users = _inode(folder / USERS)
    mine = [one.device for one in locks if (one.pid, one.inode) == (os.getpid(), users)]
    return mine[0] if mine else ""


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -1


def _locks() -> Iterator[_Lock]:
    """The held locks, from lines such as `1: FLOCK  ADVISORY  WRITE 812 fe:00:3101236 0 EOF`. Lines
    with an arrow are waiting for a lock."""
    try:
        lines = _LOCKS.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        match line.split():
            case [_, kind, _, access, pid, place, first, last] if kind != "->":
                major, minor, inode = place.split(":")
                end = int(last) if last.isdigit() else 1 << 62
                yield _Lock(kind, access, int(pid), f"{major}:{minor}", int(inode), int(first), end)
