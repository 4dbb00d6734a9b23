"""The audit log of a data folder: several processes, power cuts, and damage by others."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from leadline.model.errors import StorageFailed
from leadline.model.personal_data.privacy import AuditEntry
from leadline.privacy.chain import check_chain, signed_cut
from leadline.privacy.hashes import PrivacyKey
from leadline.stores import audit_file
from leadline.stores.audit_file import AuditFile, copy_audit
from leadline.stores.erasure_file import AUDIT

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = PrivacyKey(b"a key for tests that is long enough")


def entry(number: int = 1) -> AuditEntry:
    return AuditEntry(at=AT + timedelta(hours=number), actor="command:ada", action="cli.show")


def test_writers_at_once_make_one_chain(tmp_path: Path) -> None:
    def write(number: int) -> None:
        for _ in range(10):
            AuditFile(tmp_path).append([entry(number), entry(number)])

    writers = [Thread(target=write, args=(number,)) for number in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    found = check_chain(AuditFile(tmp_path).entries())
    assert (found.count, found.faults) == (80, ())


def test_who_waits_while_the_old_end_is_cut_writes_to_what_remains(tmp_path: Path) -> None:
    log = AuditFile(tmp_path)
    log.append([entry(number) for number in range(4)])

    def cut() -> None:
        for hours in range(4):
            AuditFile(tmp_path).cut_before(
                AT + timedelta(hours=hours), lambda last: signed_cut(last, AT, KEY)
            )

    cutter = Thread(target=cut)
    cutter.start()
    for _ in range(20):
        log.append([entry(9)])
    cutter.join()
    head = log.head()
    assert head is not None
    assert head.n == 24
    assert check_chain(log.entries(), log.cut(), key=KEY).faults == ()


def test_only_the_user_of_leadline_reads_it(tmp_path: Path) -> None:
    AuditFile(tmp_path / "data").append([entry()])
    assert stat.S_IMODE((tmp_path / "data" / AUDIT).stat().st_mode) == 0o600


@pytest.mark.parametrize("keep", range(1, 100, 9))
def test_a_line_that_a_power_cut_left_unfinished_is_removed(tmp_path: Path, keep: int) -> None:
    log = AuditFile(tmp_path)
    log.append([entry(1)])
    whole = log.path.read_bytes()
    log.append([entry(2)])
    log.path.write_bytes(log.path.read_bytes()[: len(whole) + keep])
    assert [one.n for one in log.entries()] == [1]
    log.append([entry(3)])
    assert [one.entry for one in log.entries()] == [entry(1), entry(3)]
    assert check_chain(log.entries()).faults == ()


def test_a_damaged_line_stops_nobody_and_is_named(tmp_path: Path) -> None:
    log = AuditFile(tmp_path)
    log.append([entry(1), entry(2)])
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(lines[0] + b"\x00\x00garbage\n")
    log.append([entry(3)])
    assert "entry 2 can't be read" in check_chain(log.entries()).faults


def test_a_long_log_has_its_head_at_its_end(tmp_path: Path) -> None:
    log = AuditFile(tmp_path)
    log.append([entry(number) for number in range(1000)])
    log.append([entry(5)])
    head = log.head()
    assert head is not None
    assert head.n == 1001


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / AUDIT).mkdir()
    with pytest.raises(StorageFailed, match=r"audit\.jsonl can't be written"):
        AuditFile(tmp_path).append([entry()])


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser gives files away")
def test_what_the_superuser_makes_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    log = AuditFile(tmp_path)
    log.append([entry(1), entry(2)])
    assert log.path.stat().st_uid == 65534
    log.cut_before(AT + timedelta(hours=2), lambda last: signed_cut(last, AT, KEY))
    assert log.path.stat().st_uid == 65534


def test_a_user_who_may_not_write_it_is_told_who_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(audit_file, "open_file", refused)
    with pytest.raises(StorageFailed, match="run it as the user of `leadline serve`"):
        AuditFile(tmp_path).append([entry(1)])


def test_a_failed_append_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditFile(tmp_path)
    log.append([entry(1)])

    def fails(_file: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fails)
        with pytest.raises(StorageFailed):
            log.append([entry(2)])
    assert [one.n for one in log.entries()] == [1]
    log.append([entry(3)])
    assert check_chain(log.entries()).faults == ()


def test_a_copy_is_made_once(tmp_path: Path) -> None:
    log = AuditFile(tmp_path / "data")
    copy = tmp_path / "copy"
    copy.mkdir()
    copy_audit(tmp_path / "data", copy)
    assert not (copy / AUDIT).exists()
    log.append([entry(1)])
    copy_audit(tmp_path / "data", copy)
    log.append([entry(2)])
    copy_audit(tmp_path / "data", copy)
    assert [one.n for one in AuditFile(copy).entries()] == [1]
