"""A restore that is killed between any two of its steps, or repeated, loses nothing."""

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.ports.reading.ledger import LeadFilter
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore, undo_restore
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured

_KILLED = 9
_KILL_BEFORE = """
import os, sys
from pathlib import Path
from leadline.stores.sqlite.moving.restoring import restore, undo_restore
folder, backup, what, left = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
STEPS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}

def step(event, arguments):
    global left
    if event in STEPS and str(folder) in str(arguments[0]):
        left -= 1
        if left < 0:
            os._exit(9)

sys.addaudithook(step)
if what == "undo":
    undo_restore(folder)
else:
    restore(backup, folder, replace=True)
"""


def _leads(folder: Path) -> set[str]:
    ledger = SqliteLedger(folder)
    try:
        account = ledger.account(deep=True)
        assert account.balanced
        return set(ledger.ids(LeadFilter()))
    finally:
        ledger.close()


def _unclean(folder: Path, clock: HandClock, names: Sequence[str]) -> set[str]:
    """A data folder with these leads, of which the last is in the log alone, as after a kill."""
    store = SqliteStore(folder, clock=clock, checkpoint_pages=0)
    ids = {r.lead_id for name in names for r in store.accept([captured(clock, name)])}
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    store.close()
    for path in folder.iterdir():
        path.unlink()
    for name, content in kept.items():
        if not name.endswith("-shm"):
            (folder / name).write_bytes(content)
    return ids


def _killed_before(step: int, folder: Path, backup: Path, what: str = "restore") -> bool:
    """Whether a process was killed before so many steps; False: it had ended by then."""
    command = [sys.executable, "-c", _KILL_BEFORE, str(folder), str(backup), what, str(step)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode in (0, _KILLED), done.stderr
    return done.returncode == _KILLED


def _opened(folder: Path) -> set[str] | None:
    """The leads that somebody finds who opens the folder; None: nobody may, to read or to write."""
    try:
        SqliteStore(folder).close()
    except ConfigurationError:
        with pytest.raises(ConfigurationError, match="leadline restore --undo"):
            SqliteLedger(folder)
        return None
    return _leads(folder)


class _World:
    """A data folder that was not closed in order, and a backup of its earlier days."""

    def __init__(self, path: Path, clock: HandClock) -> None:
        self.data, self.backup = path / "data", path / "backup"
        early = path / "early"
        self.earlier = _unclean(early, clock, ["ada"])
        back_up(early, self.backup, lambda _part: None)
        self.later = _unclean(self.data, clock, ["bob", "cy"])


@pytest.mark.parametrize("undone", [False, True])
def test_a_restore_that_is_killed_at_any_step_is_refused_until_it_is_ended_or_undone(
    tmp_path: Path, clock: HandClock, undone: bool
) -> None:
    step, refused, killed = 0, 0, True
    while killed:
        world = _World(tmp_path / str(step), clock)
        killed = _killed_before(step, world.data, world.backup)
        found = _opened(world.data)
        refused += found is None
        # Whoever is not refused finds what was there, or the backup: nothing half.
        assert found in (None, world.later, world.earlier)
        if undone and found is None:
            undo_restore(world.data)
            assert _leads(world.data) == world.later
        elif killed:
            restore(world.backup, world.data, replace=True)
            assert _leads(world.data) == world.earlier
            asides = [path for path in world.data.iterdir() if path.is_dir()]
            assert world.later in [_leads(aside) for aside in asides]
        step += 1
    assert refused >= 5


def test_an_undoing_that_is_killed_at_any_step_may_be_repeated(
    tmp_path: Path, clock: HandClock
) -> None:
    for at in (3, 4, 5):  # among what is put aside, before the commit, and after it
        step, killed = 0, True
        while killed:
            world = _World(tmp_path / f"{at}-{step}", clock)
            assert _killed_before(at, world.data, world.backup)
            killed = _killed_before(step, world.data, world.backup, "undo")
            if (found := _opened(world.data)) is None:
                undo_restore(world.data)
                found = _leads(world.data)
            assert found == world.later
            step += 1


def test_what_is_put_aside_is_never_overwritten(tmp_path: Path, clock: HandClock) -> None:
    world = _World(tmp_path, clock)
    old = world.data / f"{FILE}.before-restore"  # what an earlier version put aside
    old.write_bytes(b"old")
    _, first = restore(world.backup, world.data, replace=True)
    assert first is not None
    store = SqliteStore(world.data, clock=clock)
    between = {r.lead_id for r in store.accept([captured(clock, "dora")])}
    store.close()
    _, second = restore(world.backup, world.data, replace=True)
    assert second is not None
    assert _leads(first) == world.later
    assert _leads(second) == world.earlier | between
    assert old.read_bytes() == b"old"


def test_what_was_put_aside_is_a_backup_with_all_that_is_in_its_log(
    tmp_path: Path, clock: HandClock
) -> None:
    world = _World(tmp_path, clock)
    _, aside = restore(world.backup, world.data, replace=True)
    assert aside is not None
    kept = {path.name: path.read_bytes() for path in aside.iterdir()}
    restore(aside, world.data, replace=True)
    assert _leads(world.data) == world.later
    assert kept == {path.name: path.read_bytes() for path in aside.iterdir()}


def test_a_restore_that_fails_leaves_everything_as_it_was(tmp_path: Path, clock: HandClock) -> None:
    world = _World(tmp_path, clock)
    copy = world.backup / FILE
    copy.write_bytes(copy.read_bytes()[: 8192 * 3])
    with pytest.raises(ConfigurationError, match="damaged"):
        restore(world.backup, world.data, replace=True)
    assert _leads(world.data) == world.later
    assert not [path for path in world.data.iterdir() if path.is_dir()]


@pytest.mark.parametrize("is_log_moved", [False, True])
def test_a_restore_that_an_earlier_version_left_half_done_is_refused_and_undone(
    tmp_path: Path, clock: HandClock, is_log_moved: bool
) -> None:
    world = _World(tmp_path, clock)
    names = [FILE, f"{FILE}-wal"] if is_log_moved else [FILE]
    for name in names:
        (world.data / name).rename(world.data / f"{name}.before-restore")
    (world.data / f"{FILE}.restoring").write_bytes(b"")
    assert _opened(world.data) is None
    undo_restore(world.data)
    assert _leads(world.data) == world.later


def test_a_log_that_an_earlier_restore_put_aside_is_not_taken_for_that_of_another_file(
    tmp_path: Path, clock: HandClock
) -> None:
    world = _World(tmp_path, clock)
    for name in (f"{FILE}-wal", FILE):
        (world.data / name).rename(world.data / f"{name}.before-restore")
    os.utime(world.data / f"{FILE}-wal.before-restore", (1, 1))
    with pytest.raises(ConfigurationError, match="may not belong to"):
        undo_restore(world.data)
    assert _opened(world.data) is None


def test_nothing_is_undone_where_no_restore_was_interrupted(
    tmp_path: Path, clock: HandClock
) -> None:
    world = _World(tmp_path, clock)
    with pytest.raises(ConfigurationError, match="no restore"):
        undo_restore(world.data)
    assert _leads(world.data) == world.later


@pytest.mark.parametrize("folder", ["taken", "taken/below", "link/below"])
def test_a_backup_into_a_folder_that_cannot_be_written_is_refused_in_words(
    tmp_path: Path, folder: str
) -> None:
    SqliteStore(tmp_path / "data").close()
    (tmp_path / "taken").write_bytes(b"a file")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConfigurationError, match="can't be written"):
        back_up(tmp_path / "data", tmp_path / folder, lambda _part: None)
    assert (tmp_path / "taken").read_bytes() == b"a file"


def test_a_backup_that_its_disk_does_not_take_names_the_folder_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    SqliteStore(tmp_path / "data").close()
    limit = (tmp_path / "data" / FILE).stat().st_size // 2
    command = [sys.executable, "-m", "leadline.entrypoints.cli", "--data", str(tmp_path / "data")]
    done = subprocess.run(
        [*command, "backup", str(tmp_path / "copy")],
        capture_output=True, text=True, timeout=60, cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 1
    assert f"the backup into {tmp_path / 'copy'} failed" in done.stderr
    assert list((tmp_path / "copy").iterdir()) == []
