"""What every work list promises: who handles a lead, and that nobody undoes what another did."""

from datetime import timedelta

import msgspec
import pytest

from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Done, Later, Step, Task
from leadline.ports.store import Store
from tests.worlds.leads import HandClock, captured, lease_task, refined, refined_in, settle

ADA = Person(id="crm-1", name="Ada Vance", email="Ada.Vance@Example.com", slack="U01ADA")
BOB = Person(id="crm-2", name="Bob Moss", email="bob@example.com", slack="U02BOB")


def handle(store: Store, lead_id: str, before: Handling, after: Handling) -> Handling:
    """The lead handled otherwise, as it is kept."""
    assert store.handle(lead_id, before, after)
    return store.handling([lead_id])[lead_id]


def test_a_lead_that_nobody_did_anything_with_has_no_handling(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock)
    assert store.handling([lead.id]) == {}


def test_what_people_made_of_a_lead_is_kept_whole(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    at = clock.now + timedelta(microseconds=1)
    after = Handling(
        owner=ADA, ownership=Ownership.ASSIGNED, claimed_by=BOB, claimed_at=at,
        snoozed_until=at, touched_at=at, ending=Ending.LOST, ended_at=at, ended_by=ADA, level=2,
        written={"Score": 12.5, "Tags": ["a", {"b": None}], "Näme": "Ünal", "Hot": True},
        crm_modified=at, reply_url="https://hooks.example.com/1", reply_until=at,
    )  # fmt: skip
    handling = handle(store, lead.id, UNHANDLED, after)
    assert handling == msgspec.structs.replace(after, rev=1)


def test_each_change_counts_and_replaces_the_one_before(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    first = handle(store, lead.id, UNHANDLED, Handling(owner=ADA, level=1))
    second = handle(store, lead.id, first, Handling(claimed_by=BOB, rev=77))
    assert second == Handling(claimed_by=BOB, rev=2)


def test_who_has_not_seen_the_last_change_changes_nothing(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    handling = handle(store, lead.id, UNHANDLED, Handling(claimed_by=ADA))
    tell = (Later(Task(Step.UPDATE, lead.id, "slack")),)
    assert not store.handle(lead.id, UNHANDLED, Handling(claimed_by=BOB), tell)
    ahead = msgspec.structs.replace(handling, rev=2)
    assert not store.handle(lead.id, ahead, Handling(claimed_by=BOB), tell)
    assert store.handling([lead.id]) == {lead.id: handling}
    assert store.count_due(Step.UPDATE, "slack") == 0
    assert list(store.work_list("U02BOB")) == []


def test_of_many_who_press_at_once_the_first_has_it(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    people = [Person(slack=f"U{n}") for n in range(12)]
    won = [store.handle(lead.id, UNHANDLED, Handling(claimed_by=p)) for p in people]
    assert won == [True, *[False] * 11]
    assert store.handling([lead.id])[lead.id].claimed_by == people[0]


def test_a_lead_that_is_not_refined_is_handled_by_nobody(store: Store, clock: HandClock) -> None:
    waiting = captured(clock, "waiting")
    store.accept([waiting])
    stranger = captured(clock, "stranger").id
    for lead_id in (waiting.id, stranger):
        tell = (Later(Task(Step.UPDATE, lead_id, "slack")),)
        assert not store.handle(lead_id, UNHANDLED, Handling(owner=ADA), tell)
    assert store.handling([waiting.id, stranger]) == {}
    assert list(store.work_list("U01ADA")) == []
    assert store.next_due(Step.UPDATE, "slack") is None


def test_tasks_are_put_with_the_change(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    then = (
        Later(Task(Step.UPDATE, lead.id, "slack")),
        Later(Task(Step.WRITE_BACK, lead.id, "close")),
        Later(Task(Step.CLOCK, lead.id), timedelta(minutes=15)),
    )
    assert store.handle(lead.id, UNHANDLED, Handling(owner=ADA), then, note="owner.found")
    assert lease_task(store, Step.UPDATE, "slack").task == then[0].task
    assert lease_task(store, Step.WRITE_BACK, "close").task == then[1].task
    assert store.next_due(Step.CLOCK) == clock.now + timedelta(minutes=15)
    assert store.count_due(Step.CLOCK) == 0


def test_a_change_takes_an_old_message_from_the_worker_that_writes_it(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock)
    tell = (Later(Task(Step.UPDATE, lead.id, "slack")),)
    first = Handling(owner=ADA)
    assert store.handle(lead.id, UNHANDLED, first, tell)
    stale = lease_task(store, Step.UPDATE, "slack")
    assert store.handle(lead.id, msgspec.structs.replace(first, rev=1), Handling(owner=BOB), tell)
    assert not settle(store, stale, Done())
    assert settle(store, lease_task(store, Step.UPDATE, "slack"), Done())
    assert store.next_due(Step.UPDATE, "slack") is None


def test_a_desk_is_found_by_every_name_of_a_person(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    handle(store, lead.id, UNHANDLED, Handling(owner=ADA))
    for name in ("U01ADA", "ada.vance@example.com", "crm-1"):
        assert list(store.work_list(name)) == [lead.id]
    for name in ("U02BOB", "Ada Vance", "", "ada"):
        assert list(store.work_list(name)) == []


def test_a_desk_shows_the_newest_leads_first_and_no_more_than_asked(
    store: Store, clock: HandClock
) -> None:
    ids = []
    for n in range(5):
        ids.append(refined_in(store, clock, f"lead{n}").id)
        clock.advance(minutes=1)
    for lead_id in (ids[3], ids[0], ids[4], ids[2]):
        handle(store, lead_id, UNHANDLED, Handling(owner=ADA))
    handle(store, ids[1], UNHANDLED, Handling(owner=BOB))
    assert list(store.work_list("U01ADA")) == [ids[4], ids[3], ids[2], ids[0]]
    assert list(store.work_list("U01ADA", limit=2)) == [ids[4], ids[3]]


def test_a_claimed_lead_is_on_the_desk_of_who_claimed_it(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    owned = handle(store, lead.id, UNHANDLED, Handling(owner=ADA))
    claimed = handle(store, lead.id, owned, msgspec.structs.replace(owned, claimed_by=BOB))
    assert list(store.work_list("U01ADA")) == []
    assert list(store.work_list("crm-2")) == [lead.id]
    handle(store, lead.id, claimed, msgspec.structs.replace(claimed, claimed_by=None))
    assert list(store.work_list("U01ADA")) == [lead.id]
    assert list(store.work_list("crm-2")) == []


@pytest.mark.parametrize("ending", [e for e in Ending if e])
def test_a_lead_that_has_ended_is_on_nobodys_desk(
    store: Store, clock: HandClock, ending: Ending
) -> None:
    lead = refined_in(store, clock)
    owned = handle(store, lead.id, UNHANDLED, Handling(owner=ADA))
    ended = handle(store, lead.id, owned, msgspec.structs.replace(owned, ending=ending))
    assert list(store.work_list("U01ADA")) == []
    handle(store, lead.id, ended, owned)
    assert list(store.work_list("U01ADA")) == [lead.id]


def test_refinement_keeps_the_first_handling_of_a_lead(store: Store, clock: HandClock) -> None:
    handling = Handling(owner=ADA, ownership=Ownership.ASSIGNED)
    lead = refined_in(store, clock, handling=handling)
    assert store.handling([lead.id]) == {lead.id: msgspec.structs.replace(handling, rev=1)}
    assert list(store.work_list("ada.vance@example.com")) == [lead.id]
    handle(store, lead.id, Handling(rev=1), Handling(owner=BOB))
    assert list(store.work_list("ada.vance@example.com")) == []


def test_a_lead_refined_anew_stays_with_whoever_handles_it(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    handling = handle(store, lead.id, UNHANDLED, Handling(claimed_by=BOB))
    store.put([Task(Step.REFINE, lead.id)], clock.now)
    again = Done(refined=refined(lead, clock), handling=Handling(owner=ADA))
    assert settle(store, lease_task(store, Step.REFINE), again)
    assert store.handling([lead.id]) == {lead.id: handling}
    assert list(store.work_list("U01ADA")) == []
    assert list(store.work_list("U02BOB")) == [lead.id]


def test_many_leads_refined_together_each_have_their_handling(
    store: Store, clock: HandClock
) -> None:
    leads = [captured(clock, f"lead{n}", delay=timedelta()) for n in range(70)]
    store.accept(leads)
    ids = [lead.id for lead in leads]
    for lease in store.lease(Step.REFINE, 70, timedelta(minutes=1)):
        n = ids.index(lease.task.lead_id)
        owned = Handling(owner=Person(slack=f"U{n % 3}")) if n % 2 else None
        assert settle(store, lease, Done(refined=refined(leads[n], clock), handling=owned))
    handlings = store.handling(ids)
    assert {ids.index(i): h.owner.slack for i, h in handlings.items() if h.owner} == {
        n: f"U{n % 3}" for n in range(70) if n % 2
    }
    assert {*store.work_list("U1")} == {ids[n] for n in range(70) if n % 2 and n % 3 == 1}
