"""A store with its read side, filled with leads at every place where a lead may be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leadline.model.lead import CapturedLead, Kind
from leadline.model.task import Alert, Done, Drop, Lease, Retry, Step, Task
from leadline.ports.reading.ledger import LeadStory, Ledger
from leadline.ports.store import Settlement, Store
from tests.worlds.leads import HandClock, captured, refined

LEASE = timedelta(seconds=60)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = ("told", "telling", "untellable", "untold", "spam", "dead", "waiting", "update", "gone")


@dataclass
class LedgerWorld:
    """A store with its read side, and the ids of leads by name."""

    store: Store
    ledger: Ledger
    clock: HandClock
    ids: dict[str, str] = field(default_factory=dict)

    def names(self, lead_ids: list[str]) -> list[str]:
        by_id = {lead_id: name for name, lead_id in self.ids.items()}
        return [by_id[i] for i in lead_ids]

    def story(self, name: str) -> LeadStory:
        story = self.ledger.story(self.ids[name])
        assert story is not None
        return story

    def accept(self, name: str, **more: object) -> CapturedLead:
        """An event at the door, of which nobody has heard before."""
        lead = captured(self.clock, name, **more)  # type: ignore[arg-type]
        self.store.accept([lead])
        self.ids[name] = lead.id
        return lead

    def lease(self, step: Step, channel: str = "") -> Lease:
        (lease,) = self.store.lease(step, 1, LEASE, channel)
        return lease

    def settle(self, lease: Lease, outcome: Done | Retry | Drop) -> None:
        assert self.store.settle([Settlement(lease, outcome)]) == [True]

    def refine(self, lead: CapturedLead, *, tell: bool = False, **contact: str) -> None:
        """Refine the lead, which must be the one that is due."""
        then = (Task(Step.NOTIFY, lead.id, "slack"),) if tell else ()
        lease = self.lease(Step.REFINE)
        assert lease.task.lead_id == lead.id
        self.settle(lease, Done(refined=refined(lead, self.clock, **contact), then=then))


Made = Callable[[str], LedgerWorld]
KINDS = [
    "sqlite",
    pytest.param("encrypted", marks=pytest.mark.stores),
    pytest.param("moto", marks=pytest.mark.stores),
    pytest.param("emulator", marks=pytest.mark.aws),
]
"""The stores that have a read side."""


def fill(world: LedgerWorld) -> LedgerWorld:
    """Put an event at every place where an event may be."""
    clock = world.clock
    due = [world.accept(name, delay=timedelta()) for name in NAMES[:6]]
    world.accept("waiting", record="contact:1")
    world.accept("update", kind=Kind.UPDATED, record="contact:1")
    world.accept("gone", kind=Kind.IGNORED, why="deleted")
    world.store.accept([captured(clock, "told")])  # a redelivery
    for lead, name in zip(due, NAMES, strict=False):
        clock.advance(seconds=1)
        _settle_as_named(world, lead, name)
    return world


def _settle_as_named(world: LedgerWorld, lead: CapturedLead, name: str) -> None:
    clock = world.clock
    refined_lead = refined(lead, clock, name=f"{name.title()} Person", email=f"{name}@example.com")
    outcome: Done | Drop = Done(refined=refined_lead, then=(Task(Step.NOTIFY, lead.id, "slack"),))
    match name:
        case "untold":
            outcome = Done(refined=refined_lead)
        case "spam":
            outcome = Done(refined=msgspec.structs.replace(refined_lead, status="quarantined"))
        case "dead":
            outcome = Drop("lead.not_understood", "nothing in it")
    world.settle(world.lease(Step.REFINE), outcome)
    clock.advance(seconds=1)
    match name:
        case "told":
            alert = Alert(lead.id, "slack", clock.now, "new_lead/1")
            world.settle(world.lease(Step.NOTIFY, "slack"), Done(alert=alert))
        case "untellable":
            lease = world.lease(Step.NOTIFY, "slack")
            world.settle(lease, Drop("slack.no_service", "no_service"))
        case "telling":
            lease = world.lease(Step.NOTIFY, "slack")
            world.settle(lease, Retry(timedelta(hours=1), why="slack.http_503"))
