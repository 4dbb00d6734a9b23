"""The demo, as `make demo` runs it."""

import os
import subprocess
import sys
from pathlib import Path

from leadline.standins.demo_extent import demo_extent
from tools.demo_page import QUICKSTART

ROOT = Path(__file__).parents[2]


def test_the_demo_shows_claim_reminder_and_write_back_and_accounts_for_all(tmp_path: Path) -> None:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("LEADLINE_", "SLACK_"))}
    done = subprocess.run(
        [sys.executable, "-m", "leadline.entrypoints.demo"],
        env=own, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        demo_extent(),
        "pressed Claim, and the message shows who has the lead",
        '"claimed_by":"ines"',
        "so its owner was reminded",
        "Still Waiting for a First Touch",
        "Slack was told",
        "unaccounted for                                       0",
        "See every lead at http://127.0.0.1:",
    ):
        assert words in done.stdout
    assert (tmp_path / "demo-data/leadline.db").exists()


def test_readme_and_quickstart_take_their_numbers_from_the_samples() -> None:
    for page in ("README.md", QUICKSTART):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert demo_extent() in text
        assert text.count("deliveries of") == 1
