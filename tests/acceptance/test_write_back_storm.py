"""Five thousand leads are to be written back at once to a CRM that takes a hundred calls in ten
seconds."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.journey.refinement.refining import refine_due
from leadline.journey.writing_back.write_back import write_back_due
from leadline.kit import Connected, Kit
from leadline.model.retry import RetryPolicy
from leadline.model.task import Step
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.store import SqliteStore
from leadline.vendors.generic.webhook import Generic
from tests.standins.writable_crm import Rate, WritableCrm
from tests.worlds.killed_process import Killed
from tests.worlds.leads import HandClock, captured

LEADS = 5000
LIMIT, SPAN = 100, timedelta(seconds=10)


class MortalWorker:
    """A store whose worker dies before every so many-th record is remembered as written."""

    def __init__(self, store: SqliteStore, every: int) -> None:
        self._store, self._every = store, every
        self.written = 0
        self.deaths = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def handle(self, *arguments: Any, **more: Any) -> bool:
        self.written += 1
        if self.written % self._every == 0:
            self.deaths += 1
            raise Killed
        return self._store.handle(*arguments, **more)


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        store.db.connection.execute("PRAGMA synchronous = OFF")  # nobody pulls this plug
        yield store


def the_storm(store: SqliteStore, crm: WritableCrm, clock: HandClock, per_second: float) -> Kit:
    """All leads refined, and each of them to be written back now."""
    config = CrmConfig(write={"lead_id": "ref", "status": "state"}, look_up=False,
                       per_second=per_second)  # fmt: skip
    kit = Kit(
        store=store,
        sources={"generic": Generic(SourceConfig(map={"record": "id"}))},
        channels={},
        clock=clock,
        chance=lambda: 0.5,
        retry=RetryPolicy(timedelta(seconds=2), timedelta(minutes=1), attempts=4),
        crms={"generic": Connected(crm, config)},
    )
    for start in range(0, LEADS, 500):
        names = [f"l{number}" for number in range(start, start + 500)]
        store.accept([captured(clock, n, record=f"r-{n}", raw=_raw(n)) for n in names])
        for name in names:
            crm.has(f"r-{name}")
    clock.advance(minutes=11)
    while refine_due(kit, 500):
        pass
    assert store.count_due(Step.WRITE_BACK, "generic") == LEADS
    crm.rate = Rate(LIMIT, SPAN, clock)
    return kit


def _raw(name: str) -> bytes:
    """Of a firm of its own: five thousand of one firm would all be compared with each other."""
    return f'{{"email":"{name}@{name}.example","id":"r-{name}","event":"lead.created"}}'.encode()


def until_all_is_written(kit: Kit, clock: HandClock) -> timedelta:
    """Work on until nothing waits; how long it took by the clock."""
    began = clock.now
    while True:
        wait: timedelta | None = timedelta()
        with suppress(Killed):
            wait = write_back_due(kit, "generic")
        if wait is None:
            due = kit.store.next_due(Step.WRITE_BACK, "generic")
            if due is None:
                return clock.now - began
            clock.now = max(due, clock.now)
        clock.now += max(wait or timedelta(), timedelta(milliseconds=5))


@pytest.mark.parametrize("per_second", [10.0, 1000.0], ids=["in step", "far too fast"])
def test_no_pause_is_ignored_nothing_is_lost_and_nothing_written_twice(
    store: SqliteStore, clock: HandClock, per_second: float
) -> None:
    crm = WritableCrm(clock)
    kit = the_storm(store, crm, clock, per_second)
    took = until_all_is_written(kit, clock)
    assert crm.rate is not None
    assert crm.rate.ignored == 0
    written = Counter(change.record for change in crm.writes)
    assert (len(written), max(written.values())) == (LEADS, 1)
    assert all(record.keys() == {"ref", "state"} for record in crm.records.values())
    assert took < timedelta(seconds=LEADS / LIMIT * SPAN.total_seconds() * 1.4)
    if per_second > LIMIT:
        assert crm.rate.refusals > 10, "else there was nothing to heed"


def test_workers_that_die_write_nothing_twice(store: SqliteStore, clock: HandClock) -> None:
    crm = WritableCrm(clock)
    kit = the_storm(store, crm, clock, 50.0)
    mortal = MortalWorker(store, every=501)
    until_all_is_written(msgspec.structs.replace(kit, store=mortal), clock)
    assert mortal.deaths > 5
    assert crm.rate is not None
    assert crm.rate.ignored == 0
    written = Counter(change.record for change in crm.writes)
    assert (len(written), max(written.values())) == (LEADS, 1)
