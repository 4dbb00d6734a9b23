"""Children that a process did not start itself: a helper forks them, and they are its own to wait
for, as those of `subprocess.Popen` are. Linux only.

The helper forks twice. When its own child ends, the system gives the grandchild to the nearest
ancestor that says it takes such orphans (PR_SET_CHILD_SUBREAPER, see prctl(2)).
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_TAKE_ORPHANS = 36
_COMMAND = slice(45, 47)
"""Of the fields of /proc/PID/stat behind the name: those that say where in memory the words of the
command are (arg_start and arg_end in proc(5))."""


class Adopted:
    """What tests and supervisors use of `subprocess.Popen`, for a child with this process id."""

    def __init__(self, pid: int, stdin: IO[bytes] | None = None) -> None:
        self.pid = pid
        self.stdin = stdin
        self.returncode: int | None = None
        self._turn = threading.Lock()

    def poll(self) -> int | None:
        """The exit code, that of a signal negative; None while it runs."""
        with self._turn:
            if self.returncode is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended; raises TimeoutExpired after *timeout* seconds."""
        if (code := self.poll()) is not None:
            return code
        ends = os.pidfd_open(self.pid)
        try:
            select.select([ends], [], [], timeout)
        finally:
            os.close(ends)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired([f"process {self.pid}"], timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


@contextmanager
def adopting() -> Iterator[None]:
    """Meanwhile this process takes the orphans of its descendants."""
    system = ctypes.CDLL(None, use_errno=True)
    assert system.prctl(_TAKE_ORPHANS, 1, 0, 0, 0) == 0, os.strerror(ctypes.get_errno())
    try:
        yield
    finally:
        system.prctl(_TAKE_ORPHANS, 0, 0, 0, 0)


def orphan(words: Sequence[str]) -> int:
    """Fork. In the helper: the process id of the new process, which has been adopted when this
    returns. In the new process, which `ps` shows as `python WORDS`: 0."""
    told, tell = os.pipe()
    if between := os.fork():
        os.close(tell)
        os.waitpid(between, 0)
        pid = int.from_bytes(os.read(told, 8), "big")
        os.close(told)
        return pid
    be_called(words)
    if pid := os.fork():
        os.write(tell, pid.to_bytes(8, "big"))
        os._exit(0)
    os.close(told)
    os.close(tell)
    return 0


def be_called(words: Sequence[str]) -> None:
    """Let this process have this command line, as far as there is room for it."""
    stat = Path("/proc/self/stat").read_text("latin-1")
    start, end = map(int, stat.rpartition(")")[2].split()[_COMMAND])
    line = b"\0".join(word.encode() for word in (sys.executable, *words))
    room = end - start - 1
    ctypes.memmove(start, line[:room].ljust(room, b"\0"), room)
