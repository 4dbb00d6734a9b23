"""Where it stands when late tasks were first due: entries that come and go with the tasks."""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import msgspec
import pytest

from leadline.model.task import Done, Drop, Outcome, Retry, Step, Task
from leadline.ports.store import Settlement
from leadline.stores.aws.items import lead_of
from leadline.stores.aws.keys import LATE, lead_key, task_key
from leadline.stores.aws.moving.parking import parked, unparked
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Delete, Put
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import LEASE, HandClock, captured, refined

LONG = Retry(timedelta(minutes=20), why="KeyError")


@pytest.fixture
def store(moto: str, clock: HandClock) -> Iterator[AwsStore]:
    with closing(AwsResources(moto)) as rooms:
        yield rooms.store(clock)


def due(store: AwsStore, clock: HandClock, name: str = "ada") -> str:
    lead = captured(clock, name, delay=timedelta())
    store.accept([lead])
    return lead.id


def turn(store: AwsStore, outcome: Outcome, step: Step = Step.REFINE, channel: str = "") -> None:
    (lease,) = store.lease(step, 1, LEASE, channel)
    assert store.settle([Settlement(lease, outcome)]) == [True]


def entries(store: AwsStore) -> list[str]:
    """The sort keys of what stands in the index for late tasks."""
    found = (i for i in store.table.scan() if i["sk"].startswith(LATE))
    return sorted(i["sk"] for i in found if "due_pk" in i)


def test_a_task_that_goes_well_has_no_entry(store: AwsStore, clock: HandClock) -> None:
    lead_id = due(store, clock)
    turn(store, Retry(timedelta(seconds=30), why="crm.busy", counts=False))
    clock.advance(seconds=30)
    turn(store, Done(then=(Task(Step.NOTIFY, lead_id, "slack"),)))
    turn(store, Done(), Step.NOTIFY, "slack")
    assert not any(i["sk"].startswith(LATE) for i in store.table.scan())


@pytest.mark.parametrize(
    "end",
    [
        Done(),
        Drop("lead.not_understood"),
        Retry(timedelta(hours=1), why="quiet", counts=False, planned=True),
    ],
    ids=["done", "dead", "planned"],
)
def test_an_entry_ends_with_its_task(store: AwsStore, clock: HandClock, end: Outcome) -> None:
    lead_id = due(store, clock)
    store.put([Task(Step.NOTIFY, lead_id, "slack")], clock.now)
    turn(store, LONG)
    turn(store, LONG, Step.NOTIFY, "slack")
    assert entries(store) == [f"{LATE}notify#slack", f"{LATE}refine#"]
    clock.advance(minutes=20)
    turn(store, end, Step.NOTIFY, "slack")
    assert entries(store) == [f"{LATE}refine#"]
    turn(store, end)
    assert entries(store) == []
    left = [i for i in store.table.scan() if i["sk"].startswith(LATE)]
    assert {i["expires"] <= clock.now.timestamp() for i in left} == {True}, "DynamoDB deletes them"


def test_an_entry_is_written_once_however_often_the_task_is_tried(
    store: AwsStore, clock: HandClock
) -> None:
    due(store, clock)
    turn(store, LONG)
    (written,) = (i["write"] for i in store.table.scan() if i["sk"].startswith(LATE))
    for _ in range(3):
        clock.advance(minutes=20)
        turn(store, LONG)
    (still,) = (i["write"] for i in store.table.scan() if i["sk"].startswith(LATE))
    assert still == written


def test_an_entry_that_an_older_leadline_left_behind_is_ended_and_hides_nobody(
    store: AwsStore, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """An older one, gone back to for a while, ends tasks and knows nothing of entries."""
    done, dead, later = (due(store, clock, name) for name in ("done", "dead", "later"))
    for _ in range(3):
        turn(store, LONG)
    clock.advance(minutes=5)
    first = clock.now
    due(store, clock, "late")
    turn(store, LONG)
    for lead_id, task in ((done, None), (dead, "dead"), (later, "later")):
        lead = lead_of(store.table.get(lead_key(lead_id)) or {})
        state = lead.task
        assert state is not None
        if task == "dead":
            state = msgspec.structs.replace(state, dead_at=state.put_at)
        forgetful = msgspec.structs.replace(state, first_due_at="", late=False) if task else None
        store.table.write(Put(msgspec.structs.replace(lead, task=forgetful).item(), lead.rev))
    with caplog.at_level(logging.WARNING):
        assert store.untold_since([]) == first
    assert entries(store) == [f"{LATE}refine#"]
    assert [r.message for r in caplog.records] == ["late.left_over"] * 3
    caplog.clear()
    assert store.untold_since([]) == first
    assert caplog.records == []


def test_a_lead_that_moved_is_as_late_as_before_once_a_worker_has_tried_it(
    store: AwsStore, clock: HandClock
) -> None:
    lead_id = due(store, clock)
    first = clock.now
    turn(store, LONG)
    lead = lead_of(store.table.get(lead_key(lead_id)) or {})
    assert lead.task is not None
    away = parked(lead.task, clock.now)
    assert unparked(away).first_due_at == lead.task.first_due_at
    store.table.write(Put(msgspec.structs.replace(lead, task=away).item(), lead.rev))
    clock.advance(minutes=30)
    assert store.untold_since([]) is None
    back = lead_of(store.table.get(lead_key(lead_id)) or {})
    store.table.write(Put(msgspec.structs.replace(back, task=unparked(away)).item(), back.rev))
    assert store.untold_since([]) == first + timedelta(minutes=20)
    turn(store, LONG)
    assert store.untold_since([]) == first


def test_a_lead_that_is_gone_is_late_no_more(store: AwsStore, clock: HandClock) -> None:
    lead_id = due(store, clock)
    turn(store, LONG)
    store.table.write(Delete(task_key(Task(Step.REFINE, lead_id)), None))
    clock.advance(hours=1)
    assert store.untold_since(["slack"]) is None
    assert entries(store) == []


def test_a_refinement_that_makes_a_lead_ends_its_entry_with_all_it_writes(
    store: AwsStore, clock: HandClock
) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    turn(store, LONG)
    clock.advance(minutes=20)
    notify = Task(Step.NOTIFY, lead.id, "slack")
    keys = {"email": b"0123456789abcdef", "phone": b"fedcba9876543210"}
    turn(store, Done(refined=refined(lead, clock), match_keys=keys, then=(notify,)))
    assert entries(store) == []
    assert store.untold_since(["slack"]) == clock.now
