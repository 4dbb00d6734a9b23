"""A server that is forked runs, is killed and ends as one that was started."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation
from tests.acceptance.test_told_troubles import until
from tests.standins.adoption import Adopted
from tests.standins.command_line import MODULE

LEAD = json.dumps({"name": "Ada Vance", "email": "ada@example.com"}).encode()
PROCESSES = 4
"""Of a server: the supervisor, one that receives, one that refines and one that tells."""


def start(installation: Installation, *, forked: bool) -> None:
    """Start it; if not *forked*, as a user does."""
    if forked:
        installation.start()
        assert isinstance(installation.process, Adopted)
        return
    with installation.log.open("ab") as log:
        installation.process = subprocess.Popen(
            [sys.executable, "-m", MODULE, "serve"], env=installation.environment,
            cwd=installation.folder, stdout=log, stderr=log,
        )  # fmt: skip
    installation.wait_ready()


@pytest.mark.skipif(sys.platform != "linux", reason="servers are forked on Linux only")
def test_a_forked_server_has_the_processes_of_a_started_one_and_ends_like_it(
    tmp_path: Path,
) -> None:
    seen = []
    for forked in (True, False):
        with Installation(tmp_path / str(forked), LEADLINE_DELAY="1h") as installation:
            start(installation, forked=forked)
            until(lambda: len(installation.family()) == PROCESSES, installation)  # ready is sooner
            family = installation.family()
            names = sorted(re.sub("[0-9]+", "N", name) for name in family)
            leaders = sorted(os.getsid(pid) == pid for pid in family.values())
            killed = next(pid for name, pid in family.items() if "refine" in name)
            installation.kill(killed)
            assert installation.post(LEAD).status == 200
            seen.append((names, leaders, installation.stop()))
    assert seen[0] == seen[1]
    assert seen[0][2] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="servers are forked on Linux only")
def test_each_forked_server_makes_ids_of_its_own(tmp_path: Path) -> None:
    made = set()
    for number in range(2):
        with Installation(tmp_path / str(number), LEADLINE_DELAY="1h") as installation:
            start(installation, forked=True)
            made.add(json.loads(installation.post(LEAD).data)["lead_id"][-16:])
            assert installation.stop() == 0
    assert len(made) == 2
