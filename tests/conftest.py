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
from leadline.stores.damage import new_damage
from leadline.stores.memory import MemoryStore
from leadline.stores.sqlite.store import SqliteStore
from tests.standins.emulator import Emulator
from tests.worlds.aws_resources import AwsResources
from tests.worlds.encrypted import encrypting
from tests.worlds.leads import HandClock
from tests.worlds.thorough import THOROUGH

# How long an example takes says more of what else the machine does than of the example.
# `make test-fuzz` tries every property with as many as the library would.
hypothesis.settings.register_profile("untimed", deadline=None, max_examples=100 if THOROUGH else 30)
hypothesis.settings.load_profile("untimed")

# What is collected lives until the end: the garbage collector need not look through it time and
# again.
gc.disable()


HERE = Path(__file__).parent
CONTRACTS = HERE / "contracts"

PRIVACY = re.compile(
    r"privacy|eras|retention|legal_hold|hold_data|consent|suppress|audit|mask|where_data|scrubbing|blanking"
    r"|access|encrypt"
)
"""What the name of a file of tests about people's data says, or that of its folder."""


OF_ONE_MARK = {
    "aws": "aws", "browser": "browser", "power": "power", "prometheus": "prometheus",
    "test_api_fuzz.py": "fuzz",
}  # fmt: skip
"""Folders and files of which every test has the mark."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whether all tests of a file or folder are left out, so that it need not be loaded."""
    mark = OF_ONE_MARK.get(collection_path.name)
    if mark is None or collection_path.parent not in (HERE, HERE / "entrypoints/dashboard"):
        return None
    return f"not {mark}" in config.option.markexpr or None


NEEDING = ("slow", "power", "aws", "crm", "prometheus", "browser")
"""The marks of tests that `make test-fuzz` cannot run."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests about people's data, and properties, before those are chosen that run."""
    for item in items:
        if PRIVACY.search("/".join(item.path.parts[-2:])):
            item.add_marker(pytest.mark.privacy)
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_property and not any(map(item.get_closest_marker, NEEDING)):
            item.add_marker(pytest.mark.thorough)
        if item.get_closest_marker("stores") and CONTRACTS not in item.path.parents:
            raise pytest.UsageError(
                f"{item.nodeid} is of `make test-stores`, which looks in tests/contracts alone: "
                "move the test there, or give it a store by name instead of the fixture"
            )


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


@pytest.fixture(autouse=True)
def no_damage_is_left() -> Iterator[None]:
    """Damage that a test made is known to its process, which would tell the next one of it."""
    yield
    new_damage()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(
    params=[
        "memory",
        "sqlite",
        pytest.param("encrypted", marks=pytest.mark.stores),
        pytest.param("moto", marks=pytest.mark.stores),
        pytest.param("emulator", marks=pytest.mark.aws),
    ]
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
    folder = tmp_path / "data"
    sqlite = SqliteStore(
        encrypting(folder) if request.param == "encrypted" else folder, clock=clock
    )
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
