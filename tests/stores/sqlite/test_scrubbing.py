"""Erased words leave the data file and its log as soon as the erasure is stored."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.model.keys import match_keys
from leadline.model.lead import CapturedLead
from leadline.model.task import Done, Step, Task
from leadline.stores.sqlite.file.checkpoint import Checkpointer
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.privacy.scrubbing import empty_log, has_erased_data, note_erasure
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

WORDS = b"kinsella"


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as made:
        yield made


def refine(store: SqliteStore, clock: HandClock, lead: CapturedLead, note: str) -> None:
    """Refine a lead of Kinsella's with this note; a long one takes pages of its own."""
    store.put([Task(Step.REFINE, lead.id)], clock.now)
    told = refined(lead, clock, name="Ada Kinsella", email="kinsella@example.com")
    told = msgspec.structs.replace(told, custom={"note": note})
    done = Done(refined=told, match_keys=match_keys(told))
    assert settle(store, lease_task(store, Step.REFINE), done)


def kinsella(store: SqliteStore, clock: HandClock) -> str:
    """A lead that was refined three times, with a waiting lead on each side."""
    store.accept([captured(clock, f"before{n}") for n in range(3)])
    raw = b'{"email":"kinsella@example.com"}'
    lead = captured(clock, raw=raw, record="r:1", delay=timedelta())
    store.accept([lead])
    store.accept([captured(clock, f"after{n}") for n in range(3)])
    for note in ("kinsella " * 4000, "kinsella " * 100, "kinsella"):
        refine(store, clock, lead, note)
    return lead.id


def words_in(folder: Path) -> list[str]:
    """The names of the files that hold Kinsella's words."""
    files = [path for path in folder.iterdir() if path.is_file()]
    return sorted(path.name for path in files if WORDS in path.read_bytes())


@contextmanager
def reading(store: SqliteStore) -> Iterator[None]:
    """Somebody reads the file as it is now, and goes on with it."""
    with (
        closing(SqliteStore(store.db.folder, read_only=True)) as reader,
        reader.db.reading() as connection,
    ):
        connection.execute("SELECT count(*) FROM lead").fetchall()
        yield


def test_an_erasure_leaves_no_word_in_the_open_file_or_its_log(
    store: SqliteStore, clock: HandClock
) -> None:
    lead_id = kinsella(store, clock)
    assert words_in(store.db.folder) != []
    store.erase(lead_id)
    assert words_in(store.db.folder) == []
    assert not has_erased_data(store.db.folder)


def test_a_reader_puts_it_off_and_the_next_turn_of_the_checkpoints_does_it(
    store: SqliteStore, clock: HandClock
) -> None:
    lead_id = kinsella(store, clock)
    folder = store.db.folder
    with reading(store):
        store.erase(lead_id)
        assert words_in(folder) != []
        assert has_erased_data(folder)
        assert not empty_log(store.db)
        (receipt,) = store.accept([captured(clock, "meanwhile")])
        assert receipt.lead_id
    with closing(Checkpointer(folder, every_s=0.01)):
        pause = threading.Event()
        while has_erased_data(folder):
            pause.wait(0.01)
    assert words_in(folder) == []
    assert store.waiting([receipt.lead_id])


def test_what_a_kill_left_to_do_is_done_by_the_next_start(
    store: SqliteStore, clock: HandClock
) -> None:
    store.accept([captured(clock)])
    folder = store.db.folder
    note_erasure(folder)
    assert (folder / f"{FILE}-wal").stat().st_size > 0
    with closing(Checkpointer(folder, every_s=0.01)):
        pause = threading.Event()
        while has_erased_data(folder):
            pause.wait(0.01)
    assert (folder / f"{FILE}-wal").stat().st_size == 0


def test_it_is_noted_before_anything_is_erased(
    store: SqliteStore, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = kinsella(store, clock)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_erase", killed)
    with pytest.raises(KeyboardInterrupt):
        store.erase(lead_id)
    assert has_erased_data(store.db.folder)
