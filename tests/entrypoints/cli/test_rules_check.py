"""`leadline rules check`: its findings, its exit codes, and what it asks."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.stores.sqlite.store import SqliteStore
from tests.unit.operations.test_rule_checks import WELL
from tests.vendors.close.standin import CloseStandIn

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))

    def invoke(text: str, *words: str) -> Result:
        (tmp_path / "leadline.toml").write_text(text)
        return CliRunner().invoke(app, ["rules", "check", *words])

    return invoke


def test_nothing_is_wrong_and_the_command_ends_well(run: Run) -> None:
    result = run(WELL)
    assert result.exit_code == 0, result.output
    assert "nothing is wrong" in result.stdout


def test_a_fault_ends_with_1_and_a_note_does_not(run: Run) -> None:
    assert run(WELL + '[people.bob]\nemail = "b@example.org"\n').exit_code == 0
    result = run(WELL.replace('fallback = "queue"\n', ""), "--json")
    assert result.exit_code == 1
    (one,) = json.loads(result.stdout)["findings"]
    assert (one["level"], one["table"], one["name"]) == ("fault", "teams", "dach")


def test_the_crm_is_asked_for_its_users_unless_that_is_not_wanted(run: Run) -> None:
    with CloseStandIn() as crm:
        text = f'{WELL}[crm.close]\ntoken = "{crm.secret}"\nurl = "{crm.config().url}"\n'
        result = run(text, "--json")
        told = json.loads(result.stdout)
        assert told["crms_asked"] == ["close"]
        assert [one["name"] for one in told["findings"] if one["level"] == "fault"] == ["ada"]
        assert result.exit_code == 1
        asked = len(crm.requests)
        assert run(text, "--no-crm").exit_code == 0
        assert len(crm.requests) == asked


def test_a_crm_that_does_not_answer_is_said_not_to_have_been_asked(run: Run) -> None:
    result = run(f'{WELL}[crm.close]\ntoken = "x"\nurl = "http://127.0.0.1:9"\n')
    assert result.exit_code == 0
    assert "close was not asked for its users" in result.output


def test_custom_fields_are_looked_for_in_stored_leads(run: Run, tmp_path: Path) -> None:
    text = WELL + '[rules.rich]\nwhen = ["custom.budget >= 5"]\nchannels = ["mail"]\n'
    assert "not looked for in leads" in run(text).output
    with closing(SqliteStore(tmp_path / "data")):
        pass
    assert "custom" not in run(text).stdout
