"""Data folders whose writes nobody waits for: tests in which no power cut happens.

Each commit waits for the disk, in Leadline as it runs. Where a test is about what is in a folder,
not about what of it outlives a power cut, the wait shows nothing and takes half of the test's time.
What an ended process wrote stays written without it.
"""

import os
from typing import Any

import apsw
import pytest

from leadline.stores.accounts.file import AccountsFile
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.index import file as index_file

OFF = "PRAGMA synchronous = OFF"


@pytest.fixture(autouse=True)
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every test in a folder whose `conftest.py` imports it: this process waits for no disk."""
    set_pragmas, open_index, open_accounts = (
        Database._set_pragmas, index_file._opened, AccountsFile._migrate,
    )  # fmt: skip

    def of_database(self: Database) -> None:
        set_pragmas(self)
        self.connection.execute(OFF)

    def of_index(*given: Any) -> apsw.Connection:
        connection = open_index(*given)
        connection.execute(OFF)
        return connection

    def of_accounts(self: AccountsFile, *given: Any) -> None:
        self._connection.execute(OFF)
        open_accounts(self, *given)

    monkeypatch.setattr(Database, "_set_pragmas", of_database)
    monkeypatch.setattr(index_file, "_opened", of_index)
    monkeypatch.setattr(AccountsFile, "_migrate", of_accounts)
    monkeypatch.setattr(os, "fsync", lambda _file: None)
