"""Numbers with a country code and without a plus sign, and numbers of forms that were given up."""

from datetime import UTC, datetime

import pytest

from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.refine.phones.phone import refine_phone

SURE: tuple[str, ...] = ()
UNSURE = ("phone.plus_unsure",)
OLD = ("phone.old_form",)


@pytest.mark.parametrize(
    ("written", "region", "e164", "problems"),
    [
        ("4930 23125001", "US", "+493023125001", UNSURE),
        ("4930 23125001", "", "+493023125001", UNSURE),
        ("4930 23125001", "DE", "+493023125001", SURE),
        ("(49) 30 23125001", "US", "+493023125001", UNSURE),
        ("49-30-23125001", "FR", "+493023125001", UNSURE),
        ("0049 30 23125001", "US", "+493023125001", SURE),
        ("011 49 30 23125001", "DE", "+493023125001", SURE),
        ("+00 49 30 23125001", "US", "+493023125001", SURE),
        ("1 212 555 0147", "DE", "+12125550147", UNSURE),
        ("1 212 555 0147", "", "+12125550147", UNSURE),
        ("12125550147", "GB", "+12125550147", UNSURE),
        ("12125550147", "US", "+12125550147", SURE),
        ("33612345678", "DE", "+33612345678", UNSURE),  # a valid number in Germany, too
        ("33 6 12 34 56 78", "AT", "+33612345678", UNSURE),
        ("65 8123 4567", "US", "+6581234567", UNSURE),  # grouped as in Singapore
        ("479-212-3456", "US", "+14792123456", SURE),  # grouped as in the US, not as in Norway
        ("4792123456", "US", "+14792123456", SURE),  # all numbers of the US are as long
        ("3281234567", "IT", "+393281234567", SURE),  # a mobile number
        ("4733334444", "BR", "+554733334444", UNSURE),  # or a Norwegian one
        ("47 3333-4444", "BR", "+554733334444", SURE),
        ("468123456", "FR", "+33468123456", UNSURE),  # without its 0, or a Swedish one
        ("612345678", "FR", "+33612345678", SURE),  # no number of Australia
    ],
)
def test_digits_that_begin_with_a_country_code_are_never_silently_another_number(
    written: str, region: str, e164: str, problems: tuple[str, ...]
) -> None:
    phone = refine_phone(written, region)
    assert (phone.e164, phone.problems) == (e164, problems)


@pytest.mark.parametrize(
    ("written", "email", "country", "e164", "problems"),
    [
        ("3253142536", "jo@bakery.be", None, "+3253142536", UNSURE),
        ("3253142536", "jo@example.com", None, "+13253142536", SURE),
        ("3253142536", "jo@bakery.be", "US", "+13253142536", SURE),
        ("325-314-2536", "jo@bakery.be", None, "+13253142536", SURE),  # grouped as in the US
        ("4412345678", "jo@bakery.co.uk", None, "+14412345678", SURE),  # no British number
        ("2125550147", "jo@start.io", None, "+12125550147", SURE),
        ("4792123456", "jo@fjord.no", None, "+4792123456", UNSURE),
    ],
)
def test_bare_digits_are_a_number_of_the_mail_domains_country_if_the_lead_names_none(
    written: str, email: str, country: str | None, e164: str, problems: tuple[str, ...]
) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    fields = LeadFields(phone=written, email=email, country=country)
    lead = refine(fields, About("x", at, at, "generic", "US"))
    told = tuple(one for one in lead.problems if one.startswith("phone."))
    assert (lead.contact.phone_e164, told) == (e164, problems)


@pytest.mark.parametrize("written", ["212 555 0147", "4733334444", "6581234567"])
def test_few_digits_of_an_unknown_country_are_no_number(written: str) -> None:
    phone = refine_phone(written, "")
    assert (phone.e164, phone.problems) == (None, ("phone.no_region",))


@pytest.mark.parametrize(
    ("old", "region", "new"),
    [
        ("+52 1 55 1234 5678", "", "+525512345678"),
        ("5215512345678", "MX", "+525512345678"),
        ("+55 11 9123-4567", "", "+5511991234567"),
        ("+55 11 8123-4567", "", "+5511981234567"),
        ("(11) 8123-4567", "BR", "+5511981234567"),
        ("0 15 11 8123-4567", "BR", "+5511981234567"),  # with the code of a carrier
        ("+54 11 15 2345-6789", "", "+5491123456789"),
        ("+54 9 11 15 2345-6789", "", "+5491123456789"),
        ("+54 341 15 234-5678", "", "+5493412345678"),
        ("+57 1 3456789", "", "+576013456789"),
        ("(4) 345 6789", "CO", "+576043456789"),
        ("+84 168 123 4567", "", "+84381234567"),
        ("0121 123 4567", "VN", "+84791234567"),
        ("+229 97 00 00 00", "", "+2290197000000"),
    ],
)
def test_a_number_of_a_form_given_up_is_the_one_of_today_and_it_is_said(
    old: str, region: str, new: str
) -> None:
    phone = refine_phone(old, region)
    assert (phone.e164, phone.problems) == (new, OLD)
    assert refine_phone(phone.written, "").e164 == new
    assert {change.rule for change in phone.changes} == {"phone.old_form"}


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("011 15 2345-6789", "AR", "+5491123456789"),  # how mobile numbers are dialled there
        ("+54 9 11 2345 6789", "", "+5491123456789"),
        ("+55 11 3123-4567", "", "+551131234567"),  # a fixed line has eight digits
        ("+57 601 3456789", "", "+576013456789"),
    ],
)
def test_a_number_of_today_is_of_no_old_form(written: str, region: str, e164: str) -> None:
    phone = refine_phone(written, region)
    assert (phone.e164, phone.problems) == (e164, ())
