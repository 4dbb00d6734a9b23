"""`doctor` says where it is not known whether processes make progress."""

import sys
from pathlib import Path

import pytest

from leadline.entrypoints.cli.doctor.processes import check_processes
from leadline.entrypoints.embedded import movement
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.file import holders


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_on_linux_they_are_noticed(settings: Settings) -> None:
    assert check_processes(settings) == [
        ("ok", "stopped processes", "children and lock holders that make no progress are noticed")
    ]


def test_without_proc_it_is_not_checked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(movement, "_PROC", tmp_path / "none")
    monkeypatch.setattr(holders, "_LOCKS", tmp_path / "none" / "locks")
    ((state, what, words),) = check_processes(settings)
    assert (state, what) == ("note", "stopped processes")
    assert words.startswith("not checked on this system: a child or lock holder")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
@pytest.mark.parametrize("told", ["", "1: FLOCK  ADVISORY  WRITE 0 fe:00:12 0 EOF\n"])
def test_where_locks_are_not_told_or_hide_their_holders_that_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str
) -> None:
    locks = tmp_path / "locks"
    locks.write_text(told)
    monkeypatch.setattr(holders, "_LOCKS", locks)
    ((state, _, words),) = check_processes(settings)
    assert state == "note"
    assert words.startswith("not checked on this system: a lock holder that was stopped")


def test_a_data_folder_that_cannot_be_opened_is_the_matter_of_another_check(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    assert check_processes(Settings(data=tmp_path / "file" / "data")) == []
