"""What only the SQLite store can show: files, processes, crashes."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from leadline.model.errors import ConfigurationError, StorageFull
from leadline.model.lead import CapturedLead, Fate
from leadline.model.task import Done, Step
from leadline.ports.store import Settlement
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.schema import migrate, schema_version
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, digest, refined
from tests.worlds.match_keys import owner_in_file

LEASE = timedelta(seconds=60)


def test_what_is_accepted_is_there_when_the_file_is_opened_again(
    tmp_path: Path, clock: HandClock
) -> None:
    first = SqliteStore(tmp_path, clock=clock)
    lead = captured(clock, delay=timedelta())
    first.accept([lead])
    # Not closed: a process that is killed does not close either.
    second = SqliteStore(tmp_path, clock=clock)
    assert second.accept([captured(clock)])[0].lead_id == lead.id
    assert [c.task.lead_id for c in second.lease(Step.REFINE, 9, LEASE)] == [lead.id]


def test_every_commit_is_synced_to_the_disk(tmp_path: Path, clock: HandClock) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    assert store.db.connection.pragma("synchronous") == 2  # FULL
    assert store.db.connection.pragma("journal_mode") == "wal"


def test_a_full_file_refuses_the_batch_whole_and_takes_it_later(
    tmp_path: Path, clock: HandClock
) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    kept = captured(clock, "kept")
    store.accept([kept])
    pages = store.db.connection.pragma("page_count")
    assert isinstance(pages, int)
    store.db.connection.pragma("max_page_count", pages + 2)
    raw = b'"' + b"x" * 200_000 + b'"'
    batch = [captured(clock, f"n{i}", raw=raw) for i in range(5)]
    with pytest.raises(StorageFull):
        store.accept(batch)
    assert list(store.waiting([lead.id for lead in (kept, *batch)])) == [kept.id]
    store.db.connection.pragma("max_page_count", 1_000_000)
    assert [r.fate for r in store.accept(batch)] == [Fate.CAPTURED] * 5


def test_a_failed_transaction_leaves_no_key_behind(tmp_path: Path, clock: HandClock) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    lead = captured(clock)
    broken = captured(clock, "broken", raw=b"1")
    wrong = [lead, broken, type(lead)(**{f: getattr(lead, f) for f in lead.__struct_fields__})]
    store.db.connection.execute(
        "CREATE TRIGGER no BEFORE INSERT ON raw WHEN new.raw = x'31' "
        "BEGIN SELECT raise(ABORT, 'no'); END"
    )
    with pytest.raises(apsw.ConstraintError):
        store.accept(wrong)
    assert store.accept([lead])[0].fate is Fate.CAPTURED


def test_two_processes_share_what_they_know_of_keys(tmp_path: Path, clock: HandClock) -> None:
    one, two = SqliteStore(tmp_path, clock=clock), SqliteStore(tmp_path, clock=clock)
    for number in range(50):
        a, b = (one, two) if number % 2 else (two, one)
        first = a.accept([captured(clock, f"lead{number}")])[0]
        assert b.accept([captured(clock, f"lead{number}")])[0].lead_id == first.lead_id


def test_keys_are_found_before_while_and_after_they_are_sorted_in(
    tmp_path: Path, clock: HandClock
) -> None:
    store, other = SqliteStore(tmp_path, clock=clock), SqliteStore(tmp_path, clock=clock)
    store.keys, other.keys = KeyIndex(gather=100), KeyIndex(gather=100)
    ids: dict[str, str] = {}
    for start in range(0, 600, 20):
        names = [f"lead{n}" for n in range(start, start + 20)]
        receipts = (store if start % 40 else other).accept([captured(clock, n) for n in names])
        ids |= dict(zip(names, (r.lead_id for r in receipts), strict=True))
    sorted_in = store.db.rows("SELECT count(*) FROM known")[0][0]
    assert sorted_in > 100
    fresh = SqliteStore(tmp_path, clock=clock)
    for kept in (store, other, fresh):
        receipts = kept.accept([captured(clock, name) for name in ids])
        assert {r.fate for r in receipts} == {Fate.REDELIVERED}
        assert [r.lead_id for r in receipts] == list(ids.values())


def test_several_workers_on_one_file_refine_each_lead_once(
    tmp_path: Path, clock: HandClock
) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    leads: dict[str, CapturedLead] = {}
    for start in range(0, 400, 100):
        batch = [captured(clock, f"l{n}", delay=timedelta()) for n in range(start, start + 100)]
        store.accept(batch)
        leads |= {lead.id: lead for lead in batch}
    carried_out: list[str] = []

    def work() -> None:
        mine = SqliteStore(tmp_path, clock=clock)
        while leases := mine.lease(Step.REFINE, 7, LEASE):
            done = [
                Settlement(c, Done(refined=refined(leads[c.task.lead_id], clock))) for c in leases
            ]
            for lease, good in zip(leases, mine.settle(done), strict=True):
                if good:
                    carried_out.append(lease.task.lead_id)
        mine.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(carried_out) == sorted(leads)


def test_the_leases_of_a_dead_process_are_given_back_at_once(
    tmp_path: Path, clock: HandClock
) -> None:
    import os

    store = SqliteStore(tmp_path, clock=clock)
    store.accept([captured(clock, delay=timedelta())])
    store.lease(Step.REFINE, 1, LEASE)
    assert store.lease(Step.REFINE, 1, LEASE) == []
    assert store.release(os.getpid()) == 1
    assert store.lease(Step.REFINE, 1, LEASE)[0].error == "worker.died"


def test_of_what_a_hanging_process_holds_only_the_lead_at_which_it_hangs_is_set_apart(
    tmp_path: Path, clock: HandClock
) -> None:
    import os

    store = SqliteStore(tmp_path, clock=clock)
    leads = [captured(clock, name, delay=timedelta()) for name in ("poison", "bob", "cy")]
    store.accept(leads)
    poison, *others = [lead.id for lead in leads]
    held = store.lease(Step.REFINE, 9, LEASE)
    clock.advance(seconds=59)
    assert store.set_apart(os.getpid(), poison, timedelta(seconds=5)) == 2
    again = store.lease(Step.REFINE, 9, LEASE)
    assert [lease.task.lead_id for lease in again] == others
    assert [(lease.failures, lease.error) for lease in again] == [(0, ""), (0, "")]
    clock.advance(seconds=5)
    (alone,) = store.lease(Step.REFINE, 9, LEASE)
    assert (alone.task.lead_id, alone.failures, alone.error) == (poison, 1, "worker.died")
    assert store.settle([Settlement(one, Done()) for one in held]) == [False, False, False]
    assert store.settle([Settlement(one, Done()) for one in again]) == [True, True]


def test_a_process_that_has_settled_what_it_hung_at_gives_nothing_back(
    tmp_path: Path, clock: HandClock
) -> None:
    import os

    store = SqliteStore(tmp_path, clock=clock)
    store.accept([captured(clock, name, delay=timedelta()) for name in ("ada", "bob")])
    ada, bob = store.lease(Step.REFINE, 9, LEASE)
    assert store.settle([Settlement(ada, Done())]) == [True]
    assert store.set_apart(os.getpid(), ada.task.lead_id, timedelta(seconds=5)) == 0
    assert store.set_apart(os.getpid(), "01900000-0000-7000-8000-000000000000", LEASE) == 0
    assert store.lease(Step.REFINE, 9, LEASE) == []
    assert store.settle([Settlement(bob, Done())]) == [True]


def test_match_keys_belong_to_the_first_lead_for_ever(tmp_path: Path, clock: HandClock) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    key = digest("ada@example.com")
    store.settle([Settlement(lease, Done(refined=refined(lead, clock), match_keys={"email": key}))])
    clock.advance(days=4000)
    again = SqliteStore(tmp_path, clock=clock)
    assert owner_in_file(again, key) == lead.id


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path, clock: HandClock) -> None:
    SqliteStore(tmp_path, clock=clock).close()
    connection = apsw.Connection(str(tmp_path / FILE))
    connection.pragma("user_version", 999)
    connection.close()
    with pytest.raises(ConfigurationError, match="newer version"):
        SqliteStore(tmp_path, clock=clock)
    with pytest.raises(ConfigurationError, match="newer version"):
        Database(tmp_path, read_only=True)


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "x.db"))
    migrate(connection)
    version = schema_version(connection)
    migrate(connection)
    assert schema_version(connection) == version > 0


def test_a_file_that_is_no_database_is_named(tmp_path: Path, clock: HandClock) -> None:
    from leadline.model.errors import StorageFailed

    (tmp_path / FILE).write_bytes(b"this is something else entirely, " * 100)
    with pytest.raises(StorageFailed, match="damaged"):
        SqliteStore(tmp_path, clock=clock)


def test_a_backup_ends_while_others_go_on_writing_and_is_one_state_of_the_file(
    tmp_path: Path, clock: HandClock
) -> None:
    store = SqliteStore(tmp_path / "data", clock=clock)
    big = b'"' + b"x" * 20_000 + b'"'
    for start in range(0, 2000, 100):
        store.accept([captured(clock, f"n{n}", raw=big) for n in range(start, start + 100)])
    stop = threading.Event()

    def write() -> None:
        other, number = SqliteStore(tmp_path / "data", clock=clock), 0
        while not stop.is_set():
            number += 1
            other.accept([captured(clock, f"meanwhile{number}")])
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[float] = []
    try:
        back_up(tmp_path / "data", tmp_path / "copy", seen.append)
    finally:
        stop.set()
        writer.join()
    assert seen == sorted(seen)
    account = SqliteLedger(tmp_path / "copy").account(deep=True)
    assert account.balanced
    assert account.accepted >= 2000


def test_nothing_is_restored_under_somebody_who_uses_the_file(
    tmp_path: Path, clock: HandClock
) -> None:
    store = SqliteStore(tmp_path / "data", clock=clock)
    store.accept([captured(clock)])
    back_up(tmp_path / "data", tmp_path / "copy", lambda _part: None)
    with pytest.raises(ConfigurationError, match="stop it first"):
        restore(tmp_path / "copy", tmp_path / "data", replace=True)
    store.close()
    restore(tmp_path / "copy", tmp_path / "data", replace=True)
    again = SqliteStore(tmp_path / "data", clock=clock)
    assert again.accept([captured(clock)])[0].fate is Fate.REDELIVERED


def test_a_damaged_backup_is_not_restored(tmp_path: Path, clock: HandClock) -> None:
    store = SqliteStore(tmp_path / "data", clock=clock)
    store.accept([captured(clock, f"n{n}") for n in range(200)])
    store.close()
    copy = back_up(tmp_path / "data", tmp_path / "copy", lambda _part: None).file
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2])
    with pytest.raises((ConfigurationError, apsw.Error)):
        restore(tmp_path / "copy", tmp_path / "new", replace=False)


def test_looking_at_a_folder_without_leads_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no leads yet"):
        SqliteLedger(tmp_path / "nowhere")


def test_a_folder_of_another_user_is_told_of(tmp_path: Path, clock: HandClock) -> None:
    SqliteStore(tmp_path / "data", clock=clock).close()
    (tmp_path / "data").chmod(0)
    user = os.geteuid()
    if user == 0:  # who may read everything
        os.seteuid(65534)
    try:
        with pytest.raises(ConfigurationError, match="run it as the user of `leadline serve`"):
            SqliteLedger(tmp_path / "data")
    finally:
        os.seteuid(user)
        (tmp_path / "data").chmod(0o700)


def test_who_only_read_leaves_no_log_behind_and_no_lead_of_a_killed_server_out(
    tmp_path: Path, clock: HandClock
) -> None:
    SqliteStore(tmp_path, clock=clock).close()
    before = {path.name for path in tmp_path.iterdir()}
    SqliteLedger(tmp_path).close()
    assert {path.name for path in tmp_path.iterdir()} == before
    store = SqliteStore(tmp_path, clock=clock, checkpoint_pages=0)
    store.accept([captured(clock)])
    SqliteLedger(tmp_path).close()
    assert (tmp_path / f"{FILE}-wal").stat().st_size
    store.close()
    assert {path.name for path in tmp_path.iterdir()} == before
