"""Leads whose webhooks never came are found in the CRM, and captured once."""

from datetime import timedelta
from itertools import permutations

import pytest

from leadline.alerts.wording.history import history_of
from leadline.journey.receiving.reconcile import Reconciled, reconcile, reconcile_in_turn
from leadline.model.lead import Fate
from leadline.model.task import Step
from leadline.ports.messenger import Busy, Unreachable
from leadline.ports.store import Store
from tests.standins.writable_crm import WritingOffice
from tests.worlds.leads import HandClock
from tests.worlds.ledger import LedgerWorld

HOUR = timedelta(hours=1)


@pytest.fixture
def office(store: Store, clock: HandClock) -> WritingOffice:
    return WritingOffice(store, clock)


def look(office: WritingOffice, *, dry_run: bool = False, after: str = "") -> Reconciled:
    now = office.clock.now
    return reconcile(
        office.front, office.desk, office.store, "generic", now - HOUR, now,
        dry_run=dry_run, after=after,
    )  # fmt: skip


def test_what_nobody_told_us_of_is_captured_and_goes_its_whole_way(office: WritingOffice) -> None:
    for number in range(5):
        office.desk.has(f"r{number}", owner="u1", email=f"l{number}@example.com")
    office.post(email="l3@example.com", record="r3", event="lead.created")
    office.clock.advance(minutes=5)
    result = look(office)
    assert (result.seen, result.trouble) == (5, "")
    assert [one.record for one in result.found] == ["r0", "r1", "r2", "r4"]
    office.wait(minutes=4, seconds=59)
    assert office.store.count_due(Step.REFINE) == 0
    assert not office.messages(result.found[0].lead_id), "they wait as long as the others did"
    office.wait(seconds=10)
    for one in result.found:
        (message,) = office.messages(one.lead_id)
        assert (message["owner"], message["email"][:1]) == ("Ann Archer", "l")


def test_looking_again_captures_nothing_again(office: WritingOffice) -> None:
    for number in range(3):
        office.desk.has(f"r{number}", owner="u1")
    assert len(look(office).found) == 3
    assert look(office).found == ()
    office.wait(minutes=15)
    assert look(office).found == ()


def test_a_webhook_that_comes_late_makes_no_second_lead(office: WritingOffice) -> None:
    office.desk.has("r1", owner="u1", email="ada@example.com")
    (found,) = look(office).found
    assert office.post(email="ada@example.com", record="r1", event="lead.created") == found.lead_id
    office.wait(minutes=15)
    office.post(email="ada@example.com", record="r1", event="lead.created", again=True)
    office.wait(minutes=15)
    assert len(office.messages(found.lead_id)) == 1


def test_old_leads_do_not_wait(office: WritingOffice) -> None:
    office.desk.has("r1", owner="u1", email="ada@example.com")
    office.clock.advance(minutes=40)
    (found,) = look(office).found
    office.wait(seconds=1)
    assert len(office.messages(found.lead_id)) == 1


def take_in(office: WritingOffice) -> Reconciled:
    now = office.clock.now
    since = now - timedelta(days=900)
    return reconcile(office.front, office.desk, office.store, "generic", since, now, known=True)


def test_people_whom_the_crm_knows_are_taken_in_and_alerted_to_nobody(
    office: WritingOffice,
) -> None:
    office.desk.has("r1", owner="u1", email="ada@example.com", name="Ada Lovelace")
    office.clock.advance(hours=30)
    (found,) = take_in(office).found
    office.wait(minutes=15)
    known = office.refined(found.lead_id)
    assert (known.status, known.contact.email) == ("refined", "ada@example.com")
    office.desk.has("r1", owner="u2")
    office.post(record="r1", event="lead.updated", company="Engines")
    office.wait(minutes=15)
    assert office.messages(found.lead_id) == []
    assert office.desk.writes == []
    assert take_in(office).found == ()


def test_a_new_lead_is_matched_to_whom_the_crm_knows(office: WritingOffice) -> None:
    office.desk.has("r1", owner="u1", email="ada@example.com", name="Ada Lovelace")
    office.clock.advance(hours=30)
    (found,) = take_in(office).found
    office.wait(minutes=15)
    office.desk.has("r2")
    again = office.post(email="ada@example.com", record="r2", event="lead.created")
    office.wait(minutes=15)
    link = office.refined(again).duplicate_of
    assert link is not None
    assert link.lead_id == found.lead_id
    assert len(office.messages(again)) == 1
    history = history_of(office.kit, office.refined(again))
    assert history is not None
    assert history.holder is not None
    assert history.holder.name == "Ann Archer"


def test_a_record_of_today_is_a_lead_and_no_known_person(office: WritingOffice) -> None:
    office.desk.has("r1", owner="u1", email="ada@example.com")
    office.clock.advance(hours=23)
    assert take_in(office).found == ()
    (found,) = reconcile(
        office.front, office.desk, office.store, "generic",
        office.clock.now - 30 * HOUR, office.clock.now,
    ).found  # fmt: skip
    office.wait(minutes=15)
    assert len(office.messages(found.lead_id)) == 1


def test_a_dry_run_captures_nothing(office: WritingOffice) -> None:
    office.desk.has("r1", owner="u1")
    (found,) = look(office, dry_run=True).found
    assert (found.record, found.lead_id) == ("r1", "")
    assert office.store.next_due(Step.REFINE) is None
    assert len(look(office).found) == 1


def test_only_what_was_created_since_is_looked_at(office: WritingOffice) -> None:
    office.desk.has("r1", owner="u1")
    office.clock.advance(minutes=61)
    office.desk.has("r2", owner="u1")
    result = look(office)
    assert [one.record for one in result.found] == ["r2"]


@pytest.mark.parametrize("trouble", [Unreachable("crm.down"), Busy(timedelta(seconds=20))])
def test_a_crm_that_stops_half_way_is_asked_on_from_there(
    office: WritingOffice, trouble: Unreachable | Busy
) -> None:
    for number in range(5):
        office.desk.has(f"r{number}", owner="u1")
    pages = 0
    ask = office.desk.since

    def tired(*arguments: object) -> object:
        nonlocal pages
        pages += 1
        office.desk.trouble = trouble if pages == 2 else None
        return ask(*arguments)  # type: ignore[arg-type]

    office.desk.since = tired  # type: ignore[method-assign, assignment]
    first = look(office)
    assert (len(first.found), first.seen) == (2, 2)
    assert first.trouble.startswith("the CRM")
    assert first.pause == (trouble.after if isinstance(trouble, Busy) else timedelta())
    rest = look(office, after=first.after)
    assert len(rest.found) == 3
    assert pages == 4


def test_a_crm_that_gives_the_same_page_for_ever_is_not_asked_for_ever(
    office: WritingOffice,
) -> None:
    for number in range(3):
        office.desk.has(f"r{number}", owner="u1")
    ask = office.desk.since
    office.desk.since = lambda at, after="": ask(at)  # type: ignore[method-assign]
    assert len(look(office).found) == 2


def test_the_timeline_says_that_no_webhook_told(world: LedgerWorld) -> None:
    office = WritingOffice(world.store, world.clock)
    office.desk.has("r1", owner="u1", email="ada@example.com")
    (found,) = look(office).found
    office.wait(minutes=15)
    story = world.ledger.story(found.lead_id)
    assert story is not None
    assert (story.timeline[0].what, story.timeline[0].detail) == ("captured", "reconciled")
    assert story.record == "r1"
    assert world.ledger.account().balanced


def test_every_order_of_webhook_and_look_makes_one_lead(office: WritingOffice) -> None:
    for number, order in enumerate(permutations(("hook", "look", "again"))):
        record = f"r{number}"
        office.desk.has(record, owner="u1", email=f"l{number}@example.com")
        ids = set()
        for what in order:
            if what == "hook":
                ids.add(office.post(email="x@example.com", record=record, event="lead.created"))
            else:
                ids |= {one.lead_id for one in look(office).found}
        assert len(ids - {""}) == 1
        events = office.store.archived(list(ids - {""}))
        assert [event.fate for event in events.values()] == [Fate.CAPTURED]


def in_turn(office: WritingOffice, every: timedelta = timedelta(minutes=15)) -> timedelta:
    return reconcile_in_turn(office.kit, office.front, "generic", every, HOUR)


def test_one_look_in_each_turn_among_all_workers(office: WritingOffice) -> None:
    office.desk.has("r1", owner="u1")
    assert in_turn(office) == timedelta()
    assert office.store.count_due(Step.REFINE) == 0
    assert office.store.next_due(Step.REFINE) == office.clock.now + timedelta(minutes=10)
    office.clock.advance(minutes=1)
    assert in_turn(office) == timedelta(minutes=14)
    office.clock.advance(minutes=14)
    assert in_turn(office) == timedelta()


def test_a_look_goes_back_to_before_the_crm_stopped_answering(office: WritingOffice) -> None:
    office.desk.trouble = Unreachable("crm.down")
    assert in_turn(office) == timedelta()
    office.clock.advance(minutes=5)
    office.desk.has("r1", owner="u1")
    for _ in range(12):  # three hours, of which the usual look goes back one
        office.clock.advance(minutes=15)
        assert in_turn(office) == timedelta()
    assert office.store.next_due(Step.REFINE) is None
    office.desk.trouble = None
    office.clock.advance(minutes=15)
    assert in_turn(office) == timedelta()
    assert office.store.count_due(Step.REFINE) == 1
    assert office.store.health("reconcile:generic").failures == 0


def test_a_pause_that_the_crm_asks_for_holds_up_the_next_look(office: WritingOffice) -> None:
    office.desk.trouble = Busy(timedelta(minutes=50))
    assert in_turn(office) == timedelta()
    office.clock.advance(minutes=15)
    assert in_turn(office) == timedelta(minutes=35)
