"""With encryption at rest a marked person who went through every source and channel stands in no
file of the data folder, whether the person came before encryption began or after."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.stores.sqlite.file.folder import FILE
from tests.acceptance.test_where_data_stands import PATIENCE_S, MarkedInstallation
from tests.worlds.encrypted import new_key
from tests.worlds.marked_person import EMAIL, marked_columns, marked_files

LONG_S = 3 * PATIENCE_S


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MarkedInstallation]:
    """A running server with the person in it, in the clear and then encrypted."""
    with MarkedInstallation(tmp_path_factory.mktemp("encrypted")) as made:
        made.send_all()
        made.wait_until_told()
        made.stop()
        assert "data/leadline.db" in marked_files(made.folder)
        made.server.settings["LEADLINE_ENCRYPTION_KEY"] = new_key(made.folder / "keys" / "master")
        made.server.start()
        for pid in made.server.family().values():
            made.server.kill(pid)
        assert made.server.process is not None
        made.server.process.wait(40)
        made.server.start()
        wait_until_encrypted(made)
        yield made


def wait_until_encrypted(made: MarkedInstallation) -> None:
    """Wait until the server has encrypted what was there before."""
    deadline = time.monotonic() + LONG_S
    while not (found := json.loads(made.run("encryption", "status", "--json")))["is_done"]:
        assert time.monotonic() < deadline, made.server.log.read_text()[-4000:]
        time.sleep(0.2)
    assert found["values"].keys() == {"1"}


def wait_until_overwritten(made: MarkedInstallation) -> None:
    """Overwrite what was there before, as the server does; readers of the log may prevent it."""
    deadline = time.monotonic() + LONG_S
    while made.run("encryption", "on") != "personal data is encrypted\n":
        assert time.monotonic() < deadline


def test_a_running_server_encrypts_what_was_there_and_what_comes(
    marked: MarkedInstallation,
) -> None:
    assert marked_columns(marked.server.data / FILE) == {}
    marked.send_all()
    marked.wait_until_told()
    marked.run("encryption", "rotate")
    wait_until_overwritten(marked)
    assert marked_files(marked.server.data) == {}
    assert marked_columns(marked.server.data / FILE) == {}
    marked.stop()
    assert marked_files(marked.server.data) == {}
    marked.server.start()


def test_commands_read_an_encrypted_folder_and_copies_of_it_are_encrypted(
    marked: MarkedInstallation,
) -> None:
    marked.run("backup", "backup")
    assert marked_files(marked.folder / "backup") == {}
    found = json.loads(marked.run("leads", "--json", "--search", EMAIL))
    assert found
    assert EMAIL in marked.run("access", "--email", EMAIL, "--json")
    assert EMAIL in marked.run("export", "export", "--json") + "".join(
        path.read_text(errors="replace") for path in (marked.folder / "export").rglob("*.json")
    )
    marked.run("replay", "--status", "dead", "--yes")
    marked.wait_until_told()
    marked.stop()
    marked.run("verify", "--deep")
    marked.run("restore", "backup", "--replace")
    assert marked_files(marked.server.data) == {}
    assert json.loads(marked.run("leads", "--json", "--search", EMAIL)) == found
    marked.run("erase", "--email", EMAIL, "--yes")
    assert json.loads(marked.run("leads", "--json", "--search", EMAIL)) == []
    marked.server.start()


def test_a_server_without_its_key_serves_nothing_and_says_so(marked: MarkedInstallation) -> None:
    marked.stop()
    key = marked.folder / "keys" / "master"
    key.rename(marked.folder / "away")
    marked.server.start(ready=False)
    assert marked.server.process is not None
    assert marked.server.process.wait(40) == 2
    assert "the key of the encrypted data is not in" in marked.server.log.read_text()
    (marked.folder / "away").rename(Path(key))
    marked.server.start()
