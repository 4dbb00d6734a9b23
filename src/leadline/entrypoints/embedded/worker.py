"""A worker: does the steps of leads until it is told to stop."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from leadline import wiring
from leadline.entrypoints.embedded.progress import Unwatched, Watch, Watched
from leadline.installations.data_folder import refuse_if_moved
from leadline.journey.reconcile import reconcile_in_turn
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.task import Addressee, Step, TaskKind
from leadline.settings.general import Settings
from leadline.steps import do, names, timeouts

log = logging.getLogger(__name__)

IDLE_S = 0.1
"""How often an idle loop looks for new work; the most by which a due task is late."""
_TROUBLE_S = 2.0
_AHEAD = timedelta(seconds=1)

DoOnce = Callable[[Kit], timedelta | None]
"""Does what is due of one step: see `leadline.steps.do`."""


class _Loop(NamedTuple):
    """Calls `once` again and again with its own `kit`; it returns for how many seconds there is
    nothing to do. A loop that holds tasks must be done with them within `longest`; None: it holds
    none."""

    kit: Kit
    once: Callable[[Kit], float]
    longest: timedelta | None


def work(
    settings: Settings,
    steps: Iterable[Step],
    stop: threading.Event,
    watch: Watch | None = None,
) -> None:
    """Do these steps until *stop* is set; what is under way then is finished. *watch* is told of
    every iteration that holds tasks.

    Raises ConfigurationError when the data folder can't be used, or its leads were moved.
    """
    threads = []
    for loop in _loops(settings, frozenset(steps)):
        watched = (watch if watch and loop.longest else Unwatched()).loop()
        threads.append(threading.Thread(target=_run, args=(loop, stop, watched)))
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()


def _loops(settings: Settings, steps: Set[Step]) -> Iterator[_Loop]:
    """A loop for each group of kinds, and one for each CRM in which lost leads are looked for. Each
    has a connection of its own, so that none waits for another."""
    for kinds in _groups(settings, steps):
        longest = longest_iteration(settings, timeouts(kinds[0], settings))
        yield _Loop(_kit(settings), RoundRobin([partial(do, kind) for kind in kinds]), longest)
    if Step.WRITE_BACK in steps and settings.reconcile_every:
        for source in settings.crm:
            yield _Loop(_kit(settings), _look_through(settings, source), None)


def _groups(settings: Settings, steps: Set[Step]) -> list[list[TaskKind]]:
    """The kinds that these steps may have by the settings. Those which share a channel, or a CRM,
    are together, since they share its pace."""
    channels = wiring.channels(settings) if any(map(_speaks, steps)) else {}
    groups: dict[tuple[object, str], list[TaskKind]] = {}
    for step in (one for one in Step if one in steps):
        for name in names(step, settings):
            if not _speaks(step) or name in channels:
                shared = step if step.addressee is Addressee.LEAD else step.addressee
                groups.setdefault((shared, name), []).append((step, name))
    return list(groups.values())


def _speaks(step: Step) -> bool:
    return step.addressee is Addressee.CHANNEL


def longest_iteration(settings: Settings, timeouts: Iterable[timedelta] = ()) -> timedelta:
    """How long an iteration may take: its lease, and a moment less, so that nobody else takes what
    a worker holds before that one is ended. Settings by which others may take longer to answer are
    believed: for half of the lease they are asked again."""
    waiting = settings.lease / 2 + 2 * max(timeouts, default=timedelta())
    return max(settings.lease - min(settings.lease / 10, _AHEAD), waiting)


def _kit(settings: Settings) -> Kit:
    kit = wiring.embedded(settings)
    refuse_if_moved(settings.data)  # asked while the file is open, which keeps a move out
    kit.store.rebase()
    return kit


def _run(loop: _Loop, stop: threading.Event, watched: Watched) -> None:
    kit = msgspec.structs.replace(loop.kit, at_hand=watched.at)
    clock = ClockWatch()
    while not stop.is_set():
        watched.begin(loop.longest or timedelta())
        try:
            if clock.jumped_back():
                log.warning("clock.jumped_back", extra={"count": kit.store.rebase()})
            pause = loop.once(kit)
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


def _look_through(settings: Settings, source: str) -> Callable[[Kit], float]:
    """Looks now and then for leads which only the CRM knows."""
    front = wiring.capture_kit(settings)
    every, back = settings.reconcile_every, settings.reconcile_back
    return lambda kit: reconcile_in_turn(kit, front, source, every, back).total_seconds()


class RoundRobin:
    """Does several steps one after the other, so that a flood of tasks of one keeps no other
    waiting for the next free moment of their channel."""

    def __init__(self, steps: Sequence[DoOnce]) -> None:
        self._steps = list(steps)

    def __call__(self, kit: Kit) -> float:
        """Do the first step of which something is due and can be done now; the seconds to wait."""
        for step in self._steps:
            if step(kit) == timedelta():
                self._steps.remove(step)
                self._steps.append(step)
                return 0.0
        return IDLE_S


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
