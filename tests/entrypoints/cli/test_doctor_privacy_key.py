"""What is told of the privacy key of a data folder before somebody needs it."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline.entrypoints.cli import app
from leadline.installations.privacy_key import trouble_with_key
from leadline.model.personal_data.privacy import Tombstone
from leadline.settings.top.general import Settings
from leadline.stores.key_file import key_path, read_or_make_key
from leadline.stores.sqlite.store import SqliteStore


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


def test_nothing_is_said_of_a_key_that_can_be_made_or_is_there(settings: Settings) -> None:
    assert trouble_with_key(settings) is None
    read_or_make_key(settings.data)
    assert trouble_with_key(settings) is None


def test_a_key_that_is_lost_or_unreadable_is_wrong(settings: Settings) -> None:
    key = read_or_make_key(settings.data)
    with closing(SqliteStore(settings.data)) as store:
        store.bury(Tombstone(("0" * 32,), key.id, datetime.now(UTC)))
    key_path(settings.data).unlink()
    lost = trouble_with_key(settings)
    assert lost is not None
    assert lost.was_used
    assert "people were erased with a privacy key that is missing" in lost.words
    key_path(settings.data).mkdir()
    unreadable = trouble_with_key(settings)
    assert unreadable is not None
    assert "can't be read" in unreadable.words


def test_a_key_that_this_user_may_not_make_is_told_before_it_is_needed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.stores.key_file.os.access", lambda *_: False)
    monkeypatch.setenv("LEADLINE_DATA", str(settings.data))
    told = CliRunner().invoke(app, ["doctor", "--offline", "--json"])
    (check,) = (one for one in json.loads(told.stdout) if "privacy key" in one.values())
    assert "note" in check.values()
    assert any("until privacy_key is set, nobody can be erased" in str(v) for v in check.values())
