"""`verify` counts from the rows themselves, so that each one that is missing is seen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline.entrypoints.cli import app
from leadline.stores.sqlite.reading.accounting import account
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from tests.stores.sqlite.test_ledger import Filled
from tests.worlds.leads import HandClock


@pytest.fixture
def filled(tmp_path: Path, clock: HandClock) -> Filled:
    return Filled(tmp_path, clock)


OF_LEADS = ("lead", "raw", "task", "refined", "alert")
"""The tables of which each row must be there for every event to be accounted for."""


@pytest.mark.parametrize("table", OF_LEADS)
def test_any_row_that_is_missing_is_seen_by_verify(
    filled: Filled, tmp_path: Path, table: str
) -> None:
    db = filled.store.db.connection
    keys = [name for _, name, *_, part in db.execute(f"PRAGMA table_info({table})") if part]
    rows = list(db.execute(f"SELECT {', '.join(keys)} FROM {table}"))
    assert rows
    which = " AND ".join(f"{key} = ?" for key in keys)
    for row in rows:
        db.execute("BEGIN IMMEDIATE")
        db.execute(f"DELETE FROM {table} WHERE {which}", row)
        assert not account(db, deep=False).balanced, row
        db.execute("ROLLBACK")
    db.execute(f"DELETE FROM {table} WHERE {which}", rows[-1])
    filled.store.close()
    done = CliRunner().invoke(app, ["--data", str(tmp_path), "verify"])
    assert (done.exit_code, "UNACCOUNTED" in done.stdout) == (1, True)


def test_a_running_count_of_events_that_is_missing_is_seen(filled: Filled) -> None:
    db = filled.store.db.connection
    for what in ("captured", "folded", "filtered", "redelivered", "alerted"):
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM tally WHERE what = ?", (what,))
        assert db.changes() == 1
        assert not account(db, deep=False).balanced, what
        db.execute("ROLLBACK")


def test_how_far_an_account_is_is_told_to_its_end(filled: Filled, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    ledger = SqliteLedger(tmp_path)
    ledger.account(deep=True, progress=lambda *one: told.append(one))
    ledger.close()
    last = {what: (done, total) for what, done, total in told}
    assert last == {
        "the structure of the file": (0, 0), "events": (9, 9), "bodies": (9, 9),
        "refined documents": (5, 5), "handlings": (0, 0),
    }  # fmt: skip
    assert list(dict.fromkeys(what for what, done, _ in told if not done)) == list(last)


def test_a_terminal_is_shown_how_far_verify_is_and_a_file_is_not(
    filled: Filled, tmp_path: Path
) -> None:
    filled.store.close()
    words = [sys.executable, "-m", "leadline.entrypoints.cli", "--data", str(tmp_path), "verify"]
    terminal, shown_on = os.openpty()
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=shown_on, env=environ, check=True)
    shown = os.read(terminal, 1 << 16).decode()
    os.close(shown_on)
    os.close(terminal)
    assert "checking events" in shown
    assert "checking" not in done.stdout.decode()
    quiet = subprocess.run(words, capture_output=True, check=True)
    assert quiet.stderr == b""
