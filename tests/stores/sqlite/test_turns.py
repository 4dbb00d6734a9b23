"""On a slow disk captures go first, and workers get by with what is left."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from leadline.model.task import Done, Step
from leadline.ports.store import Settlement
from leadline.stores.sqlite.file.turns import Turns
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import LEASE, HandClock, captured, refined


class Seconds:
    """A monotonic clock that is advanced by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def turns(tmp_path: Path, seconds: Seconds) -> Iterator[tuple[Turns, Turns, Turns]]:
    """The turns of a capture and of two workers."""
    made = [Turns(tmp_path, first=first, now=seconds) for first in (True, False, False)]
    yield made[0], made[1], made[2]
    for one in made:
        one.close()


def commit(turns: Turns, seconds: Seconds, took: float) -> None:
    with turns.taken(), turns.measured():
        seconds.now += took


def test_after_a_slow_commit_workers_take_nothing_as_long_as_captures_come_in(
    turns: tuple[Turns, Turns, Turns], seconds: Seconds
) -> None:
    capture, worker, other = turns
    commit(worker, seconds, 0.3)
    taken = 0
    for _ in range(20):
        commit(capture, seconds, 0.3)
        for one in (worker, other):
            if one.may_take_more():
                taken += 1
                commit(one, seconds, 0.3)
    assert taken <= 4  # of twenty turns of captures


def test_what_a_worker_holds_it_settles_at_once_and_pays_for_later(
    turns: tuple[Turns, Turns, Turns], seconds: Seconds
) -> None:
    capture, worker, _ = turns
    for _ in range(3):
        commit(worker, seconds, 0.3)
    commit(capture, seconds, 0.3)
    for _ in range(18):
        assert not worker.may_take_more()
        commit(capture, seconds, 0.3)
    commit(capture, seconds, 1.0)
    assert worker.may_take_more()


def test_where_no_captures_come_in_workers_wait_for_nothing(
    turns: tuple[Turns, Turns, Turns], seconds: Seconds
) -> None:
    capture, worker, _ = turns
    commit(capture, seconds, 0.3)
    commit(worker, seconds, 0.3)
    assert worker.may_take_more()
    commit(capture, seconds, 0.3)
    assert not worker.may_take_more()
    seconds.now += 0.5
    assert worker.may_take_more()


def test_on_a_quick_disk_nobody_waits(turns: tuple[Turns, Turns, Turns], seconds: Seconds) -> None:
    capture, worker, other = turns
    for _ in range(50):
        commit(capture, seconds, 0.005)
        commit(worker, seconds, 0.01)
        with other.taken():
            assert worker.may_take_more()


def test_on_a_slow_disk_one_worker_at_a_time_takes_more(
    turns: tuple[Turns, Turns, Turns], seconds: Seconds
) -> None:
    capture, worker, other = turns
    commit(worker, seconds, 0.3)
    for _ in range(9):
        commit(capture, seconds, 0.3)
    with other.taken():
        assert not worker.may_take_more()
    assert worker.may_take_more()


def test_a_time_of_an_earlier_run_of_the_machine_holds_nobody(
    turns: tuple[Turns, Turns, Turns], seconds: Seconds
) -> None:
    capture, worker, _ = turns
    commit(worker, seconds, 0.3)
    commit(capture, seconds, 0.3)
    seconds.now = 5.0
    assert worker.may_take_more()
    commit(capture, seconds, 0.3)
    assert worker.may_take_more()


class _SlowDisk(apsw.VFS):
    """The default disk as long as it is registered: each sync takes a fifth of a second."""

    def __init__(self) -> None:
        super().__init__("slow", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _SlowFile("unix", name, flags)


class _SlowFile(apsw.VFSFile):
    def xSync(self, flags: int) -> None:
        if _SlowFile.is_slow:
            time.sleep(0.2)
        super().xSync(flags)

    is_slow = False


@pytest.fixture
def slow_disk() -> Iterator[None]:
    disk = _SlowDisk()
    yield
    _SlowFile.is_slow = False
    disk.unregister()


class _Worker(threading.Thread):
    """Refines until it is told to stop; counts its commits."""

    def __init__(self, folder: Path, clock: HandClock, stop: threading.Event) -> None:
        super().__init__()
        self._folder, self._clock, self._stop_it = folder, clock, stop
        self.commits = 0

    def run(self) -> None:
        store = SqliteStore(self._folder, clock=self._clock)
        while not self._stop_it.is_set():
            held = store.lease(Step.REFINE, 1, LEASE)
            if not held:
                self._stop_it.wait(0.01)
                continue
            lead = captured(self._clock)
            refined_lead = refined(lead, self._clock)
            store.settle([Settlement(one, Done(refined=refined_lead)) for one in held])
            self.commits += 2
        store.close()


@pytest.mark.usefixtures("slow_disk")
def test_workers_on_a_slow_disk_get_a_small_part_of_its_syncs(
    tmp_path: Path, clock: HandClock
) -> None:
    store = SqliteStore(tmp_path, clock=clock, checkpoint_pages=0, first=True)
    store.accept([captured(clock, f"n{n}", delay=timedelta()) for n in range(100)])
    _SlowFile.is_slow = True
    stop = threading.Event()
    with ExitStack() as ended:
        workers = [_Worker(tmp_path, clock, stop) for _ in range(3)]
        for worker in workers:
            worker.start()
            ended.callback(worker.join)
        ended.callback(stop.set)
        for number in range(24):
            store.accept([captured(clock, f"later{number}", delay=timedelta())])
    _SlowFile.is_slow = False
    store.close()
    assert 0 < sum(worker.commits for worker in workers) < 16
