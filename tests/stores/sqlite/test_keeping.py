"""Before the schema of a data file changes, a copy of it is kept that the older Leadline opens."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest

from leadline.model.errors import ConfigurationError, StorageFull
from leadline.model.lead import Fate
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.file.sharing import use
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.schema import newest_schema, schema_version
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured
from tests.worlds.older_schema import SCHEMA, older_file

_KILL_BEFORE = """
import os, sys
from pathlib import Path
import apsw
from leadline.stores.sqlite.store import SqliteStore

left, statements = 0, sys.argv[1] == "statements"

def down():
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return True

def step(event, arguments):
    if event in {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "open"}:
        if "before-schema" in str(arguments[0]):
            down()

def traced(connection):
    connection.exec_trace = lambda connection, statement, bindings: down()

def go_on(folder, steps):
    global left
    left = steps
    if statements:
        apsw.connection_hooks.append(traced)
    else:
        sys.addaudithook(step)
    SqliteStore(folder).close()
    os._exit(0)

for line in sys.stdin:
    steps, _, folder = line.rstrip("\\n").partition(" ")
    child = os.fork()
    if not child:
        go_on(Path(folder), int(steps))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Reads how many steps a migration of which folder may take, and prints how the process ended; it
forks one for each, because to start Python for every step takes most of the time."""


@contextmanager
def use_of(folder: Path) -> Iterator[None]:
    """As long as the block runs, an older Leadline uses the folder."""
    lock = use(folder)
    yield
    os.close(lock)


class _Seen(NamedTuple):
    schema: int
    leads: int
    refined: int


def _seen(folder: Path) -> _Seen:
    db = apsw.Connection(str(folder / FILE))
    leads = len(db.execute("SELECT n FROM lead JOIN raw ON lead = n").fetchall())
    refined = len(db.execute("SELECT lead FROM refined").fetchall())
    seen = _Seen(schema_version(db), leads, refined)
    db.close()
    return seen


def test_a_file_of_an_older_schema_goes_on_and_its_copy_stays(
    tmp_path: Path, clock: HandClock
) -> None:
    older_file(tmp_path, clock)
    for _ in range(2):
        store = SqliteStore(tmp_path, clock=clock)
        assert store.accept([captured(clock, "ada")])[0].fate is Fate.REDELIVERED
        store.close()
    assert _seen(tmp_path) == (newest_schema(), 1, 1)
    kept = tmp_path / f"before-schema-{newest_schema()}"
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [kept.name]
    assert _seen(kept) == (SCHEMA, 1, 1)
    assert kept.stat().st_mode & 0o777 == 0o700
    ledger = SqliteLedger(tmp_path)
    account = ledger.account(deep=True)
    ledger.close()
    assert account.balanced
    assert account.unchecked == 2


@pytest.mark.parametrize("steps", ["files", "statements"])
def test_a_migration_that_is_killed_at_any_step_goes_on_and_keeps_one_copy(
    tmp_path: Path, clock: HandClock, steps: str
) -> None:
    command = [sys.executable, "-c", _KILL_BEFORE, steps]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as processes:
        assert processes.stdin is not None
        assert processes.stdout is not None
        step, killed = 0, True
        while killed:
            data = tmp_path / str(step)
            older_file(data, clock)
            print(step, data, file=processes.stdin, flush=True)
            ended = int(processes.stdout.readline())
            assert ended in (0, 9)
            killed = ended == 9
            SqliteStore(data, clock=clock).close()
            assert _seen(data) == (newest_schema(), 1, 1)
            assert [_seen(one) for one in data.glob("before-schema*")] == [(SCHEMA, 1, 1)]
            step += 1
        assert step > 3


def test_a_second_copy_does_not_take_the_place_of_the_first(
    tmp_path: Path, clock: HandClock
) -> None:
    older_file(tmp_path, clock)
    kept = tmp_path / f"before-schema-{newest_schema()}"
    kept.mkdir()
    (kept / "mine").touch()
    SqliteStore(tmp_path, clock=clock).close()
    assert (kept / "mine").exists()
    assert _seen(tmp_path / f"{kept.name}-2") == (SCHEMA, 1, 1)


def test_the_log_says_what_was_migrated_and_where_its_copy_is(
    tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    older_file(tmp_path, clock)
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            SqliteStore(tmp_path, clock=clock).close()
    (told,) = (vars(line) for line in caplog.records if line.msg == "data.migrated")
    kept = f"before-schema-{newest_schema()}"
    assert told["data"] == str(tmp_path)
    assert told["reason"] == f"from schema 2 to {newest_schema()}; {kept} is as it was before"


def test_where_there_is_no_room_for_a_copy_nothing_is_changed(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_file(tmp_path, clock)
    used = shutil.disk_usage(tmp_path)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: used)
    with pytest.raises(StorageFull, match="free disk space"):
        SqliteStore(tmp_path, clock=clock)
    assert _seen(tmp_path) == (SCHEMA, 1, 1)


def test_a_new_file_has_no_copy(tmp_path: Path, clock: HandClock) -> None:
    SqliteStore(tmp_path, clock=clock).close()
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_who_only_reads_migrates_a_file_that_nobody_uses(tmp_path: Path, clock: HandClock) -> None:
    older_file(tmp_path, clock)
    ledger = SqliteLedger(tmp_path)
    assert ledger.account().accepted == 1
    ledger.close()
    assert _seen(tmp_path / f"before-schema-{newest_schema()}").schema == SCHEMA


def test_who_only_reads_does_not_migrate_under_others(tmp_path: Path, clock: HandClock) -> None:
    older_file(tmp_path, clock)
    with use_of(tmp_path), pytest.raises(ConfigurationError, match="an older version"):
        SqliteLedger(tmp_path)
    assert _seen(tmp_path) == (SCHEMA, 1, 1)
