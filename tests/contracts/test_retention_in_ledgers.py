"""What retention deletes stays accounted for and counted, and is shown as deleted."""

from datetime import timedelta

from leadline.model.lead import Status
from leadline.model.personal_data.privacy import DataHold
from leadline.model.personal_data.retiring import (
    RETIRED,
    RETIRED_PROBLEM,
    RETIRED_WORDS,
    DataKind,
    note_on,
)
from leadline.model.task import Done, Step, Task
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.store import Among
from tests.worlds.ledger import LedgerWorld, fill

EVERYTHING = Among(frozenset(), others=True)
ORDER = (DataKind.RAW, DataKind.REFINED, DataKind.TIMELINE, DataKind.DEAD)


def retire_all(world: LedgerWorld) -> dict[DataKind, list[str]]:
    """Delete all that is a year old, as a year later; the names of the leads by kind."""
    world.clock.advance(days=400)
    before = world.clock.now - timedelta(days=365)
    done = {}
    for kind in ORDER:
        page = world.store.too_old(kind, before, EVERYTHING)
        ids = world.store.retire(kind, before, [one.lead_id for one in page.leads])
        done[kind] = sorted(world.names(list(ids)))
    return done


def test_every_event_is_accounted_for_after_retention(world: LedgerWorld) -> None:
    fill(world)
    before, tallies = world.ledger.account(deep=True), world.ledger.tallies()
    done = retire_all(world)
    assert done[DataKind.REFINED] == ["spam", "told", "untold"]
    assert done[DataKind.DEAD] == ["dead", "untellable"]
    after = world.ledger.account(deep=True)
    assert before.balanced
    assert after.unaccounted == ()
    assert after.balanced
    assert (before.dead, before.retired) == (1, 0)
    assert (after.dead, after.retired) == (0, 1)
    assert (before.alert_dead, after.alert_dead, after.untold) == (1, 0, before.untold + 1)
    assert (after.alerted, after.waiting) == (before.alerted, before.waiting)
    assert (after.redelivered, after.accepted) == (before.redelivered, before.accepted)
    same_day = [one for one in world.ledger.tallies() if one.what not in ("captured", "filtered")]
    assert same_day == [one for one in tallies if one.what not in ("captured", "filtered")]


def test_a_dead_letter_that_was_deleted_is_listed_no_more(world: LedgerWorld) -> None:
    fill(world)
    assert len(world.ledger.dead()) == 2
    retire_all(world)
    assert world.ledger.dead() == []
    assert world.ledger.ids(LeadFilter(dead=True)) == []
    row = world.story("dead").row
    assert (row.status, row.why) == (Status.FILTERED, RETIRED)


def test_a_story_says_what_was_deleted_and_when(world: LedgerWorld) -> None:
    fill(world)
    done = retire_all(world)
    assert "told" in done[DataKind.RAW]
    story = world.story("told")
    assert bytes(story.raw) == RETIRED_WORDS
    told = {one.what: one.at for one in story.timeline}
    for kind in (DataKind.RAW, DataKind.REFINED, DataKind.TIMELINE):
        if "told" in done[kind]:
            assert told[note_on(kind)] == world.clock.now
    assert RETIRED_PROBLEM.encode() in bytes(story.refined or b"")
    assert (story.row.name, story.row.email) == (None, None)
    assert story.row.status is Status.ALERTED
    assert world.ledger.find(LeadFilter(search="told")) == []


def test_a_story_has_the_legal_hold_of_the_lead(world: LedgerWorld) -> None:
    fill(world)
    assert world.story("told").hold is None
    hold = DataHold(world.ids["told"], "dispute 17", "command:ops", world.clock.now)
    assert world.store.hold_data(hold)
    assert world.story("told").hold == hold
    assert "told" not in retire_all(world)[DataKind.RAW]


def test_a_lead_that_was_left_alone_ends_its_refinement(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    world.refine(lead, name="Ada Vance")
    world.store.retire(DataKind.RAW, world.clock.now + timedelta(days=1), [lead.id])
    world.store.put([Task(Step.REFINE, lead.id)], world.clock.now)
    world.settle(world.lease(Step.REFINE), Done(note="refine.left"))
    assert world.ledger.account(deep=True).balanced
    assert world.story("ada").row.name == "Ada Vance"
