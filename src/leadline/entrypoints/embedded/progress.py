"""How far the wheels of a worker process are, so that a turn which never ends is noticed.

Such a turn may hold the interpreter itself: neither a thread of its process nor a question to it
would be answered. So the supervisor reads it from memory that both share, and the process has set
an alarm beforehand that needs no interpreter, for when it has no supervisor or lost it.
"""

import faulthandler
import mmap
import os
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple, Protocol

_SLOT = struct.Struct("=d48s")
_MOST_WHEELS = 1024
_IDLE = float("inf")


class Watched(Protocol):
    """The turns of one wheel, as a watch is told of them."""

    def begin(self, longest: timedelta) -> None:
        """A turn begins, and must be over within this time."""

    def at(self, lead_id: str) -> None:
        """The turn has come to this lead; "": to none in particular."""

    def end(self) -> None:
        """The turn is over."""


class Watch(Protocol):
    """Sees to it that no turn lasts too long."""

    def wheel(self) -> Watched:
        """Watch one more wheel."""


class Overdue(NamedTuple):
    """A turn that should be over: for how many seconds already, and at which lead it is ("" where
    none is known)."""

    seconds: float
    lead_id: str


class Progress:
    """A watch in memory that a supervisor shares with its worker, by an open file.

    Times are of the monotonic clock, which all processes of a machine have in common.
    """

    def __init__(self, file: int | None = None) -> None:
        size = _SLOT.size * _MOST_WHEELS
        self.file = _of_memory(size) if file is None else file
        self._memory = mmap.mmap(self.file, size)
        self._wheels = 0

    def wheel(self) -> Watched:
        """See `Watch.wheel`."""
        self._wheels += 1
        return _Slot(self._memory, _SLOT.size * (self._wheels - 1))

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()
        os.close(self.file)

    def clear(self) -> None:
        """Forget everything, before another worker begins."""
        self._memory[:] = bytes(len(self._memory))

    def overdue(self) -> Overdue | None:
        """The turn that is overdue for longest, if any is."""
        now = time.monotonic()
        late = [Overdue(now - until, lead) for until, lead in self._turns() if until < now]
        return max(late, default=None)

    def _turns(self) -> Iterator[tuple[float, str]]:
        for until, lead in _SLOT.iter_unpack(self._memory):
            if not until:
                return  # no wheel yet
            yield until, lead.rstrip(b"\0").decode("ascii", "replace")


def _of_memory(size: int) -> int:
    """An open file without a name, of zeros."""
    if sys.platform == "linux":
        file = os.memfd_create("leadline-progress")
    else:
        with tempfile.TemporaryFile() as made:
            file = os.dup(made.fileno())
    os.truncate(file, size)
    return file


class _Slot:
    """`Watched` at one place of the shared memory."""

    def __init__(self, memory: mmap.mmap, place: int) -> None:
        self._memory = memory
        self._place = place
        self.end()

    def begin(self, longest: timedelta) -> None:
        self._write(time.monotonic() + longest.total_seconds())

    def at(self, lead_id: str) -> None:
        struct.pack_into("=48s", self._memory, self._place + 8, lead_id.encode("ascii", "replace"))

    def end(self) -> None:
        self._write(_IDLE)

    def _write(self, until: float) -> None:
        self.at("")
        struct.pack_into("=d", self._memory, self._place, until)


class Alarm:
    """A watch for a worker without a supervisor: ends its process when a turn lasts too long, and
    writes to standard error in which lines of code each thread is.

    Whatever started the process is to start it again; what it held comes back when leases end.
    *spare* is added to the time that each turn has, for somebody else to end the process first.
    """

    def __init__(self, spare: timedelta = timedelta()) -> None:
        self.spare = spare
        self._until: dict[object, float] = {}
        self._lock = threading.Lock()

    def wheel(self) -> Watched:
        """See `Watch.wheel`."""
        return _Timed(self)

    def set(self, wheel: object, until: float | None) -> None:
        """Expect a wheel's turn to be over at this time of the monotonic clock; None: it is."""
        with self._lock:
            if until is None:
                self._until.pop(wheel, None)
            else:
                self._until[wheel] = until
            if not self._until:
                faulthandler.cancel_dump_traceback_later()
                return
            left = max(min(self._until.values()) - time.monotonic(), 0.001)
            # By a thread in C, which needs no interpreter.
            faulthandler.dump_traceback_later(left, exit=True, file=sys.__stderr__ or sys.stderr)


class _Timed:
    """`Watched` by an alarm."""

    def __init__(self, alarm: Alarm) -> None:
        self._alarm = alarm

    def begin(self, longest: timedelta) -> None:
        longest += self._alarm.spare
        self._alarm.set(self, time.monotonic() + longest.total_seconds())

    def at(self, lead_id: str) -> None:
        del lead_id

    def end(self) -> None:
        self._alarm.set(self, None)


class Watches:
    """Several watches at once."""

    def __init__(self, *watches: Watch) -> None:
        self._watches = watches

    def wheel(self) -> Watched:
        """See `Watch.wheel`."""
        return _Everywhere([watch.wheel() for watch in self._watches])


class _Everywhere:
    """`Watched` by each of several watches."""

    def __init__(self, wheels: Sequence[Watched]) -> None:
        self._wheels = wheels

    def begin(self, longest: timedelta) -> None:
        for wheel in self._wheels:
            wheel.begin(longest)

    def at(self, lead_id: str) -> None:
        for wheel in self._wheels:
            wheel.at(lead_id)

    def end(self) -> None:
        for wheel in self._wheels:
            wheel.end()


class Unwatched:
    """A watch that does nothing, and its wheel."""

    def wheel(self) -> Watched:
        """See `Watch.wheel`."""
        return self

    def begin(self, longest: timedelta) -> None:
        """Anything may take as long as it likes."""
        del longest

    def at(self, lead_id: str) -> None:
        """Nobody looks."""
        del lead_id

    def end(self) -> None:
        """Nobody waits."""
