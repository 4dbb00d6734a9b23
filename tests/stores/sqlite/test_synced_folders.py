"""What is written survives a power cut with its name: the folders that hold names are synced."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.operations.repair.archive import FolderWriter, TarWriter
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured


class Disk:
    """Notes what is in a folder, or how long a file is, each time that it is synced."""

    def __init__(self) -> None:
        self.folders: dict[int, set[str]] = {}
        self.files: dict[int, int] = {}

    def sync(self, handle: int) -> None:
        about = os.fstat(handle)
        if stat.S_ISDIR(about.st_mode):
            self.folders[about.st_ino] = set(os.listdir(handle))
        else:
            self.files[about.st_ino] = about.st_size

    def keeps(self, path: Path) -> bool:
        """Whether the name would be there after a power cut."""
        return path.name in self.folders.get(path.parent.stat().st_ino, set())

    def keeps_content(self, path: Path) -> bool:
        about = path.stat()
        return self.files.get(about.st_ino) == about.st_size


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made, fsync = Disk(), os.fsync

    def sync(handle: int) -> None:
        fsync(handle)
        made.sync(handle)

    monkeypatch.setattr(os, "fsync", sync)
    return made


def test_a_new_data_folder_and_those_above_it_survive_a_cut(
    tmp_path: Path, clock: HandClock, disk: Disk
) -> None:
    store = SqliteStore(tmp_path / "deep" / "data", clock=clock)
    store.close()
    for path in (tmp_path / "deep", store.db.folder, store.db.path):
        assert disk.keeps(path)


def test_a_data_folder_that_was_made_just_before_survives_a_cut(
    tmp_path: Path, clock: HandClock, disk: Disk
) -> None:
    (tmp_path / "data").mkdir()
    SqliteStore(tmp_path / "data", clock=clock).close()
    assert disk.keeps(tmp_path / "data")


@pytest.mark.parametrize("is_there", [False, True])
def test_a_backup_survives_a_cut_with_its_folder(
    tmp_path: Path, clock: HandClock, disk: Disk, is_there: bool
) -> None:
    store = SqliteStore(tmp_path / "data", clock=clock)
    store.accept([captured(clock)])
    if is_there:
        (tmp_path / "copy").mkdir()
    copy = back_up(tmp_path / "data", tmp_path / "copy", lambda _part: None).file
    assert disk.keeps(copy)
    assert disk.keeps(copy.parent)
    assert disk.keeps_content(copy)


def test_what_is_restored_and_what_is_put_aside_survive_a_cut(
    tmp_path: Path, clock: HandClock, disk: Disk
) -> None:
    SqliteStore(tmp_path / "early", clock=clock).close()
    back_up(tmp_path / "early", tmp_path / "copy", lambda _part: None)
    SqliteStore(tmp_path / "data", clock=clock).close()
    target, aside = restore(tmp_path / "copy", tmp_path / "data", replace=True)
    assert aside is not None
    for path in (target, aside, aside / target.name):
        assert disk.keeps(path)
    assert disk.keeps_content(target)
    assert "restoring" not in disk.folders[target.parent.stat().st_ino]


@pytest.mark.parametrize("kind", [FolderWriter, TarWriter])
def test_an_export_survives_a_cut(
    tmp_path: Path, disk: Disk, kind: type[FolderWriter] | type[TarWriter]
) -> None:
    target = tmp_path / "out.tar.gz"
    writer = kind(target)
    for key in ("raw/2026/03/02/a.json", "raw/2026/03/02/b.json", "refined/2026/03/02/a.json"):
        writer.write(key, b"{}", datetime(2026, 3, 2, tzinfo=UTC))
    writer.close()
    for path in (target, *target.rglob("*")):
        assert disk.keeps(path)
        assert path.is_dir() or disk.keeps_content(path)
