"""`status` and `tail` beside a running server, as an operator has them open."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.acceptance.installation import Installation

ADA = {"name": "Ada Vance", "email": "ada@example.com"}
_PATIENCE_S = 60.0


class Following:
    """A `leadline tail` whose lines are collected."""

    def __init__(self, installation: Installation) -> None:
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "leadline.entrypoints.cli", "tail"],
            env=installation.environment,
            cwd=installation.folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._thread = threading.Thread(target=self._collect)
        self._thread.start()

    def _collect(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout:
            self.lines += iter(self._process.stdout.readline, "")

    def has(self, *words: str) -> bool:
        """Whether a line has all these words."""
        return any(all(word in line for word in words) for line in list(self.lines))

    def close(self) -> int:
        self._process.terminate()
        self._thread.join()
        return self._process.wait()


def test_a_running_server_is_watched_without_touching_it(tmp_path: Path) -> None:
    with Installation(tmp_path, LEADLINE_SOURCES__CLOSE__SECRET="00ff") as installation:
        assert installation.command("status").returncode == 2, "there is no data yet"
        assert not installation.data.exists()
        installation.start()
        tail = Following(installation)
        try:
            posted = installation.post(json.dumps(ADA).encode())
            assert posted.status == 200
            deadline = time.monotonic() + _PATIENCE_S
            while not (tail.has("captured", "generic", "Ada Vance") and tail.has("refused")):
                assert time.monotonic() < deadline, tail.lines
                assert installation.post(b"{}", "close").status == 401
                time.sleep(0.1)
        finally:
            tail.close()
        assert tail.has("refused", "close", "HTTP 401")
        state = json.loads(installation.command("status", "--json").stdout)
        assert (state["running"], state["wrong"]) == (True, [])
        assert state["last_capture"] is not None
        assert installation.stop() == 0
        assert json.loads(installation.command("status", "--json").stdout)["running"] is False
