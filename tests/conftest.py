"""What many tests share: a clock that is advanced by hand, and leads to put through."""

import gc
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from leadline.entrypoints import logs
from leadline.ports.store import Store
from leadline.stores.memory import MemoryStore
from leadline.stores.sqlite.store import SqliteStore
from tests.standins.emulator import Emulator
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock

# How long an example takes says more of what else the machine does than of the example.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# What is collected lives until the end: the garbage collector need not look through it time and
# again.
gc.disable()


PRIVACY = re.compile(
    r"privacy|eras|retention|legal_hold|hold_data|consent|suppress|audit|mask|where_data|scrubbing|blanking"
    r"|access"
)
"""What the name of a file of tests about people's data says, or that of its folder."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests about people's data, before those are chosen that run."""
    for item in items:
        if PRIVACY.search("/".join(item.path.parts[-2:])):
            item.add_marker(pytest.mark.privacy)


def pytest_collection_finish() -> None:
    """Tests run with the garbage collector, which leaves alone what there is before them."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def nobody_is_answered() -> Iterator[None]:
    """Handlers that ran in this process leave the id of their request for the next log line."""
    yield
    logs.always()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(
    params=["memory", "sqlite", "moto", pytest.param("emulator", marks=pytest.mark.aws)]
)
def store(request: pytest.FixtureRequest, clock: HandClock, tmp_path: Path) -> Iterator[Store]:
    """Every adapter of the store in turn."""
    if request.param == "memory":
        yield MemoryStore(clock)
        return
    if request.param == "moto":
        with closing(AwsResources(request.getfixturevalue("moto"))) as rooms:
            yield rooms.store(clock)
        return
    if request.param == "emulator":
        with closing(AwsResources(request.getfixturevalue("emulator").endpoint)) as rooms:
            yield rooms.store(clock)
        return
    sqlite = SqliteStore(tmp_path / "data", clock=clock)
    yield sqlite
    sqlite.close()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The endpoint of moto's AWS, in a thread of this process."""
    from tests.standins.moto_server import moto_server  # half a second for those who need it

    with moto_server() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator of AWS, for tests marked `aws`; whoever uses it resets it first."""
    running = Emulator(tmp_path_factory.mktemp("emulator") / "emulator.log")
    yield running
    running.stop()
