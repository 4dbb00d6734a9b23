"""What else of an encrypted data file stands in the folder, and how its leads are found."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leadline.model.task import Alert, Done, Step, Task
from leadline.ports.reading.ledger import LeadFilter
from leadline.stores.sqlite.encryption.changing import reseal_all, turn_off, turn_on
from leadline.stores.sqlite.encryption.references import give_reference
from leadline.stores.sqlite.file.folder import FILE, INDEX
from leadline.stores.sqlite.index.making import index_faults
from leadline.stores.sqlite.index.searching import SearchingLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.encrypted import encrypting, new_key
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle
from tests.worlds.questions import IndexedWorld, fill, take_in

PERSONAL = (b"kinsella", b"example.com", b"901820", b"engines", b"looms", b"raleigh")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder about which the settings of this process say nothing yet."""
    yield tmp_path / "data"
    give_reference(tmp_path / "data", "")


def files_with(folder: Path, words: bytes) -> list[str]:
    """The files of a folder that hold these bytes, in any case of ASCII letters."""
    return sorted(one.name for one in folder.iterdir() if words in one.read_bytes().lower())


def test_the_command_that_encrypts_leaves_no_word_in_the_index_that_was_there(
    folder: Path, clock: HandClock
) -> None:
    with IndexedWorld(folder) as world:
        fill(world)
    assert INDEX in files_with(folder, PERSONAL[0])
    give_reference(folder, new_key(folder.parent / "key"))
    with closing(SqliteStore(folder, clock=clock)) as store:
        turn_on(store.db)
    with closing(SqliteStore(folder, clock=clock)) as store:
        assert reseal_all(store)
    assert [words for words in PERSONAL if files_with(folder, words)] == []
    take_in(folder, clock)
    with closing(SqliteStore(folder, clock=clock)) as store:
        assert index_faults(store.db) == []
    assert [words for words in PERSONAL if files_with(folder, words)] == []


@pytest.mark.parametrize("text", ["030 901820", "+49 (30) 90 18-20", "4930901820", "Lead:4711"])
def test_an_encrypted_lead_is_found_by_its_number_and_its_record(
    folder: Path, clock: HandClock, text: str
) -> None:
    with closing(SqliteStore(encrypting(folder), clock=clock)) as store:
        lead = captured(clock, "ida", record="Lead:4711", delay=timedelta())
        store.accept([lead, captured(clock, "other", record="Lead:4712")])
        number = {"phone": "030 901820", "phone_e164": "+4930901820"}
        made = Done(refined=refined(lead, clock, name="Ida Rhodes", **number))
        assert settle(store, lease_task(store, Step.REFINE), made)
    take_in(folder, clock)
    with closing(SearchingLedger(folder)) as ledger:
        assert [row.lead_id for row in ledger.find(LeadFilter(search=text))] == [lead.id]


def test_the_owner_that_a_message_named_is_encrypted(folder: Path, clock: HandClock) -> None:
    template = "new_lead/1 of bea.voss@example.com"
    with closing(SqliteStore(encrypting(folder), clock=clock)) as store:
        lead = captured(clock, delay=timedelta())
        store.accept([lead])
        told = Done(refined=refined(lead, clock), then=(Task(Step.NOTIFY, lead.id, "slack"),))
        assert settle(store, lease_task(store, Step.REFINE), told)
        alert = Alert(lead.id, "slack", clock.now, template)
        assert settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))
        assert [one.template for one in store.alerts([lead.id])[lead.id]] == [template]
        assert files_with(folder, b"bea.voss") == []
        turn_off(store.db)
        assert reseal_all(store)
        assert [one.template for one in store.alerts([lead.id])[lead.id]] == [template]
    assert files_with(folder, b"bea.voss") == [FILE]
