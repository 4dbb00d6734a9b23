"""`leadline.duplicates.merging`: blanks are filled, and the fills taken out again."""

from datetime import timedelta
from itertools import permutations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from leadline.duplicates.merging import filled_from, without_fills
from leadline.duplicates.traits import traits_of
from leadline.model.facts.likeness import EDITED_RULE, Trust, ValueOrigin
from leadline.model.lead import Change, RefinedLead
from tests.unit.duplicates.people import START, refined

MAIL = {"email": "clara@alder.example", "email_canonical": "clara@alder.example"}
PHONE = {"phone": "+46 70 123 45 67", "phone_e164": "+46701234567", "phone_extension": "7"}


def test_a_blank_is_filled_and_told_where_it_is_from() -> None:
    lead = filled_from(refined(2, **MAIL), [(refined(1, **PHONE, company="Alder"), Trust.FORM)])
    assert (lead.contact.phone_e164, lead.contact.phone_extension) == ("+46701234567", "7")
    assert lead.contact.company == "Alder"
    assert lead.contact.email == "clara@alder.example"
    assert {one.lead_id for one in lead.filled.values()} == {"lead-1"}
    assert set(lead.filled) == {*PHONE, "company"}


def test_a_value_is_never_replaced() -> None:
    own = refined(2, **MAIL, company="Alder")
    other = refined(1, email="ove@birch.example", company="Birch")
    assert filled_from(own, [(other, Trust.EDITED)]) == own


def test_parts_of_a_value_are_not_mixed() -> None:
    own = refined(2, name="Clara", first_name="Clara")
    lead = filled_from(
        own, [(refined(1, name="Ove Holm", first_name="Ove", last_name="Holm"), Trust.FORM)]
    )
    assert lead.contact.last_name is None


def test_the_greatest_rank_fills_then_the_latest_then_the_greatest_id() -> None:
    leads = [
        (refined(1, company="by rank"), Trust.CRM),
        (refined(3, company="later"), Trust.KEYED),
        (refined(2, company="earlier"), Trust.KEYED),
    ]
    for order in permutations(leads):
        assert filled_from(refined(9), order).contact.company == "by rank"
    assert filled_from(refined(9), leads[1:]).contact.company == "later"
    twin = msgspec.structs.replace(refined(2, company="greater id"), captured_at=START)
    other = msgspec.structs.replace(refined(1, company="smaller id"), captured_at=START)
    assert (
        filled_from(refined(9), [(twin, Trust.KEYED), (other, Trust.KEYED)]).contact.company
        == "greater id"
    )


def test_a_persons_edit_outranks_the_crm_then_come_signed_keyed_and_public_senders() -> None:
    edit = (Change("company", "Alder", "EDITED", EDITED_RULE),)
    edited = msgspec.structs.replace(refined(0, company="edited"), changes=edit)
    members = [
        (edited, Trust.FORM),
        *((refined(n, company=trust), trust) for n, trust in enumerate(reversed(Trust), 1)),
    ]
    del members[1]  # no source is trusted as far as that
    for cut in range(len(members)):
        company = filled_from(refined(9), members[cut:]).filled["company"]
        assert company.lead_id == members[cut][0].lead_id
    told = filled_from(refined(9), members).filled["company"]
    assert told == ValueOrigin("lead-0", START, "generic", Trust.EDITED)
    assert [one.value for one in Trust] == ["form", "keyed", "signed", "crm", "edited"]


def test_an_edit_of_one_field_says_nothing_of_the_others() -> None:
    edit = (Change("company", "Alder", "Birch", EDITED_RULE),)
    edited = msgspec.structs.replace(refined(1, company="Birch", title="buyer"), changes=edit)
    own = filled_from(refined(9), [(edited, Trust.FORM), (refined(2, title="head"), Trust.CRM)])
    assert (own.contact.company, own.contact.title) == ("Birch", "head")


def test_what_was_filled_in_is_no_source_of_fills() -> None:
    middle = filled_from(refined(2), [(refined(1, company="Alder"), Trust.FORM)])
    assert filled_from(refined(3), [(middle, Trust.EDITED)]) == refined(3)


def test_a_fill_is_no_trait() -> None:
    lead = filled_from(refined(2, **MAIL), [(refined(1, **PHONE), Trust.FORM)])
    assert traits_of(lead) == traits_of(refined(2, **MAIL))


VALUES = st.none() | st.sampled_from(["one", "two"])
CONTACTS = st.fixed_dictionaries(dict.fromkeys(("email", "phone", "company", "title"), VALUES))
LEADS = st.lists(
    st.tuples(CONTACTS, st.sampled_from(Trust), st.integers(0, 3)), min_size=1, max_size=4
)


def _members(
    drawn: list[tuple[dict[str, str | None], Trust, int]],
) -> list[tuple[RefinedLead, Trust]]:
    found = []
    for number, (contact, rank, minutes) in enumerate(drawn):
        at = START + timedelta(minutes=minutes)
        found.append((msgspec.structs.replace(refined(number, **contact), captured_at=at), rank))
    return found


@given(LEADS, st.randoms())
def test_every_order_and_grouping_of_merges_gives_one_result(
    drawn: list[tuple[dict[str, str | None], Trust, int]], chance: object
) -> None:
    members, own = _members(drawn), refined(9, title="own")
    whole = filled_from(own, members)
    shuffled = list(members)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random
    assert filled_from(own, shuffled) == whole
    in_parts = filled_from(filled_from(own, shuffled[:1]), shuffled)
    assert in_parts == whole
    merged = [(filled_from(one, members), rank) for one, rank in members]
    assert filled_from(own, merged) == whole


@given(LEADS)
def test_undoing_a_merge_gives_the_original_byte_for_byte(
    drawn: list[tuple[dict[str, str | None], Trust, int]],
) -> None:
    members = _members(drawn)
    for own in (refined(9), members[0][0]):
        before = msgspec.json.encode(own)
        assert msgspec.json.encode(without_fills(filled_from(own, members))) == before
