"""A failed sync of the database is fatal: nothing is accepted until the file is mended."""

import errno
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leadline.model.errors import StorageFull, SyncFailed
from leadline.model.lead import Fate
from leadline.model.monitoring.trouble import TroubleKind, TroubleState
from leadline.stores.sqlite.file.checkpoint import Checkpointer
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.failing_disk import FailingDisk, failing_disk
from tests.worlds.leads import HandClock, captured

_LOG = f"{FILE}-wal"


class _Failing:
    """What fails from now on: syncs of files whose paths end so."""

    end = ""

    def __call__(self, path: str) -> bool:
        return bool(self.end) and path.endswith(self.end)


@pytest.fixture
def failing() -> _Failing:
    return _Failing()


@pytest.fixture
def disk(failing: _Failing) -> Iterator[FailingDisk]:
    with failing_disk(failing) as made:
        yield made


def test_after_a_failed_sync_nothing_is_accepted_and_the_log_is_kept_by_all(
    tmp_path: Path, clock: HandClock, disk: FailingDisk, failing: _Failing
) -> None:
    store = SqliteStore(tmp_path, clock=clock, checkpoint_pages=0)
    other = SqliteStore(tmp_path, clock=clock)
    store.accept([captured(clock, f"n{n}") for n in range(50)])
    failing.end = FILE
    with pytest.raises(SyncFailed):
        store.db.checkpoint()
    failing.end = ""
    size = (tmp_path / _LOG).stat().st_size
    for one in (store, other):
        with pytest.raises(SyncFailed):
            one.accept([captured(clock, "later")])
        with pytest.raises(SyncFailed):
            one.db.checkpoint()
        one.close()
    assert (tmp_path / _LOG).stat().st_size == size


def test_whoever_opens_the_file_next_writes_all_that_was_written_before_the_failure_again(
    tmp_path: Path, clock: HandClock, disk: FailingDisk, failing: _Failing
) -> None:
    store = SqliteStore(tmp_path, clock=clock, checkpoint_pages=0)
    lead = captured(clock, "early")
    store.accept([lead])
    reader = SqliteStore(tmp_path, clock=clock)
    with reader.db.reading() as db:
        db.execute("SELECT count(*) FROM lead").fetchall()
        store.accept([captured(clock, f"n{n}") for n in range(50)])
        store.db.checkpoint()  # as far as the reader lets it, and not synced
    reader.close()
    first = set(disk.written[FILE])
    failing.end = FILE
    with pytest.raises(SyncFailed):
        store.db.checkpoint()
    store.close()
    failing.end = ""
    disk.written.clear()
    mended = Database(tmp_path, checkpoint_pages=0)
    assert disk.written[FILE] >= first
    assert not (tmp_path / _LOG).stat().st_size
    mended.close()
    again = SqliteStore(tmp_path, clock=clock)
    assert again.accept([captured(clock, "early")])[0].fate is Fate.REDELIVERED
    again.close()


def fail_to_sync(folder: Path, clock: HandClock, failing: _Failing) -> None:
    """Store a lead, and let the sync of the database fail in a checkpoint."""
    store = SqliteStore(folder, clock=clock, checkpoint_pages=0)
    store.accept([captured(clock)])
    failing.end = FILE
    with pytest.raises(SyncFailed):
        store.db.checkpoint()
    store.close()


@pytest.mark.usefixtures("disk")
def test_operators_are_to_be_told_of_a_failed_sync_after_it_was_mended(
    tmp_path: Path, clock: HandClock, failing: _Failing
) -> None:
    fail_to_sync(tmp_path, clock, failing)
    failing.end = ""
    for _ in range(2):  # the next start is not told of the same failure
        with closing(SqliteStore(tmp_path, clock=clock)) as again:
            (known,) = again.troubles()
            assert (known.trouble.kind, known.trouble.subject) == (TroubleKind.DISK, "sync")
            assert (known.trouble.count, known.trouble.state) == (1, TroubleState.ONCE)


def test_while_the_disk_fails_the_file_is_not_opened_and_its_log_stays(
    tmp_path: Path, clock: HandClock, disk: FailingDisk, failing: _Failing
) -> None:
    fail_to_sync(tmp_path, clock, failing)
    size = (tmp_path / _LOG).stat().st_size
    for _ in range(2):
        with pytest.raises(SyncFailed, match="failed again"):
            SqliteStore(tmp_path, clock=clock)
    assert (tmp_path / _LOG).stat().st_size == size


def test_a_failed_sync_at_the_end_leaves_the_log(
    tmp_path: Path, clock: HandClock, disk: FailingDisk, failing: _Failing
) -> None:
    store = SqliteStore(tmp_path, clock=clock, checkpoint_pages=0)
    store.accept([captured(clock)])
    failing.end = FILE
    store.close()
    assert (tmp_path / _LOG).stat().st_size
    failing.end = ""
    again = SqliteStore(tmp_path, clock=clock)
    assert again.accept([captured(clock)])[0].fate is Fate.REDELIVERED
    again.close()
    assert not (tmp_path / _LOG).exists()


def test_a_failed_sync_after_a_commit_of_a_worker_is_noticed(
    tmp_path: Path, clock: HandClock, disk: FailingDisk, failing: _Failing
) -> None:
    store = SqliteStore(tmp_path, clock=clock, checkpoint_pages=1)
    failing.end = FILE
    with pytest.raises(SyncFailed):
        store.accept([captured(clock)])


def test_a_failed_sync_of_the_log_is_fatal_unless_there_is_no_room(
    tmp_path: Path, clock: HandClock, disk: FailingDisk, failing: _Failing
) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    failing.end = _LOG
    disk.errno = errno.ENOSPC
    with pytest.raises(StorageFull):
        store.accept([captured(clock)])
    disk.errno = errno.EIO
    with pytest.raises(SyncFailed):
        store.accept([captured(clock)])


def test_the_checkpointer_ends_at_a_failed_sync(
    tmp_path: Path, clock: HandClock, disk: FailingDisk, failing: _Failing
) -> None:
    store = SqliteStore(tmp_path, clock=clock, checkpoint_pages=0)
    store.accept([captured(clock)])
    failing.end = FILE
    checkpointer = Checkpointer(tmp_path, every_s=0.001)
    checkpointer._thread.join()
    with pytest.raises(SyncFailed):
        store.accept([captured(clock, "later")])
    checkpointer.close()


def test_a_backup_may_be_restored_in_the_place_of_what_the_disk_lost(
    tmp_path: Path, clock: HandClock, disk: FailingDisk, failing: _Failing
) -> None:
    data = tmp_path / "data"
    store = SqliteStore(data, clock=clock, checkpoint_pages=0)
    store.accept([captured(clock)])
    back_up(data, tmp_path / "copy", lambda _part: None)
    failing.end = f"data/{FILE}"
    with pytest.raises(SyncFailed):
        store.db.checkpoint()
    store.close()
    failing.end = ""
    _, aside = restore(tmp_path / "copy", data, replace=True)
    assert aside is not None
    for folder in (data, aside):
        again = SqliteStore(folder, clock=clock)
        assert again.accept([captured(clock)])[0].fate is Fate.REDELIVERED
        again.close()
