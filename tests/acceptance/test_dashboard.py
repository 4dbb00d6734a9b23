"""The dashboard beside a real `leadline serve`: started, killed, renewed, ended, logged in to."""

import http.client
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import urllib3

from leadline.installations.serving import ServingProcess, serving
from tests.acceptance.installation import Installation
from tests.standins.ports import free_port

_PATIENCE_S = 120.0
_DASHBOARD = "leadline.entrypoints.dashboard.process"


class WithDashboard:
    """A server whose settings are in `leadline.toml`, and its dashboard."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.installation = Installation(folder)
        del self.installation.settings["LEADLINE_DASHBOARD_PORT"]
        self.write("")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def write(self, text: str) -> None:
        toml = f"[dashboard]\nport = {self.port}\n{text}\n"
        (self.installation.folder / "leadline.toml").write_text(toml, "utf-8")

    def start(self) -> None:
        self.installation.start()
        wait_until(self.is_alive)

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return urllib3.request(
            "GET", self.url + path, headers=headers, redirect=False, retries=False
        )

    def is_alive(self) -> bool:
        try:
            return self.get("/livez").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def pid(self) -> int | None:
        family = self.installation.family()
        return next((pid for name, pid in family.items() if name.startswith(_DASHBOARD)), None)

    def log_in(self) -> str:
        """The cookie of a session, by a link that a command prints."""
        link = self.installation.command("dashboard", "link").stdout.strip()
        assert link.startswith(f"{self.url}/link/")
        entered = urllib3.request(
            "POST", link, headers={"origin": self.url}, redirect=False, retries=False
        )
        assert entered.status == 303
        return entered.headers["set-cookie"].partition(";")[0]

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log lines of this event."""
        lines = [one for one in self.installation.log.read_text().splitlines() if one[:1] == "{"]
        return [one for one in map(json.loads, lines) if one["event"] == name]


def wait_until(holds: Callable[[], bool]) -> None:
    """The time limit only ends a test that has failed."""
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WithDashboard]:
    made = WithDashboard(tmp_path)
    with made.installation:
        yield made


def test_serve_shows_its_dashboard_to_who_has_a_link(server: WithDashboard) -> None:
    server.start()
    assert server.get("/").headers["location"] == "/login"
    cookie = server.log_in()
    assert server.installation.post(b'{"name": "Ada"}').status == 200
    shown = server.get("/", cookie=cookie)
    assert shown.status == 200
    assert "Live" in shown.data.decode()
    # The log, which others may read, has no link.
    assert "/link/" not in server.installation.log.read_text()
    assert f"serves {server.url}" in server.installation.command("status").stdout
    # What publishes webhooks publishes no page, and the other way round.
    assert server.installation.http.request("GET", server.installation.url + "/").status == 404
    posted = urllib3.request("POST", f"{server.url}/webhook", body=b"{}", retries=False)
    assert posted.status == 401


def test_on_a_terminal_serve_prints_a_link_that_logs_in(server: WithDashboard) -> None:
    installation = server.installation
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "leadline.entrypoints.cli", "serve"]
    process = subprocess.Popen(
        words, env=installation.environment, cwd=installation.folder, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while not (found := re.search(rb"(http://\S+/link/\S+)\s", shown)):
            shown += os.read(ours, 4096)
        threading.Thread(target=drain, args=(ours,), daemon=True).start()
        wait_until(server.is_alive)
        entered = urllib3.request(
            "POST", found[1].decode(), headers={"origin": server.url}, redirect=False, retries=False
        )
        assert (entered.status, entered.headers["location"]) == (303, "/welcome")
    finally:
        process.terminate()
        process.wait()


def drain(terminal: int) -> None:
    """Read what is written to a terminal until nobody has it open."""
    with suppress(OSError):
        while os.read(terminal, 4096):
            pass


def test_a_dashboard_that_dies_is_started_again_and_keeps_its_sessions(
    server: WithDashboard,
) -> None:
    server.start()
    cookie = server.log_in()
    before = server.pid()
    assert before is not None
    server.installation.kill(before)
    assert server.installation.post(b'{"name": "Ada"}').status == 200
    wait_until(lambda: server.pid() not in (None, before))
    wait_until(server.is_alive)
    assert server.get("/", cookie=cookie).status == 200


def test_health_shows_the_processes_of_the_server_also_after_one_was_started_again(
    server: WithDashboard,
) -> None:
    server.start()
    folder = server.installation.data

    def roles() -> dict[str, int]:
        there = serving(folder)
        return {one.role: one.pid for one in there.processes} if there is not None else {}

    wait_until(lambda: bool(roles()))
    before = roles()
    assert {"http", "refine-1", "notify", "dashboard"} <= before.keys()
    server.installation.kill(before["notify"])
    wait_until(lambda: roles().get("notify", 0) not in (0, before["notify"]))
    cookie = server.log_in()
    shown = server.get("/health", cookie=cookie).data.decode()
    assert f'<th scope="row">notify</th><td class="number">{roles()["notify"]}</td>' in shown


def test_health_shows_the_last_lease_of_each_worker_also_of_one_that_was_replaced(
    server: WithDashboard,
) -> None:
    server.start()
    folder = server.installation.data

    def worker() -> ServingProcess | None:
        there = serving(folder)
        found = {one.role: one for one in there.processes} if there is not None else {}
        return found.get("refine-1")

    def leased() -> str:
        found = worker()
        return found.leased if found is not None else ""

    assert server.installation.post(b'{"name": "Ada"}').status == 200
    wait_until(lambda: leased() == "refine")
    before = worker()
    assert before is not None
    server.installation.kill(before.pid)
    wait_until(lambda: getattr(worker(), "pid", before.pid) != before.pid)
    after = worker()
    assert after is not None
    assert (after.leased, after.leased_at) == ("refine", before.leased_at)
    shown = server.get("/health", cookie=server.log_in()).data.decode()
    assert f'<th scope="row">refine-1</th><td class="number">{after.pid}</td>' in shown
    assert "<td>refine, <time" in shown


def test_a_port_that_is_taken_costs_the_dashboard_and_no_lead(server: WithDashboard) -> None:
    with socket.create_server(("127.0.0.1", server.port)):
        server.installation.start()
        assert server.installation.post(b'{"name": "Ada"}').status == 200
        assert server.pid() is None
        (told,) = server.events("dashboard.not_served")
        assert str(server.port) in told["reason"]
        wait_until(lambda: "there is no dashboard" in server.installation.log.read_text())
        shown = server.installation.command("status").stdout
        assert f"does not answer at {server.url}" in shown


def test_accounts_that_can_t_be_read_cost_the_dashboard_and_no_lead(server: WithDashboard) -> None:
    server.installation.data.mkdir()
    (server.installation.data / "accounts.db").write_bytes(b"this is no database" * 1000)
    server.installation.start()
    assert server.installation.post(b'{"name": "Ada"}').status == 200
    wait_until(lambda: bool(server.events("dashboard.cannot_open")))
    assert server.installation.post(b'{"name": "Eda"}').status == 200
    assert server.installation.stop() == 0


def test_an_open_stream_does_not_hold_up_the_end(server: WithDashboard) -> None:
    server.start()
    cookie = server.log_in()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        connection.request("GET", "/live/events", headers={"cookie": cookie})
        stream = connection.getresponse()
        assert stream.readline()
        assert server.installation.stop() == 0
        while stream.readline():
            pass
    assert not server.events("child.killed")


def test_new_settings_reach_the_dashboard(server: WithDashboard) -> None:
    server.start()
    host = {"host": "leads.example.com"}
    assert server.get("/login", **host).status == 421
    server.write('url = "https://leads.example.com"')
    process = server.installation.process
    assert process is not None
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: bool(server.events("settings.applied")))
    wait_until(server.is_alive)
    assert server.get("/login", **host).status == 200


def test_without_a_port_there_is_no_dashboard(server: WithDashboard) -> None:
    server.port = 0
    server.write("")
    server.installation.start()
    assert server.pid() is None
    assert "dashboard" not in server.installation.log.read_text()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_dashboard_serves_alone(end: signal.Signals, server: WithDashboard) -> None:
    installation = server.installation
    installation.start()
    installation.stop()
    words = [sys.executable, "-m", "leadline.entrypoints.cli", "dashboard"]
    with installation.log.open("ab") as log:
        process = subprocess.Popen(
            words, env=installation.environment, cwd=installation.folder, stderr=log
        )
    try:
        wait_until(server.is_alive)
        assert server.get("/", cookie=server.log_in()).status == 200
        process.send_signal(signal.SIGHUP)  # settings are compared, and it serves on
        wait_until(lambda: bool(server.events("settings.unchanged")))
        assert server.is_alive()
        process.send_signal(end)
        assert process.wait() == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_alone_it_needs_data(server: WithDashboard) -> None:
    refused = server.installation.command("dashboard")
    assert refused.returncode == 2
    assert "holds no leads yet" in refused.stderr


def test_accounts_and_tokens_are_managed_by_commands(server: WithDashboard) -> None:
    run = server.installation.command
    server.installation.data.mkdir(exist_ok=True)
    added = run("accounts", "add", "Ada", "--role", "operator", "--no-password")
    assert added.stdout == "ada may log in as operator\n", added.stderr
    assert run("accounts", "add", "ada", "--no-password").returncode == 1
    assert run("accounts", "add", "a b", "--no-password").returncode == 2
    assert run("accounts", "add", "bob", "--role", "boss", "--no-password").returncode == 2
    assert run("accounts", "change", "ada", "--role", "viewer").returncode == 0
    (listed,) = json.loads(run("accounts", "list", "--json").stdout)
    assert (listed["name"], listed["role"], listed["password"]) == ("ada", "viewer", False)
    made = run("tokens", "create", "reports", "--scope", "read", "--expires", "90d")
    assert re.fullmatch(r"leadline_[A-Za-z0-9_-]{43}\n", made.stdout), made.stderr
    assert run("tokens", "create", "x", "--scope", "write").returncode == 2  # a viewer's
    listed_tokens = run("tokens", "list").stdout
    assert "reports" in listed_tokens
    assert made.stdout.strip() not in listed_tokens
    assert run("tokens", "revoke", "reports").returncode == 0
    assert run("tokens", "revoke", "reports").returncode == 1
    assert run("dashboard", "link", "nobody").returncode == 1
    assert run("accounts", "remove", "ada", "--yes").returncode == 0
    assert json.loads(run("accounts", "list", "--json").stdout) == []
    assert (server.installation.data / "accounts.db").stat().st_mode & 0o777 == 0o600
