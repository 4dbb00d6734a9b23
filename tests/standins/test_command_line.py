"""A command in a forked process says what it says in a process that was started for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.standins.command_line import run

STARTED = "import sys; sys.argv[0] = 'leadline'; from leadline.entrypoints.cli import main; main()"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["leads", "--help"], 0),
        (["leads"], 2),
        (["nonsense"], 2),
        (["show", "x", "--data", "."], 2),
    ],
)
def test_a_forked_command_says_what_a_started_one_says(
    words: list[str], code: int, tmp_path: Path
) -> None:
    environment = {"PATH": os.environ["PATH"], "LEADLINE_DATA": "elsewhere"}
    started = subprocess.run(
        [sys.executable, "-c", STARTED, *words], cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    forked = run(words, environment, tmp_path)
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        started.returncode, started.stdout, started.stderr,
    )  # fmt: skip
    assert started.returncode == code
