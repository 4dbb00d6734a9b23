"""The oldest due task is one that nobody works at, however many are leased before it."""

from datetime import datetime, timedelta

from leadline.model.task import Step
from leadline.ports.reading.ledger import Backlog
from leadline.ports.reading.standing_tasks import StandingReader
from tests.worlds.ledger import LEASE, LedgerWorld

LEADS, LEASED = 40, 37


def lead_after_lead(world: LedgerWorld) -> list[datetime]:
    """Leads that are due a second after each other; when each is due."""
    due: list[datetime] = []
    for n in range(LEADS):
        world.clock.advance(seconds=1)
        world.accept(f"lead {n}", delay=timedelta())
        due.append(world.clock.now)
    world.clock.advance(seconds=1)
    return due


def backlogs(world: LedgerWorld) -> list[Backlog]:
    """What the ledger tells of the leads that wait: of all, and where only some are counted."""
    now, ledger = world.clock.now, world.ledger
    found = [*ledger.backlog(now)]
    if isinstance(ledger, StandingReader):
        # One lead of each shard, or a few: what stands first there is leased.
        for most in (4, 12):
            standing = ledger.standing(now, [(Step.REFINE, "")], most)
            assert standing.is_cut
            found += standing.backlog
    return found


def test_the_oldest_due_lead_is_not_a_leased_one(world: LedgerWorld) -> None:
    due = lead_after_lead(world)
    assert len(world.store.lease(Step.REFINE, LEASED, LEASE)) == LEASED
    told = backlogs(world)
    assert [one.oldest_due_at for one in told] == [due[LEASED]] * len(told)


def test_a_lead_whose_lease_ended_is_due_since_then(world: LedgerWorld) -> None:
    due = lead_after_lead(world)
    assert len(world.store.lease(Step.REFINE, LEASED, LEASE)) == LEASED
    world.clock.advance(seconds=LEASE.total_seconds() + 1)
    told = backlogs(world)
    assert [one.oldest_due_at for one in told] == [due[LEASED]] * len(told)
    assert len(world.store.lease(Step.REFINE, LEADS, LEASE)) > 0


def test_nothing_is_due_while_all_leads_are_leased(world: LedgerWorld) -> None:
    lead_after_lead(world)
    assert len(world.store.lease(Step.REFINE, LEADS, LEASE)) == LEADS
    told = backlogs(world)
    assert [one.oldest_due_at for one in told] == [None] * len(told)
