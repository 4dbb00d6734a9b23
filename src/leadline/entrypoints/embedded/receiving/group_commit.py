"""Group commit: one thread gives all waiting deliveries to the inbox, which writes them at once.

While one batch is being written the next one gathers, so the number of fsyncs does not grow with
the number of deliveries, and the event loop never waits for the disk.
"""

import asyncio
import logging
import math
import threading
import time
from collections.abc import Callable, Sequence

from leadline.model.errors import LeadlineError, NotReady, Overloaded, StorageFailed
from leadline.model.lead import CapturedLead, Receipt
from leadline.ports.store import Inbox

log = logging.getLogger(__name__)

_MOST_LEADS = 512
_BUSY = 4
_QUIET_S = 0.0003
_LONGEST_GATHER_S = 0.005
_TOLD_EVERY_S = 10.0
_LONGEST_END_S = 1.0


Tell = Callable[[Sequence[Receipt] | LeadlineError], None]
"""Is told, in the event loop, the receipts of a delivery, or why it could not be kept."""


class _Waiting:
    __slots__ = ("bytes", "is_told", "leads", "tell")

    def __init__(self, leads: Sequence[CapturedLead], size: int, tell: Tell) -> None:
        self.leads = leads
        self.bytes = size
        self.tell = tell
        self.is_told = False


Future = asyncio.Future[Sequence[Receipt]]


class Batcher:
    """The queue of deliveries for the inbox, limited in number and in bytes."""

    def __init__(
        self,
        inbox: Inbox,
        loop: asyncio.AbstractEventLoop,
        *,
        most_waiting: int = 1024,
        most_bytes: int = 64 << 20,
    ) -> None:
        self._inbox = inbox
        self._loop = loop
        self._most_waiting = most_waiting
        self._most_bytes = most_bytes
        self._queue: list[_Waiting] = []
        self._bytes = 0
        self._gathered: list[_Waiting] = []
        self._expected = 0
        self._has_answered = True
        self._closing = False
        self._in_hand: list[_Waiting] = []
        self._refusal: LeadlineError | None = None
        self.failed_at = -math.inf
        """When the inbox last refused a delivery, by the monotonic clock."""
        self._lock = threading.RLock()
        self._wake = threading.Condition(self._lock)
        self._refused = _Refused()
        self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """The number of deliveries that wait for the disk."""
        return len(self._queue) + len(self._gathered)

    def submit(self, leads: Sequence[CapturedLead]) -> Future:
        """As `hand_in`; the future resolves when the leads are durable."""
        future: Future = self._loop.create_future()

        def tell(result: Sequence[Receipt] | LeadlineError) -> None:
            if future.done():
                return  # the sender hung up; its lead is stored anyway
            if isinstance(result, LeadlineError):
                future.set_exception(result)
            else:
                future.set_result(result)

        self.hand_in(leads, tell)
        return future

    def hand_in(self, leads: Sequence[CapturedLead], tell: Tell) -> None:
        """Queue the leads of one delivery, in the event loop; *tell* is called when they are
        durable.

        Raises Overloaded if the queue is full, NotReady while closing.
        """
        size = 0
        for lead in leads:
            size += len(lead.raw) + (len(lead.body) if lead.body else 0)
        with self._lock:  # that of `_wake`, without its steps in Python
            if self._refusal is not None:
                raise type(self._refusal)(self._refusal.detail)
            # An empty queue takes any delivery: one over the limit would never fit otherwise.
            waiting = len(self._queue) + len(self._gathered)
            full = waiting and self._bytes + size > self._most_bytes
            if full or waiting >= self._most_waiting:
                raise Overloaded
            if not self._gathered:
                self._loop.call_soon(self._hand_over)
            self._gathered.append(_Waiting(leads, size, tell))
            self._bytes += size

    def _hand_over(self) -> None:
        """Give the thread what one round of the event loop has read. One by one, each delivery
        would wake it, and the two would wait for each other's interpreter lock."""
        with self._wake:
            was_empty = not self._queue
            self._queue += self._gathered
            self._gathered = []
            if was_empty or len(self._queue) >= self._expected:
                self._wake.notify()

    def close(self) -> None:
        """Write the queued deliveries, then end the thread. While deliveries are refused, `close`
        does not wait for the thread, which may still be running."""
        with self._wake:
            refused = self._refusal
            self._closing = True
            self._refusal = NotReady()
            self._queue += self._gathered
            self._gathered = []
            self._wake.notify()
        self._thread.join(None if refused is None else _LONGEST_END_S)

    def refuse(self, error: LeadlineError | None) -> None:
        """Answer every delivery, queued ones too, with *error* from now on; None ends that.

        A batch being written may still be stored; its redeliveries are then recognised.
        """
        with self._wake:
            if self._closing:
                return
            self._refusal = error
            if error is None:
                return
            waiting = [*self._in_hand, *self._queue, *self._gathered]
            self._queue, self._gathered, self._bytes = [], [], 0
        self._refused.tell(error, len(waiting))
        self._loop.call_soon_threadsafe(_resolve, waiting, [error] * len(waiting))

    def _run(self) -> None:
        busy = False
        while True:
            with self._wake:
                while not self._queue:
                    if self._closing:
                        return
                    self._wake.wait()
            if busy:
                self._gather()
            with self._wake:
                batch = self._in_hand = self._take()
            busy = len(batch) > _BUSY
            if batch:  # else they were refused meanwhile
                self._write(batch)
            self._in_hand = []
            self._expected = len(batch) + self.waiting

    def _gather(self) -> None:
        """Wait for the senders of the last batch, who were answered together and send again
        together: until as many deliveries wait as there were before, or no more come. What one
        commit costs does not grow with them."""
        until, seen = time.monotonic() + _LONGEST_GATHER_S, -1
        while (waiting := self.waiting) < self._expected and time.monotonic() < until:
            if waiting == seen and self._has_answered:
                return
            seen = waiting
            with self._wake:
                if not self._closing:
                    self._wake.wait(_QUIET_S)

    def _take(self) -> list[_Waiting]:
        leads = taken = 0
        for waiting in self._queue:
            leads += len(waiting.leads)
            if taken and leads > _MOST_LEADS:
                break
            taken += 1
        batch, self._queue = self._queue[:taken], self._queue[taken:]
        self._bytes -= sum(w.bytes for w in batch)
        return batch

    def _write(self, batch: list[_Waiting]) -> None:
        results: list[Sequence[Receipt] | LeadlineError] = []
        try:
            receipts = self._inbox.accept([lead for w in batch for lead in w.leads])
            start = 0
            for waiting in batch:
                results.append(receipts[start : start + len(waiting.leads)])
                start += len(waiting.leads)
        except LeadlineError as error:
            self._refused.tell(error, len(batch))
            self.failed_at = time.monotonic()
            results = [error] * len(batch)
        except Exception as error:
            log.exception("capture.failed", extra={"count": len(batch)})
            if len(batch) > 1:
                # One delivery cannot be stored: write each alone, so that the others are.
                for waiting in batch:
                    self._write([waiting])
                return
            failed = StorageFailed()
            failed.__cause__ = error
            results = [failed]
        self._has_answered = False
        self._loop.call_soon_threadsafe(self._answer, batch, results)

    def _answer(
        self, batch: Sequence[_Waiting], results: Sequence[Sequence[Receipt] | LeadlineError]
    ) -> None:
        _resolve(batch, results)
        self._has_answered = True


class _Refused:
    """Logs deliveries that the store refused: the first at once, then their number at intervals,
    because a line for each would overload a failing disk."""

    def __init__(self) -> None:
        self._count = 0
        self._next = 0.0

    def tell(self, error: LeadlineError, count: int) -> None:
        """Count refused deliveries."""
        self._count += count
        if time.monotonic() >= self._next:
            extra = {"error": type(error).__name__, "reason": str(error), "count": self._count}
            log.error("capture.refused", extra=extra)
            self._count, self._next = 0, time.monotonic() + _TOLD_EVERY_S


def _resolve(
    batch: Sequence[_Waiting], results: Sequence[Sequence[Receipt] | LeadlineError]
) -> None:
    for waiting, result in zip(batch, results, strict=True):
        if waiting.is_told:
            continue  # it was refused while it was being written
        waiting.is_told = True
        try:
            waiting.tell(result)
        except Exception:  # the others must hear of theirs
            log.exception("capture.not_answered")
