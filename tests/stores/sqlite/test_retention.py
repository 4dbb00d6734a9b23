"""What retention deletes leaves the data file and its log, a bounded number of leads at a time."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import apsw
import msgspec
import pytest

from leadline.model.personal_data.retiring import RETIRED_WORDS, DataKind
from leadline.operations.personal_data.retention import PAUSE, retain_in_turn
from leadline.ports.personal_data.retention import MOST
from leadline.ports.store import Among
from leadline.privacy.terms import Term
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.privacy.scrubbing import has_erased_data
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.contracts.test_retention import told
from tests.stores.sqlite.test_scrubbing import kinsella, reading, words_in
from tests.worlds.first_release import unpacked
from tests.worlds.leads import HandClock, captured
from tests.worlds.older_schema import older_file

EVERYTHING = Among(frozenset(), others=True)
ALL_TERMS = tuple(Term(kind, timedelta(days=90), frozenset(), others=True) for kind in DataKind)


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as made:
        yield made


def retire(store: SqliteStore, clock: HandClock, lead_id: str) -> None:
    clock.advance(days=1)
    for kind in (DataKind.RAW, DataKind.REFINED, DataKind.TIMELINE):
        store.retire(kind, clock.now, [lead_id])


def test_no_word_stays_in_the_open_file_or_its_log(store: SqliteStore, clock: HandClock) -> None:
    lead_id = kinsella(store, clock)
    assert words_in(store.db.folder) != []
    retire(store, clock, lead_id)
    assert words_in(store.db.folder) == []
    assert not has_erased_data(store.db.folder)


def test_a_note_says_that_the_log_must_be_emptied_while_a_reader_prevents_it(
    store: SqliteStore, clock: HandClock
) -> None:
    lead_id = kinsella(store, clock)
    with reading(store):
        retire(store, clock, lead_id)
        assert has_erased_data(store.db.folder)
    assert list(store.retire(DataKind.RAW, clock.now, [lead_id])) == []


def test_one_step_changes_no_more_than_a_page_of_leads(
    store: SqliteStore, clock: HandClock
) -> None:
    store.accept([captured(clock, f"n{n}", delay=timedelta()) for n in range(MOST + 50)])
    db = store.db.connection
    db.execute("DELETE FROM task")
    changed: list[int] = []
    clock.advance(days=100)
    raw = ALL_TERMS[:1]
    assert raw[0].kind is DataKind.RAW
    while True:
        before = _retired(db)
        pause = retain_in_turn(store, raw, clock.now)
        changed.append(_retired(db) - before)
        store.accept([captured(clock, f"meanwhile{len(changed)}")])
        if pause != PAUSE:
            break
    assert changed == [MOST, 50, 0]


def _retired(db: apsw.Connection) -> int:
    ((count,),) = db.execute("SELECT count(*) FROM raw WHERE raw = ?", (RETIRED_WORDS,))
    return int(count)


def test_leads_of_a_file_of_an_earlier_schema_obey_at_once(
    tmp_path: Path, clock: HandClock
) -> None:
    folder = tmp_path / "data"
    ids = older_file(folder, clock, ("ada", "bob"))
    clock.advance(days=100)
    with closing(SqliteStore(folder, clock=clock)) as store:
        _run(store, clock)
        assert {one.raw for one in store.archived(ids).values()} == {RETIRED_WORDS}
        assert {one.contact.name for one in store.refined(ids).values()} == {None}


def test_leads_of_the_first_release_obey_and_stay_accounted_for(
    tmp_path: Path, clock: HandClock
) -> None:
    ids = unpacked(tmp_path)
    folder = next(path.parent for path in sorted(tmp_path.rglob(FILE)))
    clock.advance(days=3650)
    with closing(SqliteStore(folder, clock=clock)) as store:
        before = _account(folder)
        assert before[0]
        _run(store, clock)
        assert _account(folder) == before
        waits = store.archived([ids["waiting"]])[ids["waiting"]]
        assert waits.raw != RETIRED_WORDS


def _account(folder: Path) -> tuple[bool, int]:
    with closing(SqliteLedger(folder)) as ledger:
        account = ledger.account(deep=True)
    return account.balanced, account.accepted


def _run(store: SqliteStore, clock: HandClock) -> None:
    while retain_in_turn(store, ALL_TERMS, clock.now) == PAUSE:
        pass


def test_a_damaged_refined_document_is_told_and_stops_nothing(
    store: SqliteStore, clock: HandClock
) -> None:
    hurt, whole = told(store, clock, "ada"), told(store, clock, "ben")
    number = "(SELECT n FROM lead WHERE id = (SELECT min(id) FROM lead))"
    store.db.connection.execute(f"UPDATE refined SET head = x'00' WHERE lead = {number}")
    clock.advance(days=100)
    _run(store, clock)
    assert store.refined([whole])[whole].contact.email is None
    assert msgspec.json.decode(store.archived([hurt])[hurt].raw) == {"deleted": "retention"}
