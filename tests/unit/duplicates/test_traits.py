"""`leadline.duplicates.traits` and `keys`: what is compared, and under which keys it is found."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.duplicates.keys import MOST_KEYS, candidate_keys
from leadline.duplicates.traits import traits_of
from leadline.model.facts.likeness import Traits
from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.vendors.attio.webhook import attio_fields

AT = datetime(2026, 3, 2, tzinfo=UTC)


def traits(region: str = "", **fields: Any) -> Traits:
    return traits_of(refine(LeadFields(**fields), About("one", AT, AT, "generic", region)))


def test_names_are_folded() -> None:
    assert traits(name="Zoë Brûlé").first == "zoe"
    assert traits(first_name="Jørgen", last_name="Größel-Łuk").last == "grossel luk"
    assert traits(first_name="Sean", last_name="O'Neil").last == "oneil"
    assert traits(name="Иван Петров", country="BG").last == "petrov"


def test_titles_are_no_names() -> None:
    assert (traits(name="Dr. Ines Vogt").first, traits(first_name="Sir").first) == ("ines", "")


def test_the_legal_form_is_no_part_of_a_company() -> None:
    assert traits(company="Bergwerk Maschinen GmbH").company == "bergwerk maschinen"


def test_the_canonical_address_comes_first_then_the_others_of_the_field() -> None:
    found = traits(email="Pia.Rask+fair@gmail.com; pia@alder.example").emails
    assert found == ("piarask@gmail.com", "pia@alder.example")


@pytest.mark.parametrize(
    "custom",
    [
        {"email_addresses": ["ada@one.example", "Ada.B@two.example", "ada@three.example"]},
        {"emails": [{"email": "ada.b@two.example"}, {"email": "ada@one.example", "type": "office"},
                    {"email": "ada@three.example"}]},
        {"email": [{"value": "ada@one.example", "primary": True}, {"value": "ada.b@two.example"},
                   {"value": "ada@three.example", "label": "home"}]},
    ],
)  # fmt: skip
def test_all_addresses_of_a_list_that_has_the_leads_own_are_its(custom: dict[str, Any]) -> None:
    found = traits(name="Ada B", email="ada@one.example", custom=custom)
    assert found.emails == ("ada@one.example", "ada.b@two.example", "ada@three.example")
    keys = candidate_keys(found)
    for email in found.emails:
        assert candidate_keys(traits(email=email))["email"] in keys.values()


def test_all_numbers_of_a_list_that_has_the_leads_own_are_its() -> None:
    numbers = ["+15558675309", "(212) 555-0148", "+1 212 555 0147"]
    found = traits(phone="+1 212 555 0147", custom={"phone_numbers": numbers})
    assert found.phones == ("+12125550147", "+15558675309", "+12125550148")


@pytest.mark.parametrize(
    "custom",
    [
        {"attendees": [{"name": "Ada", "email": "ada@one.example"}, {"email": "b@two.example"}]},
        {"emails": ["b@two.example", "c@two.example"]},
        {"emails": ["ada@one.example"] + [f"{n}@two.example" for n in range(30)]},
        {"emails": [["ada@one.example"], None, 7]},
    ],
)
def test_lists_of_others_are_not_the_leads_own(custom: dict[str, Any]) -> None:
    assert traits(email="ada@one.example", custom=custom).emails == ("ada@one.example",)


@pytest.mark.parametrize("email", ["none@none.com", "test@gmail.com", "asdf@asdf.com"])
def test_a_placeholder_address_is_no_trait(email: str) -> None:
    assert traits(email=email).emails == ()


@pytest.mark.parametrize("phone", ["0000000000", "1234567890", "+1 212 555 1212"])
def test_a_placeholder_number_is_no_trait(phone: str) -> None:
    assert traits(region="US", phone=phone).phones == ()


def test_a_number_has_its_extension_and_an_invalid_one_its_digits() -> None:
    assert traits(phone="+49 30 23125042 ext. 7").phones == ("+493023125042;ext=7",)
    assert traits(phone="555-0147 22").phones == ("555014722",)


@pytest.mark.parametrize(
    "custom",
    [
        {"street": "12 Mill Lane", "postcode": "SW1A 1AA", "city": "Alderby", "state": "NSW"},
        {"Address": {"street": "Mill Lane", "streetNumber": "12", "zip": "SW1A 1AA",
                     "city": "Alderby", "state": "NSW"}},
        {"Straße": "Mill Lane 12", "PLZ": "SW1A1AA", "Ort": "Alderby", "Bundesland": "nsw"},
    ],
)  # fmt: skip
def test_an_address_is_found_among_the_custom_fields(custom: dict[str, Any]) -> None:
    assert traits(custom=custom).place == {
        "house": "12",
        "street": "mill lane",
        "postcode": "sw1a1aa",
        "city": "alderby",
        "region": "nsw",
    }


def test_other_addresses_are_no_postal_ones() -> None:
    custom = {"ip_address": "10.0.0.1", "email_address": "a@b.example", "mac_address": "aa:bb"}
    assert traits(custom=custom).place == {}


def test_a_date_of_birth_counts_as_digits_and_a_title_as_words() -> None:
    found = traits(title="Head of Sales", custom={"Date of birth": "1990-03-02"})
    assert found.other == {"birth": "19900302", "title": "head of sales"}


def test_a_blank_lead_has_no_traits_and_no_keys() -> None:
    assert traits(message="Hello") == Traits()
    assert candidate_keys(Traits()) == {}


def test_a_lead_has_a_limited_number_of_keys_of_16_bytes() -> None:
    place = {"street": "mill", "house": "1", "postcode": "4011", "city": "alderby", "extra": "b"}
    full = Traits(
        first="ana",
        last="holm",
        emails=("ana.holm@alder.example", "ana@birch.example"),
        phones=("+46701234567;ext=7",),
        company="alder",
        place=place,
    )
    keys = candidate_keys(full)
    assert len(keys) == MOST_KEYS
    assert list(keys)[:3] == ["email", "email_2", "phone"]
    assert {len(key) for key in keys.values()} == {16}


def test_swapped_names_and_missing_extensions_share_a_key() -> None:
    one = Traits(first="ana", last="holm", phones=("+46701234567;ext=7",))
    other = Traits(first="holm", last="ana", phones=("+46701234567",))
    shared = candidate_keys(one).items() & candidate_keys(other).items()
    assert {name for name, _ in shared} == {"name", "sound", "phone"}


def test_a_second_address_or_number_is_found_under_the_key_of_a_first_one() -> None:
    one = candidate_keys(Traits(emails=("ana@alder.example",), phones=("+46701234567",)))
    both = Traits(
        emails=("ana@birch.example", "ana@alder.example"), phones=("+46700000000", "+46701234567")
    )
    other = candidate_keys(both)
    assert (other["email_2"], other["phone_2"]) == (one["email"], one["phone"])


def test_the_other_numbers_of_a_field_are_traits() -> None:
    found = traits(region="US", phone="212 555 0199 or 212 555 0147").phones
    assert found == ("+12125550199", "+12125550147")


@pytest.mark.parametrize(
    ("name", "generation"),
    [("Peter Holm Jr.", "jr"), ("Peter Holm III", "iii"), ("Peter Holm", None)],
)
def test_a_generation_is_a_trait(name: str, generation: str | None) -> None:
    assert traits(name=name).other.get("generation") == generation


def test_all_addresses_and_numbers_of_a_record_of_attio_are_compared() -> None:
    record = {
        "id": {"object_id": "people", "record_id": "1"},
        "values": {
            "name": [{"first_name": "Ada", "last_name": "Vance"}],
            "email_addresses": [
                {"email_address": "ada@one.example"}, {"email_address": "ada@two.example"}
            ],
            "phone_numbers": [
                {"phone_number": "+12125550147"}, {"phone_number": "+12125550148"}
            ],
        },
    }  # fmt: skip
    fields = attio_fields(record)
    assert (fields.email, fields.phone) == ("ada@one.example", "+12125550147")
    found = traits_of(refine(fields, About("one", AT, AT, "attio", "US")))
    assert found.emails == ("ada@one.example", "ada@two.example")
    assert found.phones == ("+12125550147", "+12125550148")
