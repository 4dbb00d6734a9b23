"""The file `accounts.db`: its rights, its schema, its transactions, and its errors by name."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import apsw

from leadline.model.errors import ConfigurationError, StorageFailed, StorageFull
from leadline.model.rights import PRIVATE, make_file, make_folder, set_mode

FILE = "accounts.db"


@cache
def _migrations() -> tuple[str, ...]:
    """The migrations, in order."""
    folder = files(__package__) / "migrations"
    return tuple(f.read_text() for f in sorted(folder.iterdir(), key=lambda one: one.name))


class AccountsFile:
    """A connection that several threads may share. Whatever the rights of the folder, only
    Leadline's user may read the file.

    Raises ConfigurationError if the folder can't be written, or a newer version wrote the file.
    """

    def __init__(self, folder: Path) -> None:
        self._mutex = threading.RLock()
        path = folder / FILE
        try:
            make_folder(folder)
            if not make_file(path):
                set_mode(path, PRIVATE.file)
        except OSError as error:
            raise ConfigurationError(
                f"the accounts of the dashboard can't be kept in {folder} ({error.strerror})"
            ) from error
        with _named_errors():
            self._connection = apsw.Connection(str(path))
            self._connection.set_busy_timeout(10_000)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA secure_delete = ON")
            self._migrate(path)

    def _migrate(self, path: Path) -> None:
        steps = _migrations()
        with self.writing():
            version = int(self._connection.pragma("user_version"))
            if version > len(steps):
                raise ConfigurationError(f"a newer version of Leadline wrote {path}: run that one")
            for step in steps[version:]:
                self._connection.execute(step)
            self._connection.pragma("user_version", len(steps))

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """A write transaction: when the block ends, all of it is on the disk, or nothing is."""
        with self._mutex, _named_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._mutex, _named_errors():
            return self._connection.execute(sql, values).fetchall()

    def change(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a statement returns that is a transaction of its own."""
        with self.writing() as connection:
            return connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close the connection."""
        with self._mutex:
            self._connection.close()


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except apsw.FullError as error:
        raise StorageFull from error
    except apsw.BusyError as error:
        raise StorageFailed("the file of accounts is locked by another program") from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StorageFailed(f"{FILE} is damaged: restore a copy, or remove it") from error
    except (apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError) as error:
        raise StorageFailed("the file of accounts can't be written") from error
