"""How the rules come together in one lead."""

import subprocess
import sys
from datetime import UTC, datetime

import msgspec
import pytest

from leadline.model.keys import match_keys
from leadline.model.lead import Contact, LeadDetails, LeadFields
from leadline.refine import MESSAGE_LIMIT, About, refine

CAPTURED = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)
PROCESSED = datetime(2024, 1, 15, 10, 40, tzinfo=UTC)
ABOUT = About("0190", CAPTURED, PROCESSED, "close")
IN_AMERICA = msgspec.structs.replace(ABOUT, region="US")


def test_a_clean_lead_comes_through_as_it_is() -> None:
    refined = refine(
        LeadFields(
            name="Ada Lovelace",
            first_name="Ada",
            last_name="Lovelace",
            email="ada@example.com",
            phone="+44 20 7946 0018",
            company="Analytical Engines Ltd",
            title="Countess",
            country="United Kingdom",
            website="https://example.com",
            message="Forty seats, please.\nAda",
            source="Website",
            campaign="Spring",
            owner="Grace Hopper",
            score=72.5,
            crm_url="https://crm.example.com/lead/1",
            record="lead_1",
            custom={"Team size": 40},
        ),
        ABOUT,
    )
    assert (refined.lead_id, refined.status, refined.received_from) == ("0190", "refined", "close")
    assert (refined.captured_at, refined.processed_at) == (CAPTURED, PROCESSED)
    assert refined.contact == Contact(
        name="Ada Lovelace",
        email="ada@example.com",
        phone="+44 20 7946 0018",
        company="Analytical Engines Ltd",
        first_name="Ada",
        last_name="Lovelace",
        email_canonical="ada@example.com",
        phone_e164="+442079460018",
        title="Countess",
        country="United Kingdom",
        website="https://example.com",
        email_kind="business",
        company_domain="example.com",
    )
    assert refined.lead_details == LeadDetails(
        source="Website",
        campaign="Spring",
        lead_score=72.5,
        owner="Grace Hopper",
        message="Forty seats, please.\nAda",
        crm_url="https://crm.example.com/lead/1",
        crm_record="lead_1",
    )
    assert (refined.problems, refined.changes) == ((), ())
    assert refined.custom == {"Team size": 40}
    assert refined.duplicate_of is None


@pytest.mark.parametrize(
    ("country", "region", "e164"),
    [
        ("United Kingdom", "US", "+442079460018"),  # the lead's own country comes first
        (None, "GB", "+442079460018"),
        ("Please select", "GB", "+442079460018"),
        ("Atlantis", "GB", None),  # a country that nobody knows is not the usual one
        (None, "", None),
    ],
)
def test_the_region_of_a_phone_is_the_leads_country_or_the_setting(
    country: str | None, region: str, e164: str | None
) -> None:
    about = msgspec.structs.replace(ABOUT, region=region)
    refined = refine(LeadFields(name="Ada", phone="020 7946 0018", country=country), about)
    assert refined.contact.phone_e164 == e164


def test_a_lead_without_address_and_number_can_not_be_reached() -> None:
    assert refine(LeadFields(name="Ada"), ABOUT).problems == ("contact.unreachable",)
    nobody = ("contact.blank", "contact.unreachable", "name.missing")
    assert refine(LeadFields(), ABOUT).problems == nobody
    assert refine(LeadFields(name="Ada", phone="+44 20 7946 0018"), ABOUT).problems == ()


def test_problems_of_all_rules_stand_together_in_order() -> None:
    refined = refine(LeadFields(email="nobody", phone="call me", name="-"), ABOUT)
    assert refined.problems == ("email.invalid", "name.missing", "phone.unparseable")
    assert (refined.contact.email, refined.contact.phone) == ("nobody", "call me")


def test_a_message_that_is_too_long_is_cut_and_it_is_said() -> None:
    refined = refine(LeadFields(name="Ada", email="ada@example.com", message="a " * 9000), ABOUT)
    message = refined.lead_details.message or ""
    assert len(message) <= MESSAGE_LIMIT
    assert message.endswith("a…")
    assert refined.problems == ("message.truncated",)
    assert refined.changes[-1].rule == "message.truncate"


def test_other_fields_are_mended_too_and_each_mend_is_recorded() -> None:
    custom = {"city": "M&uuml;nchen", "tags": ["R&amp;D", 1], "seats": 40, "page": "/?a=1&b=2"}
    refined = refine(LeadFields(name="O&#039;Hara", custom=custom), ABOUT)
    assert refined.custom == {**custom, "city": "München", "tags": ["R&D", 1]}
    assert [(change.field, change.before, change.after) for change in refined.changes] == [
        ("name", "O&#039;Hara", "O'Hara"),
        ("custom.city", "M&uuml;nchen", "München"),
        ("custom.tags", None, None),  # as where texts in a list are cut
    ]
    assert {change.rule for change in refined.changes} == {"text.entities", "text.mended"}
    assert refine(LeadFields(name="Ada", custom=refined.custom), ABOUT).changes == ()


def test_two_writings_of_one_person_match() -> None:
    one = refine(LeadFields(email="Ada.Lovelace+x@gmail.com", phone="(212) 555-0100"), IN_AMERICA)
    two = refine(LeadFields(email="adalovelace@googlemail.com", phone="+12125550100"), ABOUT)
    assert match_keys(one) == match_keys(two)
    assert sorted(match_keys(one)) == ["email", "phone"]
    assert {len(key) for key in match_keys(one).values()} == {16}


def test_an_address_and_a_number_never_share_a_key() -> None:
    keys = match_keys(refine(LeadFields(email="ada@example.com", phone="+12125550100"), ABOUT))
    assert keys["email"] != keys["phone"]


def test_match_keys_stay_the_same_from_one_version_to_the_next() -> None:
    """They are stored: another digest would make every known lead a stranger."""
    keys = match_keys(refine(LeadFields(email="ada@example.com", phone="+12125550100"), ABOUT))
    assert {kind: key.hex() for kind, key in keys.items()} == {
        "email": "8ecbcf38b7f6a8deffbcfe65d6baf176",
        "phone": "113e987febe73c8da9ac4b3912019c9d",
    }


@pytest.mark.parametrize(
    "fields",
    [
        LeadFields(email="ada@", phone="+1 555 010 0000"),  # invalid, both
        LeadFields(email="none@none.com", phone="212 555 0100"),  # nobody's, and of no country
        LeadFields(email="n/a", phone="n/a"),
        LeadFields(email="ada", phone="call me"),
        LeadFields(),
    ],
)
def test_what_is_not_sure_matches_nobody(fields: LeadFields) -> None:
    assert match_keys(refine(fields, ABOUT)) == {}


def test_two_extensions_of_one_switchboard_are_two_people() -> None:
    one = refine(LeadFields(phone="+12125550100 x1"), ABOUT)
    two = refine(LeadFields(phone="+12125550100 x2"), ABOUT)
    assert match_keys(one) != match_keys(two)
    assert one.contact.phone_e164 == two.contact.phone_e164


def test_starting_up_does_not_wait_for_the_large_libraries() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import leadline.refine, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "leadline.refine.phones.phone" in told
    assert not {"phonenumbers", "email_validator", "idna", "dns"} & set(told)
