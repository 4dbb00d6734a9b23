"""HubSpot: arrays of events with ids only, and whole contacts from workflows."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.standins.sample_bodies import compact, hubspot_contact, hubspot_event
from tests.standins.payloads import ADA, AT, source

HUBSPOT = source("hubspot")


def events(*of: dict[str, Any]) -> list[Event]:
    return list(HUBSPOT.events(Delivery("hubspot", compact(list(of)), AT)))


def test_each_event_of_an_array_is_one_with_its_own_bytes() -> None:
    first, second = hubspot_event(124, AT), hubspot_event(125, AT)
    found = events(first, second)
    assert [e.raw for e in found] == [compact(first), compact(second)]
    assert [e.record for e in found] == ["contact:124", "contact:125"]
    assert found[0].key == f"1240:180001:124:{int(AT.timestamp() * 1000)}"


@pytest.mark.parametrize(
    ("what", "kind", "why"),
    [
        ("contact.creation", Kind.CREATED, ""),
        ("contact.propertyChange", Kind.UPDATED, ""),
        ("contact.deletion", Kind.IGNORED, "deleted"),
        ("contact.privacyDeletion", Kind.IGNORED, "privacy_deleted"),
        ("contact.merge", Kind.IGNORED, "merged"),
        ("contact.restore", Kind.UPDATED, ""),
        ("contact.associationChange", Kind.IGNORED, "associationChange"),
        ("contact", Kind.IGNORED, "unknown"),
        ("company.creation", Kind.IGNORED, "not_a_lead"),
        ("deal.propertyChange", Kind.IGNORED, "not_a_lead"),
    ],
)
def test_what_each_subscription_says(what: str, kind: Kind, why: str) -> None:
    (event,) = events(hubspot_event(124, AT, what))
    assert (event.kind, event.why) == (kind, why)


@pytest.mark.parametrize(
    ("number", "record"), [("0-1", "contact:124"), ("0-136", "lead:124"), ("0-3", None)]
)
def test_generic_subscriptions_name_the_object_by_number(number: str, record: str | None) -> None:
    (event,) = events(hubspot_event(124, AT, "object.creation") | {"objectTypeId": number})
    assert (event.kind is Kind.CREATED, event.record) == (record is not None, record)


def test_a_retry_has_the_same_key() -> None:
    (first,) = events(hubspot_event(124, AT))
    (again,) = events(hubspot_event(124, AT) | {"attemptNumber": 3})
    assert first.key == again.key


def test_two_events_of_one_id_are_two_if_they_are_of_two_contacts() -> None:
    one, other = hubspot_event(124, AT), hubspot_event(125, AT) | {"eventId": 1240}
    assert len({e.key for e in events(one, other)}) == 2


def test_events_without_ids_are_never_taken_for_each_other() -> None:
    found = events(
        {"subscriptionType": "contact.creation"}, {"subscriptionType": "contact.creation", "a": 1}
    )
    assert [(e.key, e.record) for e in found] == [(None, None), (None, None)]


def test_an_event_of_ids_gives_a_record_and_a_link() -> None:
    fields = HUBSPOT.fields(compact(hubspot_event(124, AT)))
    assert fields.record == "contact:124"
    assert fields.crm_url == "https://app.hubspot.com/contacts/62515/contact/124"
    assert (fields.source, fields.custom) == ("HubSpot", {})


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("hubspot_owner_id", "4711", "owner", "4711"),
        ("email", "ada@example.com", "email", "ada@example.com"),
        ("hubspotscore", "64", "score", 64.0),
        ("utm_source", "podcast", "source", "podcast"),
    ],
)
def test_a_changed_property_says_only_that(
    name: str, value: str, field: str, expected: object
) -> None:
    body = hubspot_event(124, AT, "contact.propertyChange")
    fields = HUBSPOT.fields(compact(body | {"propertyName": name, "propertyValue": value}))
    assert getattr(fields, field) == expected
    others = {f: getattr(fields, f) for f in ("name", "company", "source", "owner", "email")}
    assert all(v is None for f, v in others.items() if f != field)


def test_a_changed_property_that_is_nobodys_field_is_kept() -> None:
    body = hubspot_event(124, AT, "contact.propertyChange")
    raw = compact(body | {"propertyName": "lifecyclestage", "propertyValue": "mql"})
    assert HUBSPOT.fields(raw).custom == {"lifecyclestage": "mql"}


def test_a_workflow_sends_the_whole_contact() -> None:
    body = hubspot_contact(ADA, AT)
    (event,) = HUBSPOT.events(Delivery("hubspot", body, AT))
    assert (event.kind, event.record, event.raw) == (Kind.CREATED, "contact:77", body)
    assert event.key == f"contact:77:{int(AT.timestamp() * 1000)}"
    fields = HUBSPOT.fields(body)
    assert (fields.first_name, fields.last_name) == (ADA.first, ADA.last)
    assert (fields.email, fields.phone, fields.company) == (ADA.email, ADA.phone, ADA.company)
    assert (fields.title, fields.country, fields.score) == (ADA.title, ADA.country, 77.0)
    assert fields.source == "ORGANIC_SEARCH"
    assert fields.crm_url == "https://app.hubspot.com/contacts/62515/contact/77"
    assert fields.custom["lifecyclestage"] == "lead"


def test_a_contact_changed_since_is_another_event_of_the_same_record() -> None:
    body = json.loads(hubspot_contact(ADA, AT))
    body["properties"]["lastmodifieddate"]["value"] = "1790000000000"
    first, second = (
        next(iter(HUBSPOT.events(Delivery("hubspot", raw, AT))))
        for raw in (hubspot_contact(ADA, AT), compact(body))
    )
    assert first.record == second.record
    assert first.key != second.key


def test_a_link_that_leads_elsewhere_is_not_believed() -> None:
    body = json.loads(hubspot_contact(ADA, AT)) | {"profile-url": "https://hubspot.example.com/x"}
    assert HUBSPOT.fields(compact(body)).crm_url == (
        "https://app.hubspot.com/contacts/62515/contact/77"
    )
    body["profile-url"] = "https://app-eu1.hubspot.com/contacts/62515/contact/77"
    assert HUBSPOT.fields(compact(body)).crm_url == body["profile-url"]


@pytest.mark.parametrize("raw", [b"null", b"7", b"[]", b"{}", b'{"vid":null}', b'{"properties":7}'])
def test_what_says_nothing_is_kept_but_not_understood(raw: bytes) -> None:
    (event,) = HUBSPOT.events(Delivery("hubspot", b"[" + raw + b"]", AT))
    assert (event.raw, event.kind) == (raw, Kind.CREATED)
    with pytest.raises(NotUnderstood):
        HUBSPOT.fields(raw)
