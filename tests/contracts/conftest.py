"""Stores with their read side, and pairs of installations between which leads move."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from leadline.ports.reading.ledger import Ledger
from leadline.ports.store import Store
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.aws_resources import AwsResources
from tests.worlds.encrypted import encrypting
from tests.worlds.leads import HandClock
from tests.worlds.ledger import KINDS, START, LedgerWorld, Made, fill
from tests.worlds.moving import TwoInstallations
from tests.worlds.unsynced import unsynced

__all__ = ["unsynced"]  # a fixture of every test here


@pytest.fixture(scope="module")
def make(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Made]:
    """Makes an empty world of a kind."""
    with ExitStack() as stack:

        def world(kind: str) -> LedgerWorld:
            clock = HandClock(START)
            if kind in ("sqlite", "encrypted"):
                folder: Path = tmp_path_factory.mktemp("ledger")
                if kind == "encrypted":
                    encrypting(folder)
                store: Store = stack.enter_context(closing(SqliteStore(folder, clock=clock)))
                ledger: Ledger = stack.enter_context(closing(SqliteLedger(folder)))
                return LedgerWorld(store, ledger, clock)
            found = request.getfixturevalue(kind)
            endpoint = found if kind == "moto" else found.endpoint
            rooms = stack.enter_context(closing(AwsResources(endpoint)))
            read = stack.enter_context(closing(AwsLedger(rooms.table, rooms.bucket, clock=clock)))
            return LedgerWorld(rooms.store(clock), read, clock)

        yield world


@pytest.fixture(scope="module", params=KINDS)
def filled(request: pytest.FixtureRequest, make: Made) -> LedgerWorld:
    """A world with an event at every place; not to be changed."""
    return fill(make(request.param))


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, make: Made) -> LedgerWorld:
    """An empty world."""
    return make(request.param)


@pytest.fixture(
    params=[
        "moto",
        pytest.param("emulator", marks=pytest.mark.aws),
        pytest.param("encrypted", marks=pytest.mark.slow),
    ]
)
def two(
    request: pytest.FixtureRequest, clock: HandClock, tmp_path: Path
) -> Iterator[TwoInstallations]:
    """A data folder, and a stack on a stand-in of AWS or on the emulator; an encrypted folder has
    the stand-in."""
    encrypted = request.param == "encrypted"
    running = request.getfixturevalue("moto" if encrypted else request.param)
    endpoint = running if isinstance(running, str) else running.endpoint
    alone = request.param != "emulator"
    folder = encrypting(tmp_path / "data") if encrypted else tmp_path / "data"
    with (
        closing(AwsResources(endpoint)) as rooms,
        closing(TwoInstallations(folder, rooms, clock, one_at_a_time=alone)) as both,
    ):
        yield both
