"""`leadline rules explain`: which rules a payload meets, and who would get it."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline import wiring
from leadline.entrypoints.cli import app
from leadline.journey.refinement.refining import refine_due
from leadline.model.errors import LeadlineError
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.entrypoints.cli.test_rules_backtest import hashes
from tests.worlds.leads import HandClock, captured

Run = Callable[..., Result]
SETTINGS = """
delay = "0s"
[people.ada]
email = "ada@example.org"
[people.bob]
away = ["2026-12-24/2026-12-26"]
[hours.day]
open = "08:00"
[channels.team]
kind = "webhook"
[rules.german]
countries = ["DE"]
min_score = 10
team = "dach"
channels = ["team"]
[rules.day]
during = "day"
assign = ["bob"]
[teams.dach]
people = ["bob", "ada"]
fallback = "queue"
"""
GERMAN = {"name": "Jana Muster", "email": "jana@firm.example", "country": "DE", "score": 50}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    (tmp_path / "leadline.toml").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    def invoke(body: dict[str, Any], *words: str) -> Result:
        (folder / "lead.json").write_text(json.dumps(body))
        return CliRunner().invoke(app, ["rules", "explain", "lead.json", *words])

    return invoke


def found(run: Run, body: dict[str, Any], *words: str) -> dict[str, Any]:
    result = run(body, "--json", *words)
    assert result.exit_code == 0, result.output
    (one,) = json.loads(result.stdout)
    return dict(one)


def stored(folder: Path, *bodies: dict[str, Any]) -> None:
    """Leads that came and were refined, a minute apart."""
    settings = load().settings
    with closing(SqliteStore(folder / "data")) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        for number, body in enumerate(bodies):
            at = datetime.now(UTC) - timedelta(minutes=60 - number)
            lead = captured(HandClock(at), f"x{number}", raw=json.dumps(body).encode())
            store.accept([lead])
            assert refine_due(kit) == 1


def test_the_rule_that_fits_its_team_and_who_would_get_it_are_told(run: Run) -> None:
    one = found(run, GERMAN)
    assert (one["decision"]["rule"], one["decision"]["team"]) == ("german", "dach")
    assert (one["owner"], one["channels"]) == ("bob", ["team"])
    assert one["because"] == "It is bob's turn in the team dach (rule german)."
    text = run(GERMAN).stdout
    assert "  german fits: it assigns it and decides who is alerted" in text
    assert "  ada was there, but it was not their turn" in text
    assert "Channels: team." in text


def test_a_source_that_is_none_is_refused_in_words(run: Run) -> None:
    result = run(GERMAN, "--source", "hubspott")
    assert result.exit_code == 1
    assert isinstance(result.exception, LeadlineError)
    assert "there is no source 'hubspott' (there are: " in str(result.exception)


def test_a_rule_that_does_not_fit_says_which_condition_failed(run: Run) -> None:
    body = {**GERMAN, "score": 5}
    rules = found(run, body, "--at", "2026-11-30T23:00:00Z")["decision"]["rules"]
    assert rules == [
        {"rule": "german", "failed": "min_score = 10"},
        {"rule": "day", "failed": "during = day"},
    ]
    text = run(body, "--at", "2026-11-30T23:00:00Z").stdout
    assert "  german did not fit: min_score = 10\n" in text
    assert "No rule assigns it." in text


def test_the_time_can_be_named_and_decides_who_is_there(run: Run) -> None:
    one = found(run, GERMAN, "--at", "2026-12-24T10:00:00Z")
    assert one["owner"] == "ada"
    assert [(person["person"], person["why"]) for person in one["people"]] == [
        ("bob", "away"), ("ada", "chosen"),
    ]  # fmt: skip
    assert "bob is away until Sunday, 2026-12-27" in one["because"]


def test_the_end_of_an_absence_is_a_day_where_the_person_is(folder: Path, run: Run) -> None:
    there = SETTINGS.replace("[people.bob]\n", '[people.bob]\nzone = "Europe/Berlin"\n')
    (folder / "leadline.toml").write_text(there)
    one = found(run, GERMAN, "--at", "2026-12-24T10:00:00Z")
    assert one["people"][0]["detail"] == "until 2026-12-27T00:00:00+01:00"
    assert "bob is away until Sunday, 2026-12-27." in one["because"]


def test_turns_are_as_they_stand_and_none_is_taken(folder: Path, run: Run) -> None:
    stored(folder, GERMAN)
    other = {**GERMAN, "name": "Udo Anders", "email": "udo@other.example"}
    before = hashes(folder / "data")
    assert [found(run, other)["owner"] for _ in range(2)] == ["ada", "ada"]
    assert found(run, other, "--fresh")["owner"] == "bob"
    assert hashes(folder / "data") == before


def test_a_person_who_returns_is_found_among_stored_leads(folder: Path, run: Run) -> None:
    stored(folder, GERMAN)
    one = found(run, {**GERMAN, "message": "me again"})
    assert (one["owner"], one["decision"]["how"]) == ("bob", "duplicate")
    assert one["duplicate_of"]["lead_id"] == one["decision"]["before"]


def test_settings_can_be_tried_before_they_are_live(folder: Path, run: Run) -> None:
    (folder / "new.toml").write_text(SETTINGS.replace('["bob", "ada"]', '["ada"]'))
    assert found(run, GERMAN, "--settings", "new.toml")["owner"] == "ada"
    assert found(run, GERMAN)["owner"] == "bob"


def test_what_only_a_crm_knows_is_said_to_be_unknown(folder: Path, run: Run) -> None:
    (folder / "leadline.toml").write_text(SETTINGS + '[crm.close]\ntoken = "k"\n')
    body = {"event": {"object_type": "lead", "action": "created", "object_id": "lead_1",
            "data": {"id": "lead_1", "display_name": "Firm"}}}  # fmt: skip
    text = run(body, "--source", "close").stdout
    assert "The CRM was not asked" in text


def test_a_payload_that_is_no_lead_says_so(run: Run) -> None:
    result = run({"name": "x", "email": "x@x"}, "--source", "generic")
    assert "Traceback" not in result.output
    spam = run({"name": "Test Test", "email": "test@test.com"})
    assert "No rule is asked" in spam.stdout
