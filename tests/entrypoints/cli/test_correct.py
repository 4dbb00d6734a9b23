"""`leadline correct`, and that a correction goes out and comes in with its lead."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline import wiring
from leadline.entrypoints.cli import app
from leadline.journey.refinement.refining import refine_due
from leadline.model.task import Step, Task
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured

ADA = {"name": "Ada Vance", "email": "ada@exmaple.com", "budget": "5"}


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def told(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def refine(folder: Path, clock: HandClock, lead_id: str = "") -> None:
    with closing(SqliteStore(folder / "data", clock=clock)) as store:
        kit = wiring.kit_of(load().settings, store, {}, clock)
        if lead_id:
            store.put([Task(Step.REFINE, lead_id)], clock.now)
        while refine_due(kit):
            pass


@pytest.fixture
def lead_id(folder: Path, clock: HandClock) -> str:
    """A lead that has come in and was refined."""
    with closing(SqliteStore(folder / "data", clock=clock)) as store:
        lead = captured(clock, raw=json.dumps(ADA).encode())
        store.accept([lead])
    clock.advance(minutes=11)
    refine(folder, clock)
    return lead.id


def email_of(lead_id: str) -> str:
    return str(told("show", lead_id)["refined"]["contact"]["email"])


def test_a_dry_run_shows_before_and_after_and_changes_nothing(lead_id: str) -> None:
    shown = run("correct", lead_id, "--email", "ada@example.com", "--dry-run").stdout
    assert "ada@exmaple.com" in shown
    assert "ada@example.com" in shown
    found = told("correct", lead_id, "--email", "ada@example.com", "--dry-run")
    assert not found["corrected"]
    assert found["said"] == [
        {"name": "email", "before": "ada@exmaple.com", "after": "ada@example.com"}
    ]
    assert found["said"][0] in found["refined"]
    assert told("show", lead_id)["related"] == []


def test_a_lead_is_corrected_refined_again_and_the_audit_log_says_who_did_it(
    folder: Path, clock: HandClock, lead_id: str
) -> None:
    done = run("correct", lead_id[-12:], "--email", "ada@example.com", "--field", "budget=50", "-y")
    assert done.exit_code == 0, done.output
    refine(folder, HandClock(datetime.now(UTC)))
    story = told("show", lead_id)
    assert story["refined"]["contact"]["email"] == "ada@example.com"
    assert story["refined"]["custom"]["budget"] == "50"
    assert story["raw"] == ADA
    line = next(one for one in story["timeline"] if one["what"] == "event.filtered")
    assert line["detail"].endswith(": email, 1 further field")
    entries = [json.loads(one) for one in run("audit", "export").stdout.splitlines()]
    (entry,) = [one for one in entries if one.get("action") == "cli.correct"]
    assert entry["subject"] == lead_id
    assert "example" not in json.dumps(entry)
    assert told("verify", "--deep")["unaccounted"] == []


def test_a_dry_run_asks_the_suppression_list_as_a_worker_does(
    lead_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("suppress", "add", "--email", "eve@example.com", "--reason", "asked").exit_code == 0
    shown = run("correct", lead_id, "--email", "eve@example.com", "--dry-run").stdout
    assert "contact.suppressed" in shown
    monkeypatch.setenv("LEADLINE_SUPPRESSED", "quarantine")
    shown = run("correct", lead_id, "--email", "eve@example.com", "--dry-run").stdout
    assert "quarantined" in shown


def test_without_a_terminal_and_yes_nothing_is_corrected(lead_id: str) -> None:
    assert run("correct", lead_id, "--email", "ada@example.com").exit_code == 2
    assert told("show", lead_id)["related"] == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "say what to correct"),
        (("--field", "budget"), "NAME=VALUE"),
        (("--email", "ada@exmaple.com"), "nothing would change"),
    ],
)
def test_what_is_no_correction_is_refused_in_words(
    lead_id: str, words: tuple[str, ...], why: str
) -> None:
    refused = run("correct", lead_id, *words, "-y")
    assert refused.exit_code != 0
    assert why in f"{refused.output} {refused.exception}"


def test_where_leads_are_masked_the_correction_is_shown_masked(folder: Path, lead_id: str) -> None:
    (folder / "leadline.toml").write_text("mask = true\n")
    shown = run("correct", lead_id, "--email", "ada@example.com", "--field", "x=Q7", "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "a•••@" in shown.stdout
    assert "ada@" not in shown.stdout
    assert "Q7" not in shown.stdout


def test_a_correction_goes_out_and_comes_in_with_its_lead_and_a_replay_there_keeps_it(
    folder: Path, clock: HandClock, lead_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("correct", lead_id, "--email", "ada@example.com", "-y").exit_code == 0
    now = HandClock(datetime.now(UTC))
    refine(folder, now)
    out = told("export", str(folder / "archive"))
    assert out["corrected"] == 1
    monkeypatch.setenv("LEADLINE_DATA", str(folder / "elsewhere" / "data"))
    assert told("import", str(folder / "archive"))["corrected"] == 1
    assert told("import", str(folder / "archive"))["corrected"] == 0
    assert email_of(lead_id) == "ada@example.com"
    refine(folder / "elsewhere", now, lead_id)
    assert email_of(lead_id) == "ada@example.com"
    assert len(told("show", lead_id)["related"]) == 1
