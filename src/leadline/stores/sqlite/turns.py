"""Whose turn it is to write: captures go first.

Everybody queues up in the kernel for one lock. On a slow disk a commit takes hundreds of
milliseconds, and workers that queue for as many turns as captures take half of them. So workers
have a lock of their own, before the other, by which only one of them stands in that queue. And as
long as captures come in, workers take nothing new for several times as long as their commits took;
what they hold they settle at once, so that no lease runs out meanwhile. Processes tell each other
in a few bytes of memory that they share.
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
from leadline.stores.sqlite.folder import open_lock

_WORKERS = "workers.lock"
_TIME = struct.Struct("=d")
_CAPTURES_UNTIL = 0
_WORKERS_FROM = 8
_SIZE = 16

_SLOW_S = 0.03
"""A commit of a worker that took longer keeps workers from taking more, while captures come in."""
_PAUSE = 7.0
"""For how many times as long: captures keep seven eighths of the time."""
_LONGEST_PAUSE_S = 15.0
_CAPTURE_S = 10.0
"""By when a capture that began is over, or its process has died."""
_MORE_CAPTURES_S = 0.25
"""How soon senders that were answered send again."""


class Turns:
    """The turns of one connection to the data file; *first* says that it goes before others.

    Raises ConfigurationError when the folder can't be written.
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
        """Let go of the lock and the memory."""
        self._memory.close()
        os.close(self._lock)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Come here before the lock of all writers is asked for, and keep it no longer."""
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
        """Around what is done with the lock of all writers in hand."""
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
        """Whether a worker may take tasks now: no captures come in, or the disk is quick, or it was
        left to them for long enough. If so, and *twice*, the next question is answered so, too: for
        who first writes what it needs to take them."""
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
        """For how many seconds the disk is left to captures. Times are of the monotonic clock; one
        that is far off is of an earlier run of the machine."""
        left = self._read(_WORKERS_FROM) - now
        return left if 0 < left <= _LONGEST_PAUSE_S else 0.0

    def _is_quick(self, now: float) -> bool:
        return abs(now - self._read(_WORKERS_FROM)) > _LONGEST_PAUSE_S

    def _is_held(self) -> bool:
        """Whether another worker is at it."""
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
