"""Consent as senders write it: where `map` says, and in documented fields of vendors."""

from typing import Any

import msgspec
import pytest

from leadline.model.facts.consent import ConsentSaid
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.registry import find


def said_in(source: str, body: Any, **mapping: str) -> dict[str, ConsentSaid]:
    """What a source reads of a body; *mapping* by purpose."""
    config = SourceConfig(map={f"consent.{purpose}": path for purpose, path in mapping.items()})
    return find(source)(config).fields(msgspec.json.encode(body)).consent


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "yes"), (False, "no"), ("on", "on"), (1, "1"), (["Newsletter"], "Newsletter"),
        ({"value": False}, "no"), ([{"label": "Ja"}], "Ja"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("source", ["generic", "form", "standard_webhooks"])
def test_what_a_form_asks_is_read_where_the_settings_say(
    source: str, value: object, said: str
) -> None:
    body = {"email": "ada@example.com", "form": {"newsletter": value}}
    found = said_in(source, body, email="form.newsletter", phone="form.phone")
    assert found == {"email": ConsentSaid(said, "form.newsletter")}


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_an_empty_answer_says_nothing(value: object) -> None:
    assert said_in("generic", {"email": "ada@example.com", "ok": value}, email="ok") == {}


def test_nothing_is_read_that_the_settings_do_not_name() -> None:
    assert said_in("generic", {"email": "ada@example.com", "consent": {"email": True}}) == {}


def test_hubspot_says_who_opted_out_and_the_legal_basis() -> None:
    values = {"email": "ada@example.com", "hs_email_optout": "true", "hs_legal_basis": "Freely"}
    body = {"vid": 1, "properties": {name: {"value": value} for name, value in values.items()}}
    assert said_in("hubspot", body) == {
        "email": ConsentSaid("no", "hs_email_optout"),
        "data": ConsentSaid("Freely", "hs_legal_basis"),
    }
    event = {
        "subscriptionType": "contact.propertyChange", "objectId": 1,
        "propertyName": "hs_email_optout", "propertyValue": "true",
    }  # fmt: skip
    assert said_in("hubspot", event) == {"email": ConsentSaid("no", "hs_email_optout")}
    assert said_in("hubspot", {**event, "propertyValue": "false"}) == {}


def test_salesforce_says_who_is_not_to_be_called_or_written_to() -> None:
    body = {"LastName": "Vance", "DoNotCall": True, "HasOptedOutOfEmail": "true"}
    assert said_in("salesforce", body) == {
        "email": ConsentSaid("no", "HasOptedOutOfEmail"),
        "phone": ConsentSaid("no", "DoNotCall"),
        "sms": ConsentSaid("no", "DoNotCall"),
    }
    assert said_in("salesforce", {**body, "DoNotCall": False, "HasOptedOutOfEmail": False}) == {}


@pytest.mark.parametrize(
    ("status", "said"), [("subscribed", "yes"), ("unsubscribed", "no"), ("no_consent", "")]
)
def test_pipedrive_says_who_subscribed(status: str, said: str) -> None:
    data = {"id": 7, "first_name": "Ada", "name": "Ada", "marketing_status": status}
    body = {"meta": {"action": "create", "entity": "person", "entity_id": 7}, "data": data}
    found = said_in("pipedrive", body)
    assert found == ({"email": ConsentSaid(said, "marketing_status")} if said else {})


def test_close_says_whose_address_is_unsubscribed() -> None:
    emails = [{"email": "ada@example.com", "is_unsubscribed": True}]
    contact = {"name": "Ada", "emails": emails}
    said = {"email": ConsentSaid("no", "is_unsubscribed")}
    for kind, data in (("contact", contact), ("lead", {"name": "Acme", "contacts": [contact]})):
        event = {"object_type": kind, "lead_id": "lead_1", "action": "created", "data": data}
        assert said_in("close", {"event": event}) == said


def test_zoho_says_who_opted_out() -> None:
    record = {"id": "111", "Last_Name": "Vance", "Email_Opt_Out": True}
    assert said_in("zoho", {"data": [record]}) == {"email": ConsentSaid("no", "Email_Opt_Out")}


def test_checkboxes_of_meta_are_read_by_their_keys() -> None:
    body = {
        "id": "1", "field_data": [{"name": "email", "values": ["ada@example.com"]}],
        "custom_disclaimer_responses": [
            {"checkbox_key": "news", "is_checked": "1"}, {"checkbox_key": "calls", "is_checked": ""}
        ],
    }  # fmt: skip
    found = said_in("meta", body, email="news", phone="calls")
    assert found == {"email": ConsentSaid("yes", "news"), "phone": ConsentSaid("no", "calls")}


def test_consents_of_linkedin_are_read_by_their_ids() -> None:
    response = {"answers": [], "consentResponses": [{"consentId": 3, "accepted": False}]}
    body = {"id": "1-1", "formResponse": response}
    found = said_in("linkedin", body, phone="consent.3")
    assert found == {"phone": ConsentSaid("no", "consent.3")}


def test_a_legal_question_of_typeform_is_read_by_its_title() -> None:
    definition = {"fields": [{"id": "a", "title": "May we call you?"}]}
    answers = [
        {"type": "boolean", "boolean": False, "field": {"id": "a", "type": "legal"}},
        {"type": "email", "email": "ada@example.com", "field": {"id": "b"}},
    ]
    body = {"form_response": {"definition": definition, "answers": answers}}
    found = said_in("typeform", body, phone="May we call you?")
    assert found == {"phone": ConsentSaid("no", "May we call you?")}
