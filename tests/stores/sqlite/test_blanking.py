"""After erasures no byte of the erased data is left in unused space of the data file."""

import random
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from leadline.stores.sqlite.file.checkpoint import Checkpointer
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.privacy.blanking import blank_unused_space, has_space, note_space
from leadline.stores.sqlite.privacy.unused_space import free_space, layout_of, unused_space
from leadline.stores.sqlite.store import SqliteStore
from tests.stores.sqlite.test_scrubbing import kinsella, reading, words_in
from tests.worlds.leads import HandClock, captured

MARK, LIVING = b"kinsella", b"somebody"
TABLES = """
CREATE TABLE lead_like(a INTEGER PRIMARY KEY, b BLOB);
CREATE INDEX by_value ON lead_like(b);
CREATE TABLE key_like(k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID;
"""


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as made:
        yield made


def write_much(db: apsw.Connection, seed: int, rounds: int) -> None:
    """Rows of all lengths come, change and go, as they do with years of work."""
    chance = random.Random(seed)
    for _ in range(rounds):
        db.execute("BEGIN IMMEDIATE")
        for _ in range(20):
            key, whose = chance.randrange(300), chance.choice((MARK, LIVING))
            value = whose * (int(10 ** chance.uniform(0, 4.5)) // 8 + 1)
            match chance.randrange(6):
                case 0 | 1 | 2:
                    db.execute("INSERT OR REPLACE INTO lead_like VALUES (?, ?)", (key, value))
                case 3:
                    db.execute("DELETE FROM lead_like WHERE a = ?", (key,))
                case 4:
                    row = (b"%d" % key + whose * chance.randrange(1, 40), value)
                    db.execute("INSERT OR REPLACE INTO key_like VALUES (?, ?)", row)
                case _:
                    query = "DELETE FROM key_like WHERE k = (SELECT max(k) FROM key_like)"
                    db.execute(query)
        db.execute("COMMIT")


def take_out(db: apsw.Connection) -> None:
    """Erase all rows with the mark as an erasure does."""
    db.pragma("secure_delete", "on")
    db.execute("BEGIN IMMEDIATE")
    db.execute("DELETE FROM key_like WHERE instr(k, ?1) OR instr(v, ?1)", (MARK,))
    db.execute("UPDATE lead_like SET b = x'00' WHERE instr(b, ?)", (MARK,))
    db.execute("COMMIT")
    db.pragma("secure_delete", "fast")


def rows(db: apsw.Connection) -> list[tuple[object, ...]]:
    return [
        row for table in ("lead_like", "key_like") for row in db.execute(f"SELECT * FROM {table}")
    ]


@pytest.mark.parametrize("page_size", [512, 1024, 8192, 65536])
@pytest.mark.parametrize("seed", [1, 2])
def test_all_unused_bytes_of_a_file_are_found_and_no_used_one(
    page_size: int, seed: int, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    with closing(apsw.Connection(str(path))) as db:
        db.execute(
            f"PRAGMA page_size = {page_size}; PRAGMA secure_delete = fast; {TABLES}"
        ).fetchall()
        write_much(db, seed, 60)
        take_out(db)
        kept = rows(db)
    data = bytearray(path.read_bytes())
    assert MARK in data

    def read(start: int, length: int) -> bytes:
        return bytes(data[start : start + length])

    layout = layout_of(read, len(data))
    free = free_space(layout, read)
    for number in range(1, layout.pages + 1):
        page = read((number - 1) * page_size, page_size)
        spaces = [free[number]] if number in free else unused_space(layout, number, page, read)
        for space in spaces:
            data[space.start : space.end] = b"\xff" * (space.end - space.start)
    assert MARK not in data
    path.write_bytes(data)
    with closing(apsw.Connection(str(path))) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert rows(db) == kept
        write_much(db, seed, 10)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_damaged_pages_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with closing(apsw.Connection(str(path))) as db:
        db.execute(f"PRAGMA page_size = 1024; {TABLES}").fetchall()
        write_much(db, 3, 20)
    data, chance = path.read_bytes(), random.Random(3)
    for _ in range(2000):
        torn = bytearray(data)
        at = chance.randrange(len(data) // 1024) * 1024
        torn[at : at + 16] = chance.randbytes(16)

        def read(start: int, length: int, torn: bytes = bytes(torn)) -> bytes:
            return torn[start : start + length]

        layout = layout_of(read, len(data)) if at else layout_of(lambda s, n: data[s : s + n], 9216)
        number = at // 1024 + 1
        for space in unused_space(layout, number, read(at, 1024), read):
            assert space.end <= len(data)
        free_space(layout, read)


def test_an_erasure_leaves_no_byte_in_a_file_in_which_much_was_written(store: SqliteStore) -> None:
    db, folder = store.db.connection, store.db.folder
    db.execute(TABLES)
    write_much(db, 4, 120)
    take_out(db)
    kept = rows(db)
    store.db.checkpoint(whole=True)
    assert words_in(folder) == [FILE]
    assert store.overwrite_erased() == ()
    assert words_in(folder) == []
    assert not has_space(folder)
    assert rows(db) == kept
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_nothing_comes_back_from_what_other_processes_remember_while_they_write(
    store: SqliteStore, clock: HandClock
) -> None:
    folder = store.db.folder
    store.db.connection.execute(TABLES)
    write_much(store.db.connection, 5, 120)
    stop, failures = threading.Event(), list[BaseException]()

    def write() -> None:
        try:
            with closing(SqliteStore(folder, clock=clock)) as other:
                number = 0
                while not stop.is_set():
                    number += 1
                    other.accept([captured(clock, f"meanwhile{number}")])
                    with other.db.writing() as db:
                        row = (number % 300, LIVING * (number % 2000))
                        db.execute("INSERT OR REPLACE INTO lead_like VALUES (?, ?)", row)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with store.db.writing():
            take_out_in(store.db.connection)
        note_space(folder)
        while store.overwrite_erased():
            pass
    finally:
        stop.set()
        thread.join()
    assert failures == []
    store.db.checkpoint(whole=True)
    assert words_in(folder) == []
    assert store.db.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def take_out_in(db: apsw.Connection) -> None:
    """As `take_out`, in a transaction."""
    db.execute("DELETE FROM key_like WHERE instr(k, ?1) OR instr(v, ?1)", (MARK,))
    db.execute("UPDATE lead_like SET b = x'00' WHERE instr(b, ?)", (MARK,))


def test_a_reader_puts_it_off_the_command_says_so_and_the_server_does_it(
    store: SqliteStore, clock: HandClock
) -> None:
    lead_id = kinsella(store, clock)
    folder = store.db.folder
    with reading(store):
        store.erase(lead_id)
        (words,) = store.overwrite_erased()
        assert "somebody reads it" in words
        assert has_space(folder)
        (receipt,) = store.accept([captured(clock, "meanwhile")])
        assert receipt.lead_id
    with closing(Checkpointer(folder, every_s=0.01, space_after_s=0.01)):
        pause = threading.Event()
        while has_space(folder):
            pause.wait(0.01)
    assert words_in(folder) == []
    assert store.overwrite_erased() == ()


def test_what_is_erased_while_it_is_under_way_is_done_afterwards(
    store: SqliteStore, clock: HandClock
) -> None:
    store.accept([captured(clock)])
    folder = store.db.folder
    note_space(folder)
    asked = []

    def erased_meanwhile() -> bool:
        asked.append(1)
        note_space(folder)
        return False

    assert not blank_unused_space(store.db, erased_meanwhile)
    assert asked
    assert has_space(folder)
    assert blank_unused_space(store.db)
    assert not has_space(folder)


def test_if_it_is_stopped_or_killed_the_next_one_goes_through_all(
    store: SqliteStore, clock: HandClock
) -> None:
    store.accept([captured(clock)])
    note_space(store.db.folder)
    assert not blank_unused_space(store.db, lambda: True)
    assert has_space(store.db.folder)
    assert store.overwrite_erased() == ()
    assert not has_space(store.db.folder)
