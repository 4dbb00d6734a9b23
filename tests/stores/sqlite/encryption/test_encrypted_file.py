"""Personal data in the data file is sealed, at once or later, and read as before."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.lead import CapturedLead
from leadline.model.task import Done, Drop, Step
from leadline.ports.reading.ledger import LeadFilter
from leadline.stores.sqlite.encryption import keyring
from leadline.stores.sqlite.encryption.changing import (
    reseal_all,
    rotate_data_key,
    rotate_master_key,
    status,
    turn_off,
    turn_on,
)
from leadline.stores.sqlite.encryption.references import give_reference
from leadline.stores.sqlite.encryption.resealing import DONE_S, Resealing
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore
from leadline.stores.sqlite.reading.integrity import damaged_contents
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.encrypted import encrypting, new_key
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

WORDS = b"kinsella"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder about which the settings of this process say nothing yet."""
    yield tmp_path / "data"
    give_reference(tmp_path / "data", "")


def words_in(folder: Path) -> list[str]:
    """The names of the files that hold Kinsella's words."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(p.name for p in files if WORDS in p.read_bytes().lower())


def opened(folder: Path, clock: HandClock) -> "closing[SqliteStore]":
    return closing(SqliteStore(folder, clock=clock))


def opened_again(folder: Path, key: str, clock: HandClock) -> "closing[SqliteStore]":
    """The store, as a process with another key in its settings opens it."""
    give_reference(folder, key)
    return opened(folder, clock)


def come(store: SqliteStore, clock: HandClock, name: str = "Kinsella") -> list[CapturedLead]:
    """A lead that is refined, one that failed, and one that waits."""
    leads = []
    clock.advance(seconds=1)
    for n in range(3):
        delay = timedelta(minutes=10 if n == 2 else 0)
        leads.append(captured(clock, f"{name}{n}", record=f"{name}:{n}", delay=delay))
        store.accept([leads[-1]])
        if n == 0:
            told = refined(leads[0], clock, name=name, email=f"{name}@example.com")
            made = Done(refined=told, note="told", detail=f"{name} wrote")
            assert settle(store, lease_task(store, Step.REFINE), made)
        elif n == 1:
            drop = Drop("refine.failed", f"the form of {name} is odd")
            assert settle(store, lease_task(store, Step.REFINE), drop)
    return leads


def is_read(folder: Path, leads: list[CapturedLead], name: str = "Kinsella") -> bool:
    """Whether everything is read as it was written."""
    ids = [lead.id for lead in leads]
    with closing(SqliteLedger(folder)) as ledger:
        stories = [ledger.story(one) for one in ids]
        found = ledger.ids(LeadFilter(search=name))
        (dead,) = [one for one in ledger.dead() if one.reason == "refine.failed"]
    with closing(SqliteStore(folder, read_only=True)) as store:
        raws = [store.archived(ids)[one].raw for one in ids]
        (told,) = store.refined(ids).values()
    return (
        raws == [lead.raw for lead in leads]
        and told.contact.name == name
        and set(found) >= {ids[0]}
        and name in dead.error
        and all(story is not None for story in stories)
    )


def test_no_file_holds_a_word_of_what_came_into_an_encrypted_folder(
    folder: Path, clock: HandClock
) -> None:
    with opened(encrypting(folder), clock) as store:
        leads = come(store, clock)
        assert words_in(folder) == []
        assert is_read(folder, leads)
    assert words_in(folder) == []


def test_what_was_there_before_is_sealed_in_pieces_and_leaves_no_byte(
    folder: Path, clock: HandClock
) -> None:
    with opened(folder, clock) as store:
        leads = come(store, clock)
    assert words_in(folder) == ["leadline.db"]
    with opened(encrypting(folder), clock) as store:
        assert is_read(folder, leads)
        assert status(store.db).values[0] > 0
        assert reseal_all(store)
        now = status(store.db)
        assert (now.is_done, set(now.values)) == (True, {1})
        assert words_in(folder) == []
        assert is_read(folder, leads)
    assert words_in(folder) == []


def test_who_is_killed_while_values_are_sealed_begins_anew(folder: Path, clock: HandClock) -> None:
    with opened(folder, clock) as store:
        leads = come(store, clock)
    encrypting(folder)
    for pieces in range(1, 12):
        with opened(folder, clock) as store:
            resealing = Resealing(store, rows=1)
            pauses = [resealing.once() for _ in range(pieces)]
            resealing.close()  # as the end of the process does
            assert DONE_S not in pauses
            assert is_read(folder, leads)
    with opened(folder, clock) as store:
        assert reseal_all(store)
    assert words_in(folder) == []
    assert is_read(folder, leads)


def test_a_new_data_key_is_used_at_once_by_all_and_the_old_one_goes(
    folder: Path, clock: HandClock
) -> None:
    with (
        opened(encrypting(folder), clock) as store,
        opened(folder, clock) as other,
        closing(SqliteLedger(folder)) as reader,
    ):
        leads = come(store, clock)
        assert reader.ids(LeadFilter(search="kinsella@example.com"))
        assert rotate_data_key(store.db) == 2
        more = come(other, clock, "Corrigan")
        assert reader.ids(LeadFilter(search="corrigan@example.com")) == [more[0].id]
        values = status(other.db).values
        assert values.keys() == {1, 2}
        assert is_read(folder, more, "Corrigan")
        assert reseal_all(store)
        assert status(other.db).values == {2: values[1] + values[2]}
        with store.db.reading() as db:
            numbers = [n for (n,) in db.execute("SELECT number FROM data_key ORDER BY number")]
        assert numbers == [0, 2]
        assert store.archived([leads[0].id]) == other.archived([leads[0].id]) != {}


def test_another_master_key_wraps_the_data_keys_while_others_go_on(
    folder: Path, clock: HandClock, tmp_path: Path
) -> None:
    with opened(encrypting(folder), clock) as running:
        come(running, clock)
        before, after = f"file:{folder}.master", new_key(tmp_path / "next")
        with opened(folder, clock) as store:
            give_reference(folder, after)
            assert rotate_master_key(store.db, before) == 2
            give_reference(folder, before)  # as a process that began before says still
            with opened_again(folder, after, clock) as store:
                rotate_data_key(store.db)
            give_reference(folder, before)
        more = come(running, clock, "Corrigan")
        assert running.archived([more[0].id])
        give_reference(folder, after)
    (tmp_path / "data.master").unlink()
    assert is_read(folder, more, "Corrigan")


def test_a_running_process_opens_the_file_anew_after_the_master_key_was_changed(
    folder: Path, clock: HandClock, tmp_path: Path
) -> None:
    with opened(encrypting(folder), clock) as running:
        leads = come(running, clock)
        before, after = f"file:{folder}.master", new_key(tmp_path / "next")
        with running.db.writing() as db:  # as another process does it
            keys = keyring.rewrapped(db, folder, before, after)
            assert keyring.keep_rewrapped(db, keys, after)
        assert is_read(folder, leads)
        with opened(folder, clock) as anew:
            assert anew.archived([leads[0].id])
            assert keyring.encryption_state(anew.db.connection).reference == after
    give_reference(folder, "")
    give_reference(folder, before)  # as a process that begins with settings of before
    with pytest.raises(ConfigurationError, match="is not the key of the data in"):
        SqliteStore(folder)


def test_encryption_can_be_turned_off_and_on_again_while_others_work(
    folder: Path, clock: HandClock
) -> None:
    with opened(encrypting(folder), clock) as store, opened(folder, clock) as other:
        come(store, clock, "Corrigan")
        turn_off(store.db)
        leads = come(other, clock)
        turn_on(store.db)
        assert reseal_all(other)
        assert status(store.db).values.keys() == {1}
        turn_off(store.db)
        assert reseal_all(other)
        assert status(store.db).values.keys() == {0}
        assert is_read(folder, leads)
    give_reference(folder, "")
    Path(f"{folder}.master").unlink()
    with opened(folder, clock) as store:
        assert not store.encrypts
        assert is_read(folder, leads)


def test_settings_alone_do_not_encrypt_what_somebody_decrypted(
    folder: Path, clock: HandClock
) -> None:
    with opened(encrypting(folder), clock) as store:
        turn_off(store.db)
        assert reseal_all(store)
    with opened(folder, clock) as store:
        assert (store.encrypts, status(store.db).state) == (False, keyring.LEFT)
        turn_on(store.db)
    with opened(folder, clock) as store:
        assert store.encrypts


def test_without_its_key_or_with_another_one_the_data_is_not_opened(
    folder: Path, clock: HandClock, tmp_path: Path
) -> None:
    with opened(encrypting(folder), clock) as store:
        come(store, clock)
    kept = tmp_path / "data.master"
    kept.rename(tmp_path / "elsewhere")
    for make in (SqliteStore, SqliteLedger):
        with pytest.raises(ConfigurationError, match=r"say in \[encryption\] key where it is"):
            make(folder)
    give_reference(folder, new_key(tmp_path / "another"))
    with pytest.raises(ConfigurationError, match="is not the key of the data in"):
        SqliteStore(folder)
    give_reference(folder, f"file:{tmp_path / 'elsewhere'}")
    with opened(folder, clock) as store:
        assert store.encrypts
    give_reference(folder, "")
    with opened(folder, clock) as store:  # the file remembers where its key is now
        assert store.encrypts


@pytest.mark.parametrize("words", ["", "too short", "a" * 64 + "g"])
def test_what_is_no_key_is_refused(folder: Path, tmp_path: Path, words: str) -> None:
    place = tmp_path / "key"
    place.write_text(words)
    place.chmod(0o600)
    give_reference(folder, f"file:{place}")
    with pytest.raises(ConfigurationError, match="32 random bytes in base64 or hex"):
        SqliteStore(folder)


def test_a_key_that_everybody_may_read_or_that_lies_in_the_data_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    give_reference(folder, new_key(tmp_path / "key"))
    (tmp_path / "key").chmod(0o604)
    with pytest.raises(ConfigurationError, match="everybody may read the key"):
        SqliteStore(folder)
    give_reference(folder, new_key(folder / "key"))
    with pytest.raises(ConfigurationError, match="in the data folder, and so in every copy"):
        SqliteStore(folder)


def test_encryption_begins_only_when_nobody_else_has_the_file_open(
    folder: Path, clock: HandClock
) -> None:
    with opened(folder, clock):
        encrypting(folder)
        with pytest.raises(ConfigurationError, match="processes that began without it run"):
            SqliteStore(folder)
    with opened(folder, clock) as store:
        assert store.encrypts


def test_a_value_that_was_put_elsewhere_does_not_open(folder: Path, clock: HandClock) -> None:
    with opened(encrypting(folder), clock) as store:
        one, two, _ = come(store, clock)
        with store.db.writing() as db:
            db.execute(
                "UPDATE main.raw SET raw = (SELECT raw FROM main.raw WHERE lead = 1) WHERE lead = 2"
            )
        assert store.archived([one.id, two.id]).keys() == {one.id}
        with store.db.reading() as db:
            hurt = [found.lead_id for found in damaged_contents(db) if found is not None]
        assert set(hurt) == {two.id}


@pytest.mark.parametrize("at", [0, 10, 30, -1])
def test_a_damaged_value_is_noticed_and_stays_so_under_another_key(
    folder: Path, clock: HandClock, at: int
) -> None:
    with opened(encrypting(folder), clock) as store:
        one, two, _ = come(store, clock)
        with store.db.writing() as db:
            ((sealed,),) = db.execute("SELECT raw FROM main.raw WHERE lead = 2")
            hurt = bytearray(sealed)
            hurt[at] ^= 1
            db.execute("UPDATE main.raw SET raw = ? WHERE lead = 2", (bytes(hurt),))
        assert store.archived([one.id, two.id]).keys() == {one.id}
        rotate_data_key(store.db)
        reseal_all(store)
        assert store.archived([one.id, two.id]).keys() == {one.id}


def test_a_value_that_was_damaged_in_the_clear_is_so_when_it_is_sealed(
    folder: Path, clock: HandClock
) -> None:
    with opened(folder, clock) as store:
        one, two, _ = come(store, clock)
        with store.db.writing() as db:
            db.execute("UPDATE main.raw SET raw = ? WHERE lead = 2", (b'{"name":"Kinsella!"}',))
    with opened(encrypting(folder), clock) as store:
        assert reseal_all(store)
        assert store.archived([one.id, two.id]).keys() == {one.id}
    assert words_in(folder) == []


def test_a_backup_is_encrypted_and_is_restored_only_with_its_key(
    folder: Path, clock: HandClock, tmp_path: Path
) -> None:
    with opened(encrypting(folder), clock) as store:
        leads = come(store, clock)
        back_up(folder, tmp_path / "backup", lambda _: None)
    assert words_in(tmp_path / "backup") == []
    there = tmp_path / "there"
    key = tmp_path / "data.master"
    key.rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match=r"say in \[encryption\] key where it is"):
        restore(tmp_path / "backup", there, replace=False)
    assert not (there / "leadline.db").exists()
    give_reference(there, f"file:{tmp_path / 'elsewhere'}")
    restore(tmp_path / "backup", there, replace=False)
    assert is_read(there, leads)
    give_reference(there, "")
