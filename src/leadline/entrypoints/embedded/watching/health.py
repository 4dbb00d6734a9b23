"""Checks twice a second, in a thread of its own, whether leads can be stored.

Senders get 503 at once while the lock holder is stuck, and while the data folder is deleted or
replaced (decision 30). With a slow disk they wait instead.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from leadline.entrypoints.embedded.movement import Movement
from leadline.installations.data_file import Whereabouts, holders
from leadline.model.errors import LeadlineError, StorageFailed, StorageFull
from leadline.model.lead import CapturedLead, Receipt
from leadline.ports.store import Inbox

log = logging.getLogger(__name__)

_LOOK_S = 0.5
_PATIENCE_S = 2.0
"""The seconds without progress after which the lock holder counts as stuck."""


class Health:
    """Sets `trouble` to what is wrong with the data in *folder*, which this process has open for
    writing. *refuse* is called with the reason when deliveries can no longer be stored, and with
    None when they can be stored again."""

    def __init__(
        self,
        folder: Path,
        refuse: Callable[[LeadlineError | None], None],
        whereabouts: Whereabouts,
        look_s: float = _LOOK_S,
    ) -> None:
        self.trouble: LeadlineError | None = None
        self._folder = folder
        self._refuse = refuse
        self._whereabouts = whereabouts
        self._movement = Movement()
        self._look_s = look_s
        self._stuck: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._look_s):
            try:
                self._note(self._look())
            except Exception:
                log.exception("health.failed")

    def _look(self) -> LeadlineError | None:
        self._stuck = None
        try:
            self._whereabouts.check_all()
        except StorageFailed as error:
            return error
        for pid, seconds in self._movement.look(holders(self._folder)).items():
            if seconds >= _PATIENCE_S:
                self._stuck = pid
                return StorageFailed("a process that holds the write lock does not move")
        return None if self._whereabouts.has_room() else StorageFull()

    def _note(self, trouble: LeadlineError | None) -> None:
        if str(trouble) == str(self.trouble):
            return
        self.trouble = trouble
        if trouble is not None:
            extra = {"error": type(trouble).__name__, "reason": str(trouble), "pid": self._stuck}
            log.error("storage.unready", extra=extra)
        else:
            log.info("storage.ready")
        # If the disk is almost full, the next delivery may still fit.
        self._refuse(None if isinstance(trouble, StorageFull) else trouble)


class FoundAgain:
    """An inbox that acknowledges leads only if the data file is still in the data folder."""

    def __init__(self, inbox: Inbox, whereabouts: Whereabouts) -> None:
        self._inbox = inbox
        self._whereabouts = whereabouts
        self.readmit = inbox.readmit
        self.read_again = inbox.read_again

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """See `ports.store.Inbox.accept`."""
        receipts = self._inbox.accept(leads)
        self._whereabouts.check()
        return receipts
