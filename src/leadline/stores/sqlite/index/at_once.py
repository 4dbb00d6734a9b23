"""Takes changed leads in the index at once: erasures leave nothing there when they end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import apsw

from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.index import reading
from leadline.stores.sqlite.index.file import (
    dropped_if_damaged,
    empty_index_log,
    has_index,
    named_errors,
    open_to_write,
    writing,
)
from leadline.stores.sqlite.index.writing import begin_anew, index_state, last_id, write

_AT_ONCE = 200


def begin_anew_if_other(index: apsw.Connection, data: apsw.Connection, path: Path) -> None:
    """Empty the index if it is that of another data file: one from before a restore."""
    state = index_state(index)
    reached, now = state.reached, path.stat().st_ino
    if state.inode != now or (reached and reading.id_of(data, reached) != last_id(index, reached)):
        begin_anew(index, now, texts=bool(state.texts))


@contextmanager
def taking_in_at_once(db: Database) -> Iterator[Callable[[apsw.Connection], None]]:
    """For a write transaction of the data file inside the block whose changes must be in the index
    when the block ends, so that no byte of what was erased is left there. The block calls what it
    is given twice, at the beginning and at the end of its transaction.

    Raises StorageFull, StorageFailed if the index can't be written; the data file is changed then,
    and the next step takes the leads in.
    """
    before: list[int] = []
    numbers: list[int] = []

    def mark(data: apsw.Connection) -> None:
        if not before:
            before.append(reading.last_change(data))
        else:
            numbers.extend(reading.changed_after(data, before[0]))

    yield mark
    if numbers and has_index(db.folder):
        with (
            dropped_if_damaged(db.folder),
            named_errors(),
            closing(open_to_write(db.folder)) as index,
        ):
            _take_in(index, db, sorted(numbers))
            empty_index_log(index)


def take_in_all_changed(index: apsw.Connection, db: Database) -> None:
    """Take in all leads that have changed until now, as far as they are in the index at all."""
    with db.reading() as data:
        numbers = sorted(reading.changed_after(data, 0))
    for start in range(0, len(numbers), _AT_ONCE):
        _take_in(index, db, numbers[start : start + _AT_ONCE])


def _take_in(index: apsw.Connection, db: Database, numbers: Sequence[int]) -> None:
    with writing(index), db.reading() as data:
        begin_anew_if_other(index, data, db.path)
        reached = index_state(index).reached
        ours = [n for n in numbers if n <= reached]
        write(index, reading.entries(data, ours), ours)
