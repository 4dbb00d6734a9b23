"""Leads about one person: linked to the first, filled from it, joined and parted by people."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from leadline.duplicates.merging import without_fills
from leadline.duplicates.traits import traits_of
from leadline.journey.refinement.refining import refine_due
from leadline.journey.same_person import linking
from leadline.journey.same_person.judging import cluster_of, edges_of, join, part
from leadline.model.facts.likeness import FirstSeen, Ruling, Traits, Trust, ValueOrigin
from leadline.model.lead import RefinedLead
from leadline.model.task import Step, Task
from leadline.ports.store import Settlement, Store
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import SalesOffice

ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "phone": "+1 415 555 2671"}


class Registry(SalesOffice):
    """An office without a CRM, in which the same few people come again and again."""

    def __init__(self, store: Store, clock: HandClock, **kit: Any) -> None:
        super().__init__(store, clock, asks=False, **kit)

    def comes(self, **said: Any) -> str:
        """A lead that is refined at once, before the next one comes."""
        lead_id = self.post(**said)
        self.wait(minutes=11)
        return lead_id

    def join(self, one: str, other: str) -> list[str]:
        pair = (self.refined(one), self.refined(other))
        again = join(self.store, *pair, "ops", self.clock())
        self.wait(minutes=1)
        return list(again)

    def part(self, one: str, other: str) -> list[str]:
        pair = (self.refined(one), self.refined(other))
        again = part(self.store, *pair, "ops", self.clock())
        self.wait(minutes=1)
        return list(again)

    def first_of(self, lead_id: str) -> str | None:
        link = self.refined(lead_id).duplicate_of
        return link.lead_id if link else None

    def link_of(self, lead_id: str) -> FirstSeen:
        link = self.refined(lead_id).duplicate_of
        assert link is not None
        return link

    def document(self, lead_id: str) -> bytes:
        return self.store.documents([lead_id])[lead_id]


@pytest.fixture
def office(store: Store, clock: HandClock) -> Registry:
    return Registry(store, clock)


def test_a_person_who_comes_again_is_linked_with_reasons_and_only_blanks_are_filled(
    office: Registry,
) -> None:
    first = office.comes(**ADA, company="Analytical Engines")
    again = office.comes(name="Ada Lovelace", email="ada@example.com", company="Engines")
    link, contact = office.link_of(again), office.refined(again).contact
    assert (link.lead_id, link.captured_at) == (first, office.refined(first).captured_at)
    assert link.probability is not None
    assert link.probability > 0.95
    assert "email.same" in {reason.code for reason in link.reasons}
    assert contact.phone == office.refined(first).contact.phone
    assert contact.company == "Engines"
    at = office.refined(first).captured_at
    origin = ValueOrigin(first, at, "generic", Trust.FORM)
    assert office.refined(again).filled["phone"] == origin
    assert "company" not in office.refined(again).filled
    assert office.refined(first).duplicate_of is None


def test_a_lead_with_nothing_but_a_rare_name_is_linked_and_gets_nobodys_address(
    office: Registry,
) -> None:
    first = office.comes(name="Ottilie Varnhagen", email="ottilie@example.com")
    again = office.comes(name="Ottilie Varnhagen")
    assert office.first_of(again) == first
    assert office.refined(again).contact.email is None
    assert office.refined(again).filled == {}


def test_a_lead_with_nothing_but_a_common_name_is_nobodys_duplicate(office: Registry) -> None:
    office.comes(name="John Smith", email="john.smith@example.com")
    assert office.first_of(office.comes(name="John Smith")) is None


def test_two_of_one_person_in_one_batch_find_each_other(office: Registry) -> None:
    one, two = office.post(**ADA), office.post(**{**ADA, "message": "second"})
    office.wait(minutes=11)
    assert office.first_of(one) is None
    assert office.first_of(two) == one


class _Overtaken:
    """A store in which something else happens just before the first settlement."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        self._store, self._meanwhile = store, [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        if self._meanwhile:
            self._meanwhile.pop()()
        return self._store.settle(settlements)


def test_twins_that_two_workers_refine_at_once_end_as_one_person(office: Registry) -> None:
    one, two = office.post(**ADA), office.post(**{**ADA, "message": "second"})
    office.clock.advance(minutes=11)
    other: Any = _Overtaken(office.store, lambda: refine_due(office.kit))
    assert refine_due(msgspec.structs.replace(office.kit, store=other), limit=1) == 1
    office.wait(minutes=5)
    firsts = {office.first_of(one), office.first_of(two)}
    assert firsts in ({None, one}, {None, two})


def test_a_duplicate_always_names_the_first_lead_of_the_person(office: Registry) -> None:
    ids = [office.comes(**ADA, message=f"no. {n}") for n in range(4)]
    assert [office.first_of(i) for i in ids] == [None, *[ids[0]] * 3]


def test_a_lead_that_is_refined_again_stays_the_first_of_its_person(office: Registry) -> None:
    first = office.comes(**ADA)
    again = office.comes(**ADA, message="again")
    office.store.put([Task(Step.REFINE, first)], office.clock())
    office.store.put([Task(Step.REFINE, again)], office.clock())
    office.wait(minutes=1)
    assert office.first_of(first) is None
    assert office.first_of(again) == first


def test_a_lead_that_shows_two_earlier_ones_to_be_of_one_person_joins_them(
    office: Registry,
) -> None:
    first = office.comes(name="Ada Lovelace", phone="+1 212 555 0147")
    second = office.comes(email="ada@example.com")
    assert office.first_of(second) is None
    third = office.comes(name="Ada Lovelace", phone="+1 212 555 0147", email="ada@example.com")
    assert office.first_of(third) == first
    office.wait(minutes=1)
    assert office.first_of(second) == first


def test_a_first_lead_that_joins_another_takes_its_followers_along(office: Registry) -> None:
    first = office.comes(name="Ada Lovelace", phone="+1 212 555 0147")
    second = office.comes(email="ada@example.com")
    follower = office.comes(email="ada@example.com", message="again")
    assert office.first_of(follower) == second
    office.comes(name="Ada Lovelace", phone="+1 212 555 0147", email="ada@example.com")
    office.wait(minutes=1)
    office.wait(minutes=1)
    assert [office.first_of(i) for i in (second, follower)] == [first, first]


def test_a_lead_that_stood_apart_is_looked_at_again_when_one_comes_that_fits_it(
    office: Registry,
) -> None:
    mailbox, line = {"email": "f.s@example.com"}, {"phone": "+1 212 555 0147"}
    first = office.comes(name="Freya Sandqvist", **line)
    swapped = office.comes(first_name="Sandqvist", last_name="Freya", **mailbox, **line)
    garbled = office.comes(first_name="Fera", last_name="Hhs", **mailbox)
    assert [office.first_of(i) for i in (swapped, garbled)] == [first, None]
    office.comes(first_name="Freya", **mailbox)
    office.wait(minutes=1)
    assert office.first_of(garbled) == first


def strangers(office: Registry) -> tuple[str, str]:
    """Two leads that nothing holds together."""
    one = office.comes(**ADA, company="Analytical Engines")
    two = office.comes(name="Grace Hopper", email="grace@example.org")
    assert office.first_of(two) is None
    return one, two


def test_a_merge_that_is_undone_gives_back_the_lead_byte_for_byte(office: Registry) -> None:
    one, two = strangers(office)
    before = office.document(two)
    assert office.join(one, two) == [two]
    merged = office.refined(two)
    assert office.link_of(two).lead_id == one
    assert merged.contact.company == "Analytical Engines"
    assert merged.contact.email == "grace@example.org"
    assert without_fills(merged).contact.company is None
    assert office.part(two, one) == [two]
    assert office.document(two) == before
    assert office.refined(one).duplicate_of is None


def test_leads_that_are_parted_are_never_linked_again(office: Registry) -> None:
    first = office.comes(**ADA)
    again = office.comes(**ADA, message="again")
    assert office.first_of(again) == first
    assert office.part(first, again) == [again]
    assert office.first_of(again) is None
    office.store.put([Task(Step.REFINE, i) for i in (first, again)], office.clock())
    office.wait(minutes=1)
    assert (office.first_of(first), office.first_of(again)) == (None, None)


def test_those_that_were_linked_to_both_of_a_parted_pair_are_decided_anew(
    office: Registry,
) -> None:
    first = office.comes(**ADA)
    middle, last = (office.comes(**ADA, company="Engines", message=f"{n}") for n in range(2))
    assert office.part(first, middle) == [middle, last]
    assert office.first_of(middle) is None
    assert office.first_of(last) in (first, middle)


def test_the_alert_of_a_parted_lead_is_corrected(office: Registry) -> None:
    first = office.comes(**ADA)
    again = office.comes(name="Ada Lovelace", phone="+1 415 555 2671")
    if office.first_of(again) is None:
        office.join(first, again)
    (told,) = office.messengers["slack"].about(again)
    assert told["email"] == "ada@example.com", "filled from the first lead"
    office.part(first, again)
    (told,) = office.messengers["slack"].about(again)
    assert told["email"] is None


def test_two_clusters_that_are_joined_become_one_around_the_earlier_first_lead(
    office: Registry,
) -> None:
    ada = [office.comes(**ADA, message=f"no. {n}") for n in range(2)]
    grace = {"name": "Grace Hopper", "email": "grace@example.org"}
    hopper = [office.comes(**grace, message=f"no. {n}") for n in range(2)]
    assert office.first_of(hopper[1]) == hopper[0]
    office.join(ada[1], hopper[1])
    assert office.first_of(hopper[0]) == ada[0]
    assert office.first_of(hopper[1]) == ada[0]
    assert office.first_of(ada[0]) is None


def test_edges_tell_what_holds_a_cluster_together_and_what_people_decided(
    office: Registry,
) -> None:
    one, two = strangers(office)
    three = office.comes(**ADA, message="again")
    office.join(one, two)
    first, members = cluster_of(office.store, office.refined(two))
    assert first == one
    assert {member.lead_id for member in members} == {one, two, three}
    judged = office.store.judgements([one, two, three])
    edges = edges_of(members, judged, office.kit.duplicates.weights, 0.95)
    by_pair = {frozenset((edge.one, edge.other)): edge for edge in edges}
    assert by_pair[frozenset((one, two))].ruling is Ruling.SAME
    assert not by_pair[frozenset((one, two))].links
    assert by_pair[frozenset((one, three))].links


def test_an_e_mail_address_that_comes_late_is_the_leads_own_and_not_the_filled_one(
    office: Registry,
) -> None:
    first = office.comes(**ADA)
    again = office.comes(name="Ada Lovelace", phone="+1 415 555 2671", record="r1")
    if office.first_of(again) is None:
        office.join(first, again)
    assert office.refined(again).contact.email == "ada@example.com"
    office.post(record="r1", email="own@example.com", event="lead.updated")
    office.wait(minutes=1)
    assert office.refined(again).contact.email == "own@example.com"
    assert "email" not in office.refined(again).filled


def test_an_error_with_one_lead_harms_no_other_of_its_batch(
    office: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(lead: RefinedLead) -> Traits:
        if lead.contact.name == "Poison Ivy":
            raise ValueError("poison")
        return traits_of(lead)

    monkeypatch.setattr(linking, "traits_of", poisoned)
    bad, good = office.post(name="Poison Ivy", email="ivy@example.com"), office.post(**ADA)
    office.wait(minutes=11)
    assert office.store.refined([bad, good]).keys() == {good}


def test_duplicates_are_alerted_unless_the_settings_say_no(store: Store, clock: HandClock) -> None:
    routes = Routes(usual=("slack",), silent_on_duplicates=True)
    office = Registry(store, clock, routes=routes)
    first, again = office.comes(**ADA), office.comes(**ADA, message="again")
    assert len(office.messengers["slack"].about(first)) == 1
    assert office.first_of(again) == first
    assert office.messengers["slack"].about(again) == []


def test_a_rule_decides_where_people_who_were_seen_before_are_alerted(
    store: Store, clock: HandClock
) -> None:
    rules = {"known": RuleConfig(seen="before", channels=("pool",))}
    routes = Routes(rules=rules, usual=("slack",), silent_on_duplicates=True)
    office = Registry(store, clock, routes=routes)
    first, again = office.comes(**ADA), office.comes(**ADA, message="again")
    assert len(office.messengers["slack"].about(first)) == 1
    assert len(office.messengers["pool"].about(again)) == 1
    assert office.messengers["slack"].about(again) == []


def test_a_rule_can_say_that_nobody_is_alerted(store: Store, clock: HandClock) -> None:
    rules = {"known": RuleConfig(seen="before", alert="no")}
    office = Registry(store, clock, routes=Routes(rules=rules, usual=("slack",)))
    first, again = office.comes(**ADA), office.comes(**ADA, message="again")
    assert len(office.messengers["slack"].about(first)) == 1
    assert office.messengers["slack"].about(again) == []


def test_nothing_of_a_person_is_in_the_log(
    office: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        first, again = office.comes(**ADA), office.comes(**ADA, message="again")
        office.part(first, again)
    told = " ".join(str(vars(record)) for record in caplog.records)
    for words in ("Lovelace", "ada@example.com", "555-2671", "555 2671", "5552671"):
        assert words not in told
    assert msgspec.json.encode(office.refined(again).possible)
