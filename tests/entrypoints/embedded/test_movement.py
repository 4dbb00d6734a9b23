"""Whether processes move is seen from outside."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from leadline.entrypoints.embedded.movement import Movement

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")

WAITS = "print('.', flush=True); input()"
WORKS = "print('.', flush=True)\nwhile True: pass"
LOOKS_AROUND = """
import sys, threading, time
def beat():
    while True:
        time.sleep(0.01)
        print('.', flush=True)
threading.Thread(target=beat, daemon=True).start()
sys.stdin.read()
"""


class SteadySeconds:
    """A clock that is a second further whenever it is asked."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@contextmanager
def python(program: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def seconds_still(movement: Movement, pid: int, enough: float) -> float:
    """For how long it was seen not to move, when that is enough; or after very many looks."""
    for _ in range(20_000):
        if (still := movement.look([pid])[pid]) >= enough:
            return still
    return still


def test_one_that_waits_for_ever_does_not_move() -> None:
    with python(WAITS) as process:
        assert seconds_still(Movement(SteadySeconds()), process.pid, 50) == 50


@pytest.mark.parametrize("program", [WORKS, LOOKS_AROUND])
def test_one_that_is_stopped_does_not_move_whatever_it_did(program: str) -> None:
    with python(program) as process:
        os.kill(process.pid, signal.SIGSTOP)
        assert seconds_still(Movement(SteadySeconds()), process.pid, 50) == 50


def test_one_that_works_moves() -> None:
    movement = Movement(SteadySeconds())
    with python(WORKS) as process:
        assert {movement.look([process.pid])[process.pid] for _ in range(200)} == {0}


def test_one_whose_other_threads_wait_moves_when_one_looks_around() -> None:
    movement = Movement(SteadySeconds())
    with python(LOOKS_AROUND) as process:
        assert process.stdout is not None
        for _ in range(20):
            process.stdout.readline()
            process.stdout.readline()  # between two of these it has moved
            assert movement.look([process.pid])[process.pid] <= 1


def test_one_that_is_gone_is_forgotten() -> None:
    movement = Movement(SteadySeconds())
    with python(WAITS) as process:
        seconds_still(movement, process.pid, 5)
    assert movement.look([process.pid]) == {process.pid: 0}
    assert movement.look([]) == {}
