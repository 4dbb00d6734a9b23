"""What every store promises of the documents by which leads are given out, and of turns."""

import json
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest

from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import CapturedLead
from leadline.model.staff.assigning import Documents, Kept, Queued, Rewrite
from leadline.model.staff.people import Person
from leadline.model.task import Done, Later, Lease, Step, Task
from leadline.ports.store import Settlement, Store
from leadline.ports.store_parts.assigning import ABSENCES, account_of, roster_of
from tests.worlds.leads import LEASE, HandClock, captured, lease_task, refined, refined_in, settle
from tests.worlds.turns import (
    PEOPLE,
    ROSTER,
    TEAM,
    counts,
    given_in,
    owner_in,
    queued_in,
    turn_for,
)

ADA = Person(slack="ada", email="ada@example.com")
NAMES = (roster_of("sales of Ünal & Sons"), account_of(bytes(range(16))), ABSENCES)


def kept(store: Store, *names: str) -> Mapping[str, Kept]:
    return store.kept(names)


def keep(store: Store, name: str, body: bytes) -> Kept:
    """The document as it is kept after a change."""
    assert store.keep({name: Rewrite(store.kept([name])[name], body)})
    return store.kept([name])[name]


def due(store: Store, clock: HandClock, *names: str) -> dict[str, tuple[CapturedLead, Lease]]:
    """Leads that wait no more, with the leases of their refinements."""
    leads = [captured(clock, name, delay=timedelta()) for name in names]
    store.accept(leads)
    leases = {one.task.lead_id: one for one in store.lease(Step.REFINE, len(names), LEASE)}
    return {name: (lead, leases[lead.id]) for name, lead in zip(names, leads, strict=True)}


# --- documents --------------------------------------------------------------------------------


def test_a_document_that_nobody_kept_is_empty(store: Store) -> None:
    assert kept(store, *NAMES) == dict.fromkeys(NAMES, Kept())
    assert store.kept([]) == {}


def test_documents_are_kept_whole_and_each_change_counts(store: Store) -> None:
    for number, name in enumerate(NAMES):
        body = json.dumps({"wörds": "Ünal\n\u2028", "number": number}).encode()
        assert keep(store, name, body) == Kept(body, 1)
        assert keep(store, name, b"{}") == Kept(b"{}", 2)
    assert kept(store, *NAMES) == dict.fromkeys(NAMES, Kept(b"{}", 2))


def test_who_has_not_seen_the_last_change_of_one_document_changes_none(store: Store) -> None:
    first = keep(store, "a", b"1")
    for stale in (Kept(), Kept(b"1", 2)):
        changes = {"b": Rewrite(Kept(), b"2"), "a": Rewrite(stale, b"2")}
        assert not store.keep(changes)
        assert kept(store, "a", "b") == {"a": first, "b": Kept()}
    assert store.keep({"b": Rewrite(Kept(), b"2"), "a": Rewrite(first, b"2")})
    assert store.keep({})


# --- with a handling --------------------------------------------------------------------------


def test_documents_change_with_the_handling(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    changes = {ROSTER: Rewrite(Kept(), b"1"), ABSENCES: Rewrite(Kept(), b"2")}
    assert store.handle(lead.id, UNHANDLED, Handling(owner=ADA), changes=changes)
    assert kept(store, ROSTER, ABSENCES) == {ROSTER: Kept(b"1", 1), ABSENCES: Kept(b"2", 1)}
    assert store.handling([lead.id])[lead.id].owner == ADA


def test_a_document_that_has_changed_meanwhile_keeps_a_lead_as_it_is(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock)
    keep(store, ROSTER, b"1")
    changes = {ABSENCES: Rewrite(Kept(), b"2"), ROSTER: Rewrite(Kept(), b"2")}
    then = (Later(Task(Step.UPDATE, lead.id, "slack")),)
    assert not store.handle(
        lead.id, UNHANDLED, Handling(owner=ADA), then, "assigned", changes=changes
    )
    assert kept(store, ROSTER, ABSENCES) == {ROSTER: Kept(b"1", 1), ABSENCES: Kept()}
    assert store.handling([lead.id]) == {}
    assert store.next_due(Step.UPDATE, "slack") is None
    assert list(store.work_list("ada")) == []


def test_a_lead_that_has_changed_meanwhile_keeps_documents_as_they_are(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock)
    waiting = captured(clock, "waiting")
    store.accept([waiting])
    assert store.handle(lead.id, UNHANDLED, Handling(owner=ADA))
    for lead_id in (lead.id, waiting.id):
        changes = {ROSTER: Rewrite(Kept(), b"1")}
        assert not store.handle(lead_id, UNHANDLED, Handling(), changes=changes)
    assert kept(store, ROSTER) == {ROSTER: Kept()}


# --- turns ------------------------------------------------------------------------------------


def test_a_turn_decides_what_is_stored(store: Store, clock: HandClock) -> None:
    lead = given_in(store, clock, "first")
    assert owner_in(store, lead.id) == "ada"
    assert list(store.work_list("ada")) == [lead.id]
    assert store.count_due(Step.NOTIFY, "ada") == 1
    assert store.next_due(Step.REFINE) is None
    assert counts(store) == {"ada": 1}
    assert owner_in(store, given_in(store, clock, "second").id) == "bob"
    assert kept(store, ROSTER)[ROSTER].rev == 2


def test_leads_that_are_settled_together_see_the_turns_before_theirs(
    store: Store, clock: HandClock
) -> None:
    leads = due(store, clock, *(f"lead{n}" for n in range(7)))
    made = [Settlement(lease, turn_for(lead, clock)) for lead, lease in leads.values()]
    assert all(store.settle(made))
    owners = [owner_in(store, lead.id) for lead, _ in leads.values()]
    assert owners == [PEOPLE[n % 3] for n in range(7)]
    assert counts(store) == {"ada": 3, "bob": 2, "cleo": 2}


def test_a_turn_is_handed_the_documents_that_it_reads_and_no_others(
    store: Store, clock: HandClock
) -> None:
    keep(store, "there", b"1")
    keep(store, "unread", b"1")
    ((lead, lease),) = due(store, clock, "ada").values()
    handed: list[Documents] = []
    reads = ("there", ROSTER, ABSENCES)
    assert settle(store, lease, turn_for(lead, clock, reads=reads, called=handed.append))
    assert handed == [{"there": b"1"}]
    assert kept(store, "there", "unread", ABSENCES) == {
        "there": Kept(b"1", 1), "unread": Kept(b"1", 1), ABSENCES: Kept(),
    }  # fmt: skip


def test_who_has_lost_the_lease_takes_no_turn(store: Store, clock: HandClock) -> None:
    ((lead, late),) = due(store, clock, "ada").values()
    clock.now += LEASE
    lease = lease_task(store, Step.REFINE)
    assert not settle(store, late, turn_for(lead, clock))
    assert counts(store) == {}
    assert settle(store, lease, turn_for(lead, clock))
    assert not settle(store, lease, turn_for(lead, clock))
    assert counts(store) == {"ada": 1}


def test_a_lead_that_starts_again_takes_no_turn(store: Store, clock: HandClock) -> None:
    """Another lead has come under one of its keys since it was looked for."""
    leads = due(store, clock, "first", "second")
    keys = {"email": bytes(16)}
    (first, its), (second, late) = leads.values()
    assert settle(store, its, Done(refined=refined(first, clock), match_keys=keys))
    overtaken = turn_for(second, clock)
    assert overtaken.turn is not None
    finish = overtaken.turn.finish

    def with_keys(documents: Documents) -> tuple[Done, Documents]:
        done, changes = finish(documents)
        return msgspec.structs.replace(done, match_keys=keys), changes

    turn = msgspec.structs.replace(overtaken.turn, finish=with_keys)
    done = msgspec.structs.replace(overtaken, match_keys=keys, turn=turn)
    assert not settle(store, late, done)
    assert counts(store) == {}
    assert store.refined([second.id]) == {}
    assert settle(store, lease_task(store, Step.REFINE), turn_for(second, clock))
    assert counts(store) == {"ada": 1}


def test_a_lead_that_somebody_took_meanwhile_takes_no_turn(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    store.put([Task(Step.REFINE, lead.id)], clock.now)
    lease = lease_task(store, Step.REFINE)
    assert store.handle(lead.id, UNHANDLED, Handling(claimed_by=ADA))
    assert not settle(store, lease, turn_for(lead, clock))
    assert counts(store) == {}
    assert store.handling([lead.id])[lead.id].claimed_by == ADA
    assert lease_task(store, Step.REFINE).task.lead_id == lead.id, "it is refined again"


def test_a_turn_that_gives_nobody_a_lead_is_settled_beside_a_handling(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock, handling=Handling(owner=ADA))
    store.put([Task(Step.REFINE, lead.id)], clock.now)
    again = turn_for(lead, clock)
    assert again.turn is not None
    plain = msgspec.structs.replace(again, turn=None)
    turn = msgspec.structs.replace(again.turn, finish=lambda _documents: (plain, {}))
    done = msgspec.structs.replace(again, turn=turn)
    assert settle(store, lease_task(store, Step.REFINE), done)
    assert store.next_due(Step.REFINE) is None
    assert kept(store, ROSTER) == {ROSTER: Kept()}


def test_a_turn_may_be_taken_at_any_step(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock)
    store.put([Task(Step.LOOK_UP, lead.id)], clock.now)
    assert settle(store, lease_task(store, Step.LOOK_UP), turn_for(lead, clock))
    assert owner_in(store, lead.id) == "ada"
    assert store.next_due(Step.LOOK_UP) is None
    store.put([Task(Step.LOOK_UP, lead.id)], clock.now)
    assert not settle(store, lease_task(store, Step.LOOK_UP), turn_for(lead, clock))
    assert lease_task(store, Step.LOOK_UP).task.lead_id == lead.id, "it is done again"
    assert counts(store) == {"ada": 1}


def test_a_turn_that_fails_is_a_dead_letter_and_keeps_no_other_lead_from_its_turn(
    store: Store, clock: HandClock
) -> None:
    leads = due(store, clock, "first", "bad", "last")

    def fail(_documents: Documents) -> None:
        raise ZeroDivisionError

    made = [
        Settlement(
            lease, turn_for(lead, clock, called=fail if name == "bad" else lambda _documents: None)
        )
        for name, (lead, lease) in leads.items()
    ]
    store.settle(made)
    assert counts(store) == {"ada": 1, "bob": 1}
    bad, _ = leads["bad"]
    assert list(store.refined([lead.id for lead, _ in leads.values()])) == [
        lead.id for lead, _ in leads.values() if lead is not bad
    ]
    assert store.next_due(Step.REFINE) is None
    store.put([Task(Step.REFINE, bad.id)], clock.now)
    assert settle(store, lease_task(store, Step.REFINE), turn_for(bad, clock))
    assert owner_in(store, bad.id) == "cleo"
    ((lead, lease),) = due(store, clock, "alone").values()
    settle(store, lease, turn_for(lead, clock, called=fail))
    assert store.next_due(Step.REFINE) is None


# --- queues -----------------------------------------------------------------------------------


def test_leads_wait_by_score_and_then_by_age(store: Store, clock: HandClock) -> None:
    ids = []
    for n, score in enumerate((1.5, -2.0, 80.0, 0.0, 80.0, 1e9, 0.0, -0.5)):
        ids.append(queued_in(store, clock, f"lead{n}", score).id)
        clock.advance(minutes=1)
    other = queued_in(store, clock, "other", 3.0, team="support").id
    in_order = [ids[n] for n in (5, 2, 4, 0, 3, 6, 7, 1)]
    assert list(store.queue_of(TEAM)) == in_order
    assert list(store.queue_of(TEAM, limit=3)) == in_order[:3]
    assert list(store.queue_of("support")) == [other]
    assert list(store.queue_of("sal")) == []


@pytest.mark.parametrize(
    "after",
    [
        {"queued": None},
        {"owner": ADA},
        {"claimed_by": ADA},
        {"ending": Ending.JUNK},
        {"gone": "deleted"},
    ],
    ids=lambda after: next(iter(after)),
)
def test_a_lead_leaves_the_queue_when_it_waits_no_more_and_comes_back_to_its_place(
    store: Store, clock: HandClock, after: dict[str, object]
) -> None:
    first = queued_in(store, clock, "first")
    lead = queued_in(store, clock, "lead", 5.0)
    waits = store.handling([lead.id])[lead.id]
    assert store.handle(lead.id, waits, msgspec.structs.replace(waits, **after))
    assert list(store.queue_of(TEAM)) == [first.id]
    now = store.handling([lead.id])[lead.id]
    assert store.handle(lead.id, now, waits)
    assert list(store.queue_of(TEAM)) == [lead.id, first.id]


def test_a_lead_changes_its_place_and_its_queue(store: Store, clock: HandClock) -> None:
    first, lead = queued_in(store, clock, "first", 3.0), queued_in(store, clock, "lead")
    for team, score, queues in (
        (TEAM, 9.0, ([lead.id, first.id], [])),
        ("support", 9.0, ([first.id], [lead.id])),
        ("support", 1.0, ([first.id], [lead.id])),
    ):
        before = store.handling([lead.id])[lead.id]
        place = Queued(team, score, clock.now)
        assert store.handle(lead.id, before, msgspec.structs.replace(before, queued=place))
        assert (list(store.queue_of(TEAM)), list(store.queue_of("support"))) == queues


def test_an_erased_lead_waits_in_no_queue(store: Store, clock: HandClock) -> None:
    lead, other = queued_in(store, clock, "lead", 3.0), queued_in(store, clock, "other")
    before = store.handling([lead.id])[lead.id]
    for _ in range(2):
        store.erase(lead.id)
        assert list(store.queue_of(TEAM)) == [other.id]
        assert store.handling([lead.id])[lead.id].queued is None
    assert not store.handle(lead.id, before, before), "who saw it waiting does not put it back"
