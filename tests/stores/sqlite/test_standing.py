"""Tasks counted up to a bound: the same numbers as a count of all, at a cost that does not depend
on how many tasks wait."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.model.task import ON_HOLD_UNTIL, Done, Drop, Retry, Step, Task
from leadline.ports.reading.listing import Wait
from leadline.ports.reading.standing_tasks import StandingReader, StandingTasks
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, refined
from tests.worlds.ledger import LedgerWorld

_MOST = 100


@pytest.fixture
def world(tmp_path: Path, clock: HandClock) -> Iterator[LedgerWorld]:
    with (
        closing(SqliteStore(tmp_path, clock=clock)) as store,
        closing(SqliteLedger(tmp_path)) as ledger,
    ):
        yield LedgerWorld(store, ledger, clock)


def standing(world: LedgerWorld, most: int = _MOST) -> StandingTasks:
    assert isinstance(world.ledger, StandingReader)
    return world.ledger.standing(world.clock.now, (), most)


def is_as_all(world: LedgerWorld) -> bool:
    now = world.clock.now
    found, all_there_are = standing(world), world.ledger.backlog(now)
    return (
        sorted(found.backlog, key=str) == sorted(all_there_are, key=str)
        and found.on_hold == len(world.ledger.on_hold())
        and not found.is_cut
    )


def test_what_is_counted_up_to_a_bound_is_what_is_counted_of_all(world: LedgerWorld) -> None:
    assert standing(world) == StandingTasks([], 0, None)
    for name in ("told", "dead", "tried", "leased"):
        world.accept(name, delay=timedelta())
    for n in range(3):
        world.accept(f"later {n}")
    held = world.accept("held")
    world.store.put([Task(Step.REFINE, held.id)], ON_HOLD_UNTIL)
    assert is_as_all(world)
    assert standing(world).late_since == world.clock.now
    first = world.clock.now
    world.clock.advance(seconds=1)
    lease = world.lease(Step.REFINE)
    told = [Task(Step.NOTIFY, lease.task.lead_id, one) for one in ("mail", "slack")]
    lead = msgspec.structs.replace(captured(world.clock, "told"), id=lease.task.lead_id)
    world.settle(lease, Done(refined=refined(lead, world.clock), then=tuple(told)))
    world.settle(world.lease(Step.REFINE), Drop("contact.blank", "nobody"))
    world.settle(world.lease(Step.REFINE), Retry(timedelta(minutes=5), "down"))
    world.lease(Step.REFINE)
    assert is_as_all(world)
    assert {(one.step, one.channel) for one in standing(world).backlog} == {
        (Step.REFINE, ""), (Step.NOTIFY, "mail"), (Step.NOTIFY, "slack")
    }  # fmt: skip
    assert standing(world).late_since == first, "the task that is tried again was due then"
    world.clock.advance(minutes=30)
    assert is_as_all(world)


def test_an_alert_that_waits_is_late_from_when_it_was_due(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    world.refine(lead, tell=True)
    due = world.clock.now
    assert world.ledger.untold_since(due - timedelta(seconds=1)) is None
    assert world.ledger.untold_since(due + timedelta(hours=1)) == due


def test_more_tasks_than_are_counted_are_said_to_be_more(world: LedgerWorld) -> None:
    world.store.accept([captured(world.clock, str(n), delay=timedelta()) for n in range(5)])
    found = standing(world, 4)
    assert [(one.waiting, one.due, one.oldest_due_at) for one in found.backlog] == [
        (4, 4, world.clock.now)
    ]
    assert found.is_cut
    assert not standing(world, 5).is_cut


def steps(world: LedgerWorld, asked: Callable[[], object]) -> int:
    """How many steps SQLite's machine makes for an answer, in tens."""
    assert isinstance(world.ledger, SqliteLedger)
    number = 0

    def count() -> bool:
        nonlocal number
        number += 1
        return False

    db = world.ledger._db.connection
    db.set_progress_handler(count, 10)
    asked()
    db.set_progress_handler(None)
    return number


def test_an_answer_costs_no_more_where_thousands_wait(world: LedgerWorld) -> None:
    lead = captured(world.clock, "first")
    world.store.accept([lead])

    def waits() -> dict[str, Wait]:
        return dict(world.ledger.waits([lead.id], 1_000))

    questions: dict[str, Callable[[], object]] = {
        "late": lambda: world.ledger.untold_since(world.clock.now),
        "counts": lambda: standing(world, 10),
        "waits": waits,
    }
    for each in range(50):
        world.store.accept([captured(world.clock, f"few {each}")])
    few = {name: steps(world, asked) for name, asked in questions.items()}
    world.store.accept([captured(world.clock, f"many {n}") for n in range(3_000)])
    many = {name: steps(world, asked) for name, asked in questions.items()}
    assert {name: many[name] <= few[name] + 5 for name in questions} == dict.fromkeys(
        questions, True
    )
    assert list(waits()) == [lead.id]
