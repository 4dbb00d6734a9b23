"""Starts and stops processes that wait as `serve` and its workers do, until one does not end.

`python -m tests.worlds.stopped_by_signal COUNT`; each is a fork, so that thousands are cheap.
"""

import os
import random
import signal
import sys
import threading
import time

from leadline.entrypoints.embedded.children import stop_on_signal

_LOOK_S = 0.0002
"""A supervisor looks at its children much more seldom: here nearly every signal comes while the
main thread is about to wait."""


def main(count: int) -> None:
    """Start and stop so many."""
    chance = random.Random(count)
    for number in range(count):
        ready, told = os.pipe()
        if not (pid := os.fork()):
            _wait_to_be_stopped(told, ends=bool(number % 4))
        os.read(ready, 1)
        time.sleep(chance.random() / 500)
        os.kill(pid, signal.SIGTERM)
        _, status = os.waitpid(pid, 0)
        if status:
            sys.exit(f"number {number} ended with {status}")
        os.close(ready)
        os.close(told)


def _wait_to_be_stopped(told: int, *, ends: bool) -> None:
    """As the supervisor waits, a moment at a time (*ends*), or as a worker does."""
    stop = threading.Event()
    stop_on_signal(stop.set)
    os.write(told, b".")
    while not stop.wait(_LOOK_S if ends else None):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
