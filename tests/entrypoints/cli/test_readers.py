"""Who reads what commands print: a program that has ended, or a terminal that obeys it."""

import os
import pty
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline.entrypoints.cli import app
from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.lead import Delivery
from leadline.model.monitoring.event_notes import NOT_READ
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.store import SqliteStore
from leadline.vendors.generic.webhook import Generic

COMMAND = [sys.executable, "-m", "leadline.entrypoints.cli"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def unreadable(data: Path, body: bytes) -> str:
    """The id of a dead letter: a delivery with this body that could not be read."""
    kit = CaptureKit({"generic": Generic(SourceConfig(secret=("s",)))}, timedelta(minutes=10))
    delivery = Delivery("generic", body, datetime.now(UTC), {"authorization": "Bearer s"})
    (lead,) = read(delivery, kit)
    with closing(SqliteStore(data)) as store:
        store.accept([lead])
    return lead.id


def test_a_reader_that_has_ended_does_not_change_what_a_command_does_or_says(data: Path) -> None:
    lead_id = unreadable(data, b"{")
    commands = {
        "show": (["show", lead_id], 0),
        "show as JSON": (["show", lead_id, "--json"], 0),
        "its body": (["show", lead_id, "--body"], 0),
        "dead": (["dead"], 0),
        "verify": (["verify"], 0),
        "settings": (["config", "show"], 0),
        "status, which finds a dead letter": (["status"], 1),
        "status as JSON": (["status", "--json"], 1),
    }
    ended, out = os.pipe()
    os.close(ended)
    done = {}
    for name, (words, _) in commands.items():
        ran = subprocess.run(
            [*COMMAND, *words], stdout=out, stderr=subprocess.PIPE, text=True, timeout=60
        )
        done[name] = (ran.returncode, ran.stderr)
    os.close(out)
    assert done == {name: (code, "") for name, (_, code) in commands.items()}


def test_a_body_is_written_as_it_came_but_for_a_terminal_without_what_it_obeys(data: Path) -> None:
    body = b'{"name": "\x1b]0;Ada\x07 \xc2\x9b31m Vance",}'
    words = [*COMMAND, "show", unreadable(data, body), "--body"]
    assert subprocess.run(words, capture_output=True, timeout=60).stdout == body
    ours, theirs = pty.openpty()
    subprocess.run(words, stdout=theirs, timeout=60, check=True)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)
    assert shown.strip() == '{"name": " ]0;Ada   31m Vance",}'


def test_who_replays_an_unreadable_delivery_is_told_how_it_is_read_again(data: Path) -> None:
    lead_id = unreadable(data, b"{")
    done = CliRunner().invoke(app, ["replay", lead_id, "--yes"])
    assert done.exit_code == 0
    assert "1 skipped: it could not be read; --from capture reads it again" in done.stderr
    assert NOT_READ in CliRunner().invoke(app, ["dead"]).stdout
