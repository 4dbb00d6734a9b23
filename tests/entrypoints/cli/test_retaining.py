"""`leadline retention`, `hold-data` and `release-data` on an installation."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.model.lead import Kind
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured

NOW = datetime.now(UTC)
TERMS = '[retention]\nraw = "90d"\n[sources.form]\nkeep_raw = "10d"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    (tmp_path / "leadline.toml").write_text(TERMS)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def event(folder: Path, days: int, name: str = "ada") -> str:
    """An event of so many days ago; its id."""
    clock = HandClock(NOW - timedelta(days=days))
    one = captured(clock, name, kind=Kind.IGNORED, why="test")
    with closing(SqliteStore(folder / "data", clock=clock)) as store:
        store.accept([one])
    return one.id


def raw(folder: Path, lead_id: str) -> bytes:
    with closing(SqliteStore(folder / "data")) as store:
        return store.archived([lead_id])[lead_id].raw


def test_a_dry_run_shows_what_a_run_then_deletes(folder: Path) -> None:
    old, young = event(folder, 100), event(folder, 50, "ben")
    shown = json.loads(run("retention", "run", "--dry-run", "--json").stdout)
    expected = [{"kind": "raw", "source": "generic", "leads": 1}]
    assert shown == {"dry_run": True, "deleted": expected}
    assert raw(folder, old) != RETIRED_WORDS
    done = run("retention", "run", "--yes")
    assert "raw   generic  1" in done.stdout
    assert (raw(folder, old), raw(folder, young) == RETIRED_WORDS) == (RETIRED_WORDS, False)
    assert "nothing is too old" in run("retention", "run", "--yes").stdout


def test_without_a_confirmation_nothing_is_deleted(folder: Path) -> None:
    old = event(folder, 100)
    refused = CliRunner().invoke(app, ["retention", "run"])
    assert refused.exit_code == 2
    assert "without a terminal, confirm it with --yes" in refused.stderr
    assert raw(folder, old) != RETIRED_WORDS


def test_the_report_tells_terms_numbers_and_holds(folder: Path) -> None:
    event(folder, 100)
    held = event(folder, 101, "ben")
    assert run("hold-data", held[-8:], "--why", "dispute 17").exit_code == 0
    text = run("retention").stdout
    assert "90d" in text
    assert "1 of generic" in text
    assert "raw of form: kept for 10d" in text
    assert "dispute 17" in text
    told = json.loads(run("retention", "report", "--json").stdout)
    assert [one["kept_for"] for one in told["kinds"]] == ["90d", "ever", "ever", "ever"]
    assert told["kinds"][0]["too_old"] == {"generic": 1}
    assert [hold["lead_id"] for hold in told["holds"]] == [held]


def test_a_lead_under_a_legal_hold_is_shown_so_and_goes_after_its_release(folder: Path) -> None:
    lead_id = event(folder, 100)
    assert run("hold-data", lead_id, "--why", "dispute 17").exit_code == 0
    assert "Under a legal hold since" in run("show", lead_id).stdout
    run("retention", "run", "--yes")
    assert raw(folder, lead_id) != RETIRED_WORDS
    assert "is under a legal hold no more" in run("release-data", lead_id).stdout
    assert "was not under a legal hold" in run("release-data", lead_id).stdout
    run("retention", "run", "--yes")
    assert raw(folder, lead_id) == RETIRED_WORDS
    shown = run("show", lead_id).stdout
    assert "deleted by retention on 20" in shown
    assert "raw.retired" in shown


def test_there_is_no_hold_on_a_lead_that_does_not_exist(folder: Path) -> None:
    event(folder, 1)
    refused = run("hold-data", "0193a5b2-0000-7000-8000-000000000001", "--why", "none")
    assert refused.exit_code == 1


def test_without_terms_it_is_said_that_nothing_is_deleted(folder: Path) -> None:
    (folder / "leadline.toml").write_text("")
    event(folder, 4000)
    done = run("retention", "run", "--yes")
    assert "nothing is ever deleted" in done.stderr


def test_doctor_says_once_that_old_data_is_never_deleted(folder: Path) -> None:
    event(folder, 300)
    (folder / "leadline.toml").write_text("")
    assert "nothing is ever deleted" not in run("doctor", "--offline").stdout
    event(folder, 400, "ben")
    event(folder, 401, "cy")
    assert run("doctor", "--offline").stdout.count("nothing is ever") == 1
    (folder / "leadline.toml").write_text(TERMS)
    assert "deleted daily: raw" in run("doctor", "--offline").stdout
