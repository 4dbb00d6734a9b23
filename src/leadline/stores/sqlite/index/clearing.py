"""Leaves nothing in the index of leads of what was erased: neither rows, nor its log, nor bytes in
unused space, where earlier writes left some. For `blanking`, which does the data file first."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw

from leadline.model.errors import LeadlineError
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import INDEX
from leadline.stores.sqlite.index.at_once import take_in_all_changed
from leadline.stores.sqlite.index.file import (
    dropped_if_damaged,
    empty_index_log,
    has_index,
    open_to_write,
    writing,
)
from leadline.stores.sqlite.index.writing import begin_anew, index_state
from leadline.stores.sqlite.privacy.blank_pieces import blank_all, blank_piece, opened_bytes

_PIECE = 1024
"""So many pages are gone through while nobody else may write the index: only workers do."""
_ATTEMPTS = 50


def clear_index(db: Database, stopped: Callable[[], bool]) -> bool:
    """Take in all leads that have changed until now, empty the log, and overwrite unused space. If
    the data file was encrypted since the index was made, its leads are removed first. Returns
    False if that has to be tried again: a reader or the disk prevents it, or it was *stopped*.

    Raises apsw.Error, OSError.
    """
    if not has_index(db.folder):
        return True
    try:
        with dropped_if_damaged(db.folder), closing(open_to_write(db.folder)) as index:
            _remove_texts_if_encrypted(index, db)
            take_in_all_changed(index, db)
            if not _blank(index, db.folder / INDEX, stopped):
                return False
    except LeadlineError:  # the disk is full or fails
        return False
    return True


def _remove_texts_if_encrypted(index: apsw.Connection, db: Database) -> None:
    """The next process that takes leads in does so without texts."""
    if db.connection.sealer is not None and index_state(index).texts:
        with writing(index):
            begin_anew(index, db.path.stat().st_ino, texts=False)


def _blank(index: apsw.Connection, path: Path, stopped: Callable[[], bool]) -> bool:
    with opened_bytes(path) as file:
        return blank_all(
            index, _PIECE, lambda first: _next_piece(index, path, file, first), stopped
        )


def _next_piece(index: apsw.Connection, path: Path, file: apsw.VFSFile, first: int) -> int | None:
    """Do the piece from a page on; returns the first page of the next one, 0 after the last, and
    None if readers or writers prevent it."""
    pages = range(first, first + _PIECE)
    for _ in range(_ATTEMPTS):
        if empty_index_log(index):
            after = blank_piece(index, path, file, pages, lambda: _sync(file))
            if after is not None:
                return after
    return None


def _sync(file: apsw.VFSFile) -> None:
    file.xSync(apsw.SQLITE_SYNC_NORMAL)
