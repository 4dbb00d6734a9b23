"""Whose lead `preview` shows, before there are settings and with them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app

BEN = "ben@example.com"
NAMING = {
    "name": "Ada Vance",
    "email": "ada@example.com",
    "owner": "import-job",
    "assigned_to": BEN,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lead.json").write_text(json.dumps(NAMING))
    return tmp_path


def preview(*more: str) -> Result:
    done = CliRunner().invoke(app, ["preview", "lead.json", *more])
    assert done.exit_code == 0, done.output
    return done


def details(done: Result) -> Any:
    return json.loads(done.stdout)[0]["refined"]["lead_details"]


def test_without_settings_the_owner_is_shown_as_from_a_trusted_sender_and_told_on_what_terms() -> (
    None
):
    done = preview("--json")
    assert details(done)["owner"] == BEN
    assert done.stderr.splitlines() == [
        "the owner counts only from a sender whom you trust: "
        'set `secret` and `owner = "trusted"` in [sources.generic]'
    ]
    assert json.loads(preview("--raw", "--json").stdout)[0]["fields"]["owner"] == BEN


def test_of_a_crm_a_secret_is_enough() -> None:
    Path("lead.json").write_text(json.dumps({**NAMING, "lead_id": "8", "owner": BEN}))
    done = preview("--source", "zoho", "--json")
    assert details(done)["owner"] == BEN
    assert done.stderr.splitlines() == [
        "the owner counts only from a sender with a secret: set `secret` in [sources.zoho]"
    ]


def test_a_payload_without_an_owner_says_nothing_of_owners() -> None:
    Path("lead.json").write_text(json.dumps({"name": "Ada Vance", "email": "ada@example.com"}))
    assert preview().stderr == ""


@pytest.mark.parametrize("settings", ["", "[sources.generic]\nsecret = 'a-long-secret'\n"])
def test_with_a_settings_file_it_decides(folder: Path, settings: str) -> None:
    (folder / "leadline.toml").write_text(f"region = 'US'\n{settings}")
    done = preview("--json")
    assert details(done)["owner"] is None
    assert details(done)["owner_claimed"] == BEN
    assert done.stderr == ""


def test_with_settings_of_sources_in_the_environment_they_decide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEADLINE_SOURCES__GENERIC__SECRET", "a-long-secret")
    assert details(preview("--json"))["owner_claimed"] == BEN


def test_what_a_visitor_writes_into_a_form_names_no_owner() -> None:
    done = preview("--source", "form", "--json")
    assert details(done)["owner_claimed"] == BEN
    assert done.stderr == ""
