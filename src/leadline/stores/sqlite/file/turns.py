"""Priority of captures over workers for the write lock.

All writers queue in the kernel for one lock. On a slow disk a commit takes hundreds of
milliseconds, and workers would get as many turns as captures. So workers first take a lock of their
own, which lets only one of them into that queue. While captures come in, workers lease no new tasks
for several times as long as their commits took; tasks already leased are settled at once, so that
no lease expires meanwhile. Processes coordinate through a few bytes of shared memory.
"""

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.model.rights import PRIVATE, Rights
from leadline.stores.sqlite.file.folder import open_lock

_WORKERS = "workers.lock"
_TIME = struct.Struct("=d")
_CAPTURES_UNTIL = 0
_WORKERS_FROM = 8
_SIZE = 16

_SLOW_S = 0.03
"""After a worker's commit longer than this, workers lease no new tasks while captures come in."""
_PAUSE = 7.0
"""The length of that pause in commits: captures keep seven eighths of the time."""
_LONGEST_PAUSE_S = 15.0
_CAPTURE_S = 10.0
"""The seconds after which a capture is over, or its process has died."""
_MORE_CAPTURES_S = 0.25
"""The seconds within which senders that were answered send again."""


class Turns:
    """The turns of one connection to the data file; *first* gives it priority over others.

    Raises ConfigurationError if the folder can't be written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        first: bool,
        rights: Rights = PRIVATE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first = first
        self._now = now
        self._granted = False
        self._lock = open_lock(folder, _WORKERS, rights)
        if os.fstat(self._lock).st_size < _SIZE:
            os.truncate(self._lock, _SIZE)
        self._memory = mmap.mmap(self._lock, _SIZE)

    def close(self) -> None:
        """Release the lock and the shared memory."""
        self._memory.close()
        os.close(self._lock)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take the turn, to be held only while waiting for the write lock."""
        if self._first:
            self._write(_CAPTURES_UNTIL, self._now() + _CAPTURE_S)
            try:
                yield
            finally:
                self._write(_CAPTURES_UNTIL, self._now() + _MORE_CAPTURES_S)
            return
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the work done while holding the write lock, and set the workers' pause by it."""
        began = self._now()
        try:
            yield
        finally:
            ended = self._now()
            if not self._first and (took := ended - began) > _SLOW_S:
                begin = ended + self._left(ended)
                until = min(begin + _PAUSE * took, ended + _LONGEST_PAUSE_S)
                self._write(_WORKERS_FROM, until)

    def may_take_more(self, *, twice: bool = False) -> bool:
        """Whether a worker may lease tasks now: no captures come in, or the disk is fast, or the
        pause is over. With *twice*, a yes also holds for the next call, for workers that write
        before they lease."""
        if self._granted:
            self._granted = False
            return True
        may = self._may_take_more(self._now())
        self._granted = may and twice
        return may

    def _may_take_more(self, now: float) -> bool:
        if self._first or not now < self._read(_CAPTURES_UNTIL) <= now + _CAPTURE_S:
            return True
        return self._left(now) <= 0 and (self._is_quick(now) or not self._is_held())

    def _left(self, now: float) -> float:
        """The seconds left of the workers' pause. Times are of the monotonic clock; one that is far
        off was written before a reboot."""
        left = self._read(_WORKERS_FROM) - now
        return left if 0 < left <= _LONGEST_PAUSE_S else 0.0

    def _is_quick(self, now: float) -> bool:
        return abs(now - self._read(_WORKERS_FROM)) > _LONGEST_PAUSE_S

    def _is_held(self) -> bool:
        """Whether another worker has its turn."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        return False

    def _read(self, place: int) -> float:
        (found,) = _TIME.unpack_from(self._memory, place)
        return float(found)

    def _write(self, place: int, at: float) -> None:
        _TIME.pack_into(self._memory, place, at)
