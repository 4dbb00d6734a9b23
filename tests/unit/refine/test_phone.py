"""Phone numbers, case by case; the numbers are from ranges kept free for fiction."""

import phonenumbers
import pytest

from leadline.refine.phones.phone import Phone, refine_phone


@pytest.mark.parametrize(
    ("written", "region", "shown", "e164", "extension"),
    [
        ("+12125550100", "", "+1 212-555-0100", "+12125550100", None),
        ("(212) 555-0100", "US", "+1 212-555-0100", "+12125550100", None),
        ("1-212-555-0100", "US", "+1 212-555-0100", "+12125550100", None),
        ("020 7946 0018", "GB", "+44 20 7946 0018", "+442079460018", None),
        ("+44 (0)20 7946 0018", "US", "+44 20 7946 0018", "+442079460018", None),
        ("0044 20 7946 0018", "", "+44 20 7946 0018", "+442079460018", None),  # no region needed
        ("0044 20 7946 0018", "US", "+44 20 7946 0018", "+442079460018", None),  # US dials 011
        ("011 44 20 7946 0018", "US", "+44 20 7946 0018", "+442079460018", None),
        ("+34 (0)912 34 56 78", "", "+34 912 34 56 78", "+34912345678", None),  # Spain has no 0
        ("06 12345678", "IT", "+39 06 1234 5678", "+390612345678", None),  # Italy keeps it
        ("tel:+1-212-555-0100", "", "+1 212-555-0100", "+12125550100", None),
        ("Phone: (212) 555-0100", "US", "+1 212-555-0100", "+12125550100", None),
        ("p:+12125550100", "", "+1 212-555-0100", "+12125550100", None),  # Facebook's export
        ("12125550100.0", "US", "+1 212-555-0100", "+12125550100", None),  # was a JSON float
        ("493023125111.0", "DE", "+49 30 23125111", "+493023125111", None),  # .0 is no digit
        ("1-800-FLOWERS", "US", "+1 800-356-9377", "+18003569377", None),
        ("212.555.0100 x123", "US", "+1 212-555-0100 ext. 123", "+12125550100", "123"),
        ("212-555-0100 ext. 5", "US", "+1 212-555-0100 ext. 5", "+12125550100", "5"),
        ("+44 20 7946 0018;ext=7", "", "+44 20 7946 0018 ext. 7", "+442079460018", "7"),
        ("٠٢٠٧٩٤٦٠٠١٨", "GB", "+44 20 7946 0018", "+442079460018", None),  # Arabic digits
        ("＋４４ ２０ ７９４６ ００１８", "", "+44 20 7946 0018", "+442079460018", None),
        ("+44\u00a020\u202c7946 0018", "", "+44 20 7946 0018", "+442079460018", None),
    ],
)
def test_a_valid_number_is_shown_one_way(
    written: str, region: str, shown: str, e164: str, extension: str | None
) -> None:
    phone = refine_phone(written, region)
    assert (phone.written, phone.e164, phone.extension) == (shown, e164, extension)
    assert phone.problems == ()


@pytest.mark.parametrize(
    ("written", "region", "problem", "e164"),
    [
        ("call me maybe", "US", "phone.unparseable", None),
        ("12", "", "phone.unparseable", None),
        ("+999 123 4567", "", "phone.unparseable", None),  # no such country
        ("4.42079E+11", "GB", "phone.unparseable", None),  # Excel has thrown digits away
        ("9" * 300, "US", "phone.unparseable", None),
        ("212 555 0100", "", "phone.no_region", None),
        ("+1 555 010 0000", "", "phone.invalid", "+15550100000"),  # no such area code
        ("15550000000.0", "US", "phone.invalid", "+15550000000"),
        ("555-0100", "US", "phone.invalid", None),  # local: too short to be called from elsewhere
    ],
)
def test_what_is_no_valid_number_stays_as_it_was_written(
    written: str, region: str, problem: str, e164: str | None
) -> None:
    assert refine_phone(written, region) == Phone(written, e164, None, (problem,), ())


@pytest.mark.parametrize(
    "written",
    ["212-555-0100 / 212-555-0101", "2125550100;2125550101", "+12125550100,+12125550101",
     "(212) 555-0100 or (212) 555-0101", "+1 212 555 0100 | 212 555 0101"],
)  # fmt: skip
def test_of_several_numbers_the_first_is_kept_and_it_is_said(written: str) -> None:
    phone = refine_phone(written, "US")
    assert (phone.written, phone.problems) == ("+1 212-555-0100", ("phone.several",))


def test_a_slash_inside_one_number_does_not_make_two() -> None:
    assert refine_phone("030/23125111", "DE").e164 == "+493023125111"


@pytest.mark.parametrize("base", ["(212) 555-0100", "+44 20 7946 0018", "030/23125111", "212 555"])
@pytest.mark.parametrize("mark", [" x", "x", " ext. ", "ext", " EXT.", " extension ", " #"])
@pytest.mark.parametrize("region", ["US", "DE"])
def test_an_extension_is_what_the_library_takes_for_one(base: str, mark: str, region: str) -> None:
    written = f"{base}{mark}123"
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        number = phonenumbers.PhoneNumber()
    phone = refine_phone(written, region)
    assert phone.extension == number.extension
    if phonenumbers.is_valid_number(number):
        expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert phone.e164 == expected


@pytest.mark.parametrize("region", ["TW", "RO", "UY", "PE", "GB", "US"])
def test_an_extension_reads_back_in_every_country(region: str) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    once = refine_phone(f"{e164} ext. 1234567890", "")
    assert once.extension == "1234567890"
    assert refine_phone(once.written, "") == Phone(once.written, e164, "1234567890")


@pytest.mark.parametrize(
    ("written", "region"),
    [("+52 1 55 1234 5678", ""), ("+52 (1) 55 1234 5678", "US"), ("5215512345678", "MX"),
     ("01 55 1234 5678", "MX"), ("044 55 1234 5678", "MX"), ("045 55 1234 5678", "MX")],
)  # fmt: skip
def test_a_mexican_number_with_a_prefix_given_up_in_2019_is_the_number_of_today(
    written: str, region: str
) -> None:
    phone = refine_phone(written, region)
    assert (phone.written, phone.e164) == ("+52 55 1234 5678", "+525512345678")
    assert phone.problems == ("phone.old_form",)
    assert refine_phone(f"{written} ext. 12", region).extension == "12"


@pytest.mark.parametrize("written", ["+52 1 55 1234 567", "+52 1 00 0000 0000"])
def test_a_prefix_given_up_in_2019_makes_no_wrong_mexican_number_right(written: str) -> None:
    assert refine_phone(written, "").problems == ("phone.invalid",)


def test_nothing_is_nothing() -> None:
    assert refine_phone(None, "US") == refine_phone("", "US") == Phone()
    assert refine_phone(" \u200b", "US").written is None
