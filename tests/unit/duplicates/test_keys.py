"""`leadline.duplicates.keys`: under which keys leads that may be one person are found."""

from typing import Any

import pytest

from leadline.duplicates.keys import MOST_KEYS, candidate_keys
from leadline.model.facts.likeness import Traits


def shared(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """The names of the keys that two leads have in common."""
    mine, theirs = candidate_keys(Traits(**one)), candidate_keys(Traits(**other))
    return {name for name, key in mine.items() if key in theirs.values()}


@pytest.mark.parametrize(
    "other",
    ["samuelholm35@alder-works.com", "samuellholm35@aldre-works.com", "samuel.holn35@alderwork.de"],
)
def test_slips_in_both_parts_of_an_address_leave_a_key(other: str) -> None:
    assert "slip" in shared({"emails": ("samuelholm35@alder-works.com",)}, {"emails": (other,)})


@pytest.mark.parametrize(
    "other", ["samuelholm36@alder-works.com", "tamuelholm35@alder-works.com", "s35@birch.com"]
)
def test_other_figures_and_another_first_letter_are_another_mailbox(other: str) -> None:
    assert "slip" not in shared({"emails": ("samuelholm35@alder-works.com",)}, {"emails": (other,)})


def test_a_short_local_part_is_a_key_only_with_figures() -> None:
    assert shared({"emails": ("jt40@combs.com",)}, {"emails": ("jt40@birch.net",)}) == {"local"}
    assert not shared({"emails": ("jt@combs.com",)}, {"emails": ("jt@birch.net",)})


def test_a_postcode_of_a_street_is_a_key_and_that_of_a_town_is_none() -> None:
    fine = {"place": {"postcode": "sw1a1aa"}}
    assert shared({"first": "ove", **fine}, {"first": "greta", **fine}) == {"postcode"}
    wide = {"place": {"postcode": "04011"}}
    assert not shared({"first": "ove", **wide}, {"first": "greta", **wide})


def test_misspelt_names_in_a_misspelt_city_have_a_key() -> None:
    one = {"first": "alfie", "last": "griffihs", "place": {"city": "plyoutm"}}
    other = {"first": "griffiths", "last": "alfie", "place": {"city": "plymouth"}}
    assert shared(one, other) == {"initials_city"}


def test_a_lead_has_a_limited_number_of_keys() -> None:
    place = {"house": "12", "street": "mill lane", "postcode": "sw1a1aa", "city": "alderby"}
    whole = Traits("clara", "holm", ("c@x.com", "d@y.com"), ("+4670123456",), "alder", "se", place)
    assert len(candidate_keys(whole)) == MOST_KEYS


@pytest.mark.parametrize("email", ["@ada", "@example.com", "+fair@example.com", "a@example.com"])
def test_whatever_stands_before_the_sign_of_an_address_has_keys(email: str) -> None:
    """A handle ("@ada") in the field of the address made refinement fail."""
    assert len(candidate_keys(Traits(first="ada", last="vance", emails=(email,)))) > 2


def test_leads_with_handles_only_share_no_slip() -> None:
    assert not shared({"emails": ("@ada.com",)}, {"emails": ("@aba.com",)})
