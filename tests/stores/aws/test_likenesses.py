"""Leads that an earlier version refined on AWS come under their candidate keys."""

from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from leadline.duplicates.keys import candidate_keys
from leadline.duplicates.traits import traits_of
from leadline.model.facts.likeness import RULES, FirstSeen, Judgement, Ruling, Traits
from leadline.model.formats import iso
from leadline.model.keys import match_keys
from leadline.model.lead import RefinedLead
from leadline.model.task import Done, Step
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.keys import LIKENESSES, alike_key, digest_key
from leadline.stores.aws.people.likeness import AlikeItem
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.sweep import likenesses
from leadline.stores.aws.sweep.sweep import sweep
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle
from tests.worlds.match_keys import owner_in_table


@pytest.fixture
def rooms(moto: str) -> Iterator[AwsResources]:
    with closing(AwsResources(moto)) as rooms:
        yield rooms


def refine_as_before(
    store: AwsStore, clock: HandClock, name: str, first: RefinedLead | None = None
) -> RefinedLead:
    """Refine a lead as earlier versions did: under its match keys, without traits."""
    lead = captured(clock, name, key=f"{name} {clock.now}")
    store.accept([lead])
    clock.advance(minutes=10)
    address = f"{name}@example.com"
    made = refined(lead, clock, name=f"{name} vance", email=address, email_canonical=address)
    owner = owner_in_table(store, match_keys(made)["email"])
    before = first.lead_id if first is not None else owner
    if before is not None:
        link = FirstSeen(before, lead.captured_at, ("email",))
        made = msgspec.structs.replace(made, duplicate_of=link)
    assert settle(store, lease_task(store, Step.REFINE), Done(made, match_keys(made)))
    store.recent.clear()
    return made


def swept(rooms: AwsResources, clock: HandClock, times: int = 1) -> None:
    for _ in range(times):
        sweep(rooms.store(clock), rooms.queues, [], lambda: True)
        clock.advance(minutes=61)


def ids(store: AwsStore, *keys: bytes) -> list[str]:
    return [one.lead_id for one in store.candidates({"new": keys})["new"].candidates]


def keys_of(lead: RefinedLead) -> list[bytes]:
    return list(candidate_keys(traits_of(lead)).values())


def test_before_the_sweep_leads_are_found_by_their_match_keys(
    rooms: AwsResources, clock: HandClock
) -> None:
    store = rooms.store(clock)
    ada = refine_as_before(store, clock, "ada")
    (found,) = store.candidates({"new": keys_of(ada)})["new"].candidates
    assert (found.lead_id, found.first, found.traits) == (ada.lead_id, ada.lead_id, traits_of(ada))


def test_a_new_lead_comes_under_the_key_of_a_lead_of_an_earlier_version(
    rooms: AwsResources, clock: HandClock
) -> None:
    store = rooms.store(clock)
    ada = refine_as_before(store, clock, "ada")
    lead = captured(clock, "new")
    store.accept([lead])
    clock.advance(minutes=10)
    made = msgspec.structs.replace(refined(lead, clock), contact=ada.contact)
    traits = traits_of(made)
    as_of = store.candidates({lead.id: keys_of(ada)})[lead.id].as_of
    done = Done(made, candidate_keys(traits), traits=traits, as_of=as_of)
    assert settle(store, lease_task(store, Step.REFINE), done)
    assert set(ids(rooms.store(clock), *keys_of(ada))) == {ada.lead_id, lead.id}


def test_sweeps_put_leads_of_earlier_versions_under_all_their_keys(
    rooms: AwsResources, clock: HandClock
) -> None:
    store = rooms.store(clock)
    leads = [refine_as_before(store, clock, name) for name in ("ada", "bob", "ada")]
    third = refine_as_before(store, clock, "eve", first=leads[2])
    swept(rooms, clock)
    assert rooms.table.get(alike_key(leads[0].lead_id)) is None, "functions of before may still run"
    swept(rooms, clock)
    assert (rooms.table.get(LIKENESSES) or {}).get("done")
    fresh = rooms.store(clock)
    for lead in (*leads, third):
        assert rooms.table.get(alike_key(lead.lead_id)) is not None
        for key in keys_of(lead):
            assert lead.lead_id in ids(fresh, key)
    chain = [leads[0].lead_id, leads[2].lead_id, third.lead_id]
    assert [one.lead_id for one in fresh.clusters([chain[0]])[chain[0]]] == chain
    swept(rooms, clock)


def test_a_lead_that_was_erased_before_the_sweep_comes_under_no_key(
    rooms: AwsResources, clock: HandClock
) -> None:
    store = rooms.store(clock)
    ada = refine_as_before(store, clock, "ada")
    store.erase(ada.lead_id)
    swept(rooms, clock, 2)
    assert rooms.table.get(alike_key(ada.lead_id)) is None
    assert all(rooms.table.get(digest_key("M", key)) is None for key in keys_of(ada))


def test_a_sweep_goes_on_with_leads_of_earlier_versions_as_long_as_it_has_time_to_spare(
    rooms: AwsResources, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = rooms.store(clock)
    leads = [refine_as_before(store, clock, name) for name in ("ada", "bob", "eve", "cy", "dee")]
    swept(rooms, clock)
    monkeypatch.setattr(likenesses, "_BATCH", 2)
    turns = iter([True, True, False])
    to_spare = lambda: next(turns)  # noqa: E731
    sweep(rooms.store(clock), rooms.queues, [], lambda: True, time_to_spare=to_spare)
    made = [rooms.table.get(alike_key(lead.lead_id)) is not None for lead in leads]
    assert made == [True] * 4 + [False]
    swept(rooms, clock)
    assert rooms.table.get(alike_key(leads[4].lead_id)) is not None


def test_a_lead_that_is_erased_while_a_sweep_reads_it_comes_under_no_key(
    rooms: AwsResources, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = rooms.store(clock)
    ada = refine_as_before(store, clock, "ada")
    swept(rooms, clock)
    read = likenesses._likeness

    def erased_meanwhile(reader: AwsStore, lead: LeadItem) -> AlikeItem | None:
        found = read(reader, lead)
        store.erase(ada.lead_id)
        return found

    monkeypatch.setattr(likenesses, "_likeness", erased_meanwhile)
    swept(rooms, clock)
    assert rooms.table.get(alike_key(ada.lead_id)) is None
    assert all(rooms.table.get(digest_key("M", key)) is None for key in keys_of(ada))


def with_earlier_rules(
    rooms: AwsResources, clock: HandClock, *names: str
) -> tuple[list[RefinedLead], list[bytes]]:
    """Leads under the keys of earlier rules, which knew last names alone and another key; and these
    other keys."""
    store, leads, others = rooms.store(clock), [], []
    for name in names:
        lead = captured(clock, name, key=f"{name} {clock.now}")
        store.accept([lead])
        clock.advance(minutes=10)
        address = f"{name}@example.com"
        made = refined(lead, clock, name=f"{name} vance", email=address, email_canonical=address)
        other = f"rule of old {name}".encode()[:16].ljust(16)
        keys = {"email": keys_of(made)[0], "old": other}
        done = Done(made, keys, traits=Traits(last="vance"))
        assert settle(store, lease_task(store, Step.REFINE), done)
        store.recent.clear()
        leads.append(made)
        others.append(other)
    pk, sk = LIKENESSES
    rooms.table.put_if({"pk": pk, "sk": sk, "begun": iso(clock.now), "done": True}, "", {})
    return leads, others


def test_sweeps_put_leads_of_earlier_rules_under_the_keys_of_today(
    rooms: AwsResources, clock: HandClock
) -> None:
    leads, others = with_earlier_rules(rooms, clock, "ada", "bob", "eve")
    swept(rooms, clock)
    fresh = rooms.store(clock)
    assert ids(fresh, others[0]) == [leads[0].lead_id], "functions of before may still run"
    swept(rooms, clock)
    fresh = rooms.store(clock)
    for lead, other in zip(leads, others, strict=True):
        found = fresh.candidates({"x": keys_of(lead)[1:]})["x"].candidates
        assert {one.lead_id: one.traits for one in found}[lead.lead_id] == traits_of(lead)
        assert ids(fresh, other) == []
        assert rooms.table.get(digest_key("M", other)) is None
    state = rooms.table.get(LIKENESSES) or {}
    assert (state["done"], state["rules"]) == (True, RULES)
    swept(rooms, clock)
    assert rooms.table.get(LIKENESSES) == state, "nothing is looked at again"


def test_sweeps_that_give_leads_new_keys_go_on_where_the_last_one_ended(
    rooms: AwsResources, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads, others = with_earlier_rules(rooms, clock, "ada", "bob", "eve")
    swept(rooms, clock)
    monkeypatch.setattr(likenesses, "_BATCH", 1)
    turns = iter([True, True, False])
    sweep(rooms.store(clock), rooms.queues, [], lambda: True, time_to_spare=lambda: next(turns))
    fresh = rooms.store(clock)
    assert [bool(ids(fresh, other)) for other in others] == [False, False, True]
    store = rooms.store(clock)
    store.erase(leads[2].lead_id)
    swept(rooms, clock)
    assert rooms.table.get(alike_key(leads[2].lead_id)) is None
    assert (rooms.table.get(LIKENESSES) or {})["done"]


def test_what_people_decided_about_leads_of_earlier_rules_stays(
    rooms: AwsResources, clock: HandClock
) -> None:
    leads, _ = with_earlier_rules(rooms, clock, "ada", "bob")
    one, other = (lead.lead_id for lead in leads)
    rooms.store(clock).judge(Judgement(one, other, Ruling.APART, "kim", clock.now))
    swept(rooms, clock, 2)
    (judged,) = rooms.store(clock).judgements([one])[one]
    assert (judged.other, judged.ruling, judged.by) == (other, Ruling.APART, "kim")
