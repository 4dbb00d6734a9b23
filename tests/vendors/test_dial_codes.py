"""Dial codes in fields of their own: found by label and value, and joined with their phone."""

from datetime import UTC, datetime
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.lead import LeadFields, RefinedLead
from leadline.refine import About, refine
from leadline.vendors._reader.dial_codes import is_dial_code
from leadline.vendors._reader.dial_labels import Tells, label
from leadline.vendors._reader.guess import guessed
from leadline.vendors._webhooks.forms import unfolded

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHO = {"name": "Asha Rao", "email": "asha@example.com"}
INDIAN = "8123456789"
AS_E164 = "+918123456789"

LABELS = [
    "country_code", "countryCode", "CountryCode", "countrycode", "dial_code", "dialCode",
    "dialing_code", "isd_code", "ISD Code", "isd", "phone_prefix", "phonePrefix",
    "phone_country_code", "phoneCountryCode", "callingCode", "calling_code",
    "Country calling code", "country_calling_code", "International dialling code", "phone_cc",
    "phone_code", "phonecode", "tel_vorwahl", "Vorwahl", "Ländervorwahl", "Landesvorwahl",
    "indicatif", "Indicatif téléphonique", "prefijo", "Código de país", "Prefisso", "landnummer",
    "landskod", "DDI", "код страны", "国番号", "国家代码", "cc", "mobile_country_code",
    "your_country_code", "contact_country_code", "lead_dial_code", "Country code *",
]  # fmt: skip
SPELLINGS = ["+91", "0091", "91", "+ 91", "(+91)", "India (+91)", "🇮🇳 +91", "IN +91", "+91 (India)"]
COUNTRY_LABELS = [
    "phone_country",
    "phone_country_code",
    "phoneCountry",
    "dial_code",
    "Tel. country",
]


def read(body: dict[str, Any], region: str = "US") -> tuple[LeadFields, RefinedLead]:
    fields = guessed(unfolded(body))
    return fields, refine(fields, About("0190", NOW, NOW, "generic", region))


def e164(body: dict[str, Any], region: str = "US") -> str | None:
    lead = read({**WHO, **body}, region)[1]
    assert lead.problems == ()
    return lead.contact.phone_e164


@pytest.mark.parametrize("key", LABELS)
def test_a_dial_code_under_any_usual_label_is_the_phones(key: str) -> None:
    for code in ("+91", "0091", "India (+91)"):
        assert e164({key: code, "phone": INDIAN}) == AS_E164
        assert e164({"phone": INDIAN, key: code}) == AS_E164
    assert e164({"phone": INDIAN, key: 91}) == AS_E164


@pytest.mark.parametrize("code", SPELLINGS)
def test_a_dial_code_in_any_usual_spelling_is_understood(code: str) -> None:
    for key in ("country_code", "phone_prefix"):
        lead = read({**WHO, key: code, "phone": INDIAN})[1]
        assert lead.contact.phone_e164 == AS_E164
        assert lead.custom == {}


@pytest.mark.parametrize("key", COUNTRY_LABELS)
@pytest.mark.parametrize("code", ["IN", "in", "IND", "India", "Indien", "🇮🇳", "IN - India"])
def test_a_country_of_the_phone_is_its_dial_code(key: str, code: str) -> None:
    assert e164({key: code, "phone": INDIAN}) == AS_E164


@pytest.mark.parametrize(
    "body",
    [
        {"phone": {"countryCode": "IN", "number": INDIAN}},
        {"phone": {"countryCode": "91", "number": INDIAN}},
        {"phone": {"country": "India (+91)", "number": INDIAN}},
        {"phone": {"code": "+91", "value": INDIAN}},
        {"phone": {"prefix": 91, "phone": INDIAN}},
        {"phone": {"dialCode": "+91", "nationalNumber": INDIAN}},
        {"phone": {"country": {"code": "IN", "dialCode": "+91"}, "number": INDIAN}},
        {"phone": {"area": "+91", "phone": INDIAN}},
        {"phone[country]": "IN", "phone[number]": INDIAN},
        {"phone[country_code]": "+91", "phone[national]": INDIAN},
        {"phones": [{"countryCode": "+91", "number": INDIAN}]},
        {"phone": INDIAN, "country": {"code": "IN"}},
        {"phone_1": "+91", "phone_2": INDIAN},
        {"phone": INDIAN, "country_code": "＋９１"},
        {"phone": INDIAN, "country_code": 91.0},
        {"phone": INDIAN, "phone_country": {"code": "+91", "name": "India"}},
        {"phone": INDIAN, "country": {"name": "India", "dial_code": "+91"}},
        {"contact": {"phone": INDIAN, **WHO}, "dial_code": "+91"},
        {"contact": {"phone": INDIAN, "dial_code": "+91"}},
        {"answers": [{"question": "Country calling code", "answer": "+91"},
                     {"question": "Phone", "answer": INDIAN}]},
    ],
)  # fmt: skip
def test_a_dial_code_is_found_in_an_object_or_beside_it(body: dict[str, Any]) -> None:
    assert e164(body) == AS_E164


@pytest.mark.parametrize(
    ("body", "phone"),
    [
        ({"mobile": INDIAN, "mobile_country_code": "+91", "work_phone": "020 7946 0018",
          "work_phone_country_code": "+44"}, AS_E164),
        ({"work_phone": "020 7946 0018", "work_phone_country_code": "+44", "mobile_code": "+91",
          "mobile": INDIAN}, AS_E164),
        ({"phone": "020 7946 0018", "phone_country_code": "+44", "mobile": INDIAN,
          "mobile_country_code": "+91"}, "+442079460018"),
        ({"phone": INDIAN, "country_code": "+91", "phone_2": "020 7946 0018",
          "country_code_2": "+44"}, AS_E164),
        ({"phones": [{"code": "+91", "number": INDIAN}, {"code": "+44", "number": "2079460018"}]},
         AS_E164),
    ],
)  # fmt: skip
def test_each_of_several_phones_has_its_own_dial_code(body: dict[str, Any], phone: str) -> None:
    assert read({**WHO, **body})[1].contact.phone_e164 == phone


def test_the_dial_code_of_another_phone_is_not_taken() -> None:
    body = {"phone": "212 555 0100", "mobile": INDIAN, "mobile_country_code": "+91"}
    lead = read({**WHO, **body})[1]
    assert lead.contact.phone_e164 == "+12125550100"
    assert lead.custom == {"mobile": INDIAN, "mobile_country_code": "+91"}


@pytest.mark.parametrize(
    ("body", "phone", "country"),
    [
        ({"country_code": "US", "phone": "212 555 0100"}, "+12125550100", "US"),
        ({"country_code": "IN", "phone": INDIAN}, AS_E164, "IN"),
        ({"country_code": "US", "phone": AS_E164}, AS_E164, "US"),
        ({"country_code": "1", "country": "Canada", "phone": "4165550123"}, "+14165550123",
         "Canada"),
        ({"country_code": "91", "country": "India", "phone": INDIAN}, AS_E164, "India"),
        ({"country": "+91", "phone": INDIAN}, AS_E164, None),
        ({"country_code": "India (+91)", "phone": INDIAN}, AS_E164, "India (+91)"),
        ({"country": "India (+91)", "phone": INDIAN}, AS_E164, "India (+91)"),
    ],
)  # fmt: skip
def test_the_value_decides_between_a_country_and_a_dial_code(
    body: dict[str, Any], phone: str, country: str | None
) -> None:
    contact = read({**WHO, **body}, "GB")[1].contact
    assert (contact.phone_e164, contact.country) == (phone, country)


@pytest.mark.parametrize(
    "more",
    [
        {"prefix": "Mr"}, {"verification_code": "91"}, {"zip_code": "91"}, {"promo_code": "44"},
        {"phone_type": "IN"}, {"country_id": 91}, {"code": "91"},
        {"phone_country_code": ""}, {"phone_country_code": "Select"}, {"state_code": "IN"},
        {"x" * 100 + "country_code": "+91"}, {"country_code": True}, {"country_code": "999"},
    ],
)  # fmt: skip
def test_what_is_no_dial_code_leaves_the_phone_alone(more: dict[str, Any]) -> None:
    lead = read({**WHO, "phone": "212 555 0100", **more})[1]
    assert lead.contact.phone_e164 == "+12125550100"


@pytest.mark.parametrize(
    "key", ["phone_code", "phone_prefix", "Country calling code", "tel_vorwahl"]
)
def test_a_dial_code_is_never_a_phone_or_a_country(key: str) -> None:
    fields, lead = read({**WHO, key: "+91"})
    assert (fields.phone, fields.country, fields.custom) == (None, None, {key: "+91"})
    assert lead.problems == ()


def test_a_phone_whose_label_says_international_stays_a_phone() -> None:
    assert not is_dial_code("Telephone (international)", AS_E164)
    assert label("Telephone (international)").tells is Tells.DIAL_CODE


def test_an_international_phone_stays_and_a_contradiction_is_said() -> None:
    lead = read({**WHO, "country_code": "+91", "phone": "+1 212 555 0100"})[1]
    assert (lead.contact.phone_e164, lead.problems) == ("+12125550100", ("phone.dial_code",))
    assert e164({"country_code": "+91", "phone": "+91 81234 56789"}) == AS_E164


@pytest.mark.parametrize(
    "more", [{"country": "Atlantis"}, {"country": "Korea"}, {"phone_country": "Atlantis"}]
)
def test_a_country_that_is_not_understood_leaves_the_phone_as_written(more: dict[str, Any]) -> None:
    lead = read({**WHO, "phone": "212 555 0100", **more})[1]
    assert lead.contact.phone_e164 is None
    assert lead.contact.phone is not None
    assert lead.contact.phone.endswith("212 555 0100")
    assert lead.problems == ("phone.unknown_country",)


@pytest.mark.parametrize(
    ("body", "region", "phone"),
    [
        ({"phone": {"area": "212", "phone": "5550100"}}, "US", "+12125550100"),
        ({"area_code": "(212)", "phone": "555 0100"}, "US", "+12125550100"),
        ({"area_code": "212", "country_code": "+1", "phone": "5550100"}, "", "+12125550100"),
        ({"calling_code": "65", "phone": "6123 4567"}, "US", "+6561234567"),
        ({"area_code": "212", "phone": "212 555 0100"}, "US", "+12125550100"),
        ({"tel_vorwahl": "030", "tel": "23125001"}, "DE", "+493023125001"),
    ],
)
def test_an_area_code_stands_before_a_local_number(
    body: dict[str, Any], region: str, phone: str
) -> None:
    assert e164(body, region) == phone


MAIN_REGIONS = {
    regions[0]: number
    for regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.values()
    if (number := phonenumbers.example_number(regions[0])) is not None
}


@given(
    st.sampled_from(sorted(MAIN_REGIONS)),
    st.sampled_from(LABELS),
    st.sampled_from(["+{}", "00{}", "+ {}", "(+{})", "Country (+{})", "XX +{}"]),
)
def test_any_dial_code_and_national_number_give_the_number_that_phonenumbers_gives(
    region: str, key: str, spelling: str
) -> None:
    number = MAIN_REGIONS[region]
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    parsed = phonenumbers.parse(written, region)
    expected = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    body = {**WHO, "phone": written, key: spelling.format(number.country_code)}
    assert read(body, "")[1].contact.phone_e164 == expected
