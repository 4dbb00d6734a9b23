"""Settings that change while `leadline serve` runs, and commands beside it that have others."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.acceptance.installation import Installation
from tests.standins.ports import free_port

_PATIENCE_S = 120.0


class ChangingServer:
    """A server whose settings are in `leadline.toml`, so that they can change."""

    def __init__(self, folder: Path) -> None:
        self.installation = Installation(folder)
        for name in ("DELAY", "PORT"):
            del self.installation.settings[f"LEADLINE_{name}"]
        self.write('delay = "1h"')

    def write(self, text: str, port: int = 0) -> None:
        port = port or self.installation.port
        (self.installation.folder / "leadline.toml").write_text(f"port = {port}\n{text}\n", "utf-8")

    def hang_up(self) -> None:
        assert self.installation.process is not None
        self.installation.process.send_signal(signal.SIGHUP)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log lines of this event."""
        lines = [one for one in self.installation.log.read_text().splitlines() if one[:1] == "{"]
        return [one for one in map(json.loads, lines) if one["event"] == name]

    def renew(self, text: str) -> None:
        applied = len(self.events("settings.applied"))
        self.write(text)
        self.hang_up()
        wait_until(lambda: len(self.events("settings.applied")) > applied)

    def wait_of(self, name: str) -> float:
        """The seconds that a new lead waits."""
        posted = self.installation.post(json.dumps({"name": name}).encode())
        assert posted.status == 200
        lead = json.loads(posted.data)["lead_id"]
        return self.until_due(lead)

    def until_due(self, lead: str) -> float:
        """The seconds between the capture of a lead and the end of its wait."""
        shown = json.loads(self.installation.command("show", lead, "--json").stdout)
        (due,) = [task["due_at"] for task in shown["tasks"]]
        wait = datetime.fromisoformat(due) - datetime.fromisoformat(shown["row"]["captured_at"])
        return round(wait.total_seconds())


def wait_until(holds: Callable[[], bool]) -> None:
    """The time limit only ends a test that has failed."""
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[ChangingServer]:
    made = ChangingServer(tmp_path)
    with made.installation:
        made.installation.start()
        yield made


def test_a_hangup_applies_settings_and_no_sender_is_refused_meanwhile(
    office: ChangingServer,
) -> None:
    stop, refused, kept = threading.Event(), list[str](), list[str]()

    def send(who: int) -> None:
        for number in range(100_000):
            if stop.is_set():
                return
            # Each on a connection of its own, as from senders that do not know each other.
            with urllib3.HTTPConnectionPool("127.0.0.1", office.installation.port) as http:
                body = json.dumps({"name": f"Ada {who} {number}"}).encode()
                headers = {"content-type": "application/json", "connection": "close"}
                try:
                    answer = http.request(
                        "POST", "/webhook", body=body, headers=headers, retries=False, timeout=60
                    )
                except urllib3.exceptions.ProtocolError:
                    continue  # nothing was sent within the grace of a new connection
                (kept if answer.status == 200 else refused).append(answer.data.decode())

    senders = [threading.Thread(target=send, args=(number,)) for number in range(2)]
    for sender in senders:
        sender.start()
    before = office.installation.whole_family()
    try:
        office.renew('delay = "2h"')
        office.renew('delay = "3h"\n[sources.close]\nsecret = "00ff"')
    finally:
        stop.set()
        for sender in senders:
            sender.join()
    after = office.installation.family()
    assert refused == []
    assert after["supervisor"] == before["supervisor"]
    assert not set(after.values()) & set(before.values()) - {before["supervisor"]}
    ids = {json.loads(one)["lead_id"] for one in kept}
    shown = json.loads(office.installation.command("leads", "--limit", "100000", "--json").stdout)
    assert ids == {row["lead_id"] for row in shown}
    assert len(ids) == len(kept) > 0
    assert office.installation.post(b"{}", "close").status == 401
    assert office.wait_of("Ada Vance") == 3 * 3600
    assert office.events("child.died") == []


def test_wrong_settings_are_refused_in_words_and_the_old_ones_stay(office: ChangingServer) -> None:
    before = office.installation.whole_family()
    office.write('delay = "soon"')
    office.hang_up()
    wait_until(lambda: bool(office.events("settings.refused")))
    (told,) = office.events("settings.refused")
    assert "delay must be" in told["reason"]
    office.write('[channels.mail]\nkind = "email"')
    office.hang_up()
    wait_until(lambda: len(office.events("settings.refused")) == 2)
    assert office.installation.family() == before
    assert office.wait_of("Ada Vance") == 3600


def test_what_needs_a_restart_is_named_and_the_rest_is_applied(office: ChangingServer) -> None:
    office.write('delay = "2h"\nworkers = 3', port=free_port())
    office.hang_up()
    wait_until(lambda: bool(office.events("settings.applied")))
    (told,) = office.events("settings.need_restart")
    assert told["settings"] == "port, workers"
    assert office.wait_of("Ada Vance") == 2 * 3600
    office.hang_up()
    wait_until(lambda: bool(office.events("settings.unchanged")))


def test_a_changed_list_is_applied_and_a_wrong_one_refused(office: ChangingServer) -> None:
    accounts = office.installation.folder / "accounts.csv"
    accounts.write_text("example.com\n", "utf-8")
    rules = (
        'delay = "2h"\n[rules.accounts]\nwhen = ["email domain in accounts.csv"]\nteam = "desk"\n'
        '[teams.desk]\npeople = ["ann"]\nfallback = "queue"\n[people.ann]\nzone = "UTC"'
    )
    office.renew(rules)
    accounts.write_text("example.com\nexample.org\n", "utf-8")
    office.renew(rules)
    assert office.events("settings.changing")[-1]["settings"] == "rules.accounts"
    accounts.unlink()
    office.hang_up()
    wait_until(lambda: bool(office.events("settings.refused")))
    (told,) = office.events("settings.refused")
    assert "rules.accounts.when: column 17: there is no file accounts.csv" in told["reason"]
    accounts.write_text("example.com\n", "utf-8")  # for the command that asks how long it waits
    assert office.wait_of("Ada Vance") == 2 * 3600


def test_commands_say_that_the_running_server_has_other_settings(office: ChangingServer) -> None:
    lead = json.loads(office.installation.post(b'{"name": "Ada Vance"}').data)["lead_id"]
    body = office.installation.folder / "lead.json"
    body.write_text('{"name": "Ben Smith"}')
    commands = (["replay", lead, "--dry-run"], ["preview", str(body)])
    for words in commands:
        assert "other settings" not in office.installation.command(*words).stderr
    office.write('delay = "2h"\nlog_level = "debug"\n[people."Ann Archer"]\nzone = "UTC"')
    for words in commands:
        told = office.installation.command(*words).stderr
        assert "the running server has other settings: delay, people.Ann Archer;" in told
        assert "SIGHUP" in told
    assert office.installation.stop() == 0
    for words in commands:
        assert "other settings" not in office.installation.command(*words).stderr


def test_a_released_lead_waits_as_long_as_the_running_server_has_it_wait(
    office: ChangingServer,
) -> None:
    lead = json.loads(office.installation.post(b'{"name": "Ada Vance"}').data)["lead_id"]

    def wait_s() -> float:
        assert office.installation.command("hold", lead, "--yes").returncode == 0
        assert office.installation.command("release", lead, "--yes").returncode == 0
        return office.until_due(lead)

    office.write('delay = "3h"')  # the server still has an hour
    assert wait_s() == 3600
    assert office.installation.stop() == 0
    assert wait_s() == 3 * 3600


def test_a_server_ends_with_its_terminal(tmp_path: Path) -> None:
    office = ChangingServer(tmp_path)
    terminal, other_end = pty.openpty()
    program = [sys.executable, "-m", "leadline.entrypoints.cli", "serve"]
    # In a session of its own, a process that opens a terminal gets it as its controlling one. The
    # tests may run under nohup, whose programs ignore the signal.
    code = (
        "import os, signal, sys\nos.setsid()\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "os.close(os.open(sys.argv[1], os.O_RDWR))\nos.execv(sys.argv[2], sys.argv[2:])"
    )
    command = [sys.executable, "-c", code, os.ttyname(other_end), *program]
    with office.installation, office.installation.log.open("ab") as log:
        office.installation.process = process = subprocess.Popen(
            command,
            env=office.installation.environment,
            cwd=tmp_path,
            stdout=log,
            stderr=log,
        )
        office.installation.wait_ready()
        office.renew('delay = "2h"')  # the terminal is there: this is no end
        os.close(other_end)
        os.close(terminal)
        assert process.wait(_PATIENCE_S) == 0
    assert office.events("serve.stopped")
