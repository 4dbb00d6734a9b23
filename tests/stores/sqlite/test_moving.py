"""The embedded store as both homes of a move: what one writes is what the other read."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.model.handling import Handling
from leadline.model.task import Step
from leadline.operations.moving.agreement import family_digest
from leadline.operations.moving.mover import Mover
from leadline.ports.homes import Family, Home
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.moving.journal import MoveJournal
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock
from tests.worlds.moving import WINDOW, Workers, populate


class OtherHome(SqliteHome):
    """The home that leads go to."""

    home = Home.AWS


class BothFolders(Workers):
    def __init__(self, folder: Path, clock: HandClock) -> None:
        super().__init__(clock)
        self.folder = folder
        self.here = SqliteStore(folder / "here", clock=clock)
        self.there = SqliteStore(folder / "there", clock=clock)

    def sides(self) -> tuple[SqliteHome, SqliteHome]:
        forgotten = self.clock.now - WINDOW
        return SqliteHome(self.here, forgotten), OtherHome(self.there, forgotten)

    def move(self, towards: Home) -> int:
        """Move everything; how many leads were copied."""
        here, there = self.sides()
        origin, destination = (here, there) if towards is Home.AWS else (there, here)
        told: dict[str, str] = {}
        with closing(MoveJournal(self.folder, "there")) as journal:
            carrier = Mover(origin, destination, journal, WINDOW, report=told.__setitem__)
            summary = carrier.run()
        assert told == {}
        return summary.moved

    def families(self, towards: Home) -> dict[str, Family]:
        side = self.sides()[towards is Home.AWS]
        return {i: f for ids in side.heads() for i, f in side.families(ids).items()}


@pytest.fixture
def both(tmp_path: Path, clock: HandClock) -> Iterator[BothFolders]:
    running = BothFolders(tmp_path, clock)
    yield running
    running.here.close()
    running.there.close()


def test_leads_in_every_state_are_the_same_there_and_back(both: BothFolders) -> None:
    named = populate(both, both.here)
    before = both.families(Home.EMBEDDED)
    assert both.move(Home.AWS) == len(named)
    assert both.families(Home.AWS) == before
    with closing(SqliteLedger(both.folder / "there")) as ledger:
        assert ledger.account(deep=True).unaccounted == ()
    both.everybody_answers()
    both.work(both.there, 3, minutes=40)
    after = both.families(Home.AWS)
    assert after != before
    assert both.move(Home.EMBEDDED) > 0
    assert both.families(Home.EMBEDDED) == after
    with closing(SqliteLedger(both.folder / "here")) as ledger:
        assert ledger.account(deep=True).balanced
        counts = {t.what: t.count for t in ledger.tallies()}
        alerts = [a for f in after.values() for lead in f.leads for a in lead.alerts]
        assert counts["alerted"] == sum(a.step is Step.NOTIFY for a in alerts)
        assert counts["reminded"] == 1


def test_leads_are_on_the_same_work_lists_there_and_back(both: BothFolders) -> None:
    named = populate(both, both.here)
    both.move(Home.AWS)
    for store in (both.here, both.there):
        assert list(store.work_list("U02BOB")) == [named["handled"]]
        assert list(store.work_list("ada@example.com")) == []
    (handling,) = both.there.handling([named["handled"]]).values()
    ended = msgspec.structs.replace(handling, claimed_by=None)
    assert both.there.handle(named["handled"], handling, ended)
    assert list(both.there.work_list("ada@example.com")) == [named["handled"]]
    both.move(Home.EMBEDDED)
    assert list(both.here.work_list("U02BOB")) == []
    assert list(both.here.work_list("ada@example.com")) == [named["handled"]]
    assert both.here.handling([named["handled"]])[named["handled"]].rev == 3


def test_what_we_wrote_to_a_crm_is_the_same_in_any_order(
    both: BothFolders, clock: HandClock
) -> None:
    populate(both, both.here)
    one = next(f for f in both.families(Home.EMBEDDED).values() if f.leads[0].handling)
    orders = [{"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"d": 2, "c": 1}, "a": 1}]
    digests = set()
    for written in orders:
        handled = Handling(written=written, crm_modified=clock.now + timedelta(seconds=1))
        lead = msgspec.structs.replace(one.leads[0], handling=handled)
        digests.add(family_digest(Family((lead, *one.leads[1:]))))
    assert len(digests) == 1
