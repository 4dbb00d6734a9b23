"""The supervisor's writes to the store, in a thread of their own: a stuck lock holder must not
block the supervisor, which has to end it."""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

log = logging.getLogger(__name__)

_LONGEST_END_S = 5.0


class Leases(Protocol):
    """The part of the store that releases the leases of processes."""

    def release(self, holder: int) -> int:
        """Release the tasks of a dead process; returns how many."""

    def set_apart(self, holder: int, lead_id: str, hold: timedelta) -> int:
        """Release the tasks of a process that hangs, except those of the lead it hangs on."""

    def close(self) -> None:
        """Close the file."""


class StoreJobs:
    """Queues the same calls for a thread, which makes them in order."""

    def __init__(self, store: Leases, longest_end_s: float = _LONGEST_END_S) -> None:
        self._longest_end_s = longest_end_s
        self._store = store
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-jobs", daemon=True)
        self._thread.start()

    def release(self, holder: int) -> None:
        """See `Leases.release`."""
        self._jobs.put(lambda: self._store.release(holder))

    def set_apart(self, holder: int, lead_id: str, hold: timedelta) -> None:
        """See `Leases.set_apart`."""
        self._jobs.put(lambda: self._store.set_apart(holder, lead_id, hold))

    def close(self) -> None:
        """Finish the jobs and close the store. Jobs that do not end are left: their tasks are due
        again when the leases expire."""
        self._jobs.put(None)
        self._thread.join(self._longest_end_s)
        if not self._thread.is_alive():
            self._store.close()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("leases.kept")
