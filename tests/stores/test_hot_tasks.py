"""Stores that hand out tasks in an order hand out those of hot leads first."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.model.facts.score import LeadScore
from leadline.model.task import Done, Step, Task
from leadline.ports.store import Among, Store
from leadline.ports.store_parts.first_look import HotLead
from leadline.stores.memory import MemoryStore
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.encrypted import encrypting
from tests.worlds.leads import LEASE, HandClock, captured, refined, settle

AMONG = (None, Among(frozenset(("generic",))), Among(frozenset(("other",)), others=True))


@pytest.fixture(params=["memory", "sqlite", "encrypted"])
def ordered(request: pytest.FixtureRequest, clock: HandClock, tmp_path: Path) -> Iterator[Store]:
    """The stores that have an order."""
    if request.param == "memory":
        yield MemoryStore(clock)
        return
    folder = encrypting(tmp_path) if request.param == "encrypted" else tmp_path
    with closing(SqliteStore(folder, clock=clock)) as store:
        yield store


def backlog(store: Store, clock: HandClock, number: int = 12) -> str:
    """Leads that have been due for long; the id of the last one, which a look finds hot now."""
    leads = []
    for each in range(number):
        leads.append(captured(clock, f"p{each}", delay=timedelta(minutes=1)))
        clock.advance(seconds=1)
    store.accept(leads)
    clock.advance(hours=1)
    assert store.end_waits([HotLead(leads[-1].id, "score 90")]) == [None]
    return leads[-1].id


@pytest.mark.parametrize("among", AMONG)
def test_a_hot_lead_that_a_look_finds_after_an_outage_is_leased_before_all_others(
    ordered: Store, clock: HandClock, among: Among | None
) -> None:
    hot = backlog(ordered, clock)
    late_since = ordered.untold_since(())
    leases = ordered.lease(Step.REFINE, 3, LEASE, among=among)
    assert leases[0].task.lead_id == hot
    assert len(leases) == 3
    dues = [lease.due_at for lease in leases[1:]]
    assert dues == sorted(dues)
    assert ordered.untold_since(()) == late_since, "nothing is later for that"
    rest = ordered.lease(Step.REFINE, 99, LEASE, among=among)
    assert len(rest) == 9
    assert hot not in {lease.task.lead_id for lease in rest}


@pytest.mark.parametrize(("step", "channel"), [(Step.NOTIFY, "slack"), (Step.ASSIGN, "")])
def test_what_follows_for_a_hot_lead_is_leased_before_the_same_of_others(
    ordered: Store, clock: HandClock, step: Step, channel: str
) -> None:
    leads = [captured(clock, f"p{each}", delay=timedelta()) for each in range(5)]
    ordered.accept(leads)
    for lease in ordered.lease(Step.REFINE, 9, LEASE):
        (lead,) = (one for one in leads if one.id == lease.task.lead_id)
        made = refined(lead, clock)
        if lead is leads[3]:
            made = msgspec.structs.replace(made, score=LeadScore(90, "points", hot=True))
        then = (Task(step, lead.id, channel),)
        assert settle(ordered, lease, Done(refined=made, then=then))
        clock.advance(seconds=1)
    first, *others = ordered.lease(step, 9, LEASE, channel)
    assert first.task.lead_id == leads[3].id
    assert [one.task.lead_id for one in others] == [leads[i].id for i in (0, 1, 2, 4)]
