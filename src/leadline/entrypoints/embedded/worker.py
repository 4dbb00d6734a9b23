"""A worker: leases due tasks and does them until it is stopped."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from leadline import wiring
from leadline.entrypoints.embedded.progress import Unwatched, Watch, Watched
from leadline.entrypoints.embedded.watching.audit_keeping import AuditKeeper, keeps_audit
from leadline.entrypoints.embedded.watching.experiment_watch import watchers
from leadline.entrypoints.embedded.watching.learning import counters
from leadline.entrypoints.embedded.watching.trouble_watch import StorageSigns, TroubleWatch
from leadline.installations.data_folder import (
    encrypting,
    for_reading,
    has_failed_sync,
    indexing,
    is_encrypted,
    lacks_likenesses,
    making_likenesses,
    note_failed_sync,
    refuse_if_moved,
    telling_leases,
)
from leadline.journey.assigning.handing_on_absent import hand_on_absent
from leadline.journey.assigning.handing_out import wake_queues
from leadline.journey.assigning.removed_teams import has_known_teams
from leadline.journey.receiving.reconcile import reconcile_in_turn
from leadline.kit import EMBEDDED_DEATHS, Kit
from leadline.model.errors import LeadlineError
from leadline.model.task import Addressee, Step, TaskKind
from leadline.net.deadline import within
from leadline.operations.personal_data.retention import retain_in_turn
from leadline.ports.store import Among
from leadline.privacy.terms import Term, terms_of
from leadline.settings.top.general import Settings
from leadline.steps import do, names, timeouts

log = logging.getLogger(__name__)

IDLE_S = 0.1
"""The seconds after which an idle loop looks for work again: the longest delay of a due task."""
_TROUBLE_S = 2.0
_LOOK_S = 0.5
_ABSENT_S = 30.0
"""The seconds between two looks for people whose absence has begun or ended."""
_RETAIN_S = 60.0
"""The longest time between two looks whether it is time for retention."""
_SHARE = 4
"""An idle loop waits this many times as long as its search for work took, so that searches through
a long backlog of other workers' tasks take at most a fifth of a core."""
_MOST_IDLE_S = 1.0
_AHEAD = timedelta(seconds=1)
_IN_TURN = sorted(Step, key=lambda step: step is not Step.FIRST_LOOK)

DoOnce = Callable[[Kit], timedelta | None]
"""Does due tasks of one kind: see `leadline.steps.do`."""


class _Loop(NamedTuple):
    """A loop that calls `once` with its own `kit`; `once` returns the seconds until the next call.
    A call that leases tasks must end within `longest`; None if it leases none. Network requests of
    a call end within `bound`, if there is one."""

    kit: Kit
    once: Callable[[Kit], float]
    longest: timedelta | None
    bound: timedelta | None = None


def work(
    settings: Settings,
    steps: Iterable[Step],
    stop: threading.Event,
    watch: Watch | None = None,
) -> None:
    """Do the tasks of these steps until *stop* is set, and finish those under way then. All
    iterations that lease tasks are reported to *watch*.

    Raises ConfigurationError if the data folder cannot be used, or its leads were moved.
    """
    threads = []
    signs = StorageSigns()
    for loop in _loops(settings, frozenset(steps), signs):
        watched = (watch if watch and loop.longest else Unwatched()).loop()
        threads.append(threading.Thread(target=_run, args=(loop, stop, watched, signs)))
    for thread in threads:
        thread.start()
    # Shows the supervisor progress, also while all other threads wait for a slow disk.
    while not stop.wait(_LOOK_S):
        if has_failed_sync(settings.data):
            note_failed_sync(settings.data)  # ends this process, so that the file is repaired
            break
    stop.set()
    for thread in threads:
        thread.join()


def _loops(settings: Settings, steps: Set[Step], signs: StorageSigns) -> Iterator[_Loop]:
    """One loop for each group of kinds, one for each CRM that is searched for missing leads, one
    for leads that an earlier version refined, one that brings what is encrypted under the newest
    data key, one that keeps the index of leads, one that looks at experiments, and one that watches
    for troubles; the process that sends alerts tells them. Each has its own connection to the
    store, so that none waits for another."""
    for kinds, among in _shared_out(settings, steps):
        longest = longest_iteration(settings, timeouts(kinds[0], settings))
        bound = before_lease_ends(settings) if _speaks(kinds[0][0]) else None
        order = InOrder if kinds[0][0] is Step.FIRST_LOOK else RoundRobin
        once = order([partial(do, kind) for kind in kinds])
        kit = msgspec.structs.replace(_kit(settings), among=among)
        yield _Loop(kit, once, longest, bound)
    if Step.WRITE_BACK in steps and settings.reconcile_every:
        for source in settings.crm:
            yield _Loop(_kit(settings), _look_through(settings, source), None)
    if Step.REFINE in steps and lacks_likenesses(settings):
        kit = _kit(settings)
        make = making_likenesses(kit.store)
        yield _Loop(kit, lambda _: make(), None)
    if Step.REFINE in steps and is_encrypted(settings):
        kit = _kit(settings)
        resealing = encrypting(kit.store)
        yield _Loop(kit, lambda _: resealing(), None)
    if Step.REFINE in steps:
        kit = _kit(settings)
        index = indexing(kit.store)
        yield _Loop(kit, lambda _: index(), None)
    if Step.ASSIGN in steps and (settings.rules or _gave_leads_out(settings)):
        yield _Loop(_kit(settings), _look_after_teams, None)
    extra = (*counters(settings, steps), *watchers(settings, steps))
    yield from (_Loop(_kit(settings), each, None) for each in extra)
    if Step.REFINE in steps and (terms := terms_of(settings)):
        yield _Loop(_kit(settings), partial(_retain, terms), None)
    if Step.NOTIFY in steps and keeps_audit(settings):
        yield _Loop(_kit(settings), AuditKeeper(settings).once, None)
    watch = TroubleWatch(settings, signs, tells=Step.NOTIFY in steps)
    yield _Loop(_kit(settings), watch.once, None)


def _shared_out(
    settings: Settings, steps: Set[Step]
) -> Iterator[tuple[list[TaskKind], Among | None]]:
    """The groups of step kinds, and the sources whose leads they lease. Steps that may ask a CRM
    run in one loop for each CRM and one for all other leads, so that a CRM that hangs delays only
    its own leads."""
    asked = frozenset(source for source, config in settings.crm.items() if config.look_up)
    for kinds in _groups(settings, steps):
        if asked and kinds[0][0].addressee is Addressee.LEAD:
            yield kinds, Among(asked, others=True)
            for source in sorted(asked):
                yield kinds, Among(frozenset((source,)))
        else:
            yield kinds, None


def _groups(settings: Settings, steps: Set[Step]) -> list[list[TaskKind]]:
    """The kinds of tasks of these steps, by the settings. Kinds with the same channel or CRM are in
    one group, because they share its pace; first looks are in that of refinement, before it."""
    channels = wiring.channels(settings) if any(map(_speaks, steps)) else {}
    groups: dict[tuple[object, str], list[TaskKind]] = {}
    for step in sorted(steps, key=_IN_TURN.index):
        for name in names(step, settings):
            if not _speaks(step) or name in channels:
                shared = step if step.addressee is Addressee.LEAD else step.addressee
                shared = Step.REFINE if step is Step.FIRST_LOOK else shared
                groups.setdefault((shared, name), []).append((step, name))
    return list(groups.values())


def _speaks(step: Step) -> bool:
    return step.addressee is Addressee.CHANNEL


def longest_iteration(settings: Settings, timeouts: Iterable[timedelta] = ()) -> timedelta:
    """How long an iteration may take: a little less than its lease, so that a worker that hangs is
    ended before its leases end. It is longer if *timeouts* need that: calls to others are begun
    during half of the lease, and each may take its timeout."""
    waiting = settings.lease / 2 + 2 * max(timeouts, default=timedelta())
    return max(before_lease_ends(settings), waiting)


def before_lease_ends(settings: Settings) -> timedelta:
    """How long sending a message may take at most, whatever timeout its channel has: after the
    lease ends, another worker may send the same message."""
    return settings.lease - min(settings.lease / 10, _AHEAD)


def _kit(settings: Settings) -> Kit:
    longest = before_lease_ends(settings).total_seconds()
    kit = wiring.embedded(settings, longest, makes=False)  # the supervisor has the folder open
    kit = msgspec.structs.replace(kit, most_deaths=EMBEDDED_DEATHS)
    refuse_if_moved(settings.data)  # checked while the file is open, so that no move can begin
    kit.store.rebase()
    return kit


def _run(loop: _Loop, stop: threading.Event, watched: Watched, signs: StorageSigns) -> None:
    kit = msgspec.structs.replace(loop.kit, report_current=watched.at)
    telling_leases(kit.store, watched.leased)
    clock = ClockWatch()
    while not stop.is_set():
        began = time.monotonic()
        watched.begin(loop.longest or timedelta())
        try:
            if clock.jumped_back():
                log.warning("clock.jumped_back", extra={"count": kit.store.rebase()})
            with within(loop.bound.total_seconds()) if loop.bound else nullcontext():
                pause = loop.once(kit)
        except LeadlineError as error:
            log.error("worker.storage", extra={"error": type(error).__name__})
            signs.note(error)
            pause = _TROUBLE_S
        except Exception:
            log.exception("worker.trouble")
            pause = _TROUBLE_S
        finally:
            watched.end()
        if pause > 0:
            stop.wait(max(pause, min(_SHARE * (time.monotonic() - began), _MOST_IDLE_S)))


def _look_through(settings: Settings, source: str) -> Callable[[Kit], float]:
    """A call that searches the CRM for missing leads whenever that is due."""
    front = wiring.capture_kit(settings)
    every, back = settings.reconcile_every, settings.reconcile_back
    return lambda kit: reconcile_in_turn(kit, front, source, every, back).total_seconds()


def _look_after_teams(kit: Kit) -> float:
    """Hand on the leads of people who are away now, and hand out those that wait though somebody
    has room; returns the seconds until the next look."""
    hand_on_absent(kit)
    wake_queues(kit)
    return _ABSENT_S


def _retain(terms: Sequence[Term], kit: Kit) -> float:
    """Do the next step of retention; returns the seconds until the next look."""
    wait = retain_in_turn(kit.store, terms, kit.clock(), kit.audit)
    return min(wait.total_seconds(), _RETAIN_S)


def _gave_leads_out(settings: Settings) -> bool:
    """Whether earlier settings gave leads to teams, for which some may wait still."""
    with closing(for_reading(settings)) as store:
        return has_known_teams(store)


class RoundRobin:
    """Does the tasks of several kinds in turn, so that a flood of one kind does not delay the
    others that share its channel."""

    def __init__(self, steps: Sequence[DoOnce]) -> None:
        self._steps = list(steps)

    def __call__(self, kit: Kit) -> float:
        """Do tasks of the first kind that has something due and can be done now; returns the
        seconds to wait."""
        for step in self._steps:
            if step(kit) == timedelta():
                self._steps.remove(step)
                self._steps.append(step)
                return 0.0
        return IDLE_S


class InOrder(RoundRobin):
    """Does the tasks of the first kind before all others: hot leads that a first look finds after
    an outage are refined before those that wait with them."""

    def __call__(self, kit: Kit) -> float:
        """See `RoundRobin`."""
        done = any(step(kit) == timedelta() for step in self._steps)
        return 0.0 if done else IDLE_S


class ClockWatch:
    """Notices when the wall clock is set back."""

    def __init__(self, least: timedelta = timedelta(seconds=1)) -> None:
        self._least = least
        self._seen = self._offset()

    def jumped_back(self) -> bool:
        """Whether the wall clock was set back by at least the given span since the last call."""
        offset = self._offset()
        jumped = self._seen - offset >= self._least
        self._seen = offset
        return jumped

    @staticmethod
    def _offset() -> timedelta:
        since = datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return since - timedelta(seconds=time.monotonic())
