"""A worker: turns the wheels of the pipeline until it is told to stop."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from leadline import wiring
from leadline.adapters.sqlite.move_notes import refuse_if_moved
from leadline.deliver.sending import deliver_due
from leadline.errors import LeadlineError
from leadline.kit import Kit
from leadline.lead import Step
from leadline.pipeline import refine_due
from leadline.settings import Settings

log = logging.getLogger(__name__)

IDLE_S = 0.1
"""How often an idle wheel looks for new work; the most by which a due task is late."""
_TROUBLE_S = 2.0


def work(settings: Settings, steps: Iterable[Step], stop: threading.Event) -> None:
    """Run these steps until *stop* is set; what is under way then is finished.

    Raises ConfigurationError when the data folder can't be used, or its leads were moved.
    """
    wheels: list[Callable[[], None]] = []
    for step in steps:
        kit = wiring.embedded(settings)  # a connection for each, so that none waits for another
        refuse_if_moved(settings.data)  # asked while the file is open, which keeps a move out
        kit.store.rebase()
        if step is Step.REFINE:
            wheels.append(partial(_turn, kit, stop, _refine_turn))
        else:
            wheels += [
                partial(_turn, kit, stop, partial(_deliver_turn, channel=name))
                for name in kit.channels
            ]
    threads = [threading.Thread(target=wheel) for wheel in wheels]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()


def _turn(kit: Kit, stop: threading.Event, once: Callable[[Kit], float]) -> None:
    watch = ClockWatch()
    while not stop.is_set():
        try:
            if watch.jumped_back():
                log.warning("clock.jumped_back", extra={"count": kit.store.rebase()})
            pause = once(kit)
        except LeadlineError as error:
            log.error("worker.storage", extra={"error": type(error).__name__})
            pause = _TROUBLE_S
        except Exception:
            log.exception("worker.trouble")
            pause = _TROUBLE_S
        if pause > 0:
            stop.wait(pause)


def _refine_turn(kit: Kit) -> float:
    return 0.0 if refine_due(kit) else IDLE_S


def _deliver_turn(kit: Kit, channel: str) -> float:
    wait = deliver_due(kit, channel)
    return IDLE_S if wait is None else min(wait, timedelta(seconds=IDLE_S)).total_seconds()


class ClockWatch:
    """Notices when the wall clock falls back behind the time that has really passed."""

    def __init__(self, least: timedelta = timedelta(seconds=1)) -> None:
        self._least = least
        self._seen = self._offset()

    def jumped_back(self) -> bool:
        """Whether it did so since the last call, by at least the given span."""
        offset = self._offset()
        jumped = self._seen - offset >= self._least
        self._seen = offset
        return jumped

    @staticmethod
    def _offset() -> timedelta:
        return (
            datetime.now(UTC)
            - datetime(1970, 1, 1, tzinfo=UTC)
            - timedelta(seconds=time.monotonic())
        )
