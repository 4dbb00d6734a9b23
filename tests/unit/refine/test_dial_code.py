"""Phones with a dial code before them, as sources write it and as people do."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.refine.phones.dial_code import Dialled, calling_code_in, read_dialled
from leadline.refine.phones.phone import Phone, refine_phone

NUMBERS = {
    region: number
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number(region)) is not None
}
NATIONAL = phonenumbers.PhoneNumberFormat.NATIONAL
E164 = phonenumbers.PhoneNumberFormat.E164


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("(+91) 8123456789", "+918123456789"),
        ("(IN) 8123456789", "+918123456789"),
        ("(+India) 8123456789", "+918123456789"),
        ("(+IND) 8123456789", "+918123456789"),
        ("India 8123456789", "+918123456789"),
        ("India (+91) 8123456789", "+918123456789"),
        ("🇮🇳 +91 8123456789", "+918123456789"),
        ("🇮🇳 8123456789", "+918123456789"),
        ("(+91) 918123456789", "+918123456789"),  # the code is in the number, too
        ("(+91) +918123456789", "+918123456789"),
        ("(+44) 0044 20 7946 0018", "+442079460018"),
        ("(+44) 020 7946 0018", "+442079460018"),
        ("(+39) 02 12345678", "+390212345678"),
        ("(+1242) 3456789", "+12423456789"),
        ("(+1242) 242 345 6789", "+12423456789"),
        ("(+1) 416 555 0123", "+14165550123"),  # Canada shares it
        ("(+7) 8 771 000 9998", "+77710009998"),  # Kazakhstan shares it
        ("(+800) 1234 5678", "+80012345678"),  # a code without a country
        ("(+54) 011 15-2345-6789", "+5491123456789"),
    ],
)
def test_a_national_number_is_one_of_its_dial_code(written: str, e164: str) -> None:
    for region in ("US", ""):
        phone = refine_phone(written, region)
        assert (phone.e164, phone.problems) == (e164, ())


@pytest.mark.parametrize(
    "written", ["(+91) +1 212 555 0100", "(IN) +12125550100", "(+91) 001 2125550100"]
)
def test_an_international_number_stays_and_a_dial_code_that_contradicts_it_is_said(
    written: str,
) -> None:
    phone = refine_phone(written, "GB")
    assert (phone.e164, phone.problems) == ("+12125550100", ("phone.dial_code",))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("(+Atlantis) 2125550100", "phone.unknown_country"),
        ("(+91) 12", "phone.invalid"),
        ("(+44) 2125550100", "phone.invalid"),
        ("(IN) 2125550100000", "phone.invalid"),
        ("(+999) 212 555 0100", "phone.unparseable"),
    ],
)
def test_a_number_that_is_none_of_its_dial_code_is_kept_and_never_one_of_the_region(
    written: str, problem: str
) -> None:
    phone = refine_phone(written, "US")
    assert (phone.written, phone.problems) == (written, (problem,))
    assert not (phone.e164 or "").startswith("+1")


@pytest.mark.parametrize("word", ["(office)", "Office", "PH", "Cel", "No.", "mobile:"])
def test_a_word_before_a_number_is_no_country(word: str) -> None:
    assert refine_phone(f"{word} 212-555-0100", "US").e164 == "+12125550100"


def test_several_numbers_after_a_dial_code_are_said() -> None:
    phone = refine_phone("(+India) 8123456789 / 8123456780", "US")
    assert (phone.e164, phone.problems) == ("+918123456789", ("phone.several",))


def test_what_has_no_dial_code_before_it_is_not_read_as_dialled() -> None:
    assert read_dialled("(212) 555-0100") is None
    assert read_dialled("8123456789") is None
    assert read_dialled("(ZZ) 8123456789") is None
    assert read_dialled("(+91) 8123456789") == Dialled("8123456789", "IN", "91")
    assert [calling_code_in(digits) for digits in ("91812", "1242", "999", "")] == [
        "91",
        "1",
        "",
        "",
    ]


def test_many_brackets_are_no_trouble() -> None:
    assert refine_phone("(+1) " * 45 + "2125550100", "US").e164 in ("+12125550100", None)


@given(
    st.sampled_from(sorted(NUMBERS)),
    st.sampled_from(["(+{calling}) ", "({region}) ", "(+{name}) "]),
)
def test_every_dial_code_gives_the_number_that_phonenumbers_gives(
    region: str, spelling: str
) -> None:
    number = NUMBERS[region]
    written = phonenumbers.format_number(number, NATIONAL)
    code = spelling.format(calling=number.country_code, region=region, name=region.lower())
    parsed = phonenumbers.parse(written, region)
    expected = phonenumbers.format_number(parsed, E164)
    if (
        "+{calling}" in spelling
        and phonenumbers.parse(f"+{number.country_code} {written}") != parsed
    ):
        return  # a national prefix of this region that its calling code alone does not tell
    phone = refine_phone(code + written, "")
    assert (phone.e164, phone.problems) == (expected, ())
    assert refine_phone(phone.written, "") == Phone(phone.written, expected)
