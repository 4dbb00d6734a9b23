"""What `doctor` says of the privacy key."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.entrypoints.cli._doctor_privacy_key import check_privacy_key
from leadline.model.privacy import Tombstone
from leadline.settings.general import Settings
from leadline.stores.key_file import key_path, read_or_make_key
from leadline.stores.sqlite.store import SqliteStore


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


def test_nothing_is_said_of_a_key_that_can_be_made_or_is_there(settings: Settings) -> None:
    assert check_privacy_key(settings) == []
    read_or_make_key(settings.data)
    assert check_privacy_key(settings) == []


def test_a_key_that_is_lost_or_unreadable_is_wrong(settings: Settings) -> None:
    key = read_or_make_key(settings.data)
    with closing(SqliteStore(settings.data)) as store:
        store.bury(Tombstone(("0" * 32,), key.id, datetime.now(UTC)))
    key_path(settings.data).unlink()
    ((state, _, words),) = check_privacy_key(settings)
    assert (state, "people were erased with a privacy key that is missing" in words) == (
        "WRONG",
        True,
    )
    key_path(settings.data).mkdir()
    ((state, _, words),) = check_privacy_key(settings)
    assert (state, "can't be read" in words) == ("WRONG", True)


def test_a_key_that_this_user_may_not_make_is_told_before_it_is_needed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.stores.key_file.os.access", lambda *_: False)
    ((state, name, words),) = check_privacy_key(settings)
    assert (state, name) == ("note", "privacy key")
    assert "until privacy_key is set, nobody can be erased" in words
