"""`make setup`: it says what it does, and for how long, before it does it."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_setup_says_what_it_does_and_for_how_long_before_pip_runs() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", "setup"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    told, pip, ready = done.stdout.partition("-m pip install")
    assert pip
    for words in ("Making .venv", "packages", "one to three minutes", "Needed once"):
        assert words in told
    assert "is ready" in ready
