"""Tasks of files that did not yet keep when a task was first due."""

from contextlib import closing
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import apsw

from leadline.model.task import Retry, Step
from leadline.ports.store import Settlement
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.values import micros
from tests.worlds.leads import LEASE, HandClock

FOLDER = files("leadline.stores.sqlite") / "migrations"
BEFORE = ("0001_first.sql", "0002_desk.sql")


def old_file(folder: Path, clock: HandClock, *tasks: tuple[timedelta, int]) -> None:
    """A file of commit 173241e with a lead for each task: when it is due, and who holds it."""
    with closing(apsw.Connection(str(folder / FILE))) as old:
        for name in BEFORE:
            old.execute((FOLDER / name).read_text())
        old.execute(f"PRAGMA user_version = {len(BEFORE)}")
        for number, (due, holder) in enumerate(tasks, 1):
            key = number.to_bytes(16, "big")
            old.execute(
                """INSERT INTO lead VALUES (?, ?, 'generic', 'created', 1, NULL, 'captured', '',
                                            NULL)""",
                (number, key),
            )
            old.execute("INSERT INTO raw VALUES (?, x'7b7d', NULL, '')", (number,))
            old.execute(
                """INSERT INTO task (lead, step, put_at, due_at, attempt, leased)
                   VALUES (?, 'refine', 1, ?, 1, ?)""",
                (number, micros(clock.now + due), holder),
            )


def test_a_task_of_an_older_file_is_late_from_when_it_is_due(
    tmp_path: Path, clock: HandClock
) -> None:
    old_file(tmp_path, clock, (timedelta(minutes=5), 0), (timedelta(minutes=9), 7))
    start = clock.now
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        assert store.untold_since([]) is None
        clock.advance(minutes=10)
        first = start + timedelta(minutes=5)
        assert store.untold_since([]) == first
        (lease,) = store.lease(Step.REFINE, 1, LEASE)
        store.settle([Settlement(lease, Retry(timedelta(hours=1), why="KeyError"))])
        assert store.untold_since([]) == first
        (other,) = store.lease(Step.REFINE, 1, LEASE)
        store.settle([Settlement(other, Retry(timedelta(hours=1), why="KeyError"))])
        assert store.untold_since([]) == first
        assert other.failures == 1, "its worker died before the update"
