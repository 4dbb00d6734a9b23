"""What an embedded installation of commit ee38b013 left behind, its copies too, goes on by the
commands of this version."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest

from leadline.model.task import ON_HOLD_UNTIL
from leadline.operations.moving.agreement import family_digest
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.moving.journal import MoveJournal
from leadline.stores.sqlite.schema import newest_schema
from leadline.stores.sqlite.store import SqliteStore
from tests.acceptance.installation import Installation
from tests.worlds.second_release import unpacked

SCHEMA, ACCEPTED, REFINED = 9, 19, 14


class UpdatedFolder:
    """The data folder with its backup and export; `ids` of its leads by name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ids = folder, unpacked(folder)
        self.installation = Installation(folder)

    def said(self, *words: str | Path, data: str = "data") -> Any:
        """What a command says of a data folder, which must succeed."""
        self.installation.settings["LEADLINE_DATA"] = str(self.folder / data)
        done = self.installation.command(*map(str, words), "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def statuses(self, data: str = "data") -> dict[str, str]:
        names = {lead_id: name for name, lead_id in self.ids.items()}
        return {names[row["lead_id"]]: row["status"] for row in self.said("leads", data=data)}


@pytest.fixture
def updated(tmp_path: Path) -> UpdatedFolder:
    return UpdatedFolder(tmp_path)


def test_the_first_command_migrates_and_keeps_a_copy_for_the_earlier_version(
    updated: UpdatedFolder,
) -> None:
    account = updated.said("verify", "--deep")
    assert (account["balanced"], account["accepted"]) == (True, ACCEPTED)
    kept = updated.folder / "data" / f"before-schema-{newest_schema()}" / FILE
    with closing(apsw.Connection(str(kept))) as db:
        assert db.pragma("user_version") == SCHEMA
        assert db.execute("SELECT count(*) FROM lead").fetchall() == [(ACCEPTED,)]


def test_a_backup_is_restored_and_stands_as_the_data_does(updated: UpdatedFolder) -> None:
    account, stood = updated.said("verify", "--deep"), updated.statuses()
    updated.installation.settings["LEADLINE_DATA"] = str(updated.folder / "restored")
    done = updated.installation.command("restore", str(updated.folder / "backup"))
    assert done.returncode == 0, done.stderr
    assert updated.said("verify", "--deep", data="restored") == account
    assert updated.statuses("restored") == stood


def test_an_export_is_imported_with_what_people_decided(updated: UpdatedFolder) -> None:
    counted = updated.said("import", updated.folder / "export.tar.gz", data="imported")
    assert (counted["new"], counted["refined"], counted["damaged"]) == (ACCEPTED, REFINED, 0)
    assert updated.said("verify", "--deep", data="imported")["balanced"]
    linked = {
        one["lead_id"]: one["duplicate_of"]
        for one in updated.said("duplicates", "list", data="imported")
    }
    assert linked == {
        updated.ids["again"]: updated.ids["first"],
        updated.ids["joined"]: updated.ids["third"],
    }


def test_the_journal_of_a_move_still_fits_the_leads(updated: UpdatedFolder) -> None:
    data = updated.folder / "data"
    with closing(SqliteStore(data)) as store, closing(MoveJournal(data, "leads")) as journal:
        home = SqliteHome(store, ON_HOLD_UNTIL - timedelta(days=7))
        families = {i: f for ids in home.heads() for i, f in home.families(ids).items()}
        notes = journal.notes(list(families))
    assert {i: note.agreed for i, note in notes.items()} == {
        i: family_digest(family) for i, family in families.items()
    }
