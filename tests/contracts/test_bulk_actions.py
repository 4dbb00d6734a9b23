"""One action on many leads: what is said beforehand, what is skipped, and taking it back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.entrypoints.dashboard.bulk.doing import BulkDone, do_all, undo_all
from leadline.entrypoints.dashboard.bulk.looking import (
    CHANGED,
    ERASED_LEAD,
    HELD,
    UNKNOWN,
    LeadLook,
    look_at,
)
from leadline.entrypoints.dashboard.bulk.wanted import BulkAction, BulkParts, BulkWanted
from leadline.journey.responding.claiming import CLAIM, ActionRules, Press, press
from leadline.kit import Kit
from leadline.model.errors import StorageFailed
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import CapturedLead
from leadline.model.personal_data.privacy import DataHold
from leadline.model.staff.people import Person
from leadline.model.task import ON_HOLD_UNTIL, Drop, Step
from leadline.operations.repair.replay import Start
from leadline.settings.team.people import MemberConfig
from leadline.team.people import Team
from tests.worlds.channels import ScriptedMessenger, slack_channel
from tests.worlds.leads import captured, refined_in
from tests.worlds.ledger import LedgerWorld

PEOPLE = {
    "ada": MemberConfig(email="ada@example.com"),
    "bob": MemberConfig(email="bob@example.com"),
}
ADA, BOB = Person(name="ada", email="ada@example.com"), Person(name="bob", email="bob@example.com")
NOBODY = "0198b2f0-0000-7000-8000-000000000000"


class BulkDesk:
    """Somebody who acts on many leads of a store."""

    def __init__(self, world: LedgerWorld) -> None:
        self.world = world
        self.noted: list[str] = []
        kit = Kit(
            world.store, {}, {"slack": slack_channel(ScriptedMessenger())}, world.clock,
            chance=lambda: 0.5, team=Team(PEOPLE),
        )  # fmt: skip
        self.parts = BulkParts(
            kit=kit, ledger=world.ledger, person=ADA, by="ada", rules=ActionRules(),
            delay_of=lambda source: timedelta(minutes=10), read=lambda kept: (),
        )  # fmt: skip

    def refined(self, name: str, **done: Any) -> str:
        self.world.clock.advance(seconds=1)
        return refined_in(self.world.store, self.world.clock, name, **done).id

    def waiting(self, name: str) -> CapturedLead:
        self.world.clock.advance(seconds=1)
        lead = captured(self.world.clock, name)
        self.world.store.accept([lead])
        return lead

    def dead(self, name: str) -> str:
        self.world.clock.advance(seconds=1)
        lead = captured(self.world.clock, name, delay=timedelta())
        self.world.store.accept([lead])
        self.world.settle(self.world.lease(Step.REFINE), Drop("contact.blank", "nobody"))
        return lead.id

    def look(self, wanted: BulkWanted, ids: Sequence[str]) -> list[LeadLook]:
        return list(look_at(self.parts, wanted, ids))

    def do(self, wanted: BulkWanted, seen: Sequence[LeadLook]) -> list[BulkDone]:
        slices = do_all(self.parts, wanted, seen, self.noted.extend, lambda plan: None)
        return [one for some in slices for one in some]

    def undo(self, done: Sequence[BulkDone]) -> list[str]:
        had = [one.had for one in done if one.had is not None]
        slices = undo_all(self.parts, had, self.noted.extend)
        return [one.why_not for some in slices for one in some]

    def handling(self, lead_id: str) -> Handling:
        return self.world.store.handling([lead_id]).get(lead_id, UNHANDLED)

    def due(self, lead_id: str) -> object:
        return self.world.ledger.waits([lead_id], 0)[lead_id].due_at

    def claims(self, lead_id: str, who: Person) -> None:
        request = Press(action=CLAIM, lead_id=lead_id, user=who)
        assert press(self.world.store, Team(PEOPLE), request, self.world.clock.now).changed


@pytest.fixture
def desk(world: LedgerWorld) -> BulkDesk:
    return BulkDesk(world)


def whys(found: Sequence[LeadLook | BulkDone]) -> dict[str, str]:
    return {one.lead_id: one.why_not for one in found}


CLAIMING = BulkWanted(BulkAction.CLAIM)
JUNKING = BulkWanted(BulkAction.JUNK)
TO_BOB = BulkWanted(BulkAction.ASSIGN, to="bob")
HOLDING = BulkWanted(BulkAction.HOLD)


def test_a_look_says_why_each_lead_would_be_skipped_and_changes_nothing(desk: BulkDesk) -> None:
    free, taken, junk = (desk.refined(name) for name in ("free", "taken", "junk"))
    spam = desk.refined("spam", handling=Handling(gone="deleted"))
    waiting, dead = desk.waiting("waiting").id, desk.dead("dead")
    desk.claims(taken, BOB)
    desk.do(JUNKING, desk.look(JUNKING, [junk]))
    ids = [free, taken, junk, spam, waiting, dead, NOBODY]
    before = {one: desk.handling(one) for one in ids}
    assert whys(desk.look(CLAIMING, ids)) == {
        free: "",
        taken: "it is claimed already",
        junk: "it is junk",
        spam: "it has ended (deleted)",
        waiting: "it is not refined yet",
        dead: "it is a dead letter",
        NOBODY: UNKNOWN,
    }
    assert {one: desk.handling(one) for one in ids} == before


def test_leads_are_claimed_assigned_and_junked_and_get_back_what_they_had(desk: BulkDesk) -> None:
    for wanted in (CLAIMING, TO_BOB, JUNKING):
        lead = desk.refined(str(wanted.action), handling=Handling(owner=ADA))
        before = desk.handling(lead)
        done = desk.do(wanted, desk.look(wanted, [lead]))
        assert whys(done) == {lead: ""}
        after = desk.handling(lead)
        assert after.rev > before.rev
        if wanted is TO_BOB:
            assert after.owner == BOB
        assert desk.undo(done) == [""]
        back = desk.handling(lead)
        assert msgspec.structs.replace(back, rev=0, ownership=before.ownership) == (
            msgspec.structs.replace(before, rev=0)
        )
        assert "undone" in _notes(desk, lead) or _notes(desk, lead).count("assigned") == 2
        assert desk.noted[-2:] == [lead, lead]


def _notes(desk: BulkDesk, lead_id: str) -> list[str]:
    story = desk.world.ledger.story(lead_id)
    assert story is not None
    return [one.what for one in story.timeline]


def test_what_nobody_had_is_nobodys_again(desk: BulkDesk) -> None:
    lead = desk.refined("ada")
    done = desk.do(TO_BOB, desk.look(TO_BOB, [lead]))
    assert desk.handling(lead).owner == BOB
    assert desk.undo(done) == [""]
    assert desk.handling(lead).holder is None
    assert "undone" in _notes(desk, lead)


def test_a_lead_that_others_changed_since_the_look_is_left(desk: BulkDesk) -> None:
    first, second = desk.refined("first"), desk.refined("second")
    seen = desk.look(JUNKING, [first, second])
    desk.claims(first, BOB)
    assert whys(desk.do(JUNKING, seen)) == {first: CHANGED, second: ""}
    assert desk.handling(first).ending is Ending.OPEN
    assert desk.noted == [second]


def test_of_two_who_act_on_a_lead_at_once_one_changes_it(
    desk: BulkDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = desk.refined("ada")
    handle = desk.world.store.handle
    faster = iter([BOB])

    def slower(*args: Any, **more: Any) -> bool:
        if (who := next(faster, None)) is not None:
            desk.claims(lead, who)
        return handle(*args, **more)

    seen = desk.look(TO_BOB, [lead])
    monkeypatch.setattr(desk.world.store, "handle", slower)
    assert whys(desk.do(TO_BOB, seen)) == {lead: CHANGED}
    assert desk.handling(lead).claimed_by == BOB


def test_what_somebody_changed_since_is_not_undone(desk: BulkDesk) -> None:
    lead = desk.refined("ada")
    done = desk.do(TO_BOB, desk.look(TO_BOB, [lead]))
    desk.claims(lead, BOB)
    assert desk.undo(done) == [CHANGED]
    assert desk.handling(lead).claimed_by == BOB


def test_leads_are_held_sent_at_once_and_released(desk: BulkDesk) -> None:
    lead = desk.waiting("wanda")
    was = desk.due(lead.id)
    held = desk.do(HOLDING, desk.look(HOLDING, [lead.id]))
    assert desk.due(lead.id) == ON_HOLD_UNTIL
    assert whys(desk.look(HOLDING, [lead.id])) == {lead.id: "it is on hold already"}
    assert desk.undo(held) == [""]
    assert desk.due(lead.id) == was
    releasing, now = BulkWanted(BulkAction.RELEASE), BulkWanted(BulkAction.NOW)
    assert whys(desk.look(releasing, [lead.id])) == {lead.id: "it is not on hold"}
    desk.do(HOLDING, desk.look(HOLDING, [lead.id]))
    assert whys(desk.do(releasing, desk.look(releasing, [lead.id]))) == {lead.id: ""}
    assert desk.due(lead.id) == was
    seen = desk.look(now, [lead.id])
    assert whys(desk.do(now, seen)) == {lead.id: ""}
    assert desk.due(lead.id) == desk.world.clock.now
    assert whys(desk.do(HOLDING, seen)) == {lead.id: CHANGED}
    assert desk.undo(held) == [CHANGED]


def test_dead_letters_are_retried_and_leads_done_again(desk: BulkDesk) -> None:
    dead, fine = desk.dead("dead"), desk.refined("fine")
    retrying = BulkWanted(BulkAction.RETRY)
    seen = desk.look(retrying, [dead, fine])
    assert whys(seen) == {dead: "", fine: "it has no dead letter"}
    assert whys(desk.do(retrying, seen)) == {dead: "", fine: "it has no dead letter"}
    assert not desk.world.ledger.dead()
    telling = BulkWanted(BulkAction.REPLAY, start=Start.NOTIFY)
    seen = desk.look(telling, [dead, fine])
    assert whys(seen) == {dead: "it is not refined yet", fine: ""}
    desk.do(telling, seen)
    assert desk.world.store.count_due(Step.NOTIFY, "slack") == 1


@pytest.mark.parametrize("action", list(BulkAction))
def test_no_action_touches_a_lead_under_a_legal_hold_or_of_an_erased_person(
    desk: BulkDesk, action: BulkAction
) -> None:
    held, gone, early = desk.refined("held"), desk.refined("gone"), desk.waiting("early").id
    desk.world.store.hold_data(DataHold(held, "dispute 17", "command:ops", desk.world.clock.now))
    for one in (gone, early):
        desk.world.store.erase(one)
    wanted = BulkWanted(action, to="bob")
    seen = desk.look(wanted, [held, gone, early])
    assert whys(seen) == {held: HELD, gone: ERASED_LEAD, early: ERASED_LEAD}
    assert whys(desk.do(wanted, seen)) == whys(seen)
    assert desk.noted == []


def test_a_lead_that_is_erased_after_the_look_is_left(desk: BulkDesk) -> None:
    lead = desk.refined("ada")
    seen = desk.look(CLAIMING, [lead])
    desk.world.store.erase(lead)
    assert whys(desk.do(CLAIMING, seen)) == {lead: ERASED_LEAD}


@pytest.mark.parametrize("wanted", [CLAIMING, TO_BOB, JUNKING, HOLDING])
def test_nothing_is_given_back_to_a_lead_that_was_held_for_law_or_erased_since(
    desk: BulkDesk, wanted: BulkWanted
) -> None:
    is_wait = wanted is HOLDING
    held, gone, free = (
        desk.waiting(name).id if is_wait else desk.refined(name) for name in ("held", "gone", "c")
    )
    done = desk.do(wanted, desk.look(wanted, [held, gone, free]))
    desk.world.store.hold_data(DataHold(held, "dispute 17", "command:ops", desk.world.clock.now))
    desk.world.store.erase(gone)
    desk.noted.clear()
    assert desk.undo(done) == [HELD, ERASED_LEAD, ""]
    assert desk.noted == [free]


@pytest.mark.parametrize("wanted", [CLAIMING, HOLDING])
def test_what_was_done_before_it_breaks_off_is_told_and_can_be_undone(
    desk: BulkDesk, monkeypatch: pytest.MonkeyPatch, wanted: BulkWanted
) -> None:
    from leadline.entrypoints.dashboard.bulk import doing

    is_wait = wanted is HOLDING
    ids = [desk.waiting(one).id if is_wait else desk.refined(one) for one in ("a", "b", "c")]
    name = "change_wait" if is_wait else "handle_one"
    change = getattr(doing, name)
    calls: list[object] = []

    def failing(*args: object) -> object:
        calls.append(args)
        if len(calls) % 2 == 0:
            raise StorageFailed
        return change(*args)

    monkeypatch.setattr(doing, name, failing)
    slices = do_all(desk.parts, wanted, desk.look(wanted, ids), desk.noted.extend, print)
    done = next(slices)
    with pytest.raises(StorageFailed):
        next(slices)
    assert [one.lead_id for one in done] == ids[:1]
    assert desk.undo(done) == [""]


def test_many_are_worked_through_some_at_a_time(
    desk: BulkDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.entrypoints.dashboard.bulk import doing, looking

    monkeypatch.setattr(doing, "AT_ONCE", 2)
    monkeypatch.setattr(looking, "AT_ONCE", 2)
    ids = [desk.refined(name) for name in ("a", "b", "c")]
    slices = do_all(desk.parts, CLAIMING, desk.look(CLAIMING, ids), desk.noted.extend, print)
    assert [len(one) for one in slices] == [2, 1]
    assert desk.noted == ids
