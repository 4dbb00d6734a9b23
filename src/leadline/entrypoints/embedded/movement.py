"""Detects processes that make no progress: stopped, frozen, or waiting for ever.

A process that waits for a slow disk counts as making progress: the kernel shows that state, and in
our processes one thread wakes up twice a second while the others wait. Read from Linux's /proc
(proc_pid_status(5)); on other systems every process counts as making progress.
"""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_PROC = Path("/proc")
_SWITCHES = ("voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:")
_MOST_A_LOOK_S = 1.5
_AT_WORK = frozenset("RD")
"""The kernel's states of threads that run or wait for a disk."""


class Movement:
    """Measures how long processes have made no progress; call `look` at least once a second.
    Between two calls at most 1.5 seconds count, since this process may have been stopped, too."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[int, tuple[object, float]] = {}
        self._looked_at = 0.0

    def look(self, pids: Iterable[int]) -> dict[int, float]:
        """The seconds for which each of these processes has made no progress; other processes are
        forgotten."""
        now = self._clock()
        passed, self._looked_at = min(now - self._looked_at, _MOST_A_LOOK_S), now
        seen: dict[int, tuple[object, float]] = {}
        for pid in pids:
            mark = _mark(pid)
            before, still = self._seen.get(pid, (None, 0.0))
            seen[pid] = (mark, still + passed if mark is not None and mark == before else 0.0)
        self._seen = seen
        return {pid: still for pid, (_, still) in seen.items()}


def is_measured() -> bool:
    """Whether this system tells what the threads of a process do."""
    try:
        thread = next((_PROC / str(os.getpid()) / "task").iterdir())
        told = {line.partition("\t")[0] for line in (thread / "status").read_text().splitlines()}
    except (OSError, StopIteration):
        return False
    return told.issuperset(("State:", *_SWITCHES))


def _mark(pid: int) -> object | None:
    """A value that stays the same while no thread of the process runs; None if a thread runs, waits
    for a disk, or the state cannot be read."""
    marks: list[str] = []
    try:
        for thread in (_PROC / str(pid) / "task").iterdir():
            for line in (thread / "status").read_text().splitlines():
                name, _, value = line.partition("\t")
                if name == "State:" and value[:1] in _AT_WORK:
                    return None
                if name in _SWITCHES:
                    marks.append(value)
    except OSError:
        return None
    return tuple(marks) or None
