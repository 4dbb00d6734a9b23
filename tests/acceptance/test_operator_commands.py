"""What operators do when something is wrong: hurry, repair, tell again, prove that all is there."""

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from prometheus_client.parser import text_string_to_metric_families

from leadline.entrypoints.embedded.watching.metrics import METRICS
from leadline.model.lead import Kind
from leadline.standins.slack_inbox import SlackInbox
from leadline.stores.sqlite.store import SqliteStore
from tests.acceptance.installation import Installation
from tests.worlds.leads import HandClock, captured


def story(installation: Installation, lead_id: str) -> dict[str, object]:
    shown = installation.command("show", lead_id, "--json")
    assert shown.returncode == 0, shown.stderr
    data: dict[str, object] = json.loads(shown.stdout)
    return data


def replayed(installation: Installation, *arguments: str) -> dict[str, object]:
    done = installation.command("replay", "--json", "--yes", *arguments)
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    return said


@pytest.fixture
def waiting(tmp_path: Path, clock: HandClock) -> Iterator[tuple[Installation, list[str]]]:
    """An installation in which two leads wait and a ping was filtered; their ids."""
    with Installation(tmp_path) as installation:
        store = SqliteStore(installation.data, clock=clock)
        events = [captured(clock, "ada"), captured(clock, "bob")]
        ping = captured(clock, "ping", kind=Kind.IGNORED, raw=b'{"type":"ping"}', why="ping")
        store.accept([*events, ping])
        store.close()
        yield installation, [e.id for e in (*events, ping)]


def test_a_replay_of_many_leaves_waiting_leads_their_time(
    waiting: tuple[Installation, list[str]],
) -> None:
    installation, (ada, bob, _) = waiting
    left = replayed(installation, "--source", "generic")
    assert (left["replayed"], left["left_alone"]) == (0, 2)
    assert replayed(installation, ada)["replayed"] == 1, "by its id it is hurried"
    assert replayed(installation, "--status", "waiting", "--dry-run")["would_replay"] == 2
    assert "replayed" in json.dumps(story(installation, ada)["timeline"])
    assert "replayed" not in json.dumps(story(installation, bob)["timeline"])


def test_from_capture_filtered_events_are_among_what_is_read_again(
    waiting: tuple[Installation, list[str]],
) -> None:
    installation, (_, _, ping) = waiting
    said = replayed(installation, "--source", "generic", "--from", "capture")
    assert said["skipped"] == {ping: "its source still says that it is no new lead"}
    assert (said["replayed"], said["left_alone"]) == (0, 2)


@pytest.mark.parametrize(("answer", "code", "notes"), [("n", 1, 0), ("y", 0, 2)])
def test_a_person_is_asked_before_many_are_done_again(
    waiting: tuple[Installation, list[str]], answer: str, code: int, notes: int
) -> None:
    installation, ids = waiting
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    asked = subprocess.run(
        [sys.executable, "-m", "leadline.entrypoints.cli", "replay", "--status", "waiting"],
        env=installation.environment,
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=60,
    )
    os.close(ours)
    os.close(theirs)
    assert "Replay 2 leads from refine?" in asked.stderr
    assert asked.returncode == code
    timelines = [json.dumps(story(installation, i)["timeline"]) for i in ids]
    assert sum("replayed" in timeline for timeline in timelines) == notes


def test_an_id_that_begins_several_leads_is_not_guessed_at(
    waiting: tuple[Installation, list[str]],
) -> None:
    installation, (ada, bob, _) = waiting
    shown = installation.command("show", ada[:8])
    assert (shown.returncode, shown.stdout) == (1, "")
    assert ada in shown.stderr
    assert bob in shown.stderr


@pytest.mark.parametrize(
    "damage",
    ["DELETE FROM task", "DELETE FROM raw WHERE lead = 1", "UPDATE raw SET raw = x'00'"],
)
def test_verify_exits_1_and_says_what_to_do_when_something_is_lost(
    waiting: tuple[Installation, list[str]], damage: str
) -> None:
    installation, (ada, _, _) = waiting
    assert installation.command("verify", "--deep").returncode == 0
    with apsw.Connection(str(installation.data / "leadline.db")) as file:
        file.execute(damage)
    verified = installation.command("verify", "--deep")
    assert verified.returncode == 1
    assert f"UNACCOUNTED {ada}" in verified.stdout
    assert "leadline replay ID" in verified.stdout
    assert installation.command("verify", "--json", "--deep").returncode == 1


def test_every_command_that_reads_a_damaged_body_says_so_and_names_the_lead(
    waiting: tuple[Installation, list[str]],
) -> None:
    installation, (ada, bob, _) = waiting
    assert installation.command("doctor").returncode == 0
    with apsw.Connection(str(installation.data / "leadline.db")) as file:
        file.execute("""UPDATE raw SET raw = '{"email":"eve@example.com"}' WHERE lead = 1"""
                     .replace("'{", "CAST('{").replace("}'", "}' AS BLOB)"))  # fmt: skip
    for command in (("doctor",), ("verify", "--deep"), ("backup", "copy"), ("export", "out")):
        process = installation.command(*command)
        assert process.returncode == 1
        assert ada in process.stdout + process.stderr
        assert bob not in process.stdout + process.stderr
    assert not list((installation.folder / "out").rglob(f"{ada}.json"))
    assert list((installation.folder / "out").rglob(f"{bob}.json"))
    shown = installation.command("show", ada)
    assert shown.returncode == 1
    assert "damaged" in shown.stderr
    assert installation.command("show", bob).returncode == 0


def test_verify_of_a_lost_task_is_mended_by_a_replay(
    waiting: tuple[Installation, list[str]],
) -> None:
    installation, (ada, bob, _) = waiting
    with apsw.Connection(str(installation.data / "leadline.db")) as file:
        file.execute("DELETE FROM task")
    assert installation.command("verify").returncode == 1
    assert replayed(installation, ada, bob)["replayed"] == 2
    assert installation.command("verify").returncode == 0


def test_nothing_serves_or_shows_what_an_interrupted_restore_left(
    waiting: tuple[Installation, list[str]],
) -> None:
    installation, (ada, _, _) = waiting
    restoring = installation.data / "restoring"
    restoring.mkdir()
    (installation.data / "leadline.db").rename(restoring / "leadline.db")
    for command in ("serve", "worker", "verify", "leads", "backup"):
        refused = installation.command(command, *(["copy"] if command == "backup" else []))
        assert refused.returncode == 2
        assert "leadline restore --undo" in refused.stderr
    assert installation.command("restore", "--undo").returncode == 0
    assert installation.command("verify", "--deep").returncode == 0
    assert ada in installation.command("leads", "--json").stdout
    assert installation.command("restore", "--undo").returncode == 2
    assert installation.command("restore").returncode == 2


def test_a_file_that_is_no_database_is_one_clear_line(
    waiting: tuple[Installation, list[str]],
) -> None:
    installation, _ = waiting
    for name in ("leadline.db", "leadline.db-wal", "leadline.db-shm"):
        (installation.data / name).unlink(missing_ok=True)
    (installation.data / "leadline.db").write_bytes(b"not a database at all" * 1000)
    for command in ("leads", "verify", "dead"):
        refused = installation.command(command)
        assert refused.returncode == 1
        assert "restore a backup" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("leads",), 2, "holds no leads yet"),
        (("leads", "--since", "yesteryear"), 2, "2h (two hours ago)"),
        (("leads", "--status", "lost"), 2, "quarantined"),
        (("replay",), 2, "select leads by"),
        (("replay", "0193"), 2, "holds no leads yet"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_exit_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    with Installation(tmp_path) as installation:
        refused = installation.command(*arguments)
    assert (refused.returncode, refused.stdout) == (code, "")
    assert words in refused.stderr


def test_metrics_are_those_of_the_table_and_name_nobody(tmp_path: Path) -> None:
    with (
        SlackInbox() as slack,
        Installation(
            tmp_path, LEADLINE_SLACK_WEBHOOK_URL=slack.webhook_url, LEADLINE_DELAY="0"
        ) as installation,
    ):
        installation.start()
        installation.post(b'{"name":"Zora Quill","email":"zora.quill@example.com"}')
        installation.post(b'{"nothing":"of a lead"}')
        installation.post(b'{"type":"ping"}')
        assert slack.wait_for(1)
        wanted = {"captured": 2.0, "filtered": 1.0, "refined": 1.0, "alerted": 1.0}
        for _ in range(100):
            text = installation.http.request("GET", f"{installation.url}/metrics").data.decode()
            families = {f.name: f for f in text_string_to_metric_families(text)}
            events = {s.labels["what"]: s.value for s in families["leadline_events"].samples}
            if events.get("alerted") and events.get("refine.dead"):
                break
            time.sleep(0.05)
        assert installation.stop() == 0
    assert events == {**wanted, "refine.dead": 1.0}
    assert {s.labels["source"] for s in families["leadline_events"].samples} == {"generic"}
    (dead,) = families["leadline_dead_letters"].samples
    assert dead.labels == {"step": "refine", "reason": "lead.not_understood"}
    assert dead.value == 1
    # The client adds when each counter of the process began.
    assert {name for name in families if not name.endswith("_created")} == set(METRICS)
    for name, (kind, labels, _) in METRICS.items():
        assert families[name].type == kind
        for sample in families[name].samples:
            assert set(sample.labels) == set(labels), name
    for word in ("zora", "quill", "example.com", "nothing"):
        assert word not in text.lower()
