"""A worker: turns the wheels of the pipeline until it is told to stop."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from leadline import wiring
from leadline.alerts.reminding import remind_due
from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.entrypoints.embedded.progress import Unwatched, Watch, Watched
from leadline.journey.follow_up import look_up_due
from leadline.journey.reconcile import reconcile_in_turn
from leadline.journey.refining import refine_due
from leadline.journey.response_clock import clock_due
from leadline.journey.write_back import write_back_due
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.task import Step
from leadline.settings.general import Settings
from leadline.stores.sqlite.moving.mark import refuse_if_moved

log = logging.getLogger(__name__)

IDLE_S = 0.1
"""How often an idle wheel looks for new work; the most by which a due task is late."""
_TROUBLE_S = 2.0
_AHEAD = timedelta(seconds=1)

Speaking = Callable[[Kit, str], timedelta | None]
"""Says one thing through a channel: see `alerts.sending.deliver_due`."""
Once = Callable[[Kit], float]
"""One turn of a wheel; returns for how many seconds there is nothing to do."""


class _Wheel(NamedTuple):
    """Turns `once` with its own `kit`. Who holds tasks must be done within `longest`; None: it
    holds none."""

    kit: Kit
    once: Once
    longest: timedelta | None


def work(
    settings: Settings,
    steps: Iterable[Step],
    stop: threading.Event,
    watch: Watch | None = None,
) -> None:
    """Run these steps until *stop* is set; what is under way then is finished. *watch* is told of
    every turn that holds tasks.

    Raises ConfigurationError when the data folder can't be used, or its leads were moved.
    """
    wanted = frozenset(steps)
    threads = []
    for wheel in _wheels(settings, wanted):
        watched = (watch if watch and wheel.longest else Unwatched()).wheel()
        threads.append(threading.Thread(target=_turn, args=(wheel, stop, watched)))
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()


def _wheels(settings: Settings, steps: Set[Step]) -> Iterator[_Wheel]:
    """A wheel for each step; those that speak to a channel share one for each channel, since they
    share its pace. Each has a connection of its own, so that none waits for another."""
    asking = longest_turn(settings, (config.timeout for config in settings.crm.values()))
    for step in sorted(steps & LEAD_WHEELS.keys()):
        yield _Wheel(_kit(settings), LEAD_WHEELS[step], asking)
    speaking = [CHANNEL_WHEELS[step] for step in sorted(steps & CHANNEL_WHEELS.keys())]
    if speaking:
        for name in wiring.channels(settings):
            config = settings.channels.get(name)
            timeout = config.timeout if config else settings.slack_timeout
            longest = longest_turn(settings, [timeout])
            yield _Wheel(_kit(settings), _InTurns(speaking, name).turn, longest)
    if Step.WRITE_BACK in steps:
        for source in (name for name, config in settings.crm.items() if config.write):
            once = _InTurns([write_back_due], source).turn
            yield _Wheel(_kit(settings), once, asking)
        if settings.reconcile_every:
            for source in settings.crm:
                yield _Wheel(_kit(settings), _look_through(settings, source), None)


def longest_turn(settings: Settings, timeouts: Iterable[timedelta] = ()) -> timedelta:
    """How long a turn may take: its lease, and a moment less, so that nobody else takes what a
    worker holds before that one is ended. Settings by which others may take longer to answer are
    believed: for half of the lease they are asked again."""
    waiting = settings.lease / 2 + 2 * max(timeouts, default=timedelta())
    return max(settings.lease - min(settings.lease / 10, _AHEAD), waiting)


def _kit(settings: Settings) -> Kit:
    kit = wiring.embedded(settings)
    refuse_if_moved(settings.data)  # asked while the file is open, which keeps a move out
    kit.store.rebase()
    return kit


def _turn(wheel: _Wheel, stop: threading.Event, watched: Watched) -> None:
    kit = msgspec.structs.replace(wheel.kit, at_hand=watched.at)
    clock = ClockWatch()
    while not stop.is_set():
        watched.begin(wheel.longest or timedelta())
        try:
            if clock.jumped_back():
                log.warning("clock.jumped_back", extra={"count": kit.store.rebase()})
            pause = wheel.once(kit)
        except LeadlineError as error:
            log.error("worker.storage", extra={"error": type(error).__name__})
            pause = _TROUBLE_S
        except Exception:
            log.exception("worker.trouble")
            pause = _TROUBLE_S
        finally:
            watched.end()
        if pause > 0:
            stop.wait(pause)


def _in_batches(do: Callable[[Kit], int]) -> Once:
    """A wheel that does what is due, many at once."""
    return lambda kit: 0.0 if do(kit) else IDLE_S


def _look_through(settings: Settings, source: str) -> Once:
    """A wheel that looks now and then for leads which only the CRM knows."""
    front = wiring.capture_kit(settings)
    every, back = settings.reconcile_every, settings.reconcile_back
    return lambda kit: reconcile_in_turn(kit, front, source, every, back).total_seconds()


class _InTurns:
    """All that is said through one channel: each kind of message has its turn, so that a flood of
    one keeps no other waiting for the channel's next free moment."""

    def __init__(self, speaking: Sequence[Speaking], channel: str) -> None:
        self._speaking = list(speaking)
        self._channel = channel

    def turn(self, kit: Kit) -> float:
        """Say one thing, if there is any and the channel is free."""
        for speak in self._speaking:
            wait = speak(kit, self._channel)
            if wait == timedelta():
                self._speaking.remove(speak)
                self._speaking.append(speak)
                return 0.0
        return IDLE_S


LEAD_WHEELS: Mapping[Step, Once] = {
    Step.REFINE: _in_batches(refine_due),
    Step.LOOK_UP: _in_batches(look_up_due),
    Step.CLOCK: _in_batches(clock_due),
}
"""What turns for the steps that concern leads alone."""
CHANNEL_WHEELS: Mapping[Step, Speaking] = {
    Step.NOTIFY: deliver_due,
    Step.UPDATE: update_due,
    Step.REMIND: remind_due,
}
"""What turns for the steps that speak to a channel."""


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
