"""Processes end when they are told to, at whatever moment that is."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.entrypoints.embedded.children import stop_on_signal

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_by_another_thread_than_the_one_that_waits(number: signal.Signals) -> None:
    """The main thread may hold the very lock that the stopping needs."""
    held, stopped = threading.Lock(), threading.Event()
    gave_up: list[bool] = []

    def stop() -> None:
        gave_up.append(not held.acquire(timeout=30 if in_another_thread() else 0))
        stopped.set()

    def in_another_thread() -> bool:
        return threading.current_thread() is not threading.main_thread()

    stop_on_signal(stop)
    with held:
        signal.raise_signal(number)
    assert stopped.wait(30)
    assert gave_up == [False]


def start_and_stop(count: int) -> None:
    """The time limit only ends a test that has failed: nothing is measured."""
    command = [sys.executable, "-m", "tests.worlds.stopped_by_signal", str(count)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=900)


def test_a_hundred_processes_end_when_they_are_told_to() -> None:
    start_and_stop(100)


@pytest.mark.slow
def test_two_thousand_processes_end_when_they_are_told_to() -> None:
    start_and_stop(2000)
