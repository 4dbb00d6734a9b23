"""The compiled numbering plans against the library, on every region that it knows."""

from functools import cache
from unittest.mock import patch

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat as Format

from leadline.refine.phones import plan as phone_plan
from leadline.refine.phones.number import (
    _by_library,
    number_in,
    quick_invalid,
    stands_alone,
)
from leadline.refine.phones.reading import _said, _whole
from leadline.refine.phones.text import read_phone
from tests.worlds.thorough import thorough

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
TYPES = phonenumbers.PhoneNumberType.values()


@cache
def examples(region: str) -> list[str]:
    """National numbers of every type that the region has."""
    found = (phonenumbers.example_number_for_type(region, kind) for kind in TYPES)
    return [phonenumbers.national_significant_number(one) for one in found if one is not None]


def by_library(written: str, region: str) -> tuple[str, str] | None:
    try:
        number = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return (
        phonenumbers.format_number(number, Format.E164),
        phonenumbers.format_number(number, Format.INTERNATIONAL),
    )


@st.composite
def writings(draw: st.DrawFn) -> tuple[str, str]:
    """A number of some region, right or nearly, in some writing, and where it was dialled."""
    region = draw(st.sampled_from(REGIONS))
    digits = list(draw(st.sampled_from(examples(region))))
    for _ in range(draw(st.integers(0, 3))):
        digits[draw(st.integers(0, len(digits) - 1))] = draw(st.sampled_from("0123456789"))
    national = "".join(digits)[: draw(st.sampled_from((20, 20, 20, -1)))]
    code = phonenumbers.country_code_for_region(region)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    written = draw(
        st.sampled_from(
            (f"+{code}", trunk, "", str(code), f"00{code}", f"+{code}(0)", "0", "1", "+")
        )
    )
    gaps = st.sampled_from(("", "", "", " ", "-", ".", ")", "/"))
    text = written + "".join(digit + draw(gaps) for digit in national)
    return text, draw(st.sampled_from((region, region, "", "US", "IT", "AR")))


@thorough(1500, often=400)
@given(writings())
def test_the_fast_path_says_what_the_library_says_or_nothing(case: tuple[str, str]) -> None:
    written, region = case
    if phone_plan.SHAPE.fullmatch(written):
        quick = phone_plan.fast(written, region)
        assert quick is None or quick == by_library(written, region)


@thorough(1500, often=400)
@given(writings())
def test_a_number_that_is_not_valid_is_judged_as_by_the_library(case: tuple[str, str]) -> None:
    written, region = case
    found = quick_invalid(written, region)
    assert found is None or found == _by_library(written, region)


@thorough(500, often=150)
@given(st.from_regex(r"\+?[0-9]{1,17}", fullmatch=True), st.sampled_from(("US", "DE", "AR", "")))
def test_digits_alone_are_read_as_what_may_have_something_beside_it(
    written: str, region: str
) -> None:
    in_brackets = read_phone(written)
    whole = _said(written, in_brackets, region) if in_brackets else (_whole(written, region), "")
    assert (number_in(written, region), "") == whole


_gaps = st.sampled_from(("", "", "", " ", "-"))
_spaced = st.lists(st.tuples(st.sampled_from("0123456789"), _gaps), min_size=3, max_size=16).map(
    lambda digits: "".join(digit + gap for digit, gap in digits).strip(" -")
)
_begun = st.sampled_from(("", "+", "00", "0049 ", "+999 ", "+44 ", "(212) ", "(0", "1-"))


@thorough(1000, often=300)
@given(_begun, _spaced, st.sampled_from(("US", "DE", "AR", "MX", "FI", "")))
@example("0049 ", "30 23125000", "US")
@example("0049 ", "30 23125000", "")
@example("", "2125550147-42", "US")
@example("", "212 555 9-17", "US")
def test_what_stands_alone_is_read_as_what_may_have_something_beside_it(
    begin: str, rest: str, region: str
) -> None:
    written = begin + rest
    if stands_alone(written):
        apart = read_phone(written)
        whole = _said(written, apart, region) if apart else (_whole(written, region), "")
        assert (number_in(written, region), "") == whole
        assert quick_invalid(written, region) in (None, _by_library(written, region))


def test_numbers_behind_00_and_with_unknown_codes_do_not_need_the_library() -> None:
    for written, region in (("0049 30 23125000", "US"), ("+999 1234567", "US"), ("0049 1", "")):
        with patch("leadline.refine.phones.number._by_library", side_effect=AssertionError):
            found = quick_invalid(written, region)
        assert (found is None) == (written == "0049 1")


@pytest.mark.parametrize(
    "written",
    ["555-0147", "+999 1234", "12345", "+49 1", "+1 (212) 555", "08 00", "1 2 3", "+44 20 7946"],
)
@pytest.mark.parametrize("region", ["US", "DE", ""])
def test_too_short_and_unknown_numbers_are_judged_as_by_the_library(
    written: str, region: str
) -> None:
    found = quick_invalid(written, region)
    assert found is None or found == _by_library(written, region)


@pytest.mark.parametrize("region", REGIONS)
def test_every_kind_of_number_of_every_region_reads_as_in_the_library(region: str) -> None:
    for national in examples(region):
        code = phonenumbers.country_code_for_region(region)
        for written in (f"+{code}{national}", f"+{code} {national}"):
            quick = phone_plan.fast(written, "")
            assert quick is None or quick == by_library(written, "")


def test_the_fast_path_is_taken_where_it_matters() -> None:
    """Nearly all valid numbers in international form, and the national form of large countries;
    else the speed that bench/refine_rules.py measures would be luck."""
    taken = [
        phone_plan.fast(f"+{phonenumbers.country_code_for_region(region)}{national}", "")
        for region in REGIONS
        for national in examples(region)
    ]
    assert sum(one is not None for one in taken) > 0.97 * len(taken)
    for region, written in (
        ("US", "(212) 555-0100"), ("GB", "020 7946 0018"), ("DE", "030 23125111"),
        ("FR", "01 99 00 12 34"), ("IT", "06 1234 5678"), ("ES", "912 34 56 78"),
        ("IN", "074104 10123"), ("NL", "020 123 4567"), ("AU", "02 5550 1234"),
    ):  # fmt: skip
        assert phone_plan.fast(written, region) == by_library(written, region) is not None


@pytest.mark.parametrize("written", ["+", "+1", "()", "00", "+00 123456", "+999123456", "123456"])
def test_what_the_plans_can_not_read_is_left_to_the_library(written: str) -> None:
    assert phone_plan.fast(written, "") is None
