"""Opening the data file while somebody else has it alone."""

from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.stores.sqlite.file import sharing
from leadline.stores.sqlite.file.sharing import nobody_else
from leadline.stores.sqlite.store import SqliteStore


def test_who_opens_waits_for_whoever_closes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SqliteStore(tmp_path).close()
    with ExitStack() as closing_it:
        closing_it.enter_context(nobody_else(tmp_path))
        monkeypatch.setattr(sharing, "sleep", lambda seconds: closing_it.close())
        with closing(SqliteStore(tmp_path)) as store:
            assert store.waiting([]) == {}


def test_who_opens_does_not_wait_for_a_whole_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SqliteStore(tmp_path).close()
    passed = iter(range(0, 100, 2))
    monkeypatch.setattr(sharing, "monotonic", lambda: float(next(passed)))
    monkeypatch.setattr(sharing, "sleep", lambda seconds: None)
    with nobody_else(tmp_path), pytest.raises(ConfigurationError, match="is being restored"):
        SqliteStore(tmp_path)
