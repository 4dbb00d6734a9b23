"""After an erasure no byte of the person is left in the index of leads, whatever was written there
before, and whoever reads or writes it meanwhile."""

import random
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leadline.model.personal_data.retiring import DataKind
from leadline.stores.sqlite.file.checkpoint import Checkpointer
from leadline.stores.sqlite.file.folder import INDEX
from leadline.stores.sqlite.index import at_once
from leadline.stores.sqlite.index.file import open_to_read
from leadline.stores.sqlite.index.making import IndexMaker, index_faults
from leadline.stores.sqlite.privacy.blanking import blank_unused_space, has_space, note_space
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.killed_process import Killed
from tests.worlds.questions import IndexedWorld, person

MARK = "quillfeather"
PEOPLE = 60
"""Every third of so many leads is the person's; the others' names begin almost as theirs."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[IndexedWorld]:
    with IndexedWorld(tmp_path / "data") as made:
        yield made


def write_much(world: IndexedWorld) -> list[str]:
    """Leads with texts of all lengths come and change, so that pages of the index are split, filled
    and freed. Returns the ids of the person's."""
    chance = random.Random(13)
    ours = []
    for n in range(PEOPLE):
        length = int(10 ** chance.uniform(0, 2.6))
        if n % 3:
            who = person(f"Max Quillfeathe{n}", message=f"looms {n} " * length)
        else:
            message = f"{MARK} wants {n} " * length
            who = person(f"Zoe {MARK.title()}", "Bea Voss", company=f"{MARK} Ltd {n}",
                         message=message)  # fmt: skip
        lead_id = world.refine(f"lead{n}", *who, told=bool(n % 2))
        ours += [] if n % 3 else [lead_id]
        if n % 5 == 0:
            world.maker.all()
    world.maker.all()
    return ours


def files_with_mark(world: IndexedWorld) -> list[str]:
    """The files of the index in which the person stands, as a whole word or its beginning."""
    found = sorted(world.folder.glob(f"{INDEX}*"))
    return [one.name for one in found if MARK.encode() in one.read_bytes().lower()]


@pytest.mark.parametrize("way", ["erased", "retired"])
def test_no_byte_is_left_in_an_index_in_which_much_was_written(
    world: IndexedWorld, way: str
) -> None:
    ours = write_much(world)
    assert files_with_mark(world)
    if way == "erased":
        for lead_id in ours:
            world.store.erase(lead_id)
    else:
        world.clock.advance(days=1)
        for kind in (DataKind.RAW, DataKind.REFINED):
            world.store.retire(kind, world.clock.now, ours)
    assert world.store.overwrite_erased() == ()
    assert files_with_mark(world) == []
    world.maker.all()
    assert files_with_mark(world) == []
    assert index_faults(world.store.db) == []
    assert world.ask(text=MARK) == []


def test_no_byte_comes_back_while_a_worker_writes_the_index(world: IndexedWorld) -> None:
    ours = write_much(world)
    world.maker.close()
    stop, failures = threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            with (
                closing(SqliteStore(world.folder, clock=world.clock)) as store,
                closing(IndexMaker(store, new=3)) as maker,
            ):
                while not stop.is_set():
                    with store.db.writing() as db:
                        db.execute("UPDATE lead SET fate = fate")
                        db.execute("INSERT INTO changed (lead) SELECT n FROM lead")
                    maker.once()
                    stop.wait(0.005)  # others write in between, as beside a server
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for lead_id in ours:
            world.store.erase(lead_id)
        while world.store.overwrite_erased():
            pass
    finally:
        stop.set()
        thread.join()
    assert failures == []
    assert files_with_mark(world) == []
    assert index_faults(world.store.db) == []


def test_what_a_killed_erasure_left_to_be_taken_in_is_taken_in_before_space_is_overwritten(
    world: IndexedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = write_much(world)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(at_once, "open_to_write", killed)
        for lead_id in ours:
            with pytest.raises(Killed):
                world.store.erase(lead_id)
    assert files_with_mark(world)
    assert world.store.overwrite_erased() == ()
    assert files_with_mark(world) == []
    assert index_faults(world.store.db) == []


def test_a_reader_of_the_index_puts_it_off_and_the_server_does_it(world: IndexedWorld) -> None:
    ours = write_much(world)
    world.capture("waits", delay=timedelta(days=1))
    world.maker.all()
    reader = open_to_read(world.folder)
    assert reader is not None
    with closing(reader):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM facet").fetchall()
        for lead_id in ours:
            world.store.erase(lead_id)
        assert not blank_unused_space(world.store.db)
        assert has_space(world.folder)
        reader.execute("COMMIT")
    with closing(Checkpointer(world.folder, every_s=0.01, space_after_s=0.01)):
        pause = threading.Event()
        while has_space(world.folder):
            pause.wait(0.01)
    assert files_with_mark(world) == []


def test_an_index_that_turns_out_damaged_is_deleted_with_what_it_held(world: IndexedWorld) -> None:
    ours = write_much(world)
    world.maker.close()
    world.questions.close()
    for end in ("-wal", "-shm"):
        (world.folder / f"{INDEX}{end}").unlink(missing_ok=True)
    path = world.folder / INDEX
    data = path.read_bytes()
    size = int.from_bytes(data[16:18])
    path.write_bytes(data[:size] + b"\x77" * (len(data) - size - 100) + MARK.encode() * 9)
    note_space(world.folder)
    for lead_id in ours:
        world.store.erase(lead_id)
    assert world.store.overwrite_erased() == ()
    assert files_with_mark(world) == []
    with closing(IndexMaker(world.store)) as maker:
        maker.all()
    assert index_faults(world.store.db) == []
