"""A real `leadline serve` on this machine's loopback, to be fed, killed and looked into."""

import os
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType

import urllib3

from tests.standins.adoption import Adopted
from tests.standins.command_line import run, started
from tests.standins.ports import free_port

PROCESSES = 4
"""Of a server without a dashboard: the supervisor, one for HTTP, and two workers."""


class Installation:
    """One data folder and the server process that works on it.

    Settings are given as environment variables, as a user would.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.log = folder / "server.log"
        self.settings = {
            "LEADLINE_DATA": str(self.data),
            "LEADLINE_PORT": str(self.port),
            "LEADLINE_DASHBOARD_PORT": "0",
            "LEADLINE_DELAY": "1s",
            "LEADLINE_LEASE": "3s",
            "LEADLINE_RETRY_BASE": "200ms",
            "LEADLINE_RETRY_MAX": "2s",
            "LEADLINE_SLACK_PER_SECOND": "1000",
            "LEADLINE_SLACK_DIGEST_ABOVE": "0",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | Adopted | None = None
        self.http = urllib3.PoolManager(retries=False, timeout=60, maxsize=8)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {k: v for k, v in os.environ.items() if not k.startswith(("LEADLINE_", "SLACK_"))}
        return {**own, **self.settings}

    def start(self, *options: str, ready: bool = True) -> None:
        self.process = started(["serve", *options], self.environment, self.folder, self.log)
        if ready:
            self.wait_ready()

    def wait_ready(self, seconds: float = 120.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.http.request("GET", f"{self.url}/readyz").status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the server did not come up:\n{self.log.read_text()[-3000:]}")

    def whole_family(self, seconds: float = 60.0) -> dict[str, int]:
        """As `family`, when all have started: the server is ready sooner."""
        deadline = time.monotonic() + seconds
        while len(found := self.family()) < PROCESSES:
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found

    def family(self) -> dict[str, int]:
        """The process ids of the server and its children, by the module that they run."""
        assert self.process is not None
        found = {"supervisor": self.process.pid}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text()
                words = (entry / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
            except OSError:
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            if parent == self.process.pid and words[1:2] == [b"-m"]:
                found[b" ".join(words[2:]).decode()] = int(entry.name)
        return found

    def kill(self, pid: int) -> None:
        """SIGKILL to one process of this installation."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def stop(self) -> int:
        """SIGTERM, as a service manager does; returns the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(120)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours on this installation."""
        return run(arguments, self.environment, self.folder)

    def post(self, body: bytes, source: str = "", **headers: str) -> urllib3.BaseHTTPResponse:
        headers = {"content-type": "application/json", **headers}
        path = f"/webhook/{source}" if source else "/webhook"
        return self.http.request("POST", self.url + path, body=body, headers=headers)

    def __enter__(self) -> "Installation":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.http.clear()
