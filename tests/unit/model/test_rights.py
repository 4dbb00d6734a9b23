"""What is made has its rights whatever the umask is, and what is too wide is narrowed."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.model.rights import (
    GROUP_READS,
    PRIVATE,
    Rights,
    WidePermissions,
    make_file,
    make_folder,
    narrow,
    new_file,
    open_file,
    too_wide,
    write_file,
)
from leadline.ports.homes import Home
from leadline.stores.sqlite.file.folder import open_lock, settle_folder
from leadline.stores.sqlite.moving.journal import MoveJournal
from leadline.stores.sqlite.moving.mark import Mark, set_mark
from tests.worlds.leads import HandClock


@pytest.fixture(params=[0, 0o022, 0o077, 0o777], ids=oct)
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("any_umask")
@pytest.mark.parametrize("rights", [PRIVATE, GROUP_READS], ids=["private", "group"])
def test_what_is_made_has_its_rights(tmp_path: Path, rights: Rights) -> None:
    folder = tmp_path / "a" / "b"
    make_folder(folder, rights)
    make_file(folder / "made", rights)
    new_file(folder / "new", rights).close()
    os.close(open_file(folder / "opened", os.O_RDWR, rights))
    write_file(folder / "written", b"x", rights)
    assert {mode(folder), mode(folder.parent)} == {rights.folder}
    assert {mode(path) for path in folder.iterdir()} == {rights.file}
    assert len([*folder.iterdir()]) == 4


@pytest.mark.usefixtures("any_umask")
def test_what_a_move_leaves_in_the_folder_has_its_rights(tmp_path: Path, clock: HandClock) -> None:
    for folder, rights in ((tmp_path / "p", PRIVATE), (tmp_path / "g", GROUP_READS)):
        os.close(open_lock(folder, "serve.lock", rights))
        set_mark(folder, Mark("stack", "eu-central-1", "table", Home.AWS, clock()), rights)
        journal = MoveJournal(folder, "table", rights)
        notes = {path.name: mode(path) for path in folder.iterdir() if "moved" in path.name}
        assert len(notes) == 4, "the mark, the journal, its log and shared memory"
        assert set(notes.values()) == {rights.file}
        assert mode(folder) == rights.folder
        journal.close()


def test_what_is_there_already_keeps_its_rights_when_it_is_asked_for(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    file = tmp_path / "file"
    file.write_bytes(b"kept")
    file.chmod(0o400)
    make_folder(tmp_path)
    make_file(file)
    assert (mode(tmp_path), mode(file), file.read_bytes()) == (0o755, 0o400, b"kept")
    with pytest.raises(FileExistsError):
        make_folder(file)


def test_a_folder_that_takes_none_is_an_error_and_not_asked_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = tmp_path / "deleted"
    deleted.mkdir()
    monkeypatch.chdir(deleted)
    deleted.rmdir()
    with pytest.raises(OSError, match="new"):
        make_folder(Path("new"))
    with pytest.raises(OSError, match="new"):
        make_folder(Path("new/below"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "link" / "below")


def test_a_file_takes_the_place_of_a_link_and_not_of_what_it_means(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"kept")
    (tmp_path / "new").symlink_to(victim)
    with new_file(tmp_path / "new") as file:
        file.write(b"of leads")
    assert victim.read_bytes() == b"kept"
    assert not (tmp_path / "new").is_symlink()


def test_a_file_behind_a_link_that_is_missing_is_made_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    make_file(tmp_path / "link")
    assert mode(tmp_path / "real") == 0o600


def test_narrowing_takes_from_others_and_leaves_the_owner_and_special_bits(tmp_path: Path) -> None:
    folder, program, closed = tmp_path / "folder", tmp_path / "program", tmp_path / "closed"
    folder.mkdir()
    for path, wide in ((folder, 0o2775), (program, 0o755), (closed, 0o400)):
        path.touch()
        path.chmod(wide)
    tmp_path.chmod(0o700)
    assert too_wide(tmp_path) == WidePermissions(1, 1)
    assert narrow(tmp_path) == WidePermissions(1, 1)
    assert (mode(folder), mode(program), mode(closed)) == (0o2700, 0o700, 0o400)
    assert (narrow(tmp_path), too_wide(tmp_path)) == (WidePermissions(), WidePermissions())


def test_a_group_that_may_read_may_not_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o775)
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(0o664)
    assert narrow(tmp_path, GROUP_READS) == WidePermissions(1, 1)
    assert (mode(tmp_path), mode(tmp_path / "file")) == (0o750, 0o640)


def test_links_are_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    for folder in (data, other):
        folder.mkdir()
        (folder / "file").touch()
        (folder / "file").chmod(0o644)
        folder.chmod(0o755)
    (data / "file-outside").symlink_to(other / "file")
    (data / "folder-outside").symlink_to(other)
    (data / "nowhere").symlink_to(tmp_path / "nowhere")
    assert narrow(data) == WidePermissions(1, 1)
    assert settle_folder(data, GROUP_READS).left == WidePermissions()
    assert (mode(other), mode(other / "file")) == (0o755, 0o644)


def test_a_folder_of_all_users_stays_as_it_is_and_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "of-somebody-else").touch()
    (tmp_path / "of-somebody-else").chmod(0o644)
    tmp_path.chmod(0o1777)
    settled = settle_folder(tmp_path, PRIVATE)
    assert (settled.narrowed, settled.left) == (WidePermissions(), WidePermissions(1, 0))
    assert (mode(tmp_path), mode(tmp_path / "of-somebody-else")) == (0o1777, 0o644)
    settle_folder(tmp_path, GROUP_READS)
    assert mode(tmp_path) == 0o1777


def test_what_another_user_owns_is_told_of_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    (tmp_path / "leadline.db").touch()
    (tmp_path / "leadline.db").chmod(0o600)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(os, "chmod", refuse)
    assert settle_folder(tmp_path, PRIVATE).left == WidePermissions(), (
        "narrow enough, so that nothing is to be done"
    )
    assert settle_folder(tmp_path, GROUP_READS).left == WidePermissions()
    monkeypatch.undo()
    tmp_path.chmod(0o755)
    monkeypatch.setattr(os, "chmod", refuse)
    settled = settle_folder(tmp_path, PRIVATE)
    assert (settled.narrowed, settled.left) == (WidePermissions(), WidePermissions(1, 0))
    make_folder(tmp_path / "below")


def test_a_folder_that_is_not_there_needs_nothing(tmp_path: Path) -> None:
    assert settle_folder(tmp_path / "none", PRIVATE).narrowed == WidePermissions()


@pytest.mark.parametrize(
    ("wide", "words"),
    [
        (WidePermissions(1, 0), "1 folder"),
        (WidePermissions(0, 2), "2 files"),
        (WidePermissions(2, 1), "2 folders and 1 file"),
    ],
)
def test_how_many_are_too_wide_is_told_in_words(wide: WidePermissions, words: str) -> None:
    assert str(wide) == words
