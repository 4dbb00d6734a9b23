"""What the disk changed is not served as true: it is noticed, and leads are named."""

import json
import logging
import random
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import CapturedLead, Kind
from leadline.model.task import Step
from leadline.ports.reading.ledger import Account, LeadFilter
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore
from leadline.stores.sqlite.moving.transfer import outgoing
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import LEASE, HandClock, captured, refined_in

TRUE = b"The true words of somebody"


def _account(folder: Path) -> Account:
    ledger = SqliteLedger(folder)
    try:
        return ledger.account(deep=True)
    finally:
        ledger.close()


def _doctor(folder: Path) -> list[str]:
    ledger = SqliteLedger(folder)
    try:
        faults, damaged, whole = ledger.sampled_faults(lambda: False)
    finally:
        ledger.close()
    assert whole
    return [*(one.table for one in faults), *(one.lead_id for one in damaged)]


def _flip(folder: Path, words: bytes, by: random.Random) -> None:
    """Change one bit of the first place in the file where these words stand."""
    path = folder / FILE
    content = bytearray(path.read_bytes())
    at = content.index(words) + by.randrange(len(words))
    content[at] ^= 1 << by.randrange(8)
    path.write_bytes(content)


def _lead(folder: Path, clock: HandClock) -> CapturedLead:
    """A data folder with a lead that is refined, and one that waits; the second."""
    store = SqliteStore(folder, clock=clock)
    refined_in(store, clock, "ada")
    raw = json.dumps({"email": "bob@example.com", "note": TRUE.decode()}).encode()
    lead = captured(clock, "bob", raw=raw, delay=timedelta())
    store.accept([lead])
    store.close()
    return lead


@pytest.mark.parametrize("seed", range(20))
def test_a_bit_that_flips_in_a_raw_body_is_noticed_whoever_reads_it(
    tmp_path: Path, clock: HandClock, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    lead = _lead(tmp_path / "data", clock)
    _flip(tmp_path / "data", TRUE, random.Random(seed))
    lost = _account(tmp_path / "data").unaccounted
    assert [(one.lead_id, one.problem) for one in lost] == [(lead.id, "its raw words are damaged")]
    assert _doctor(tmp_path / "data") == [lead.id]
    copy = back_up(tmp_path / "data", tmp_path / "copy", lambda _part: None)
    assert copy.damaged == (lead.id,)
    with caplog.at_level(logging.ERROR):
        store = SqliteStore(tmp_path / "data", clock=clock)
        assert store.waiting([lead.id]) == {}
        assert store.archived([lead.id]) == {}
        assert [c.task.lead_id for c in store.lease(Step.REFINE, 9, LEASE)] == [lead.id]
        store.close()
    assert {vars(line)["lead"] for line in caplog.records} == {lead.id}
    ledger = SqliteLedger(tmp_path / "data")
    story = ledger.story(lead.id)
    ledger.close()
    assert story is not None
    assert story.damaged == ("raw",)
    assert isinstance(json.loads(bytes(story.raw)), str)
    out = {one.lead_id: one for one in outgoing(tmp_path / "data", None)[1]}
    assert (out[lead.id].raw, out[lead.id].is_lost) == (None, True)


def test_a_change_in_a_refined_document_or_a_handling_is_noticed(
    tmp_path: Path, clock: HandClock
) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    ada, bob = refined_in(store, clock, "ada"), refined_in(store, clock, "bob")
    assert store.handle(bob.id, UNHANDLED, Handling(level=1))
    with store.db.writing() as db:
        db.execute("UPDATE refined SET head = CAST(replace(CAST(head AS TEXT), 'Website', "
                   "'Wabsite') AS BLOB) WHERE lead = 1")  # fmt: skip
        db.execute("UPDATE handling SET body = x'7b226c6576656c223a327d' WHERE lead = 2")
    assert store.refined([ada.id, bob.id]).keys() == {bob.id}
    assert store.handling([bob.id]) == {}
    with pytest.raises(StorageFailed, match="damaged"):
        store.handle(bob.id, UNHANDLED, Handling(level=3))
    store.close()
    assert {(one.lead_id, one.problem) for one in _account(tmp_path).unaccounted} == {
        (ada.id, "its refined document is damaged"),
        (bob.id, "how it is handled is damaged"),
    }
    ledger = SqliteLedger(tmp_path)
    for one, what in ((ada, "refined"), (bob, "handling")):
        story = ledger.story(one.id)
        assert story is not None
        assert story.damaged == (what,)
    assert {row.why for row in ledger.find(LeadFilter())} == {"what is stored of it is damaged"}
    assert list(ledger.followed(LeadFilter())) == []
    ledger.close()
    assert all(one.is_lost for one in outgoing(tmp_path, None)[1])


def test_a_lead_of_whose_update_a_bit_flipped_is_not_refined_without_it(
    tmp_path: Path, clock: HandClock
) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    lead = captured(clock, "ada", record="1")
    store.accept([lead, captured(clock, "new", kind=Kind.UPDATED, record="1")])
    assert len(store.waiting([lead.id])[lead.id].updates) == 1
    with store.db.writing() as db:
        db.execute("UPDATE raw SET raw = x'7b7d' WHERE lead = 2")
    assert store.waiting([lead.id]) == {}
    store.close()
    ledger = SqliteLedger(tmp_path)
    story = ledger.story(lead.id)
    ledger.close()
    assert story is not None
    assert story.damaged == (story.related[0].lead_id,)


def test_what_an_earlier_version_wrote_is_not_checked_and_never_blessed(
    tmp_path: Path, clock: HandClock
) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    refined_in(store, clock, "ada")
    with store.db.writing() as db:
        db.execute("UPDATE raw SET raw_sum = NULL")
        db.execute("UPDATE refined SET head_sum = NULL")
    store.accept([captured(clock, "bob")])
    store.close()
    copy = back_up(tmp_path, tmp_path / "copy", lambda _part: None)
    for folder in (tmp_path, copy.file.parent):
        account = _account(folder)
        assert account.balanced
        assert account.unchecked == 2


def _with_a_wrong_cell_count(folder: Path, name: str) -> None:
    """Let the last leaf of a table or an index of the file say that it holds one cell less."""
    with apsw.Connection(str(folder / FILE)) as db:
        sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        page = int(str(db.execute(sql, (name,)).fetchall()[0][0]))
        size = int(db.pragma("page_size"))
    db.close()
    content = bytearray((folder / FILE).read_bytes())
    while content[at := (page - 1) * size] in (2, 5):
        (page,) = struct.unpack_from(">I", content, at + 8)
    (cells,) = struct.unpack_from(">H", content, at + 3)
    assert cells > 1
    struct.pack_into(">H", content, at + 3, cells - 1)
    (folder / FILE).write_bytes(content)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A data file in which every table and index holds something."""
    folder, clock = tmp_path_factory.mktemp("filled"), HandClock(datetime(2026, 3, 2, tzinfo=UTC))
    store = SqliteStore(folder, clock=clock)
    names = [f"n{n}" for n in range(300)]
    store.keys = type(store.keys)(gather=100)
    for _ in range(2):
        store.accept([captured(clock, name, record=name) for name in names])
        store.accept([captured(clock, f"u{n}", kind=Kind.UPDATED, record=n) for n in names])
    store.close()
    return (folder / FILE).read_bytes()


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("history", "history"),
        ("history_lead", "history"),
        ("task", "task"),
        ("task_due", "task"),
        ("key_log", "key_log"),
        ("known", "known"),
        ("lead", "lead"),
        ("lead_id", "lead"),
        ("lead_joined", "lead"),
        ("raw", "raw"),
    ],
)
def test_a_page_that_holds_less_than_it_should_is_noticed_by_all(
    tmp_path: Path, filled: bytes, name: str, table: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / FILE).write_bytes(filled)
    _with_a_wrong_cell_count(data, name)
    account = _account(data)
    assert not account.balanced
    assert any(f"{table} is damaged" in one.problem for one in account.unaccounted)
    assert table in _doctor(data)
    with pytest.raises(StorageFailed, match="no backup was made"):
        back_up(data, tmp_path / "copy", lambda _part: None)
    assert not list((tmp_path / "copy").iterdir())
    (tmp_path / "copied").mkdir()
    (tmp_path / "copied" / FILE).write_bytes((data / FILE).read_bytes())
    with pytest.raises(ConfigurationError, match="damaged"):
        restore(tmp_path / "copied", tmp_path / "new", replace=False)


def test_leads_that_an_index_has_lost_are_named(tmp_path: Path, filled: bytes) -> None:
    (tmp_path / FILE).write_bytes(filled)
    _with_a_wrong_cell_count(tmp_path, "lead_id")
    named = [one.lead_id for one in _account(tmp_path).unaccounted if "rows in lead" in one.problem]
    assert len(named) == 1


def test_a_look_that_takes_too_long_ends_and_says_so(tmp_path: Path, filled: bytes) -> None:
    (tmp_path / FILE).write_bytes(filled)
    ledger = SqliteLedger(tmp_path)
    faults, damaged, whole = ledger.sampled_faults(lambda: True)
    assert (faults, damaged, whole) == ([], [], False)
    assert ledger.find(LeadFilter(limit=1))
    ledger.close()
