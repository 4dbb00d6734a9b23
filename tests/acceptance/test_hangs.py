"""A lead that no worker ever finishes, against the real server: it holds up nobody else."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.acceptance.installation import Installation

HANGING = '''
import re, json
from leadline.model.lead import Event, Kind, LeadFields
from leadline.ports.source import Source

class Hanging(Source):
    """A source of somebody else's that is caught in what it reads."""

    name = "hanging"

    def authenticate(self, delivery):
        pass

    def events(self, delivery):
        return [Event(Kind.CREATED, json.dumps(one).encode()) for one in json.loads(delivery.body)]

    def fields(self, raw):
        told = json.loads(raw)
        if told["name"] == "Interpreter":
            re.fullmatch("(a+)+b", "a" * 64)  # never lets go of the interpreter
        while told["name"] == "Loop":
            pass
        return LeadFields(**told)
'''


def installed(folder: Path) -> str:
    """The folder of a distribution that adds the source."""
    about = folder / "hanging-1.0.dist-info"
    about.mkdir(parents=True)
    (folder / "hanging.py").write_text(HANGING)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hanging\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[leadline.sources]\nhanging = hanging:Hanging\n")
    return str(folder)


def people(*names: str) -> bytes:
    return json.dumps([{"name": n, "email": f"{n.lower()}@example.com"} for n in names]).encode()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A server with the source, and a lease that a busy machine keeps."""
    with SlackInbox() as slack:
        settings = {
            "LEADLINE_SLACK_WEBHOOK_URL": slack.webhook_url,
            "LEADLINE_LEASE": "2s",
            "PYTHONPATH": installed(tmp_path / "site"),
        }
        with Installation(tmp_path / "installation", **settings) as installation:
            yield installation


def post(installation: Installation, *names: str) -> list[str]:
    answer = installation.post(people(*names), "hanging")
    assert answer.status == 200, answer.data
    told = json.loads(answer.data)
    ids: list[str] = told.get("lead_ids") or [told["lead_id"]]
    return ids


def logged(installation: Installation, event: str) -> list[dict[str, Any]]:
    lines = installation.log.read_text().splitlines()
    told = [json.loads(line) for line in lines if line[:1] == "{"]
    return [line for line in told if line["event"] == event]


def wait_for(installation: Installation, event: str, leads: set[str]) -> None:
    """Wait until all of this was said of these leads, and of no others."""
    deadline = time.monotonic() + 90
    seen: set[str] = set()
    while time.monotonic() < deadline:
        seen = {line["lead"] for line in logged(installation, event)}
        if seen >= leads:
            break
        time.sleep(0.1)
    assert seen == leads


def test_a_worker_that_hangs_at_a_lead_is_replaced_and_the_others_are_told(
    installation: Installation,
) -> None:
    installation.start()
    ada, poison, bob, cy = post(installation, "Ada", "Interpreter", "Bob", "Cy")
    wait_for(installation, "notify.done", {ada, bob, cy})
    hung = logged(installation, "worker.hung")
    assert [(line["level"], line["role"], line["lead"]) for line in hung] == [
        ("warning", "refine-1", poison)
    ], "nobody waits for it a second time"


@pytest.mark.slow
@pytest.mark.parametrize("held", ["Interpreter", "Loop"])
def test_a_lead_whose_refinement_never_ends_ends_as_a_dead_letter(
    installation: Installation, held: str
) -> None:
    installation.start()
    ada, poison, bob = post(installation, "Ada", held, "Bob")
    wait_for(installation, "refine.drop", {poison})
    wait_for(installation, "notify.done", {ada, bob})
    assert [line["lead"] for line in logged(installation, "worker.hung")] == [poison] * 5
    (dead,) = json.loads(installation.command("dead", "--json").stdout)
    assert (dead["reason"], dead["count"]) == ("refine.never_finished", 1)
    shown = installation.command("show", poison)
    assert "never finished within its lease of 2 s, in 5 attempts" in " ".join(shown.stdout.split())
    assert installation.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("held", ["Interpreter", "Loop"])
def test_a_worker_that_hangs_ends_although_its_supervisor_is_gone(
    installation: Installation, held: str
) -> None:
    installation.start()
    post(installation, held)
    time.sleep(2)  # its wait is one second
    family = installation.family().values()
    assert installation.process is not None
    installation.kill(installation.process.pid)
    installation.process.wait()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{process}").exists() for process in family):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_worker_on_its_own_ends_itself_when_a_turn_lasts_longer_than_its_lease(
    tmp_path: Path,
) -> None:
    settings = {"LEADLINE_LEASE": "1s", "PYTHONPATH": installed(tmp_path / "site")}
    with Installation(tmp_path / "installation", **settings) as installation:
        installation.start()
        assert installation.post(people("Loop"), "hanging").status == 200
        assert installation.stop() == 0
        time.sleep(1)
        worker = subprocess.run(
            [sys.executable, "-m", "leadline.entrypoints.cli", "worker", "--only", "refine"],
            env=installation.environment,
            cwd=installation.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert worker.returncode == 1
    assert "Timeout (0:00:0" in worker.stderr
    assert "hanging.py" in worker.stderr
    assert "loop@example.com" not in worker.stderr
