"""Leads of which retention has deleted something are not refined from what is left."""

from datetime import timedelta

import msgspec
import pytest

from leadline.journey.receiving.telling_apart import telling_apart
from leadline.journey.refinement.completed import is_completed
from leadline.journey.refinement.left_alone import LEFT_ALONE
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.lead import CapturedLead, Fate, Kind
from leadline.model.personal_data.retiring import RETIRED_PROBLEM, RETIRED_WORDS, DataKind
from leadline.model.task import Step, Task
from leadline.operations.repair import replay
from leadline.settings.top.general import Settings
from leadline.stores.memory import MemoryStore
from leadline.wiring import kit_of, sources
from tests.worlds.leads import HandClock, captured


@pytest.fixture
def kit(clock: HandClock) -> Kit:
    apart = telling_apart(sources(Settings()))
    return kit_of(Settings(), MemoryStore(clock, apart=apart), {}, clock)


def refined(kit: Kit, clock: HandClock) -> CapturedLead:
    lead = captured(clock, "ada", record="r:1", delay=timedelta())
    kit.store.accept([lead])
    refine_due(kit)
    clock.advance(days=100)
    return lead


def test_a_refined_lead_stays_as_it_is_when_it_is_refined_again_without_what_was_sent(
    kit: Kit, clock: HandClock
) -> None:
    lead = refined(kit, clock)
    before = kit.store.refined([lead.id])[lead.id]
    assert kit.store.retire(DataKind.RAW, clock.now, [lead.id])
    kit.store.put([Task(Step.REFINE, lead.id, again=True)], clock.now)
    refine_due(kit)
    assert kit.store.refined([lead.id])[lead.id] == before
    assert before.contact.email == "ada@example.com"
    assert kit.store.next_due(Step.REFINE) is None
    assert (lead.id, LEFT_ALONE) in kit.store.notes  # type: ignore[attr-defined]


def test_a_person_who_was_deleted_does_not_come_back_from_what_was_sent(
    kit: Kit, clock: HandClock
) -> None:
    lead = refined(kit, clock)
    assert kit.store.retire(DataKind.REFINED, clock.now, [lead.id])
    update = captured(clock, "news", kind=Kind.UPDATED, record="r:1",
                      raw=b'{"email":"ada@example.com","phone":"+14155550101"}')  # fmt: skip
    kit.store.accept([update])
    waiting = kit.store.waiting([lead.id])[lead.id]
    assert not is_completed(kit, kit.store.refined([lead.id])[lead.id], waiting, None)
    kit.store.put([Task(Step.REFINE, lead.id)], clock.now)
    refine_due(kit)
    kept = kit.store.refined([lead.id])[lead.id]
    assert kept.contact.email is None
    assert kept.problems == (RETIRED_PROBLEM,)


def test_an_update_that_was_deleted_adds_nothing_to_a_lead(kit: Kit, clock: HandClock) -> None:
    update = captured(clock, "early", kind=Kind.UPDATED, record="r:1",
                      raw=b'{"email":"eve@example.com"}')  # fmt: skip
    kit.store.accept([update])
    clock.advance(days=100)
    assert kit.store.retire(DataKind.RAW, clock.now, [update.id])
    lead = captured(clock, "ada", record="r:1", delay=timedelta())
    kit.store.accept([lead])
    refine_due(kit)
    made = kit.store.refined([lead.id])[lead.id]
    assert made.contact.email == "ada@example.com"
    assert made.custom == {}


def test_a_redelivery_of_what_was_deleted_is_recognised_and_says_nothing_new(
    kit: Kit, clock: HandClock
) -> None:
    lead = refined(kit, clock)
    kit.store.retire(DataKind.RAW, clock.now, [lead.id])
    again = msgspec.structs.replace(captured(clock, "ada"), raw=b'{"email":"other@example.com"}')
    (receipt,) = kit.store.accept([again])
    assert (receipt.fate, receipt.lead_id) == (Fate.REDELIVERED, lead.id)
    assert kit.store.archived([lead.id])[lead.id].raw == RETIRED_WORDS


def test_an_event_that_was_deleted_is_no_lead_for_a_replay(kit: Kit, clock: HandClock) -> None:
    event = captured(clock, "ada", kind=Kind.IGNORED, why="test")
    kit.store.accept([event])
    clock.advance(days=100)
    kit.store.retire(DataKind.RAW, clock.now, [event.id])
    archived = kit.store.archived([event.id])[event.id]
    assert "deleted by retention" in replay._why_no_lead(archived, kit.sources)
