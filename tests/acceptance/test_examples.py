"""The examples do what they say."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from examples.own_source import BadgeScanner
from leadline.journey.receiving.capture import CaptureKit
from leadline.model.errors import Unauthentic
from leadline.model.lead import Delivery
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.memory import MemoryStore
from tests.acceptance.installation import Installation
from tests.worlds.leads import HandClock, capture

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_lead_is_sent_with_the_standard_library_and_twice_is_once(tmp_path: Path) -> None:
    secret = {"LEADLINE_SOURCES__GENERIC__SECRET": "open-sesame"}
    with Installation(tmp_path, **secret) as installation:
        installation.start()
        command = [
            sys.executable,
            str(EXAMPLES / "send_a_lead.py"),
            installation.url,
            "open-sesame",
        ]
        first, second = (
            subprocess.run(command, capture_output=True, text=True, check=True).stdout
            for _ in range(2)
        )
        assert first == second
        shown = json.loads(installation.command("show", first.strip(), "--json").stdout)
        assert shown["raw"]["company"] == "Vance Tools"


def test_a_source_of_ones_own_is_captured_like_any_other(clock: HandClock) -> None:
    scanner = BadgeScanner(SourceConfig(secret=("s3cret",)))
    kit = CaptureKit({"badge_scanner": scanner}, timedelta(minutes=10))
    body = b'{"badge": 17, "visitor": "Ada Vance", "mail": "ada@example.com"}'
    unsigned = Delivery("badge_scanner", body, clock.now)
    signed = Delivery("badge_scanner", body, clock.now, scanner.sign(unsigned, "s3cret"))
    store = MemoryStore(clock)
    assert b"lead_id" in capture(signed, kit, store).body
    assert scanner.fields(body).name == "Ada Vance"
    with pytest.raises(Unauthentic):
        capture(unsigned, kit, store)
