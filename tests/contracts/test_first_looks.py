"""First looks: hot leads are refined at once, and nothing else changes, on every store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.first_look import look_due
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.facts.score import LeadScore, ScoreReason
from leadline.model.lead import Delivery, RefinedLead
from leadline.model.monitoring.event_notes import WAIT_ENDED
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.suppression import MARK, QUARANTINE, SuppressedBy
from leadline.model.task import ON_HOLD_UNTIL, Done, Step, Task
from leadline.operations.personal_data.suppressing import suppress, suppression_name
from leadline.operations.repair.waits import change_wait
from leadline.ports.source import Source
from leadline.ports.store import Store, Waiting
from leadline.ports.store_parts.first_look import HotLead
from leadline.privacy.hashes import key_of_text
from leadline.vendors.generic.webhook import Generic
from tests.worlds.leads import LEASE, HandClock, capture, captured, lease_task, settle

WAIT = timedelta(minutes=10)
KEY = key_of_text("a made-up key for tests")


def score(lead: RefinedLead) -> LeadScore | None:
    """Leads of companies whose name says so are hot."""
    if lead.contact.company == "Nobody knows":
        return None
    if lead.contact.company == "Broken":
        raise RuntimeError("the scorer is broken")
    hot = (lead.contact.company or "").startswith("Hot")
    reasons = (ScoreReason("company", lead.contact.company or "none", 90.0),)
    return LeadScore(90 if hot else 10, "points", hot=hot, reasons=reasons)


@dataclass
class LookWorld:
    """One store with its clock."""

    store: Store
    clock: HandClock
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sources: dict[str, Source] = {"generic": Generic()}
        self.front = CaptureKit(sources, WAIT, first_look=True)
        kit = {"chance": lambda: 0.5, "scorer": score, **self.settings}
        self.kit = Kit(
            store=self.store, sources=sources, channels={}, clock=self.clock, **kit
        )  # fmt: skip

    def post(self, company: str, **fields: Any) -> str:
        name = company.split()[0].lower()
        person = {"name": name, "email": f"{name}@example.com", "company": company, **fields}
        headers = {"content-type": "application/json"}
        body = msgspec.json.encode(person)
        told = capture(Delivery("generic", body, self.clock.now, headers), self.front, self.store)
        lead_id: str = msgspec.json.decode(told.body)["lead_id"]
        return lead_id

    def look(self) -> int:
        done = 0
        while looked := look_due(self.kit):
            done += looked
        return done

    def is_refined(self, lead_id: str) -> bool:
        while refine_due(self.kit):
            pass
        return lead_id in self.store.documents([lead_id])


@pytest.fixture
def world(store: Store, clock: HandClock) -> LookWorld:
    return LookWorld(store, clock)


def test_the_wait_of_a_hot_lead_ends_at_the_first_look_and_all_others_wait_it_out(
    world: LookWorld,
) -> None:
    hot, usual, unknown = map(world.post, ("Hot Ltd", "Usual Ltd", "Nobody knows"))
    world.clock.advance(seconds=2)
    assert world.look() == 3
    assert world.is_refined(hot)
    assert not world.is_refined(usual)
    assert not world.is_refined(unknown)
    world.clock.advance(minutes=10)
    assert world.is_refined(usual)
    assert world.is_refined(unknown)
    assert world.look() == 0
    assert world.store.next_due(Step.FIRST_LOOK) is None


def test_without_the_setting_no_lead_is_looked_at(world: LookWorld) -> None:
    world.front = msgspec.structs.replace(world.front, first_look=False)
    hot = world.post("Hot Ltd")
    assert world.look() == 0
    assert not world.is_refined(hot)


def test_a_look_without_a_scorer_leaves_everything_as_it_is(world: LookWorld) -> None:
    hot = world.post("Hot Ltd")
    world.kit = msgspec.structs.replace(world.kit, scorer=None)
    assert world.look() == 1
    assert not world.is_refined(hot)
    assert world.store.next_due(Step.FIRST_LOOK) is None


def test_a_scorer_that_fails_leaves_its_lead_waiting_and_looks_at_the_others(
    world: LookWorld,
) -> None:
    broken, hot = map(world.post, ("Broken", "Hot Ltd"))
    assert world.look() == 2
    assert world.is_refined(hot)
    assert not world.is_refined(broken)
    assert world.store.next_due(Step.FIRST_LOOK) is None


def test_a_lead_on_hold_or_with_another_wait_stays_so_however_hot_it_is(world: LookWorld) -> None:
    held, longer = map(world.post, ("Hot Held", "Hot Longer"))
    change_wait(world.store, held, ON_HOLD_UNTIL, "held test", world.clock.now)
    change_wait(
        world.store, longer, world.clock.now + timedelta(hours=1), "set test", world.clock.now
    )
    assert world.look() == 2
    world.clock.advance(minutes=59)
    assert not world.is_refined(held)
    assert not world.is_refined(longer)


@pytest.mark.parametrize(
    "spam",
    [
        {"name": "Test Test", "email": "test@test.com"},
        {"is_test": True},
    ],
    ids=["dummy", "flagged"],
)
def test_leads_that_will_be_quarantined_wait_however_hot_they_are(
    world: LookWorld, spam: dict[str, Any]
) -> None:
    lead_id = world.post("Hot Ltd", **spam)
    world.look()
    assert not world.is_refined(lead_id)
    world.clock.advance(minutes=10)
    assert world.is_refined(lead_id)
    assert world.store.refined([lead_id])[lead_id].status == "quarantined"


@pytest.mark.parametrize("policy", [MARK, QUARANTINE])
def test_leads_on_the_suppression_list_wait_however_hot_they_are(
    store: Store, clock: HandClock, policy: str
) -> None:
    world = LookWorld(store, clock, {"privacy_key": lambda: KEY, "suppressed": policy})
    name = suppression_name(SuppressedBy.EMAIL, "hot@example.com")
    suppress(world.kit, [name], "asked", "command:tests")
    listed, other = world.post("Hot Ltd"), world.post("Hot Ltd", email="other@example.com")
    world.look()
    assert world.is_refined(other)
    assert not world.is_refined(listed)


def test_an_erased_lead_is_not_looked_at(world: LookWorld) -> None:
    hot = world.post("Hot Ltd")
    (waiting,) = world.store.waiting([hot]).values()
    blanked = {hot: msgspec.structs.replace(waiting, raw=ERASED_WORDS)}
    store = Blanked(world.store, blanked)
    world.kit = msgspec.structs.replace(world.kit, store=store)
    assert look_due(world.kit) == 1
    assert not world.is_refined(hot)


class Blanked:
    """A store of which some leads read as if they were erased."""

    def __init__(self, store: Store, blanked: dict[str, Waiting]) -> None:
        self._store, self._blanked = store, blanked

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        return {**self._store.waiting(lead_ids), **self._blanked}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_look_whose_worker_dies_is_done_without_its_lead(world: LookWorld) -> None:
    hot = world.post("Hot Ltd")
    assert world.store.lease(Step.FIRST_LOOK, 1, LEASE)
    world.clock.advance(seconds=61)
    assert world.look() == 1
    assert not world.is_refined(hot)
    assert world.store.next_due(Step.FIRST_LOOK) is None


def test_a_worker_that_dies_after_the_wait_was_ended_leaves_one_end(world: LookWorld) -> None:
    hot = world.post("Hot Ltd")
    assert world.store.lease(Step.FIRST_LOOK, 1, LEASE)
    assert world.store.end_waits([HotLead(hot, "score 90")]) == [WAIT]
    assert world.store.end_waits([HotLead(hot, "score 90")]) == [None]
    world.clock.advance(seconds=61)
    world.look()
    assert world.is_refined(hot)
    assert world.store.next_due(Step.REFINE) is None
    assert world.store.end_waits([HotLead(hot, "score 90")]) == [None]
    assert not world.store.lease(Step.REFINE, 9, LEASE)


def test_a_wait_of_a_leased_a_refined_or_an_unknown_lead_is_not_ended(
    store: Store, clock: HandClock
) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    lease = lease_task(store, Step.REFINE)
    other = captured(clock, "nobody")
    some = [HotLead(lead.id, "hot"), HotLead(other.id, "hot")]
    assert store.end_waits(some) == [None, None]
    assert settle(store, lease, Done())
    assert store.end_waits(some) == [None, None]
    assert store.next_due(Step.REFINE) is None


def test_a_redelivered_lead_is_not_looked_at_again(store: Store, clock: HandClock) -> None:
    lead = msgspec.structs.replace(captured(clock), look_at=True)
    store.accept([lead])
    assert settle(store, lease_task(store, Step.FIRST_LOOK), Done())
    store.accept([lead, lead])
    assert store.next_due(Step.FIRST_LOOK) is None


def test_an_update_after_a_look_is_folded_into_the_lead_and_the_wait_is_not_late(
    store: Store, clock: HandClock
) -> None:
    lead = msgspec.structs.replace(captured(clock, record="7"), look_at=True)
    store.accept([lead])
    clock.advance(seconds=3)
    assert store.end_waits([HotLead(lead.id, "score 90")]) == [WAIT - timedelta(seconds=3)]
    update = captured(clock, key="news", record="7", raw=b'{"email":"a@example.com"}')
    receipts = store.accept([msgspec.structs.replace(update, kind="updated")])
    assert [one.lead_id for one in receipts] == [lead.id]
    assert store.waiting([lead.id])[lead.id].updates == (update.raw,)
    (lease,) = store.lease(Step.REFINE, 9, LEASE)
    assert lease.due_at == clock.now
    assert Task(Step.REFINE, lead.id) == lease.task


def test_the_timeline_says_why_a_wait_ended(world: LookWorld) -> None:
    hot = world.post("Hot Ltd")
    world.clock.advance(seconds=1)
    world.look()
    notes = notes_of(world.store, hot)
    assert [line for line in notes if WAIT_ENDED in line] == [
        f"{WAIT_ENDED} 599 s early: score 90 by company"
    ]


def notes_of(store: Any, lead_id: str) -> list[str]:
    """The lines of a lead's timeline that the store keeps as notes."""
    if hasattr(store, "notes"):
        return [note for one, note in store.notes if one == lead_id]
    if hasattr(store, "table"):
        return [f"{line.what} {line.detail}".rstrip() for line in store._lead(lead_id).timeline]
    rows = store.db.rows("SELECT what, detail FROM history ORDER BY n")
    return [f"{what} {detail}".rstrip() for what, detail in rows]
