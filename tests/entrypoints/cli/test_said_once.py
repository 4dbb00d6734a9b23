"""Commands that are repeated, tried first, or run where nothing is."""

import json
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli._app import main
from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.lead import Delivery, Event
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.store import SqliteStore
from leadline.vendors.generic.webhook import Generic
from tests.worlds.leads import HandClock, captured


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_second_hold_changes_nothing_and_writes_nothing(folder: Path) -> None:
    lead = captured(HandClock(datetime.now(UTC)))
    with closing(SqliteStore(folder / "data")) as store:
        store.accept([lead])
    first = run("hold", lead.id, "--yes")
    shown = json.loads(run("show", lead.id, "--json").stdout)
    second = run("hold", lead.id)  # there is nothing to confirm
    assert first.exit_code == second.exit_code == 0
    assert first.stdout == second.stdout
    assert json.loads(run("show", lead.id, "--json").stdout) == shown
    assert json.loads(run("hold", lead.id, "--json").stdout)["held"] is True


def test_a_dry_run_counts_what_still_can_not_be_read_as_skipped(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = CaptureKit({"generic": Generic(SourceConfig(secret=("s",)))}, timedelta(minutes=10))
    bodies, known, at = (b"{", b"{{"), {"authorization": "Bearer s"}, datetime.now(UTC)
    lost = [lead for body in bodies for lead in read(Delivery("generic", body, at, known), kit)]
    with closing(SqliteStore(folder / "data")) as store:
        store.accept(lost)
    events = Generic.events

    def of_a_later_version(source: Generic, delivery: Delivery) -> Iterable[Event]:
        good = msgspec.structs.replace(delivery, body=b'{"email":"ada@example.com"}')
        return events(source, good if delivery.body == b"{{" else delivery)

    monkeypatch.setattr(Generic, "events", of_a_later_version)
    words = ("replay", "--from", "capture", "--status", "dead")
    would = json.loads(run(*words, "--dry-run", "--json").stdout)
    assert would["would_replay"] == 1
    assert would["lead_ids"] == [lost[1].id]
    assert would["skipped"] == {lost[0].id: "it still can't be read"}
    said = run(*words, "--dry-run")
    assert said.stdout == "1 lead would be replayed from capture\n"
    assert "1 skipped: it still can't be read; correct it with --body FILE" in said.stderr
    assert json.loads(run(*words, "--yes", "--json").stdout)["replayed"] == 1


@pytest.mark.parametrize("words", [["status"], ["--config", "../x.toml", "leads"]])
def test_in_a_folder_that_was_deleted_a_line_is_said(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.delenv("LEADLINE_DATA", raising=False)
    gone.rmdir()
    monkeypatch.setattr(sys, "argv", ["leadline", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "was deleted" in told or "../x.toml: there is no such file" in told
