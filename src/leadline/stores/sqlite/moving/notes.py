"""What a move leaves in the data folder: the mark that keeps servers away, and its journal."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import apsw
import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.rights import PRIVATE, Rights, make_file, new_file
from leadline.ports.homes import Home, Note
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.folder import MOVED

_MARK = f"{MOVED}.json"


class Mark(msgspec.Struct, frozen=True):
    """Where the leads of a folder are or are going, since when, and whether all are there."""

    stack: str
    region: str
    table: str
    towards: Home
    at: datetime
    done: bool = False


def read_mark(folder: Path) -> Mark | None:
    """The mark of a folder; None when its leads are here. Raises ConfigurationError."""
    try:
        return msgspec.json.decode((folder / _MARK).read_bytes(), type=Mark)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationError(f"{folder / _MARK} can't be read: {error}") from None


def set_mark(folder: Path, mark: Mark, rights: Rights = PRIVATE) -> None:
    """Mark a folder; it survives a power cut. Raises ConfigurationError."""
    partial = folder / f"{_MARK}.partial"
    try:
        with new_file(partial, rights) as file:
            file.write(msgspec.json.encode(mark) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / _MARK)
        _sync(folder)
    except OSError as error:
        raise ConfigurationError(f"{folder} can't be written ({error.strerror})") from error


def clear_mark(folder: Path) -> None:
    """Let servers use the folder again."""
    (folder / _MARK).unlink(missing_ok=True)
    _sync(folder)


def refuse_if_moved(folder: Path) -> None:
    """Raise ConfigurationError when the leads of this folder are somewhere else."""
    mark = read_mark(folder)
    if mark is None:
        return
    where = f"the stack {mark.stack} in {mark.region}"
    names = f"--stack {mark.stack} --region {mark.region}"
    back = f"`leadline move --to embedded {names}` brings them back"
    if mark.done:
        raise ConfigurationError(f"the leads of {folder} were moved to {where}; {back}")
    raise ConfigurationError(
        f"a move of the leads of {folder} to or from {where} has not ended; go on with it by "
        f"`leadline move --to {mark.towards} {names}`, or {back}"
    )


class MoveJournal:
    """`ports.homes.Journal` in a file of the folder, one for each table that leads went to."""

    def __init__(self, folder: Path, table: str, rights: Rights = PRIVATE) -> None:
        path = folder / f"{MOVED}-{table}.db"
        make_file(path, rights)
        self._db = apsw.Connection(str(path))
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(
            """CREATE TABLE IF NOT EXISTS note (
                 lead BLOB PRIMARY KEY, agreed BLOB, copying BLOB, towards TEXT
               ) STRICT, WITHOUT ROWID"""
        )

    def notes(self, ids: Sequence[str]) -> Mapping[str, Note]:
        """See `ports.homes.Journal.notes`."""
        rows = bulk.select(
            self._db,
            "SELECT lead, agreed, copying, towards FROM note WHERE lead IN ()",
            [UUID(i).bytes for i in ids],
        )
        return {
            str(UUID(bytes=lead)): Note(agreed, copying, Home(towards) if towards else None)
            for lead, agreed, copying, towards in rows
        }

    def begin(self, digests: Mapping[str, bytes], towards: Home) -> None:
        """See `ports.homes.Journal.begin`."""
        rows = [(UUID(i).bytes, None, digest, str(towards)) for i, digest in digests.items()]
        with self._db:
            bulk.insert(
                self._db,
                "note (lead, agreed, copying, towards)",
                rows,
                tail="""ON CONFLICT DO UPDATE SET copying = excluded.copying,
                        towards = excluded.towards""",
            )

    def agree(self, digests: Mapping[str, bytes]) -> None:
        """See `ports.homes.Journal.agree`."""
        rows = [(UUID(i).bytes, digest, None, None) for i, digest in digests.items()]
        with self._db:
            bulk.insert(
                self._db,
                "note (lead, agreed, copying, towards)",
                rows,
                tail="""ON CONFLICT DO UPDATE SET agreed = excluded.agreed, copying = NULL,
                        towards = NULL""",
            )

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
