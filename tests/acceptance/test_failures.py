"""The failures by which others lose leads, against the real server."""

import base64
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.standins.slack_inbox import Reply, SlackInbox
from tests.acceptance.installation import Installation

DEEP = 100_000


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackInbox]:
    with SlackInbox() as inbox:
        yield inbox


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, slack: SlackInbox) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("server")
    settings = {"LEADLINE_SLACK_WEBHOOK_URL": slack.webhook_url}
    with Installation(folder, **settings) as installation:
        installation.start()
        yield installation


def story(server: Installation, lead_id: str) -> dict[str, object]:
    shown = server.command("show", lead_id, "--json")
    assert shown.returncode == 0, shown.stderr
    # Python itself refuses integers of more than 4300 digits; text will do here.
    data: dict[str, object] = json.loads(shown.stdout, parse_int=str)
    return data


def posted(server: Installation, body: bytes) -> list[str]:
    """The ids of the leads of a delivery that must be answered 200."""
    answer = server.post(body)
    assert answer.status == 200, answer.data
    told = json.loads(answer.data)
    ids: list[str] = told.get("lead_ids") or [told["lead_id"]]
    return ids


def eventually(server: Installation, lead_id: str, status: str, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    stands = ""
    while time.monotonic() < deadline:
        row = story(server, lead_id)["row"]
        assert isinstance(row, dict)
        stands = row["status"]
        if stands == status:
            return
        time.sleep(0.2)
    raise AssertionError(f"lead {lead_id} is {stands}, not {status}")


@pytest.mark.parametrize(
    ("body", "raw"),
    [
        (b'{"name":"Nan Ivanova","score":NaN,"x":-Infinity}', {"score": None, "x": None}),
        (b'{"name":"Lone \\ud83d Surrogate"}', {"name": "Lone \ufffd Surrogate"}),
        (b'\xef\xbb\xbf{"name":"Bom Mark"}', {"name": "Bom Mark"}),
        (base64.b64encode(b'{"name":"Base Sixtyfour"}'), {"name": "Base Sixtyfour"}),
        ('{"name":"Käthe Grün"}'.encode("latin-1"), {"name": "Käthe Grün"}),
        ('{"name":"Wide Text"}'.encode("utf-16"), {"name": "Wide Text"}),
    ],
    ids=["NaN", "lone surrogate", "byte order mark", "base64", "latin-1", "utf-16"],
)
def test_json_with_a_flaw_is_kept_and_becomes_a_lead(
    server: Installation, body: bytes, raw: dict[str, object]
) -> None:
    (lead_id,) = posted(server, body)
    eventually(server, lead_id, "alerted")
    kept = story(server, lead_id)["raw"]
    assert isinstance(kept, dict)
    assert raw.items() <= kept.items()


def test_an_integer_of_five_thousand_digits_is_kept_to_the_last_one(server: Installation) -> None:
    digits = b"9" * 5000
    (lead_id,) = posted(server, b'{"name":"Big Number","id":' + digits + b"}")
    eventually(server, lead_id, "alerted")
    shown = server.command("show", lead_id)
    assert digits.decode() in shown.stdout


def test_every_lead_of_an_array_is_captured(server: Installation) -> None:
    people = [{"name": f"Array Person{n}", "email": f"array{n}@example.com"} for n in range(3)]
    ids = posted(server, json.dumps(people).encode())
    assert len(set(ids)) == 3
    for lead_id in ids:
        eventually(server, lead_id, "alerted")


def test_null_is_kept_as_a_dead_letter_with_a_reason(server: Installation) -> None:
    (lead_id,) = posted(server, b"null")
    eventually(server, lead_id, "dead")
    groups = json.loads(server.command("dead", "--json").stdout)
    assert "lead.not_understood" in {group["reason"] for group in groups}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b'{"name": "half',
        b"",
        b"\x00\x01\x02",
    ],
    ids=["deep arrays", "deep objects", "half a body", "nothing", "bytes"],
)
def test_what_cannot_be_read_is_refused_with_a_clear_problem(
    server: Installation, body: bytes
) -> None:
    answer = server.post(body)
    assert answer.status == 400
    problem = json.loads(answer.data)
    assert problem["title"] == "The body can't be read"
    assert "Traceback" not in problem["detail"]


def test_nine_megabytes_are_refused_and_the_server_goes_on(server: Installation) -> None:
    answer = server.post(b'{"message":"' + b"x" * 9_000_000 + b'"}')
    assert answer.status == 413
    posted(server, b'{"name":"After Nine"}')


def test_slack_that_is_slow_down_or_throttling_gets_every_alert_in_the_end(
    server: Installation, slack: SlackInbox
) -> None:
    trouble = [
        Reply(500, b"internal_error"),
        Reply(429, b"rate_limited", {"retry-after": "1"}),
        Reply(500, hang_up=True),
        Reply(503, b"service_unavailable", delay_s=0.5),
    ]
    first = slack.posts
    slack.behave = lambda number: trouble[number - first] if number - first < 4 else None
    try:
        ids = [posted(server, json.dumps({"name": f"Slow Day{n}"}).encode())[0] for n in range(5)]
        for lead_id in ids:
            eventually(server, lead_id, "alerted", seconds=30)
    finally:
        slack.behave = lambda _number: None
    told = [m["metadata"]["event_payload"]["lead_id"] for m in slack.messages]
    assert [told.count(lead_id) for lead_id in ids] == [1] * 5


def test_what_slack_refuses_is_a_dead_letter_with_slacks_words_and_can_be_replayed(
    server: Installation, slack: SlackInbox
) -> None:
    slack.behave = lambda _number: Reply(403, b"action_prohibited")
    try:
        (lead_id,) = posted(server, b'{"name":"Refused Person"}')
        eventually(server, lead_id, "dead")
    finally:
        slack.behave = lambda _number: None
    groups = json.loads(server.command("dead", "--json").stdout)
    assert "slack.action_prohibited" in {group["reason"] for group in groups}
    replayed = server.command(
        "replay", "--reason", "slack.action_prohibited", "--from", "notify", "--yes"
    )
    assert replayed.returncode == 0, replayed.stderr
    eventually(server, lead_id, "alerted")


def test_a_second_server_on_the_same_folder_is_refused(server: Installation) -> None:
    refused = server.command("serve", "--port", "0")
    assert refused.returncode == 2
    assert "another Leadline server" in refused.stderr
    posted(server, b'{"name":"First Server"}')


def test_a_folder_that_cannot_be_written_is_named_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with Installation(tmp_path, LEADLINE_DATA=str(tmp_path / "file" / "data")) as installation:
        refused = installation.command("serve")
    assert refused.returncode == 2
    assert str(tmp_path / "file" / "data") in refused.stderr
    assert "Traceback" not in refused.stderr


def test_sigterm_drains_and_nothing_is_lost_across_a_restart(tmp_path: Path) -> None:
    with Installation(tmp_path, LEADLINE_DELAY="3s") as installation:
        installation.start()
        ids = posted(installation, b'[{"name":"Before Stop"},{"name":"Before Too"}]')
        assert installation.stop() == 0
        installation.start()
        for lead_id in ids:
            eventually(installation, lead_id, "refined")
        assert installation.command("verify", "--deep").returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small file system can't be mounted here; test_sqlite_store has a quota")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_503_and_what_was_accepted_before_is_all_there(
    small_disk: Path, tmp_path: Path
) -> None:
    data = small_disk / "data"
    with Installation(tmp_path / "i", LEADLINE_DATA=str(data), LEADLINE_DELAY="1h") as full:
        full.start()
        accepted = []
        for number in range(200):
            body = json.dumps({"name": f"Disk Filler{number}", "message": "x" * 50_000}).encode()
            answer = full.post(body)
            if answer.status != 200:
                break
            accepted.append(json.loads(answer.data)["lead_id"])
        assert answer.status == 503, answer.data
        assert int(answer.headers["retry-after"]) > 0
        assert accepted
        assert full.http.request("GET", f"{full.url}/readyz").status == 503
        rows = json.loads(full.command("leads", "--masked", "--limit", "1000", "--json").stdout)
        assert {row["lead_id"] for row in rows} >= set(accepted)
        subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
        assert full.post(b'{"name":"Room Again"}').status == 200
        full.wait_ready()
        assert full.command("verify", "--deep").returncode == 0


def test_a_folder_that_is_read_only_is_named_before_anything_starts(
    small_disk: Path, tmp_path: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with Installation(tmp_path / "i", LEADLINE_DATA=str(small_disk / "data")) as installation:
        refused = installation.command("serve")
    assert refused.returncode == 2
    assert str(small_disk / "data") in refused.stderr
