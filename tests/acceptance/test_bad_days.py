"""What a running server says when it can't keep what it is sent."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.acceptance.installation import Installation
from tests.worlds.lock_holders import holder

LEAD = b'{"name": "Ada Vance", "email": "ada@example.com"}'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path, LEADLINE_DELAY="1h", LEADLINE_LEASE="10m") as installation:
        installation.start()
        yield installation


def post(server: Installation, body: bytes) -> urllib3.BaseHTTPResponse:
    """A lead, whose sender waits for as long as it takes."""
    headers = {"content-type": "application/json"}
    url = f"{server.url}/webhook"
    return server.http.request("POST", url, body=body, headers=headers, timeout=120)


def ready(server: Installation) -> int:
    return server.http.request("GET", f"{server.url}/readyz").status


def until_ready_is(server: Installation, status: int) -> urllib3.BaseHTTPResponse:
    said = ""
    for _ in range(6000):
        try:
            answer = server.http.request("GET", f"{server.url}/readyz")
        except urllib3.exceptions.HTTPError as error:
            said = str(error)  # the supervisor replaces a process that a busy machine holds up
        else:
            if answer.status == status:
                return answer
            said = f"{answer.status}: {answer.data!r}"
        time.sleep(0.02)
    raise AssertionError(f"/readyz stays {said}")


def until_logged(server: Installation, words: str) -> None:
    for _ in range(6000):
        if words in server.log.read_text():
            return
        time.sleep(0.02)
    raise AssertionError(server.log.read_text()[-3000:])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a lock")
@pytest.mark.parametrize("how", ["slow", "sqlite"])
def test_while_one_that_was_stopped_holds_the_right_to_write_senders_are_told_so(
    server: Installation, how: str
) -> None:
    with holder(server.data, how) as process:
        os.kill(process.pid, signal.SIGSTOP)
        answer = post(server, LEAD)
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        assert until_ready_is(server, 503).status == 503
        os.kill(process.pid, signal.SIGCONT)
    until_ready_is(server, 200)
    assert post(server, LEAD).status == 200
    assert post(server, b'{"email": "bob@example.com"}').status == 200


def test_a_slow_disk_is_no_trouble(server: Installation) -> None:
    """Here another process waits for it, with the right to write in its hand."""
    answers: list[int] = []
    with holder(server.data, "slow"):
        sender = threading.Thread(target=lambda: answers.append(post(server, LEAD).status))
        sender.start()
        time.sleep(4)  # for longer than one that does not move is waited for
        assert answers == []
        assert ready(server) == 200
    sender.join()
    assert answers == [200]


def test_a_folder_that_was_moved_away_gets_no_lead_and_is_found_when_it_is_back(
    server: Installation,
) -> None:
    assert post(server, LEAD).status == 200
    aside = server.data.with_name("aside")
    server.data.rename(aside)
    assert post(server, b'{"email": "bob@example.com"}').status == 503, "at once"
    until_ready_is(server, 503)
    aside.rename(server.data)
    until_ready_is(server, 200)
    assert post(server, b'{"email": "cleo@example.com"}').status == 200


def test_a_worker_that_starts_while_the_folder_is_away_makes_no_other(
    server: Installation,
) -> None:
    assert post(server, LEAD).status == 200
    aside = server.data.with_name("aside")
    server.data.rename(aside)
    for role, pid in server.family().items():
        if "worker" in role:
            server.kill(pid)
    until_logged(server, "was moved or deleted")
    assert not server.data.exists()
    aside.rename(server.data)
    until_ready_is(server, 200)
    assert post(server, b'{"email": "cleo@example.com"}').status == 200


@pytest.mark.parametrize("what", ["folder", "database"])
def test_what_was_deleted_is_noticed_with_the_next_lead(server: Installation, what: str) -> None:
    assert post(server, LEAD).status == 200
    if what == "folder":
        shutil.rmtree(server.data)
    else:
        (server.data / "leadline.db").unlink()
    answer = post(server, b'{"email": "bob@example.com"}')
    assert answer.status == 503
    assert b"deleted or replaced" in answer.data
    until_ready_is(server, 503)


def test_a_log_that_was_deleted_is_noticed(server: Installation) -> None:
    assert post(server, LEAD).status == 200
    (server.data / "leadline.db-wal").unlink()
    until_ready_is(server, 503)
    assert post(server, b'{"email": "bob@example.com"}').status == 503


def test_a_folder_that_was_replaced_is_noticed_with_the_next_lead(server: Installation) -> None:
    assert post(server, LEAD).status == 200
    aside = server.data.with_name("aside")
    server.data.rename(aside)
    shutil.copytree(aside, server.data)
    assert post(server, b'{"email": "bob@example.com"}').status == 503
    until_ready_is(server, 503)
    assert server.stop() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who moves")
def test_processes_that_are_stopped_are_replaced_however_long_their_leases(
    server: Installation,
) -> None:
    before = server.whole_family()
    stopped = [name for name in before if name.startswith("leadline.entrypoints.embedded")]
    assert len(stopped) >= 3
    for name in stopped:
        os.kill(before[name], signal.SIGSTOP)
    for _ in range(3000):
        now = server.family()
        if not {before[name] for name in stopped} & set(now.values()) and len(now) == len(before):
            break
        time.sleep(0.02)
    assert {name: now[name] for name in stopped if now.get(name) == before[name]} == {}
    server.wait_ready(60)
    assert post(server, LEAD).status == 200
