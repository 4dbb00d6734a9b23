"""What every store promises of candidates for duplicates, clusters and decisions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from leadline.model.facts.likeness import Candidates, FirstSeen, Judgement, Possible, Ruling, Traits
from leadline.model.lead import CapturedLead
from leadline.model.task import Done, Lease, Step, Task
from leadline.ports.store import Settlement, Store
from leadline.ports.store_parts.duplicates import CAP, MOST_CANDIDATES
from tests.worlds.leads import LEASE, HandClock, captured, digest, lease_task, refined

ADA = digest("email ada@example.com")
PHONE = digest("phone +15550100")


def due(store: Store, clock: HandClock, *names: str) -> dict[str, tuple[CapturedLead, Lease]]:
    """Leads that were captured and leased, by name."""
    clock.advance(seconds=1)
    leads = {name: captured(clock, name, delay=timedelta()) for name in names}
    store.accept(list(leads.values()))
    leases = {c.task.lead_id: c for c in store.lease(Step.REFINE, len(names), LEASE)}
    return {name: (lead, leases[lead.id]) for name, lead in leads.items()}


def done(
    lead: CapturedLead,
    clock: HandClock,
    *keys: bytes,
    first: CapturedLead | None = None,
    possible: Sequence[str] = (),
    as_of: str = "",
) -> Done:
    """A refinement with traits, under these keys."""
    made = refined(lead, clock, name="Ada")
    link = FirstSeen(first.id, first.captured_at, ("email",)) if first else None
    made = msgspec.structs.replace(
        made, duplicate_of=link, possible=tuple(Possible(i, 0.5) for i in possible)
    )
    named = {f"key_{place}": key for place, key in enumerate(keys)}
    return Done(refined=made, match_keys=named, traits=Traits(first=lead.id[-4:]), as_of=as_of)


def come(store: Store, clock: HandClock, name: str, *keys: bytes, **more: Any) -> CapturedLead:
    """A lead that was refined under these keys."""
    ((lead, lease),) = due(store, clock, name).values()
    assert store.settle([Settlement(lease, done(lead, clock, *keys, **more))]) == [True]
    return lead


def again(store: Store, clock: HandClock, lead: CapturedLead, outcome: Done) -> bool:
    """Refine a lead once more."""
    store.put([Task(Step.REFINE, lead.id)], clock.now)
    return store.settle([Settlement(lease_task(store, Step.REFINE), outcome)])[0]


def search(store: Store, keys: Sequence[bytes], lead_id: str = "new") -> Candidates:
    return store.candidates({lead_id: keys})[lead_id]


def ids(found: Candidates) -> list[str]:
    return [one.lead_id for one in found.candidates]


def same(one: CapturedLead, other: CapturedLead, clock: HandClock) -> Judgement:
    return Judgement(one.id, other.id, Ruling.SAME, "kim", clock.now)


def test_a_refined_lead_is_found_under_each_of_its_keys(store: Store, clock: HandClock) -> None:
    ada = come(store, clock, "ada", ADA, PHONE)
    for keys in ([ADA], [PHONE], [digest("other"), PHONE]):
        (candidate,) = search(store, keys).candidates
        assert (candidate.lead_id, candidate.captured_at) == (ada.id, ada.captured_at)
        assert (candidate.first, candidate.traits) == (ada.id, Traits(first=ada.id[-4:]))
    assert ids(search(store, [digest("other")])) == []
    assert ids(search(store, [])) == []


def test_many_leads_are_searched_for_at_once(store: Store, clock: HandClock) -> None:
    ada, bob = come(store, clock, "ada", ADA), come(store, clock, "bob", PHONE)
    found = store.candidates({"one": [ADA], "two": [PHONE, ADA], "three": []})
    assert ids(found["one"]) == [ada.id]
    assert ids(found["two"]) == [bob.id, ada.id]
    assert ids(found["three"]) == []


def test_a_lead_is_no_candidate_for_itself(store: Store, clock: HandClock) -> None:
    ada = come(store, clock, "ada", ADA)
    assert ids(search(store, [ADA], ada.id)) == []


def test_leads_under_most_keys_come_first_then_by_the_order_of_keys_then_of_capture(
    store: Store, clock: HandClock
) -> None:
    late_key = come(store, clock, "a", PHONE)
    one, two = come(store, clock, "b", ADA), come(store, clock, "c", ADA)
    both = come(store, clock, "d", PHONE, ADA)
    assert ids(search(store, [ADA, PHONE])) == [both.id, one.id, two.id, late_key.id]


def test_a_key_that_many_share_has_the_first_leads_only(store: Store, clock: HandClock) -> None:
    leads = [come(store, clock, f"lead {n}", PHONE) for n in range(CAP + 3)]
    assert ids(search(store, [PHONE])) == [lead.id for lead in leads[:CAP]]
    keys = [digest("a"), digest("b"), PHONE]
    for key in keys[:2]:
        for n in range(CAP):
            come(store, clock, f"{key.hex()} {n}", key)
    assert len(search(store, keys).candidates) == MOST_CANDIDATES


def test_of_twins_that_are_refined_at_once_the_second_starts_again(
    store: Store, clock: HandClock
) -> None:
    two = due(store, clock, "one", "two")
    (one, first), (other, second) = two["one"], two["two"]
    found = store.candidates({one.id: [ADA], other.id: [PHONE, ADA]})
    mine = done(one, clock, ADA, as_of=found[one.id].as_of)
    assert store.settle([Settlement(first, mine)]) == [True]
    his = done(other, clock, PHONE, ADA, as_of=found[other.id].as_of)
    assert store.settle([Settlement(second, his)]) == [False]
    assert store.refined([other.id]) == {}
    assert ids(search(store, [PHONE])) == []
    lease = lease_task(store, Step.REFINE)
    assert (lease.task.lead_id, lease.failures) == (other.id, 0)
    fresh = search(store, [PHONE, ADA], other.id)
    assert ids(fresh) == [one.id]
    his = done(other, clock, PHONE, ADA, first=one, as_of=fresh.as_of)
    assert store.settle([Settlement(lease, his)]) == [True]


def test_twins_of_one_settlement_do_not_count_as_others(store: Store, clock: HandClock) -> None:
    two = due(store, clock, "one", "two")
    found = store.candidates({lead.id: [ADA] for lead, _ in two.values()})
    one = two["one"][0]
    settlements = [
        Settlement(lease, done(lead, clock, ADA, first=first, as_of=found[lead.id].as_of))
        for (lead, lease), first in zip(two.values(), (None, one), strict=True)
    ]
    assert store.settle(settlements) == [True, True]
    assert ids(search(store, [ADA])) == sorted(lead.id for lead, _ in two.values())


def test_a_lead_under_another_key_is_no_twin(store: Store, clock: HandClock) -> None:
    two = due(store, clock, "one", "two")
    (one, first), (other, second) = two["one"], two["two"]
    found = store.candidates({one.id: [ADA], other.id: [PHONE]})
    mine = done(one, clock, ADA, as_of=found[one.id].as_of)
    his = done(other, clock, PHONE, as_of=found[other.id].as_of)
    assert store.settle([Settlement(first, mine)]) == [True]
    assert store.settle([Settlement(second, his)]) == [True]


def test_a_lead_that_is_refined_again_is_not_held_up_by_who_saw_it(
    store: Store, clock: HandClock
) -> None:
    ada = come(store, clock, "ada", ADA)
    as_of = search(store, [ADA], ada.id).as_of
    come(store, clock, "twin", ADA)
    assert again(store, clock, ada, done(ada, clock, ADA, as_of=as_of))


def test_a_lead_that_is_refined_again_is_under_its_present_keys_only(
    store: Store, clock: HandClock
) -> None:
    ada = come(store, clock, "ada", ADA, PHONE)
    bob = come(store, clock, "bob", ADA)
    outcome = done(ada, clock, digest("new"), ADA)
    outcome = msgspec.structs.replace(outcome, traits=Traits(last="vance"))
    assert again(store, clock, ada, outcome)
    assert ids(search(store, [PHONE])) == []
    (found,) = search(store, [digest("new")]).candidates
    assert found.traits == Traits(last="vance")
    assert ids(search(store, [ADA])) == [ada.id, bob.id]


def test_a_quarantined_lead_is_no_candidate(store: Store, clock: HandClock) -> None:
    ada = come(store, clock, "ada", ADA)
    spam = msgspec.structs.replace(refined(ada, clock), status="quarantined")
    assert again(store, clock, ada, Done(refined=spam))
    assert ids(search(store, [ADA])) == []
    assert store.clusters([ada.id]) == {}


def test_a_cluster_has_its_first_lead_and_the_later_ones(store: Store, clock: HandClock) -> None:
    ada = come(store, clock, "ada", ADA)
    late = [come(store, clock, f"late {n}", ADA, first=ada) for n in range(2)]
    alone = come(store, clock, "alone", PHONE)
    found = store.clusters([ada.id, alone.id, late[0].id, "0190a9b0-0000-7000-8000-000000000000"])
    assert [one.lead_id for one in found[ada.id]] == [ada.id, *(lead.id for lead in late)]
    assert {one.first for one in found[ada.id]} == {ada.id}
    assert [one.lead_id for one in found[alone.id]] == [alone.id]
    assert found.keys() == {ada.id, alone.id}
    assert {one.first for one in search(store, [ADA]).candidates} == {ada.id}


def test_a_lead_that_is_unlinked_leaves_its_cluster(store: Store, clock: HandClock) -> None:
    ada = come(store, clock, "ada", ADA)
    late = come(store, clock, "late", ADA, first=ada)
    assert again(store, clock, late, done(late, clock, ADA))
    assert members(store, ada.id) == [ada.id]
    assert members(store, late.id) == [late.id]


def test_the_others_follow_a_first_lead_into_an_earlier_cluster(
    store: Store, clock: HandClock
) -> None:
    earliest = come(store, clock, "earliest", PHONE)
    ada = come(store, clock, "ada", ADA)
    late = come(store, clock, "late", ADA, first=ada)
    assert again(store, clock, ada, done(ada, clock, ADA, first=earliest))
    assert members(store, earliest.id) == [earliest.id, ada.id, late.id]
    assert {one.first for one in search(store, [ADA]).candidates} == {earliest.id}


def members(store: Store, first: str) -> list[str]:
    return [one.lead_id for one in store.clusters([first]).get(first, ())]


def test_the_last_decision_about_two_leads_counts(store: Store, clock: HandClock) -> None:
    ada, bob = come(store, clock, "ada", ADA), come(store, clock, "bob", ADA)
    eve = come(store, clock, "eve", PHONE)
    store.judge(same(ada, bob, clock))
    clock.advance(seconds=1)
    apart = Judgement(bob.id, ada.id, Ruling.APART, "", clock.now)
    store.judge(apart)
    store.judge(same(ada, eve, clock))
    found = store.judgements([ada.id, bob.id, eve.id])
    assert [set_of(one) for one in found[bob.id]] == [set_of(apart)]
    assert sorted(set_of(one) for one in found[ada.id]) == sorted(
        [set_of(apart), set_of(same(ada, eve, clock))]
    )
    (about_eve,) = found[eve.id]
    assert (about_eve.by, about_eve.at) == ("kim", clock.now)
    assert store.judgements([come(store, clock, "new", PHONE).id]) == {}


def set_of(one: Judgement) -> tuple[Any, ...]:
    return (*sorted((one.one, one.other)), one.ruling, one.by, one.at)


def test_nothing_is_kept_of_a_decision_about_an_unknown_lead(
    store: Store, clock: HandClock
) -> None:
    ada = come(store, clock, "ada", ADA)
    stranger = captured(clock, "stranger")
    store.judge(same(ada, stranger, clock))
    store.judge(same(ada, ada, clock))
    assert store.judgements([ada.id, stranger.id]) == {}


def test_leads_with_possible_duplicates_are_in_review_until_somebody_decides(
    store: Store, clock: HandClock
) -> None:
    ada, bob = come(store, clock, "ada", ADA), come(store, clock, "bob", ADA)
    one = come(store, clock, "one", PHONE, possible=[ada.id, bob.id])
    two = come(store, clock, "two", PHONE, possible=[ada.id])
    assert list(store.in_review(9)) == [two.id, one.id]
    assert list(store.in_review(1)) == [two.id]
    store.judge(same(ada, two, clock))
    store.judge(same(one, ada, clock))
    assert list(store.in_review(9)) == [one.id]
    store.judge(Judgement(bob.id, one.id, Ruling.APART, "", clock.now))
    assert list(store.in_review(9)) == []


def test_a_lead_that_is_refined_again_is_in_review_for_what_is_still_possible(
    store: Store, clock: HandClock
) -> None:
    ada, bob = come(store, clock, "ada", ADA), come(store, clock, "bob", ADA)
    one = come(store, clock, "one", PHONE, possible=[ada.id])
    assert again(store, clock, one, done(one, clock, PHONE))
    assert list(store.in_review(9)) == []
    store.judge(same(one, bob, clock))
    assert again(store, clock, one, done(one, clock, PHONE, possible=[bob.id]))
    assert list(store.in_review(9)) == []
    assert again(store, clock, one, done(one, clock, PHONE, possible=[bob.id, ada.id]))
    assert list(store.in_review(9)) == [one.id]


def test_nothing_of_an_erased_lead_is_found(store: Store, clock: HandClock) -> None:
    ada, bob = come(store, clock, "ada", ADA, PHONE), come(store, clock, "bob", ADA)
    one = come(store, clock, "one", digest("x"), possible=[ada.id])
    store.judge(same(ada, bob, clock))
    store.erase(ada.id)
    assert ids(search(store, [ADA, PHONE])) == [bob.id]
    assert store.judgements([ada.id, bob.id]) == {}
    assert list(store.in_review(9)) == []
    assert members(store, ada.id) == []
    store.erase(one.id)
    assert ids(search(store, [digest("x")])) == []


def test_no_lead_names_an_erased_one_as_possible_whether_people_decided_or_not(
    store: Store, clock: HandClock
) -> None:
    ada, bob = come(store, clock, "ada", ADA), come(store, clock, "bob", ADA)
    one = come(store, clock, "one", PHONE, possible=[ada.id, bob.id])
    two = come(store, clock, "two", PHONE, possible=[ada.id])
    store.judge(Judgement(ada.id, two.id, Ruling.APART, "", clock.now))
    before = store.documents([one.id])[one.id]
    store.erase(ada.id)
    left = store.refined([one.id, two.id])
    assert [maybe.lead_id for maybe in left[one.id].possible] == [bob.id]
    assert left[two.id].possible == ()
    after = store.documents([one.id, two.id])
    assert all(ada.id.encode() not in document for document in after.values())
    original = b'"original_data":'
    assert after[one.id].partition(original)[2] == before.partition(original)[2]
    assert list(store.in_review(9)) == [one.id]


def test_the_earliest_of_the_others_succeeds_an_erased_first_lead(
    store: Store, clock: HandClock
) -> None:
    ada = come(store, clock, "ada", ADA)
    late = [come(store, clock, f"late {n}", ADA, first=ada) for n in range(3)]
    store.erase(ada.id)
    rest = [lead.id for lead in late]
    assert members(store, rest[0]) == rest
    assert {one.first for one in search(store, [ADA]).candidates} == {rest[0]}
    store.erase(rest[0])
    assert members(store, rest[1]) == rest[1:]


def test_a_decision_is_noted_for_both_leads(world: Any) -> None:
    store, clock = world.store, world.clock
    ada, bob = come(store, clock, "ada", ADA), come(store, clock, "bob", ADA)
    store.judge(same(ada, bob, clock))
    told = {i: notes_on(world, i) for i in (ada.id, bob.id)}
    assert told == {
        ada.id: [("duplicate.same", f"{bob.id} kim")],
        bob.id: [("duplicate.same", f"{ada.id} kim")],
    }


def notes_on(world: Any, lead_id: str) -> list[tuple[str, str]]:
    story = world.ledger.story(lead_id)
    assert story is not None
    return [(h.what, h.detail) for h in story.timeline if h.what.startswith("duplicate.")]
