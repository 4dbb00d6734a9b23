"""`leadline.duplicates.deciding`: whose duplicate a lead is."""

from itertools import permutations

import msgspec
import pytest

from leadline.duplicates.deciding import Cluster, Placement, Thresholds, decide
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Candidate, Judgement, Ruling
from tests.unit.duplicates.people import candidate, cluster, judgement

WEIGHTS = Weights.load_default()
CLARA = {"first": "clara", "last": "holm", "emails": ("clara.holm@alder.example",)}


def decided(lead: Candidate, *clusters: Cluster, judged: tuple[Judgement, ...] = ()) -> Placement:
    return decide(lead, clusters, WEIGHTS, judged)


def test_a_lead_with_the_mailbox_and_name_of_an_earlier_one_is_its_duplicate() -> None:
    decision = decided(candidate(2, **CLARA), cluster(candidate(1, **CLARA)))
    assert decision.first is not None
    assert decision.first.lead_id == "lead-1"
    assert decision.first.captured_at == candidate(1).captured_at
    assert decision.first.matched == ("email", "name")
    assert decision.first.probability == 0.9999
    assert decision.first.reasons[0].code == "email.same"
    assert decision.possible == ()


def test_a_link_names_the_first_lead_of_the_cluster_not_the_one_it_resembles() -> None:
    plain = candidate(1, emails=CLARA["emails"])
    like = candidate(2, 1, **CLARA)
    decision = decided(candidate(3, **CLARA), cluster(plain, like))
    assert decision.first is not None
    assert decision.first.lead_id == "lead-1"


def test_a_lead_without_candidates_is_nobodys_duplicate() -> None:
    assert decided(candidate(1, **CLARA)) == Placement()


def test_a_lead_is_not_compared_with_itself_or_with_its_own_cluster() -> None:
    lead = candidate(1, **CLARA)
    assert decided(lead, cluster(lead)) == Placement()
    assert decided(lead, cluster(lead, candidate(2, 1, **CLARA))) == Placement()
    in_another = cluster(candidate(0, **CLARA), msgspec.structs.replace(lead, first="lead-0"))
    assert decided(lead, in_another).first is not None


def test_another_first_name_at_one_mailbox_is_up_for_review() -> None:
    lead = candidate(2, first="peter", last="holm", emails=CLARA["emails"])
    decision = decided(lead, cluster(candidate(1, **CLARA)))
    assert decision.first is None
    assert [one.lead_id for one in decision.possible] == ["lead-1"]
    assert "first.other" in {reason.code for reason in decision.possible[0].reasons}


def test_leads_judged_apart_are_not_linked_and_not_up_for_review() -> None:
    apart = judgement(2, 1, Ruling.APART)
    lead, earlier = candidate(2, **CLARA), cluster(candidate(1, **CLARA))
    assert decided(lead, earlier, judged=(apart,)) == Placement()


def test_a_cluster_with_one_member_judged_apart_is_left_out() -> None:
    whole = cluster(candidate(1, **CLARA), candidate(2, 1, **CLARA))
    assert (
        decided(candidate(3, **CLARA), whole, judged=(judgement(3, 2, Ruling.APART),)).first is None
    )


def test_leads_judged_the_same_are_linked_whatever_they_look_like() -> None:
    same = judgement(1, 2, Ruling.SAME)
    decision = decided(candidate(2, first="ove"), cluster(candidate(1, **CLARA)), judged=(same,))
    assert decision.first is not None
    assert (decision.first.lead_id, decision.first.probability) == ("lead-1", 1.0)
    assert [reason.code for reason in decision.first.reasons] == ["judged.same"]


def test_apart_outweighs_the_same_in_one_cluster() -> None:
    whole = cluster(candidate(1, **CLARA), candidate(2, 1, **CLARA))
    judged = (judgement(3, 1, Ruling.SAME), judgement(3, 2, Ruling.APART))
    assert decided(candidate(3, **CLARA), whole, judged=judged).first is None


def test_the_last_judgement_of_a_pair_counts() -> None:
    judged = (judgement(2, 1, Ruling.SAME, minutes=70), judgement(1, 2, Ruling.APART, minutes=60))
    for order in permutations(judged):
        decision = decided(candidate(2, **CLARA), cluster(candidate(1, **CLARA)), judged=order)
        assert decision.first is not None


def test_an_initial_that_fits_two_people_is_up_for_review_with_both() -> None:
    anna = candidate(1, first="anna", last="vogt", phones=("+493023125000",))
    arne = candidate(2, first="arne", last="vogt", phones=("+493023125000",))
    lead = candidate(3, first="a", last="vogt", phones=("+493023125000",))
    decision = decided(lead, cluster(anna), cluster(arne))
    assert decision.first is None
    assert {one.lead_id for one in decision.possible} == {"lead-1", "lead-2"}


def test_a_lead_that_shows_two_clusters_to_be_one_person_joins_them() -> None:
    by_mail = candidate(1, emails=CLARA["emails"])
    by_name = candidate(
        2, first="clara", last="holm", phones=("+4670123",), place={"city": "alderby"}
    )
    lead = candidate(3, **CLARA, phones=("+4670123",))
    decision = decided(lead, cluster(by_name), cluster(by_mail))
    assert decision.first is not None
    assert decision.first.lead_id == "lead-1"
    assert decision.joined == ("lead-2",)


def test_a_cluster_takes_in_a_doubtful_lead_only_while_it_is_small() -> None:
    def members(count: int) -> Cluster:
        others = (
            candidate(number, 1, last="holm", emails=("c@alder.example",))
            for number in range(2, count + 1)
        )
        return cluster(candidate(1, **CLARA), *others)

    lead = candidate(99, first="clara", emails=CLARA["emails"])
    small, large = decided(lead, members(2)), decided(lead, members(12))
    assert small.first is not None
    assert large.first is None
    assert [one.lead_id for one in large.possible] == ["lead-1"]


def test_a_grown_cluster_takes_in_what_fits_the_better_half_of_it() -> None:
    bare = (candidate(number, 1, last="holm", place={"city": "alderby"}) for number in range(2, 6))
    like = (candidate(number, 1, **CLARA) for number in range(6, 10))
    decision = decided(candidate(99, **CLARA), cluster(candidate(1, **CLARA), *bare, *like))
    assert decision.first is not None


def test_a_cluster_that_a_new_lead_fits_in_vain_is_named_as_a_rival() -> None:
    mailbox = {"emails": ("f.s@alder.example",)}
    whole = candidate(1, first="freya", last="sandqvist", place={"city": "alderby"})
    swapped = candidate(2, 1, first="sandqvist", last="freya", **mailbox)
    garbled = candidate(3, first="fera", last="hhs", **mailbox)
    lead = candidate(4, first="freya", **mailbox)
    decision = decided(lead, cluster(whole, swapped), cluster(garbled))
    assert decision.first is not None
    assert decision.first.lead_id == "lead-1"
    assert (decision.joined, decision.rivals) == ((), ("lead-3",))


@pytest.mark.parametrize("threshold", [0.6, 0.999999])
def test_the_thresholds_decide_between_a_link_and_a_review(threshold: float) -> None:
    lead = candidate(2, first="clara", last="holm")
    earlier = cluster(candidate(1, **CLARA))
    decision = decide(lead, [earlier], WEIGHTS, (), Thresholds(threshold, 0.5))
    assert (decision.first is not None) is (threshold < 0.9)
    assert len(decision.possible) == (threshold > 0.9)


def test_what_is_too_improbable_is_not_even_up_for_review() -> None:
    lead = candidate(2, first="clara", last="seiler")
    assert decided(lead, cluster(candidate(1, **CLARA))) == Placement()


def test_a_first_name_that_fits_two_people_of_one_line_joins_the_first_and_not_both() -> None:
    line = {"phones": ("+493023125000",)}
    anna = candidate(1, first="anna", **line)
    hill = candidate(2, 1, first="anna", last="hill", **line)
    lead = candidate(3, first="anna", last="weber", **line)
    decision = decided(lead, cluster(anna, hill))
    assert decision.first is None
    assert [one.lead_id for one in decision.possible] == ["lead-1"]


def test_a_nickname_of_two_names_does_not_bring_two_people_of_one_line_together() -> None:
    line = {"phones": ("+493023125000",), "last": "moreau"}
    chris = candidate(1, first="chris", **line)
    christopher = candidate(2, 1, first="christopher", **line)
    lead = candidate(3, first="christine", **line)
    assert decided(lead, cluster(chris, christopher)).first is None


def test_a_mailbox_alone_does_not_choose_between_two_people_who_gave_it() -> None:
    mailbox = {"emails": ("clara@aldertools.com",)}
    clara = candidate(1, first="clara", last="holm", company="alder tools", **mailbox)
    other = candidate(2, first="rolf", last="trenk", **mailbox)
    decision = decided(candidate(3, **mailbox), cluster(clara), cluster(other))
    assert decision.first is None
    assert {one.lead_id for one in decision.possible} == {"lead-1", "lead-2"}
