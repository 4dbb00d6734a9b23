"""From nothing to a claimed lead, by the commands that `init` names, on a running server."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.acceptance.installation import Installation
from tests.standins.ports import free_port


@contextmanager
def inbox(installation: Installation, port: int) -> Iterator[dict[str, str]]:
    """A running `leadline inbox`, and the settings that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "leadline.entrypoints.cli", "inbox", "--port", str(port)],
        env=installation.environment, cwd=installation.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        yield dict(re.fullmatch(r'(\w+) = "(.+)"\n', line).groups() for line in lines)  # type: ignore[union-attr, misc]
    finally:
        process.send_signal(signal.SIGINT)
        _, remarks = process.communicate(timeout=120)
    assert process.returncode == 0, remarks
    assert f"http://127.0.0.1:{port}" in remarks


def test_a_lead_is_claimed_with_the_commands_that_init_names(tmp_path: Path) -> None:
    with Installation(tmp_path) as installation:
        made = installation.command("init", "--yes", "--source", "typeform", "--delay", "0")
        assert made.returncode == 0, made.stderr
        port = free_port()
        with inbox(installation, port) as printed:
            path = tmp_path / "leadline.toml"
            lines = [f'{name} = "{value}"\n' for name, value in printed.items()]
            path.write_text("".join(lines) + path.read_text())
            installation.start()
            sent = installation.command("send", "--sample", "--source", "typeform")
            assert sent.returncode == 0, sent.stderr
            page = Page(port)
            lead_id = page.wait_for(r'data-action="lead\.claim" data-value="([0-9a-f-]{36})"')
            told_of(installation)
            press = {"message": 0, "action": "lead.claim", "value": lead_id, "user": "U0LOCAL"}
            assert page.http.request("POST", f"{page.url}/press", json=press).status == 200
            page.wait_for("Only visible to you.* is yours")
            page.wait_for("Claimed by")
            page.http.clear()
        shown = installation.command("show", lead_id)
        assert "claimed" in shown.stdout
        assert installation.stop() == 0


def told_of(installation: Installation) -> None:
    """Wait until the server has stored that the alert was sent: who presses before is told by a
    message of its own, since nothing says yet in which one the button stood."""
    deadline = time.monotonic() + 120
    while '"event":"notify.done"' not in installation.log.read_text():
        assert time.monotonic() < deadline, installation.log.read_text()[-3000:]
        time.sleep(0.05)


class Page:
    """The page of the stand-in, looked at until it shows something."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.http = urllib3.PoolManager(retries=False, timeout=60)

    def wait_for(self, pattern: str, seconds: float = 120.0) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            shown = self.http.request("GET", self.url).data.decode()
            if found := re.search(pattern, shown, re.DOTALL):
                return found[found.lastindex or 0]
            time.sleep(0.05)
        raise AssertionError(f"the page does not show {pattern}:\n{shown[-3000:]}")
