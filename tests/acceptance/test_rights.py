"""Whatever the umask is, nobody but its user may read what Leadline writes of leads.

Commands run under the widest umask; tests/unit/model/test_rights.py makes files under every other.
"""

import json
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.standins.slack_inbox import SlackInbox
from tests.acceptance.installation import Installation

LEAD = b'{"name": "Ada Vance", "email": "ada.vance@example.com", "phone": "(212) 555-0100"}'
LOCKS = {
    "checkpoints.lock", "index.lock", "serve.lock", "users.lock", "workers.lock", "writers.lock",
}  # fmt: skip
PRIVATE = {"folders": {0o700}, "files": {0o600}}
GROUP_READS = {"folders": {0o750}, "files": {0o640}}


@contextmanager
def umask(value: int) -> Iterator[None]:
    """Of this process, and of those that it starts."""
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def modes(folder: Path) -> dict[str, set[int]]:
    """The modes of a folder and all that is in it, but its locks."""
    found = [folder, *(path for path in folder.rglob("*") if path.name not in LOCKS)]
    return {
        "folders": {mode(path) for path in found if path.is_dir()},
        "files": {mode(path) for path in found if path.is_file()},
    }


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def logged(installation: Installation, event: str) -> list[dict[str, object]]:
    lines = [line for line in installation.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in map(json.loads, lines) if line["event"] == event]


def serve_a_lead(installation: Installation) -> None:
    installation.start()
    assert installation.post(LEAD).status == 200


def widen(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


def test_what_every_command_writes_is_for_its_user_alone(tmp_path: Path) -> None:
    with umask(0), Installation(tmp_path / "deep" / "er", LEADLINE_DELAY="0") as installation:
        serve_a_lead(installation)
        assert {"leadline.db", "leadline.db-wal", "leadline.db-shm"} <= names(installation.data)
        assert modes(installation.data) == PRIVATE
        assert {mode(installation.data / lock) for lock in LOCKS & names(installation.data)} == {
            0o600
        }
        backup, folder, tar = tmp_path / "b" / "copy", tmp_path / "e" / "out", tmp_path / "x.tar.gz"
        for command in (("backup", backup), ("export", folder), ("export", tar)):
            assert installation.command(*map(str, command)).returncode == 0
        assert installation.stop() == 0
        assert installation.command("restore", str(backup), "--replace").returncode == 0
        assert "before-restore-1" in names(installation.data)
        restored, imported = tmp_path / "restored", tmp_path / "imported"
        assert installation.command("--data", str(restored), "restore", str(backup)).returncode == 0
        assert installation.command("--data", str(imported), "import", str(tar)).returncode == 0
    for written in (installation.data, backup.parent, folder.parent, restored, imported):
        assert modes(written) == PRIVATE, written
    assert mode(tar) == 0o600
    with tarfile.open(tar) as unpacked:
        assert {member.mode for member in unpacked} == {0o600}
    assert not logged(installation, "data.narrowed")


def test_an_export_into_a_folder_of_ones_own_leaves_that_and_narrows_what_it_writes(
    tmp_path: Path,
) -> None:
    with umask(0), Installation(tmp_path / "made", LEADLINE_DELAY="1h") as installation:
        serve_a_lead(installation)
        shared = tmp_path / "shared"
        shared.mkdir()
        assert installation.command("export", str(shared)).returncode == 0
        (document,) = shared.rglob("*.json")
        document.chmod(0o666)
        assert installation.command("export", str(shared)).returncode == 0
    assert (mode(shared), mode(document), mode(shared / "raw")) == (0o777, 0o600, 0o700)
    assert [*shared.rglob("*.partial")] == []


def test_the_group_may_read_where_the_settings_say_so(tmp_path: Path) -> None:
    with umask(0o077), Installation(tmp_path / "made", LEADLINE_DELAY="0") as installation:
        toml = f'[data]\npath = "{installation.settings.pop("LEADLINE_DATA")}"\ngroup = "read"\n'
        (installation.folder / "leadline.toml").write_text(toml)
        serve_a_lead(installation)
        assert {"leadline.db", "leadline.db-wal", "leadline.db-shm"} <= names(installation.data)
        assert modes(installation.data) == GROUP_READS
        assert {mode(installation.data / lock) for lock in LOCKS & names(installation.data)} == {
            0o600
        }, "a reader could hold them"
        backup, folder, tar = tmp_path / "backup", tmp_path / "out", tmp_path / "out.tar.gz"
        for command in (("backup", backup), ("export", folder), ("export", tar)):
            assert installation.command(*map(str, command)).returncode == 0
        assert installation.command("doctor").returncode == 0
        assert installation.stop() == 0
        assert installation.command("restore", str(backup), "--replace").returncode == 0
    for written in (installation.data, backup, folder):
        assert modes(written) == GROUP_READS, written
    assert mode(tar) == 0o640


def test_the_group_may_read_a_folder_that_was_made_before_the_setting(tmp_path: Path) -> None:
    with Installation(tmp_path, LEADLINE_DELAY="1h") as installation:
        serve_a_lead(installation)
        installation.stop()
        own = installation.data / "notes.txt"
        own.write_text("mine")
        own.chmod(0o600)
        installation.settings["LEADLINE_DATA_GROUP"] = "read"
        installation.start()
        assert (mode(installation.data), mode(installation.data / "leadline.db")) == (0o750, 0o640)
        assert mode(installation.data / "leadline.db-wal") == 0o640
        assert mode(own) == 0o600, "who made it narrower meant it"


def test_what_is_too_wide_is_narrowed_once_with_one_line(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("not of the data folder")
    with Installation(tmp_path / "made", LEADLINE_DELAY="1h") as installation:
        serve_a_lead(installation)
        installation.stop()
        (installation.data / "copies").mkdir()
        (installation.data / "copies" / "old.db").write_bytes(b"")
        widen(installation.data)
        outside.chmod(0o644)
        (installation.data / "link").symlink_to(outside)
        (installation.data / "way-out").symlink_to(tmp_path)
        outer = mode(tmp_path)
        files = sum(
            path.is_file() and not path.is_symlink() for path in installation.data.rglob("*")
        )
        installation.start()
        installation.stop()
        (line,) = logged(installation, "data.narrowed")
        assert (line["folders"], line["files"], line["level"]) == (2, files, "warning")
        assert modes(installation.data / "copies") == PRIVATE
        assert (mode(installation.data), mode(installation.data / "leadline.db")) == (0o700, 0o600)
        assert (mode(outside), mode(tmp_path)) == (0o644, outer)
        installation.start()
        installation.stop()
        assert len(logged(installation, "data.narrowed")) == 1
        assert not logged(installation, "data.too_wide")


def test_a_worker_and_a_command_that_writes_narrow_too(tmp_path: Path) -> None:
    with Installation(tmp_path / "made", LEADLINE_DELAY="1h") as installation:
        serve_a_lead(installation)
        installation.stop()
        assert installation.command("export", str(tmp_path / "x.tar.gz")).returncode == 0
        widen(installation.data)
        files = sum(path.is_file() for path in installation.data.rglob("*"))
        taken = installation.command("import", str(tmp_path / "x.tar.gz"))
        assert f"1 folder and {files} files" in taken.stderr
        assert modes(installation.data) == PRIVATE
        assert "narrowed" not in installation.command("import", str(tmp_path / "x.tar.gz")).stderr
        widen(installation.data)
        with installation.log.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "leadline.entrypoints.cli", "worker"],
                env=installation.environment, cwd=installation.folder,
                stderr=subprocess.PIPE, stdout=log,
            )  # fmt: skip
        assert worker.stderr is not None
        lines = iter(worker.stderr.readline, b"")
        assert any(b"data.narrowed" in line for line in lines)
        worker.terminate()
        worker.communicate(timeout=120)
        assert modes(installation.data) == PRIVATE


def test_a_data_folder_behind_a_link_is_narrowed_where_it_is(tmp_path: Path) -> None:
    real = tmp_path / "disk"
    real.mkdir(mode=0o755)
    with Installation(tmp_path / "made") as installation:
        installation.data.symlink_to(real)
        installation.start()
        installation.stop()
    assert modes(real) == PRIVATE


def test_doctor_tells_who_else_may_read_and_changes_nothing(tmp_path: Path) -> None:
    def rights(installation: Installation) -> tuple[str, str]:
        process = installation.command("doctor", "--json")
        (found,) = (c for c in json.loads(process.stdout) if c["what"] == "rights")
        assert (process.returncode == 1) == (found["state"] == "WRONG")
        return found["state"], found["detail"]

    with Installation(tmp_path) as installation:
        assert rights(installation)[0] == "ok"
        (installation.data / "leadline.db").chmod(0o640)
        installation.data.chmod(0o755)
        state, detail = rights(installation)
        assert state == "WRONG"
        assert "1 folder and 1 file in" in detail
        assert f"chmod -R go-rwx {installation.data}" in detail
        assert mode(installation.data) == 0o755
        installation.data.chmod(0o750)
        assert rights(installation)[0] == "WRONG", "the group, without the setting"
        installation.settings["LEADLINE_DATA_GROUP"] = "read"
        assert rights(installation)[0] == "ok"
        installation.data.chmod(0o1777)
        assert "choose another one with --data" in rights(installation)[1]


def test_doctor_notes_a_settings_file_with_secrets_that_everybody_may_read(tmp_path: Path) -> None:
    def noted(installation: Installation) -> list[str]:
        told = json.loads(installation.command("doctor", "--json").stdout)
        return [c["detail"] for c in told if c["what"] == "settings file"]

    with Installation(tmp_path) as installation:
        toml, dotenv = installation.folder / "leadline.toml", installation.folder / ".env"
        toml.write_text('region = "US"\n')
        dotenv.write_text("LEADLINE_SOURCES__CLOSE__SECRET=00ff\n")
        toml.chmod(0o644)
        dotenv.chmod(0o640)
        assert noted(installation) == []
        dotenv.chmod(0o644)
        (only,) = noted(installation)
        assert ".env" in only
        assert "00ff" not in only
        toml.write_text('[sources.close]\nsecret = "00ff"\n')
        assert len(noted(installation)) == 2


def test_the_stand_in_for_slack_records_messages_for_its_user_alone(tmp_path: Path) -> None:
    with umask(0), SlackInbox(record=tmp_path / "slack.jsonl") as slack:
        assert slack.receive(b'{"text": "Ada Vance"}').status == 200
        assert slack.receive(b'{"text": "Ben Vance"}').status == 200
    assert mode(tmp_path / "slack.jsonl") == 0o600
    assert len((tmp_path / "slack.jsonl").read_text().splitlines()) == 2


def test_the_demo_writes_for_its_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo" / "data"
    with umask(0):
        shown = subprocess.run(
            [sys.executable, "-m", "leadline.entrypoints.demo", "--data", str(folder),
             "--delay", "1s"],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert "Every delivery accounted for" in shown.stdout, shown.stderr
    assert {"crm", "leadline.db", "server.log"} <= names(folder)
    assert modes(folder) == PRIVATE
