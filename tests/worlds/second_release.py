"""What commit ee38b013 left behind (tests/data/second_release), to go on with."""

import gzip
import json
import tarfile
from pathlib import Path

import msgspec

from leadline.ports.store import Store
from tests.worlds.first_release import FirstReleaseData
from tests.worlds.leads import HandClock
from tests.worlds.teams import TEAM, TeamOffice

FOLDER = Path(__file__).parents[1] / "data" / "second_release"
UNTOLD = ("untold", "untold too", "leased", "waiting")
"""The leads of which nobody had been told, and somebody is to be."""
QUEUED = ("queued", "queued too", "untellable", "untold", "untold too")
"""Those that wait in the queue of the team."""


def unpacked(folder: Path) -> dict[str, str]:
    """Unpack the embedded installation with its copies; the ids of its leads by name."""
    with tarfile.open(FOLDER / "embedded.tar.gz") as tar:
        tar.extractall(folder, filter="fully_trusted")  # with the rights that they had
    ids: dict[str, str] = json.loads((folder / "ids.json").read_text())
    return ids


def stack_data() -> FirstReleaseData:
    """What a stack left behind."""
    return FirstReleaseData(gzip.decompress((FOLDER / "aws.json.gz").read_bytes()).decode())


def office_of(store: Store, clock: HandClock) -> TeamOffice:
    """The office that goes on with a store."""
    return TeamOffice(store, clock, msgspec.structs.replace(TEAM, cap_open=3))
