"""The audit log: what is in it stays, in one chain, whoever writes at the same time."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadline.model.personal_data.privacy import AuditCut, AuditEntry, ChainedEntry
from leadline.ports.personal_data.audit import CuttableLog
from leadline.privacy.chain import BEGINNING, check_chain, hash_after, head_before, signed_cut
from leadline.privacy.hashes import PrivacyKey
from leadline.stores.audit_file import AuditFile
from leadline.stores.aws.audit import AwsAudit
from leadline.stores.memory_audit import MemoryAudit
from tests.worlds.aws_resources import AwsResources

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = PrivacyKey(b"a key for tests that is long enough")


def entry(number: int, **more: str) -> AuditEntry:
    at = AT + timedelta(hours=number)
    return AuditEntry(at=at, actor="person:grace", action="lead.claim", **more)


def sign(last: ChainedEntry) -> AuditCut:
    return signed_cut(last, AT, KEY)


@pytest.fixture(params=["memory", "file", "moto", pytest.param("emulator", marks=pytest.mark.aws)])
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], CuttableLog]]:
    """Opens the same log anew, as another process does."""
    if request.param == "memory":
        log = MemoryAudit()
        yield lambda: log
    elif request.param == "file":
        yield lambda: AuditFile(tmp_path / "data")
    else:
        found = request.getfixturevalue(request.param)
        endpoint = found if isinstance(found, str) else found.endpoint
        with closing(AwsResources(endpoint)) as rooms:
            yield lambda: AwsAudit(rooms.table)


def test_a_log_begins_empty(again: Callable[[], CuttableLog]) -> None:
    assert again().head() is None
    assert list(again().entries()) == []
    assert check_chain(again().entries()).faults == ()


def test_entries_stay_in_order_and_in_one_chain(again: Callable[[], CuttableLog]) -> None:
    again().append([entry(1, subject="0192", detail="1 lead"), entry(2)])
    again().append([])
    again().append([entry(3)])
    found = list(again().entries())
    assert [one.n for one in found] == [1, 2, 3]
    assert [one.entry for one in found] == [
        entry(1, subject="0192", detail="1 lead"),
        entry(2),
        entry(3),
    ]
    assert found[0].hash == hash_after(BEGINNING, 1, found[0].entry)
    assert found[1].hash == hash_after(found[0].hash, 2, found[1].entry)
    assert again().head() == found[2]
    assert check_chain(found).faults == ()


def test_entries_of_a_time_are_found(again: Callable[[], CuttableLog]) -> None:
    again().append([entry(1), entry(2), entry(3)])
    assert [one.n for one in again().entries(AT + timedelta(hours=2))] == [2, 3]


def test_many_entries_at_once_are_kept(again: Callable[[], CuttableLog]) -> None:
    again().append([entry(number) for number in range(120)])
    assert check_chain(again().entries()).count == 120
    assert check_chain(again().entries()).faults == ()


def test_an_entry_is_one_short_line(again: Callable[[], CuttableLog]) -> None:
    again().append([entry(1, detail="one\ntwo \ud800" + "x" * 500)])
    (found,) = again().entries()
    assert found.entry.detail.startswith("one two ?x")
    assert len(found.entry.detail) == 200
    assert check_chain([found]).faults == ()


def test_the_old_end_can_only_be_cut_with_a_signature(again: Callable[[], CuttableLog]) -> None:
    again().append([entry(number) for number in range(5)])
    before = list(again().entries())
    cut = again().cut_before(AT + timedelta(hours=2), sign)
    assert cut == again().cut()
    assert cut is not None
    assert (cut.n, cut.hash) == (2, before[1].hash)
    assert list(again().entries()) == before[2:]
    again().append([entry(5)])
    assert check_chain(again().entries(), again().cut(), key=KEY).faults == ()
    assert check_chain(again().entries()).faults == ("entries 1 to 2 are missing",)
    other = PrivacyKey(b"another key, which is long enough, too")
    assert "signed with the privacy key" in check_chain(again().entries(), cut, key=other).faults[0]


def test_a_cut_can_be_followed_by_another(again: Callable[[], CuttableLog]) -> None:
    again().append([entry(number) for number in range(5)])
    again().cut_before(AT + timedelta(hours=2), sign)
    assert again().cut_before(AT + timedelta(hours=2), sign) is None
    assert again().cut_before(AT + timedelta(hours=4), sign) is not None
    assert check_chain(again().entries(), again().cut(), key=KEY).faults == ()
    assert [one.n for one in again().entries()] == [5]


def test_the_last_entry_is_never_cut(again: Callable[[], CuttableLog]) -> None:
    again().append([entry(1), entry(2)])
    assert again().cut_before(AT + timedelta(days=1), sign) is not None
    last = again().head()
    assert last is not None
    assert last.n == 2
    assert again().cut_before(AT + timedelta(days=1), sign) is None
    again().append([entry(3)])
    assert check_chain(again().entries(), again().cut(), key=KEY).faults == ()
    assert (
        head_before(again().head(), again().cut())
        == check_chain(again().entries(), again().cut()).head
    )
