"""`leadline encryption`: on, off, status, rotate."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.stores.sqlite.encryption.references import give_reference
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.encrypted import new_key
from tests.worlds.leads import HandClock, captured


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a key, which the settings name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LEADLINE_ENCRYPTION_KEY", new_key(tmp_path / "one"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "before-schema-9").mkdir()
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def state() -> tuple[str, str]:
    found = json.loads(run("encryption", "status", "--json").stdout)
    return found["state"], found["reference"].rpartition("/")[2]


def test_encryption_goes_on_gets_another_key_and_goes_off(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = run("encryption", "on")
    assert (on.exit_code, on.stdout) == (0, "personal data is encrypted\n")
    assert "without it nothing can be read" in on.stderr
    assert "in the clear: delete them once you do not need them (before-schema-9)" in on.stderr
    assert state() == ("on", "one")
    assert run("encryption", "rotate").stdout == (
        "everything is under data key 2 now; the earlier one is gone\n"
    )
    monkeypatch.setenv("LEADLINE_ENCRYPTION_KEY", new_key(folder / "two"))
    refused = run("encryption", "status")
    assert refused.exit_code != 0
    assert run("encryption", "rotate", "--from", f"file:{folder / 'one'}").exit_code == 0
    assert state() == ("on", "two")
    off = run("encryption", "off")
    assert off.stdout.endswith("the key can go from the settings\n")
    assert state()[0] == "left"
    monkeypatch.delenv("LEADLINE_ENCRYPTION_KEY")
    assert run("encryption", "rotate").exit_code != 0
    assert run("encryption", "on").exit_code != 0
    give_reference(folder / "data", "")


def test_what_is_not_encrypted_yet_is_said_to_be_under_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key(folder / "one")
    monkeypatch.delenv("LEADLINE_ENCRYPTION_KEY")
    with closing(SqliteStore(folder / "data")) as store:
        store.accept([captured(HandClock(datetime(2026, 3, 2, tzinfo=UTC)))])
    give_reference(folder / "data", key)
    SqliteStore(folder / "data").close()  # begins it, and encrypts nothing of what is there
    monkeypatch.setenv("LEADLINE_ENCRYPTION_KEY", key)
    lines = run("encryption", "status").stdout.splitlines()
    assert lines[0].startswith("personal data is being encrypted, key in file:")
    assert lines[-1] == "a running server goes on with it; so does `leadline encryption on`"
    assert run("encryption", "on").exit_code == 0
    assert run("encryption", "status").stdout.startswith("personal data is encrypted, key in")


def test_the_index_is_verified_with_the_key_of_the_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("encryption", "on").exit_code == 0
    assert run("index", "rebuild").exit_code == 0
    (folder / "one").rename(folder / "moved")
    assert run("index", "verify").exit_code != 0
    monkeypatch.setenv("LEADLINE_ENCRYPTION_KEY", f"file:{folder / 'moved'}")
    assert run("index", "verify").exit_code == 0
    give_reference(folder / "data", "")


@pytest.mark.parametrize("words", ["/etc/key", "kms:alias/mine", "env:a-b", "file:"])
def test_a_reference_that_names_no_key_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    refused = run("encryption", "rotate", "--from", words)
    assert refused.exit_code != 0
    assert "file:PATH, env:NAME, or kms:" in str(refused.exception) + refused.stderr
    monkeypatch.setenv("LEADLINE_ENCRYPTION_KEY", words)
    assert run("encryption", "status").exit_code != 0
