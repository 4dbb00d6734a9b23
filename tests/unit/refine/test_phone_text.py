"""Extensions, remarks and several numbers in one phone field, and what must not become a number."""

import phonenumbers
import pytest

from leadline.refine.phones.phone import refine_phone
from leadline.refine.phones.text import read_phone

REGIONS = (
    "US", "CA", "GB", "DE", "FR", "ES", "IT", "BR", "MX", "IN", "AU", "AT", "CH", "NL", "BE", "SE",
    "NO", "DK", "FI", "PL", "PT", "RU", "JP", "CN", "ZA", "AR",
)  # fmt: skip
EXTENDED = (
    "{} x42", "{}x42", "{} X 42", "{} ext. 42", "{} Ext:42", "{} EXT42", "{} extn 42",
    "{}, ext. 42",
    "{} extension 42", "{} extension number 42", "{} ext no. 42", "{} Ext. # 42", "{} (ext. 42)",
    "{} [x42]", "{} #42", "{};ext=42", "{},,42", "{} DW 42", "{} (DW 42)", "{} DW-42", "{} / DW 42",
    "{} Durchwahl 42", "{} Nst. 42", "{} Apparat 42", "{} ramal 42", "{} ramal: 42", "{} int. 42",
    "{} interno 42", "{} anexo 42", "{} poste 42", "{} poste n° 42", "{} доб. 42", "{} доб.(42)",
    "{} вн. 42", "{} toestel 42", "{} wew. 42", "{} klapka 42", "{} dahili 42", "{} 内線42",
    "{} 转 42", "Tel.: {} DW 42", "{} telephone extension 42",
)  # fmt: skip


@pytest.mark.parametrize("writing", EXTENDED)
def test_an_extension_is_read_in_every_usual_writing_and_country(writing: str) -> None:
    for region in REGIONS:
        example = phonenumbers.example_number_for_type(region, 0)
        assert example is not None
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for form in (
            phonenumbers.PhoneNumberFormat.INTERNATIONAL,
            phonenumbers.PhoneNumberFormat.NATIONAL,
        ):
            written = writing.format(phonenumbers.format_number(example, form))
            phone = refine_phone(written, region)
            assert (phone.e164, phone.extension) == (e164, "42"), written
            assert phone.problems == ()
            assert phone.written is not None
            assert " ext. 42" in phone.written


@pytest.mark.parametrize(
    ("written", "region", "shown"),
    [
        ("+1 212 555 0147 (office)", "US", "+1 212-555-0147 (office)"),
        ("212 555 0147 call after 5", "US", "+1 212-555-0147 (call after 5)"),
        ("212 555 0147 call after 5pm", "US", "+1 212-555-0147 (call after 5pm)"),
        ("call me on 212 555 0147 after 5pm", "US", "+1 212-555-0147 (after 5pm)"),
        ("+1 212 555 0147 9-17 Uhr", "US", "+1 212-555-0147 (9-17 Uhr)"),
        ("+49 30 23125001 17h", "DE", "+49 30 23125001 (17h)"),
        ("+49 30 23125001 (24/7)", "DE", "+49 30 23125001 (24/7)"),
        ("+49 30 23125001 (2. OG)", "DE", "+49 30 23125001 (2. OG)"),
        ("+1 212 555 0147 3 lines", "US", "+1 212-555-0147 (3 lines)"),
        ("030 23 12 50 01 Büro", "DE", "+49 30 23125001 (Büro)"),
        ("+44 20 7946 (0018)", "", "+44 20 7946 0018"),
        ("+49 30 23125001 Zi 5", "DE", "+49 30 23125001 (Zi 5)"),
        ("+55 11 91234-5678 WhatsApp", "", "+55 11 91234-5678 (WhatsApp)"),
        ("WhatsApp: +55 11 91234-5678", "US", "+55 11 91234-5678 (WhatsApp)"),
        ("https://wa.me/5511912345678", "US", "+55 11 91234-5678 (WhatsApp)"),
        ("212 555 0147 2nd floor", "US", "+1 212-555-0147 (2nd floor)"),
        ("2125550147office", "US", "+1 212-555-0147 (office)"),
        ("India 81234 56789 (office)", "US", "+91 81234 56789 (office)"),
        ("+1 212 555 0147 x42 - evenings", "US", "+1 212-555-0147 ext. 42 (evenings)"),
        ("+1 212 555 0147 ext 42-45", "US", "+1 212-555-0147 (ext 42-45)"),
        ("phone no. 212 555 0147", "US", "+1 212-555-0147"),
        ("My number is 212 555 0147.", "US", "+1 212-555-0147"),
        ("+1\u2013212\u2013555\u20130147", "", "+1 212-555-0147"),
        ("01,23,45,67,89", "FR", "+33 1 23 45 67 89"),
        ("1-800-555-CALL", "US", "+1 800-555-2255"),
    ],
)
def test_a_remark_is_shown_behind_the_number(written: str, region: str, shown: str) -> None:
    phone = refine_phone(written, region)
    assert (phone.written, phone.problems) == (shown, ())
    again = refine_phone(phone.written, region)
    assert (again.written, again.e164) == (phone.written, phone.e164)


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+49 30 2312 O5", "DE"),  # the letter O; +49 30 2312 would be another number
        ("+49 30 2312 Raum 512", "DE"),
        ("+49 30 23125001 2. OG", "DE"),  # +49 30 231250012 is valid, too
        ("+49 30 abc 23125", "DE"),
        ("030 231 DW 42", "DE"),
        ("ext 42 212 555 0147", "US"),
        ("+1 212 555 OI47B", "US"),
    ],
)
def test_where_it_is_not_sure_where_a_number_ends_there_is_none(written: str, region: str) -> None:
    phone = refine_phone(written, region)
    assert phone.written == written
    assert phone.problems in (("phone.unparseable",), ("phone.invalid",))


@pytest.mark.parametrize(
    ("written", "e164", "extension"),
    [
        ("+1 212 555 0147-42", "+12125550147", "42"),
        ("212-555-0147 (42)", "+12125550147", "42"),
        ("+33 1 23 45 67 89-12", "+33123456789", "12"),
        ("+49 30 23125-42", "+49302312542", None),  # a direct number: it is dialled as a whole
        ("+43 1 23456-0", "+431234560", None),
    ],
)
def test_digits_behind_a_hyphen_are_an_extension_only_where_the_number_is_complete(
    written: str, e164: str, extension: str | None
) -> None:
    phone = refine_phone(written, "US")
    assert (phone.e164, phone.extension, phone.problems) == (e164, extension, ())


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("+1 212 555 0147 (home) / 917 555 0148 (cell)", "US", "+12125550147"),
        ("212-555-0147 or mobile: 917 555 0148", "US", "+12125550147"),
        ("212-555-0147 - 917-555-0148", "US", "+12125550147"),
        ("2125550147 9175550148", "US", "+12125550147"),
        ("+1 212 555 0147 +1 917 555 0148", "US", "+12125550147"),
        ("212-555-0147 y 917-555-0148", "US", "+12125550147"),
        ("+1 212 555 0147/48", "US", "+12125550147"),
        ("030 23125001/02", "DE", "+493023125001"),
        ("Tel. 030 23125001, Mobil 0171 1234567", "DE", "+493023125001"),
        ("+44 20 7946 0018 / +44 7911 123456 ext 5", "GB", "+442079460018"),
        ("(+91) 81234 56789 / 81234 56780", "US", "+918123456789"),
        ("555-0147 / +1 212 555 0148", "US", "+12125550148"),  # the first is none
    ],
)
def test_of_several_numbers_the_first_valid_one_counts(
    written: str, region: str, e164: str
) -> None:
    phone = refine_phone(written, region)
    assert (phone.e164, phone.extension, phone.problems) == (e164, None, ("phone.several",))


def test_a_text_without_seven_digits_in_a_row_has_no_number() -> None:
    assert read_phone("call me maybe") is None
    assert read_phone("12 ext 345678") is None


@pytest.mark.parametrize(
    ("written", "region", "e164", "shown"),
    [
        ("030 23125001 24/7", "DE", "+493023125001", "+49 30 23125001 (24/7)"),
        ("030 23125001 9-17", "DE", "+493023125001", "+49 30 23125001 (9-17)"),
        ("+49 171 1234567 8-18", "DE", "+491711234567", "+49 171 1234567 (8-18)"),
        ("212-555-0147 9-5", "US", "+12125550147", "+1 212-555-0147 (9-5)"),
        ("089 1234-12", "DE", "+4989123412", "+49 89 123412"),  # a direct dial, no hours
    ],
)
def test_hours_behind_a_number_are_no_digits_of_it(
    written: str, region: str, e164: str, shown: str
) -> None:
    phone = refine_phone(written, region)
    assert (phone.e164, phone.written, phone.problems) == (e164, shown, ())
    assert refine_phone(shown, region).written == shown


def test_a_slash_may_stand_inside_a_number_behind_its_area_code() -> None:
    phone = refine_phone("0049 (0) 171 / 123 45 67", "")
    assert (phone.e164, phone.problems) == ("+491711234567", ())


def test_of_a_fax_and_a_phone_the_phone_counts() -> None:
    phone = refine_phone("fax 212-555-0148, tel 212-555-0147", "US")
    assert (phone.written, phone.problems) == ("+1 212-555-0147", ("phone.several",))


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("2O2-555-O143", "US", "+12025550143"),
        ("+1 202 555 Ol43", "", "+12025550143"),
        ("O6 I2 34 5O 78", "FR", "+33612345078"),
    ],
)
def test_letters_that_look_like_digits_are_digits_where_numbers_have_one_length(
    written: str, region: str, e164: str
) -> None:
    phone = refine_phone(written, region)
    assert (phone.e164, phone.problems) == (e164, ("phone.letters",))
    assert phone.changes[-1].before == written


@pytest.mark.parametrize("written", ["OOOO OIII", "2O2-555-O14", "1-8OO-FL0WERS", "2O2O2O2OOO"])
def test_letters_are_not_read_as_digits_where_that_makes_no_sure_number(written: str) -> None:
    assert "phone.letters" not in refine_phone(written, "US").problems
