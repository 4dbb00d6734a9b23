"""What `leadline tail` reads of the embedded store, and whether a server has its folder."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadline.model.lead import Kind
from leadline.model.task import Alert, Done, Drop, Step, Task
from leadline.ports.reading.news import Seen
from leadline.stores.sqlite.file.locking import is_served, lock_folder
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AT_ONCE = timedelta()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        yield store


@pytest.fixture
def ledger(store: SqliteStore, tmp_path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(tmp_path)) as ledger:
        yield ledger


def test_everything_that_happens_is_told_once_and_in_order(
    store: SqliteStore, ledger: SqliteLedger, clock: HandClock
) -> None:
    seen = ledger.seen_at(clock.now)
    assert ledger.news(seen, 100) == ([], seen)
    lead = captured(clock, "ada", delay=AT_ONCE)
    store.accept([lead, captured(clock, "gone", kind=Kind.IGNORED, why="deleted")])
    clock.advance(seconds=1)
    then = (Task(Step.NOTIFY, lead.id, "slack"),)
    settle(store, lease_task(store, Step.REFINE), Done(refined=refined(lead, clock), then=then))
    clock.advance(seconds=1)
    alert = Alert(lead.id, "slack", clock.now, "new_lead/1")
    settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))
    clock.advance(seconds=1)
    bad = captured(clock, "bad", delay=AT_ONCE)
    store.accept([bad])
    settle(store, lease_task(store, Step.REFINE), Drop("lead.not_understood", "nothing"))
    found, after = ledger.news(seen, 100)
    assert [(one.what, one.detail) for one in found] == [
        ("captured", ""),
        ("filtered", "deleted"),
        ("alerted", "slack"),
        ("captured", ""),
        ("refine.dead", "lead.not_understood"),
    ]
    assert [one.lead_id for one in found if one.what == "captured"] == [lead.id, bad.id]
    assert {one.source for one in found} == {"generic"}
    assert ledger.news(after, 100) == ([], after)


def test_news_come_in_parts_and_none_is_lost(
    store: SqliteStore, ledger: SqliteLedger, clock: HandClock
) -> None:
    leads = [captured(clock, f"lead {n}") for n in range(7)]
    store.accept(leads)
    told, seen = list[str](), Seen()
    while (part := ledger.news(seen, 3))[0]:
        assert len(part[0]) <= 3
        told += [one.lead_id for one in part[0]]
        seen = part[1]
    assert told == [lead.id for lead in leads]


def test_what_happened_since_a_time_is_found(
    store: SqliteStore, ledger: SqliteLedger, clock: HandClock
) -> None:
    store.accept([captured(clock, "early")])
    clock.advance(minutes=10)
    late = captured(clock, "late")
    store.accept([late])
    since = ledger.seen_at(clock.now - timedelta(minutes=1))
    assert [one.lead_id for one in ledger.news(since, 10)[0]] == [late.id]
    assert ledger.news(ledger.seen_at(clock.now + timedelta(seconds=1)), 10)[0] == []
    assert len(ledger.news(ledger.seen_at(START), 10)[0]) == 2


def test_who_has_read_everything_has_read_to_the_last_rows(
    store: SqliteStore, ledger: SqliteLedger, clock: HandClock
) -> None:
    before = ledger.seen_now()
    assert ledger.news(before, 10) == ([], before)
    lead = captured(clock, "ada", delay=AT_ONCE)
    store.accept([lead])
    after = ledger.seen_now()
    assert after != before
    assert ledger.news(before, 10)[1] == after
    assert ledger.news(after, 10) == ([], after)


def test_the_last_line_of_each_kind_is_found_among_the_newest(
    store: SqliteStore, ledger: SqliteLedger, clock: HandClock
) -> None:
    assert ledger.last_of_each(10) == []
    for name in ("ada", "bea", "cy"):
        lead = captured(clock, name, delay=AT_ONCE)
        store.accept([lead])
        then = (Task(Step.NOTIFY, lead.id, "slack"),)
        settle(store, lease_task(store, Step.REFINE), Done(refined=refined(lead, clock), then=then))
        clock.advance(seconds=1)
        alert = Alert(lead.id, "slack", clock.now, "new_lead/1")
        settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))
        bad = captured(clock, f"bad {name}", delay=AT_ONCE)
        store.accept([bad])
        words = f"{'field' if name == 'cy' else 'answer'}: {name}"
        settle(store, lease_task(store, Step.REFINE), Drop("lead.not_understood", words))
    lines = [(one.what, one.detail, one.lead_id) for one in ledger.last_of_each(100)]
    every = [(one.what, one.detail, one.lead_id) for one in ledger.news(Seen(), 100)[0]]
    dead = [one for one in every if one[0] == "refine.dead"]
    assert lines[-2:] == [("alerted", "slack", lead.id), ("refine.dead", dead[-1][1], bad.id)]
    assert len(lines) == len({(what, detail.partition(":")[0]) for what, detail, _ in lines})
    assert [one.what for one in ledger.last_of_each(1)] == ["alerted", "refine.dead"]


def test_a_folder_is_served_while_its_lock_is_held(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert is_served(folder) is False
    assert not folder.exists()
    lock = lock_folder(folder)
    assert is_served(folder) is True
    os.close(lock)
    assert is_served(folder) is False
