"""The lead told apart from other people and things in one body, by the words of keys and names."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.model.lead import Delivery, Kind, LeadFields
from leadline.standins.sample_bodies import compact
from tests.standins.payloads import source

ADA = {"name": "Ada Kinsella", "email": "ada@example.com"}
BO = {"name": "Bo Lund", "email": "bo@example.org", "phone": "+12125550123"}
GENERIC = source("generic")
AT = datetime(2026, 3, 2, tzinfo=UTC)


def fields(body: Any) -> LeadFields:
    return GENERIC.fields(compact(body))


def who(body: Any) -> tuple[str | None, str | None, str | None]:
    lead = fields(body)
    return lead.name, lead.email, lead.phone


@pytest.mark.parametrize("other", ["dealer", "seller", "vendor", "user", "coach", "staff", "to"])
@pytest.mark.parametrize("lead", ["customer", "client", "buyer", "invitee", "contactDetails"])
def test_an_object_named_as_the_leads_counts_before_one_that_is_not(other: str, lead: str) -> None:
    assert who({other: BO, lead: ADA}) == (*ADA.values(), None)


@pytest.mark.parametrize("other", ["dealer", "user", "submission", "data"])
def test_without_an_object_named_as_the_leads_the_first_person_counts(other: str) -> None:
    assert who({other: BO, "extra": ADA}) == tuple(BO.values())


def test_people_within_the_lead_do_not_replace_it() -> None:
    assert who({"signup": {**ADA, "attendees": {"attendee": BO}}})[:2] == tuple(ADA.values())


@pytest.mark.parametrize(
    "key", ["shipping", "shipping_address", "recipient", "delivery", "ship_to"]
)
def test_the_recipient_of_an_order_is_not_its_buyer(key: str) -> None:
    recipient = {"name": "Bo Lund", "phone": "+12125550123"}
    for buyer in ({"customer": ADA}, {"email": ADA["email"], "billing": {"name": ADA["name"]}}):
        assert who({key: recipient, **buyer}) == (*ADA.values(), None)


def test_who_is_only_named_as_the_recipient_is_the_lead() -> None:
    shipped = {"name": "Ada Kinsella", "phone": "+12125550123"}
    order = {"name": "#1001", "email": "ada@example.com", "shipping_address": shipped}
    assert who(order) == ("Ada Kinsella", "ada@example.com", "+12125550123")


def test_an_object_that_names_somebody_else_gives_no_address_and_no_number() -> None:
    lead = fields({"lead": ADA, "driver": {"name": "Bo Lund", "phone": "+12125550123"}})
    assert (lead.name, lead.phone) == ("Ada Kinsella", None)
    assert lead.custom["driver.phone"] == "+12125550123"
    customer = {"name": "Ada Kinsella", "phone": "+12125550100"}
    assert who(
        {"customer": customer, "driver": {"name": "Bo Lund", "email": "bo@example.org"}}
    ) == (
        "Ada Kinsella",
        None,
        "+12125550100",
    )


@pytest.mark.parametrize("name", ["Ada Kinsella", "KINSELLA, Adá", "Ada", None])
def test_an_object_that_names_the_lead_or_nobody_completes_it(name: str | None) -> None:
    more = {"name": name, "phone": "+12125550100"}
    assert who({"lead": ADA, "profile": more}) == (*ADA.values(), "+12125550100")


@pytest.mark.parametrize("key", ["admins", "agent", "agents", "staff", "teammates"])
def test_people_of_the_sender_are_never_the_lead(key: str) -> None:
    lead = fields({"company": "Kinsella Looms", key: [BO]})
    assert (lead.name, lead.email, lead.phone) == (None, None, None)


@pytest.mark.parametrize("key", ["ticket", "deal", "opportunity", "order", "task", "project"])
def test_the_heading_of_a_deal_or_a_ticket_is_no_job_title(key: str) -> None:
    lead = fields({key: {"title": "40 looms"}, "contact": ADA})
    assert lead.title is None
    assert lead.custom == {f"{key}.title": "40 looms"}
    assert fields({key: {"contact": {**ADA, "title": "Buyer"}}}).title == "Buyer"


@pytest.mark.parametrize(
    "key", ["contact_details", "customer_details", "your_details", "clientDetails", "user_details"]
)
def test_details_that_hold_a_person_are_no_message(key: str) -> None:
    body = {"id": "cs_1", key: {**ADA, "phone": "+12125550100"}}
    assert who(body) == (*ADA.values(), "+12125550100")
    assert fields(body).message is None


@pytest.mark.parametrize(
    ("body", "first", "last"),
    [
        ({"Voornaam": "Ada", "Tussenvoegsel": "de", "Achternaam": "Vries"}, "Ada", "de Vries"),
        ({"Achternaam": "Berg", "voornaam": "Ada", "infix": "van den"}, "Ada", "van den Berg"),
        ({"Voornaam": "Ada", "Tussenvoegsel": "van", "Naam": "Dijk"}, "Ada", "van Dijk"),
        ({"Voornaam": "Ada", "Tussenvoegsel": "", "Achternaam": "Vries"}, "Ada", "Vries"),
        ({"Voornaam": "Ada", "Tussenvoegsel": "de", "Achternaam": "de Vries"}, "Ada", "de Vries"),
    ],
)
def test_a_particle_in_a_field_of_its_own_belongs_to_the_last_name(
    body: dict[str, str], first: str, last: str
) -> None:
    lead = fields(body)
    assert (lead.name, lead.first_name, lead.last_name) == (None, first, last)


@pytest.mark.parametrize("key", ["provider", "staff", "site", "store", "shop", "sales"])
def test_the_phone_of_a_shop_or_its_staff_is_not_the_leads(key: str) -> None:
    assert fields({**ADA, f"{key}_phone": "+12125550123"}).phone is None


@pytest.mark.parametrize("key", ["countryShortName", "country_iso2", "region"])
def test_a_country_within_a_phones_object_is_that_of_the_number(key: str) -> None:
    assert fields({**ADA, "phone": {"number": "030 123456", key: "DE"}}).phone == "(DE) 030 123456"


@pytest.mark.parametrize(
    "key",
    [
        *("eventType", "EventType", "event_name", "webhookEvent", "webhook_event", "triggerType"),
        *("action_type", "notification_type"),
    ],
)
def test_an_end_is_told_under_any_usual_key_for_an_event(key: str) -> None:
    for name, kind in (("contact.deleted", Kind.IGNORED), ("contact.created", Kind.CREATED)):
        body = compact({key: name, "contact": ADA})
        headers = {"content-type": "application/json"}
        [event] = GENERIC.events(Delivery("generic", body, AT, headers))
        assert event.kind is kind


@pytest.mark.parametrize(("first", "lead"), [("clinic", "patient"), ("school", "parent")])
def test_who_often_stands_for_somebody_else_counts_before_a_house(first: str, lead: str) -> None:
    assert who({first: BO, lead: ADA})[:2] == tuple(ADA.values())
    assert who({"user": ADA, "student": BO})[:2] == tuple(ADA.values())


@pytest.mark.parametrize(
    ("name", "phone"),
    [("driver_name", "driver_phone"), ("Site contact name", "Site contact phone")],
)
def test_a_number_under_words_that_label_another_name_is_not_the_leads(
    name: str, phone: str
) -> None:
    lead = fields({**ADA, phone: "+12125550123", name: "Bo Lund"})
    assert (lead.name, lead.phone, lead.custom[phone]) == (ADA["name"], None, "+12125550123")
    assert fields({**ADA, phone: "+12125550123"}).phone == "+12125550123"
    assert fields({phone: "+12125550123", name: "Ada Kinsella"}).phone == "+12125550123"


def test_a_contact_person_with_an_address_is_the_lead() -> None:
    person = {**ADA, "phone": "+12125550100"}
    assert who({"company": "Kinsella Looms", "contact_person": person}) == tuple(person.values())
    assert who({"contact_person": "Ada Kinsella"})[0] == "Ada Kinsella"
