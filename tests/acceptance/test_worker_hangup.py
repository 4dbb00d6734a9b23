"""`leadline worker` at SIGHUP."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path


def test_a_worker_says_which_settings_need_a_restart_and_goes_on(tmp_path: Path) -> None:
    settings = tmp_path / "leadline.toml"
    settings.write_text('log_format = "json"\ndelay = "5m"\n')
    own = {k: v for k, v in os.environ.items() if not k.startswith("LEADLINE_")}
    command = [sys.executable, "-m", "leadline.entrypoints.cli", "worker"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=own, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        text=True, start_new_session=True,
    ) as worker:  # fmt: skip
        assert worker.stderr is not None
        for line in worker.stderr:
            if line.startswith("working on"):
                break
        told = []
        texts = (None, 'log_format = "json"\ndelay = "1h"\n', "delay = 'often'\n")
        for text in texts:
            if text is not None:
                settings.write_text(text)
            worker.send_signal(signal.SIGHUP)
            told.append(next((e for e in map(_read, worker.stderr) if e), None))
        worker.terminate()
        worker.stderr.read()
        assert worker.wait() == 0
    events = [(one["event"], one.get("settings")) if one else None for one in told]
    assert events == [
        ("settings.unchanged", None),
        ("settings.need_restart", "delay"),
        ("settings.refused", None),
    ]


def _read(line: str) -> dict[str, str] | None:
    """An event about settings; None for any other line."""
    read: dict[str, str] = json.loads(line) if line.startswith("{") else {}
    return read if read.get("event", "").startswith("settings.") else None
