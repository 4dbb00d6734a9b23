"""Refinement without some kinds of cleaning."""

from datetime import UTC, datetime
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.model.facts.cleaning import CLEANING_KINDS, kinds_left_out
from leadline.model.keys import match_keys
from leadline.model.lead import LeadFields, RefinedLead
from leadline.refine import About, refine
from leadline.refine.limits import LIMITS
from tests.unit.refine.test_promises import CONTACT, FIELDS, kept_of, shown
from tests.worlds.thorough import THOROUGH

AT = datetime(2026, 3, 2, tzinfo=UTC)
ABOUT = About("0190", AT, AT, "form", "US")
WRITTEN = LeadFields(
    name="LOVELACE, ADA",
    email="ADA@Example.com",
    phone="(415) 555-2671",
    company="ANALYTICAL ENGINES GMBH",
    website="HTTPS://Example.com/A",
)
AS_KNOWN = (
    "email_canonical", "email_kind", "company_domain", "phone_e164", "phone_extension"
)  # fmt: skip
KINDS = st.sets(st.sampled_from(sorted(CLEANING_KINDS)), min_size=1).map(frozenset)


def refined(fields: LeadFields, *without: str) -> RefinedLead:
    return refine(fields, msgspec.structs.replace(ABOUT, without=frozenset(without)))


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("names", ("name",)),
        ("companies", ("company",)),
        ("emails", ("email",)),
        ("phones", ("phone",)),
        ("websites", ("website",)),
    ],
)
def test_what_is_left_out_leaves_its_fields_as_written_and_all_others_refined(
    kind: str, names: tuple[str, ...]
) -> None:
    usual, lead = refined(WRITTEN), refined(WRITTEN, kind)
    parts = ("first_name", "last_name") if kind == "names" else ()
    for name in names:
        assert getattr(lead.contact, name) == getattr(WRITTEN, name)
        assert getattr(usual.contact, name) != getattr(WRITTEN, name)
    for name in set(usual.contact.__struct_fields__) - {*names, *parts}:
        assert getattr(lead.contact, name) == getattr(usual.contact, name), name
    assert [getattr(lead.contact, name) for name in parts] == [None] * len(parts)
    kept = [one for one in usual.changes if one.field not in {*names, *parts}]
    assert [one for one in lead.changes if one.field not in {*names, *parts}] == kept
    assert all(one.field not in names for one in lead.changes)
    assert lead.problems == usual.problems


def test_a_name_in_parts_is_still_joined_and_what_says_nothing_is_still_removed() -> None:
    lead = refined(LeadFields(first_name="ADA", last_name="undefined"), "names")
    assert (lead.contact.name, lead.contact.first_name, lead.contact.last_name) == (
        "ADA", "ADA", None
    )  # fmt: skip
    nobody = LeadFields(name="n/a", email="n/a", phone="none", company="N/A", website="http://")
    lead = refined(nobody, *CLEANING_KINDS)
    assert set(msgspec.structs.astuple(lead.contact)) == {None}


def test_an_address_that_something_stands_around_is_still_taken_out_of_it() -> None:
    lead = refined(LeadFields(email="Ada Lovelace <ADA@Example.com>"), "emails")
    assert lead.contact.email == "ada@example.com"


def test_a_value_in_the_wrong_field_stays_there_but_the_person_is_known_by_it() -> None:
    written = LeadFields(
        name="Ada Lovelace", company="ada@example.com", message="Call 415-555-2671"
    )
    usual, lead = refined(written), refined(written, "misplaced")
    assert (usual.contact.email, usual.contact.company) == ("ada@example.com", None)
    assert (lead.contact.email, lead.contact.company) == (None, "ada@example.com")
    assert lead.contact.email_canonical == "ada@example.com"
    assert match_keys(lead) == match_keys(usual)


@settings(max_examples=60 if THOROUGH else 20, deadline=None, derandomize=True)
@given(FIELDS, KINDS)
def test_whatever_is_left_out_the_lead_is_known_by_the_same_and_as_safe(
    fields: LeadFields, without: frozenset[str]
) -> None:
    usual, lead = refined(fields), refined(fields, *without)
    assert (lead.status, lead.problems) == (usual.status, usual.problems)
    assert match_keys(lead) == match_keys(usual)
    for name in AS_KNOWN:
        assert getattr(lead.contact, name) == getattr(usual.contact, name)
    kept = kept_of(lead)
    for field in (*CONTACT, "website"):
        chain = [change for change in lead.changes if change.field == field]
        for earlier, later in pairwise(chain):
            assert earlier.after == later.before
        if chain:
            assert chain[0].before == shown(getattr(fields, field) or None)
            assert chain[-1].after == shown(kept[field])
        if kept[field]:
            assert len(kept[field]) <= LIMITS[field]
            assert "\n" not in kept[field]
            assert "\x00" not in kept[field]


@pytest.mark.parametrize("value", ["without names companies", "without names, companies"])
def test_the_kinds_are_named_behind_without(value: str) -> None:
    assert kinds_left_out(value) == {"names", "companies"}
    assert kinds_left_out("") == frozenset()


@pytest.mark.parametrize("value", ["names", "without", "without shoes", "  "])
def test_other_words_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="names, companies, emails"):
        kinds_left_out(value)
