"""Progress of the loops of a worker process, so that an iteration that never ends is noticed.

Such an iteration may block the whole interpreter, so that neither another thread nor an answer to
the supervisor is possible. Therefore the supervisor reads the progress from shared memory; and the
process sets an alarm that needs no interpreter, in case it has no supervisor or lost it.
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
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from leadline.model.task import Step

_SLOT = struct.Struct("=d48s")
_LEASE = struct.Struct("=d32s")
_MOST_LOOPS = 1024
_IDLE = float("inf")
_LAST_LEASE = _SLOT.size * (_MOST_LOOPS - 1) + 8
"""Where the last lease stands: behind the time of the last place for a loop, which stays zero."""


class Watched(Protocol):
    """One loop whose iterations are reported to a watch."""

    def begin(self, longest: timedelta) -> None:
        """An iteration begins, and must be over within this time."""

    def at(self, lead_id: str) -> None:
        """The iteration now works on this lead; "" for none in particular."""

    def leased(self, step: Step) -> None:
        """The iteration has leased tasks of this step now."""

    def end(self) -> None:
        """The iteration is over."""


class Watch(Protocol):
    """Notices iterations that last too long."""

    def loop(self) -> Watched:
        """Watch one more loop."""


class Overdue(NamedTuple):
    """An iteration that should be over: since how many seconds, and the lead that it works on (""
    if none is known)."""

    seconds: float
    lead_id: str


class LastLease(NamedTuple):
    """When a worker last leased tasks, and of which step."""

    at: datetime
    step: str


class Progress:
    """A watch in memory that a supervisor shares with its worker by an open file.

    Times of iterations are those of the monotonic clock, which is the same in all processes of a
    machine. The last lease stands in the place of the last loop, where a supervisor of an earlier
    version, which may start workers of this one, does not look.
    """

    def __init__(self, file: int | None = None) -> None:
        size = _SLOT.size * _MOST_LOOPS
        self.file = _of_memory(size) if file is None else file
        self._memory = mmap.mmap(self.file, size)
        self._loops = 0

    def loop(self) -> Watched:
        """See `Watch.loop`."""
        self._loops += 1
        return _Slot(self._memory, _SLOT.size * (self._loops - 1))

    def last_lease(self) -> LastLease | None:
        """The last lease of the worker; None if it has taken none."""
        at, step = _LEASE.unpack_from(self._memory, _LAST_LEASE)
        if not at:
            return None
        name = step.rstrip(b"\0").decode("ascii", "replace")
        return LastLease(datetime.fromtimestamp(at, UTC), name)

    def close(self) -> None:
        """Release the memory."""
        self._memory.close()
        os.close(self.file)

    def clear(self) -> None:
        """Clear all entries, before another worker starts."""
        self._memory[:] = bytes(len(self._memory))

    def overdue(self) -> Overdue | None:
        """The iteration that is overdue for the longest time, if any is."""
        now = time.monotonic()
        late = [Overdue(now - until, lead) for until, lead in self._iterations() if until < now]
        return max(late, default=None)

    def _iterations(self) -> Iterator[tuple[float, str]]:
        for until, lead in _SLOT.iter_unpack(self._memory):
            if not until:
                return  # no loop yet
            yield until, lead.rstrip(b"\0").decode("ascii", "replace")


def _of_memory(size: int) -> int:
    """An open file without a name, filled with zeros."""
    if sys.platform == "linux":
        file = os.memfd_create("leadline-progress")
    else:
        with tempfile.TemporaryFile() as made:
            file = os.dup(made.fileno())
    os.truncate(file, size)
    return file


class _Slot:
    """A `Watched` loop at one offset in the shared memory."""

    def __init__(self, memory: mmap.mmap, place: int) -> None:
        self._memory = memory
        self._place = place
        self.end()

    def begin(self, longest: timedelta) -> None:
        self._write(time.monotonic() + longest.total_seconds())

    def at(self, lead_id: str) -> None:
        struct.pack_into("=48s", self._memory, self._place + 8, lead_id.encode("ascii", "replace"))

    def leased(self, step: Step) -> None:
        _LEASE.pack_into(self._memory, _LAST_LEASE, time.time(), step.encode("ascii"))

    def end(self) -> None:
        self._write(_IDLE)

    def _write(self, until: float) -> None:
        self.at("")
        struct.pack_into("=d", self._memory, self._place, until)


class Alarm:
    """A watch for a worker without a supervisor: ends its process if an iteration lasts too long,
    after writing the stack of each thread to standard error.

    Whatever started the process has to restart it; its tasks are done again when their leases end.
    *spare* is added to the time of each iteration, so that a supervisor can end the process first.
    """

    def __init__(self, spare: timedelta = timedelta()) -> None:
        self.spare = spare
        self._until: dict[object, float] = {}
        self._lock = threading.Lock()

    def loop(self) -> Watched:
        """See `Watch.loop`."""
        return _Timed(self)

    def set(self, loop: object, until: float | None) -> None:
        """Set the time (of the monotonic clock) at which a loop's iteration must be over; None if
        it is over."""
        with self._lock:
            if until is None:
                self._until.pop(loop, None)
            else:
                self._until[loop] = until
            if not self._until:
                faulthandler.cancel_dump_traceback_later()
                return
            left = max(min(self._until.values()) - time.monotonic(), 0.001)
            # This runs in a C thread, which needs no interpreter.
            faulthandler.dump_traceback_later(left, exit=True, file=sys.__stderr__ or sys.stderr)


class _Timed:
    """A loop `Watched` by an alarm."""

    def __init__(self, alarm: Alarm) -> None:
        self._alarm = alarm

    def begin(self, longest: timedelta) -> None:
        longest += self._alarm.spare
        self._alarm.set(self, time.monotonic() + longest.total_seconds())

    def at(self, lead_id: str) -> None:
        del lead_id

    def leased(self, step: Step) -> None:
        del step

    def end(self) -> None:
        self._alarm.set(self, None)


class Watches:
    """Several watches at once."""

    def __init__(self, *watches: Watch) -> None:
        self._watches = watches

    def loop(self) -> Watched:
        """See `Watch.loop`."""
        return _Everywhere([watch.loop() for watch in self._watches])


class _Everywhere:
    """A loop `Watched` by several watches."""

    def __init__(self, loops: Sequence[Watched]) -> None:
        self._loops = loops

    def begin(self, longest: timedelta) -> None:
        for loop in self._loops:
            loop.begin(longest)

    def at(self, lead_id: str) -> None:
        for loop in self._loops:
            loop.at(lead_id)

    def leased(self, step: Step) -> None:
        for loop in self._loops:
            loop.leased(step)

    def end(self) -> None:
        for loop in self._loops:
            loop.end()


class Unwatched:
    """A watch that does nothing; it is also its own loop."""

    def loop(self) -> Watched:
        """See `Watch.loop`."""
        return self

    def begin(self, longest: timedelta) -> None:
        """Do nothing."""
        del longest

    def at(self, lead_id: str) -> None:
        """Do nothing."""
        del lead_id

    def leased(self, step: Step) -> None:
        """Do nothing."""
        del step

    def end(self) -> None:
        """Do nothing."""
