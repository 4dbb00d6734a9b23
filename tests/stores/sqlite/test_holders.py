"""Who holds the right to write is known from outside."""

import sys
from pathlib import Path

import pytest

from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.holders import holders
from tests.worlds.lock_holders import holder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


@pytest.mark.parametrize("how", ["still", "sqlite"])
def test_another_process_that_holds_it_is_named(tmp_path: Path, how: str) -> None:
    database = Database(tmp_path)
    assert holders(tmp_path) == []
    with holder(tmp_path, how) as process:
        assert holders(tmp_path) == [process.pid]
    assert holders(tmp_path) == []
    database.close()


def test_who_only_has_the_file_open_and_this_process_are_not(tmp_path: Path) -> None:
    database, other = Database(tmp_path), tmp_path / "other"
    Database(other).close()
    with holder(other, "still"), database.exclusively():
        assert holders(tmp_path) == []
    database.close()
