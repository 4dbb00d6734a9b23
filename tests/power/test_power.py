"""No lead that was acknowledged is lost by a power cut, or by a disk that fails at any call.

Run by `make test-power`. `POWER_CUTS` is how many cuts each test makes (40 by default), by
`POWER_SEED`.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
import pytest

from leadline.model.errors import LeadlineError, StorageFailed, SyncFailed
from leadline.model.task import Done, Retry, Step, Task
from leadline.ports.store import Settlement
from leadline.stores.sqlite.file import database
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.power.disk import DiskCall, Model, RecordedDisk, recorded
from tests.worlds.leads import LEASE, HandClock, captured, digest, refined
from tests.worlds.older_schema import older_file

pytestmark = pytest.mark.power

CUTS = int(os.environ.get("POWER_CUTS", "40"))
SEED = int(os.environ.get("POWER_SEED", "1"))


def _words(name: str) -> bytes:
    """A body that takes a page, which no later lead writes again."""
    return b'{"name":"%b","note":"%b"}' % (name.encode(), b"x" * 5000)


class World:
    """A data folder at work: `acknowledged` says after how many calls which lead was."""

    def __init__(self, data: Path, disk: RecordedDisk) -> None:
        self.data, self.disk = data, disk
        self.clock = HandClock(datetime(2026, 3, 2, tzinfo=UTC))
        self.acknowledged: list[tuple[int, str]] = []
        self.begun: list[str] = []
        self.backed_up: int | None = None
        self._number = 0
        self.open()

    def open(self) -> None:
        self.store = SqliteStore(self.data, clock=self.clock, checkpoint_pages=0)
        self.worker = SqliteStore(self.data, clock=self.clock, checkpoint_pages=60)

    def close(self) -> None:
        self.worker.close()
        self.store.close()

    def capture(self, count: int = 5) -> None:
        names = [f"n{self._number + n}" for n in range(count)]
        self._number += count
        leads = [
            captured(self.clock, name, record=name, delay=timedelta(), raw=_words(name))
            for name in names
        ]
        receipts = self.store.accept(leads)
        self.acknowledged += [(len(self.disk.calls), one.lead_id) for one in receipts]

    def refine(self) -> None:
        held = self.worker.lease(Step.REFINE, 4, LEASE)
        outcomes = [self._outcome(number, one.task.lead_id) for number, one in enumerate(held)]
        self.worker.settle([Settlement(c, o) for c, o in zip(held, outcomes, strict=True)])

    def _outcome(self, number: int, lead_id: str) -> Done | Retry:
        if number == 3:
            return Retry(timedelta(seconds=1), "busy")
        lead = msgspec.structs.replace(captured(self.clock), id=lead_id)
        return Done(
            refined=refined(lead, self.clock, name="Ada"),
            match_keys={"email": digest(lead_id)},
            then=(Task(Step.NOTIFY, lead_id, "slack"),),
        )

    def turn(self, number: int) -> None:
        """A moment of a busy day."""
        self.capture()
        if number % 2:
            self.capture_while_somebody_reads()
        self.refine()
        if number % 3 == 1:
            self.store.db.checkpoint()
        if number % 7 == 6:
            self.store.db.checkpoint(whole=True)

    def capture_while_somebody_reads(self) -> None:
        """The log is copied as far as a reader lets it, which SQLite does not sync."""
        with self.worker.db.reading() as db:
            db.execute("SELECT count(*) FROM lead").fetchall()
            self.capture()
            self.store.db.checkpoint()


def _busy_day(world: World) -> None:
    for number in range(16):
        world.turn(number)


def _orderly_end(world: World) -> None:
    for number in range(4):
        world.turn(number)
    world.close()
    world.open()
    world.capture()


def _backup(world: World) -> None:
    for number in range(4):
        world.turn(number)
    back_up(world.data, world.data.parent / "copy", lambda _part: None)
    world.backed_up = len(world.disk.calls)
    for number in range(4):
        world.turn(number)


def _migration(world: World) -> None:
    """A file of an older version was opened."""
    world.capture()
    world.turn(1)


DAYS = (_busy_day, _orderly_end, _backup, _migration)


@pytest.fixture
def recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[World], None]], World]:
    """Lets a day pass on a recorded disk."""

    def record(day: Callable[[World], None]) -> World:
        data, clock = tmp_path / "made" / "data", HandClock(datetime(2026, 3, 1, tzinfo=UTC))
        with recorded(monkeypatch) as disk:
            ids = older_file(data, clock, "abcdefghijklmnop") if day is _migration else []
            known = [(len(disk.calls), one) for one in ids]
            world = World(data, disk)
            world.acknowledged += known
            day(world)
            world.close()
        return world

    return record


def _laid_out(files: dict[str, bytes], world: World, folder: Path) -> Path:
    """What a cut left, as files in another folder; its data folder."""
    top = world.data.parent
    for path, content in files.items():
        target = folder / Path(path).relative_to(top)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder / "data"


def _lost(data: Path, ids: list[str]) -> list[str]:
    """Those of these leads that somebody does not find who opens the folder."""
    try:
        with closing(SqliteStore(data)) as store:
            events = store.archived(ids)
        with closing(SqliteLedger(data)) as ledger:
            account = ledger.account(deep=True)
    except (LeadlineError, apsw.Error) as error:
        return [f"{type(error).__name__}: {error}"] if ids else []
    return [one for one in ids if one not in events] + [str(o) for o in account.unaccounted]


def _cuts(world: World, folder: Path, count: int, *, lies: bool = False) -> Iterator[list[str]]:
    """What each of so many cuts loses."""
    by = random.Random(f"{SEED} {folder.name}")
    for number in range(count):
        at = by.randrange(1, len(world.disk.calls) + 1)
        model = Model({}, lies=lies)
        for call in world.disk.calls[:at]:
            model.do(call)
        place = folder / str(number)
        data = _laid_out(model.cut(by), world, place)
        ids = [lead_id for after, lead_id in world.acknowledged if after <= at]
        lost = _lost(data, ids)
        if world.backed_up is not None and at >= world.backed_up:
            early = [one for after, one in world.acknowledged if after <= world.backed_up]
            lost += _lost(place / "copy", early)
        yield [f"cut after {at} calls, seed {SEED}: {one}" for one in lost]


@pytest.mark.parametrize("day", DAYS)
def test_no_acknowledged_lead_is_lost_by_a_power_cut(
    tmp_path: Path,
    recording: Callable[[Callable[[World], None]], World],
    day: Callable[[World], None],
) -> None:
    world = recording(day)
    assert len(world.acknowledged) > 15
    assert [lost for lost in _cuts(world, tmp_path / day.__name__, CUTS) if lost] == []


def test_a_disk_that_lies_about_syncs_loses_leads(
    tmp_path: Path, recording: Callable[[Callable[[World], None]], World]
) -> None:
    world = recording(_busy_day)
    assert any(_cuts(world, tmp_path / "lies", 40, lies=True))


def _day_with_trouble(world: World) -> None:
    """A busy day on which the disk fails: whoever meets a failed sync starts anew, as processes do;
    whoever meets another error goes on."""
    for number in range(10):
        try:
            world.turn(number)
        except SyncFailed:
            world.close()
            world.open()
        except (StorageFailed, apsw.Error):
            continue


class _FailsAt:
    """The n-th call of a kind fails, once."""

    def __init__(self, number: int, *kinds: tuple[str, str]) -> None:
        self.left, self.kinds = number, kinds

    def __call__(self, call: DiskCall) -> bool:
        if (call.what, Path(call.path).name) not in self.kinds:
            return False
        self.left -= 1
        return self.left == 0


_SYNCS = [("sync", FILE)]
_ALL = [(what, name) for what in ("write", "truncate", "sync") for name in (FILE, f"{FILE}-wal")]


@pytest.mark.parametrize(("kinds", "first", "every"), [(_SYNCS, 2, 1), (_ALL, 40, 9)])
def test_no_acknowledged_lead_is_lost_when_the_disk_fails_at_any_call(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kinds: list[tuple[str, str]],
    first: int,
    every: int,
) -> None:
    by = random.Random(f"{SEED} failing")
    failed = 0
    for number in range(max(8, CUTS // 4)):
        fails = _FailsAt(first + number * every + by.randrange(every), *kinds)
        folder = tmp_path / str(number)
        with recorded(monkeypatch) as disk:
            world = World(folder / "made" / "data", disk)
            disk.fails = fails
            _day_with_trouble(world)
            disk.fails = lambda _call: False
            world.close()
        failed += fails.left <= 0
        assert len(world.acknowledged) > 15
        assert [lost for lost in _cuts(world, folder, 4) if lost] == []
    assert failed > 5


def test_who_goes_on_after_a_failed_sync_loses_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "is_failed_sync", lambda _error: False)
    lost: list[list[str]] = []
    for number in range(2, 8):
        with recorded(monkeypatch) as disk:
            world = World(tmp_path / str(number) / "made" / "data", disk)
            disk.fails = _FailsAt(number, *_SYNCS)
            _day_with_trouble(world)
            world.close()
        lost += [one for one in _cuts(world, tmp_path / str(number), 20) if one]
    assert lost
