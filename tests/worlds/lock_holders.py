"""Processes that hold the right to write to a data folder, until they are told to let go.

`python -m tests.worlds.lock_holders FOLDER HOW`, where HOW is "still" (it waits for ever, as one
that was stopped), "slow" (another thread of it looks around, as in a worker that waits for a slow
disk) or "sqlite" (as "still", by SQLite's own lock alone).
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.stores.sqlite.file.database import Database

ROOT = Path(__file__).parents[2]


@contextmanager
def holder(folder: Path, how: str) -> Iterator[subprocess.Popen[bytes]]:
    """Such a process, which lets go when its standard input ends, at the latest after the block."""
    command = [sys.executable, "-m", "tests.worlds.lock_holders", str(folder), how]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"held\n"
        yield process
    finally:
        process.stdin.close()
        process.kill()
        process.stdout.close()
        process.wait()


def _hold(database: Database, how: str) -> None:
    if how == "sqlite":
        database.connection.execute("BEGIN IMMEDIATE")
        _wait()
        return
    with database.exclusively():
        _wait()


def _wait() -> None:
    print("held", flush=True)
    sys.stdin.read()


def _look_around() -> None:
    event = threading.Event()
    while not event.wait(0.05):
        pass


if __name__ == "__main__":
    if sys.argv[2] == "slow":
        threading.Thread(target=_look_around, daemon=True).start()
    _hold(Database(Path(sys.argv[1])), sys.argv[2])
