"""The order of leads, members and clusters makes no difference to what is decided."""

from datetime import timedelta
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.duplicates.comparing import compared
from leadline.duplicates.deciding import Cluster, decide
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Candidate, Judgement, Ruling, Traits
from tests.unit.duplicates.people import START, candidate

WEIGHTS = Weights.load_default()
FIRST = st.sampled_from(["", "clara", "klara", "c", "clara maria", "holm", "ove", "anna", "anne"])
LAST = st.sampled_from(["", "holm", "holms", "holm lund", "clara", "lindgren", "h"])
EMAILS = st.lists(
    st.sampled_from(
        ["clara.holm@alder.example", "clara.holn@alder.example", "info@alder.example",
         "clara.holm@gmail.com", "clara.holm@gmial.com", "ove@birch.example"]
    ),
    max_size=2,
    unique=True,
).map(tuple)  # fmt: skip
PHONES = st.lists(
    st.sampled_from(["+4670123456", "+4670123456;ext=7", "+4670123456;ext=8", "70123456"]),
    max_size=1,
).map(tuple)
PLACE = st.dictionaries(
    st.sampled_from(["street", "house", "extra", "postcode", "city"]),
    st.sampled_from(["mill lane", "mill", "12", "4011", "alderby"]),
)
TRAITS = st.builds(
    Traits,
    first=FIRST,
    last=LAST,
    emails=EMAILS,
    phones=PHONES,
    company=st.sampled_from(["", "alder", "alder bakery", "birch"]),
    place=PLACE,
    other=st.dictionaries(st.just("birth"), st.sampled_from(["19900302", "19900303"])),
)


@given(TRAITS, TRAITS)
def test_two_leads_are_alike_whichever_comes_first(one: Traits, other: Traits) -> None:
    here, there = compared(one, other, WEIGHTS), compared(other, one, WEIGHTS)
    assert {*here.findings} == {*there.findings}
    assert (here.may_link, here.by_name_only) == (there.may_link, there.by_name_only)


def _clusters(members: list[Traits], firsts: list[int]) -> list[Cluster]:
    """Leads in clusters: each in that of the lead with the number, if that is a first one."""
    made: list[list[Candidate]] = []
    for number, traits in enumerate(members):
        place = firsts[number] if number < len(firsts) else number
        lead = msgspec.structs.replace(candidate(number), traits=traits)
        if place < len(made):
            first = made[place][0].lead_id
            made[place].append(msgspec.structs.replace(lead, first=first))
        else:
            made.append([lead])
    return [Cluster(one[0].lead_id, one[0].captured_at, tuple(one)) for one in made]


@settings(deadline=None)
@given(
    TRAITS,
    st.lists(TRAITS, min_size=1, max_size=5),
    st.lists(st.integers(0, 5), max_size=5),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(Ruling), st.integers(0, 2)), max_size=3),
    st.randoms(use_true_random=False),
)
def test_clusters_members_and_judgements_may_come_in_any_order(
    traits: Traits,
    members: list[Traits],
    firsts: list[int],
    rulings: list[tuple[int, Ruling, int]],
    chance: Random,
) -> None:
    lead = msgspec.structs.replace(candidate(99), traits=traits)
    clusters = _clusters(members, firsts)
    judged = [
        Judgement(f"lead-{number}", "lead-99", ruling, "", START + timedelta(minutes=at))
        for number, ruling, at in rulings
    ]
    decision = decide(lead, clusters, WEIGHTS, judged)
    mixed = [
        Cluster(one.first, one.captured_at, tuple(chance.sample(one.members, len(one.members))))
        for one in chance.sample(clusters, len(clusters))
    ]
    turned = [msgspec.structs.replace(one, one=one.other, other=one.one) for one in judged]
    again = decide(lead, mixed, WEIGHTS, chance.sample(turned, len(turned)))
    assert again == decision
