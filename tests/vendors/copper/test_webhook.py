"""Copper: notifications of up to 30 ids, what updates changed, and records of the API."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.standins.notice_bodies import copper_notice
from leadline.standins.sample_bodies import compact
from leadline.vendors.copper.webhook import copper_fields
from tests.standins.payloads import AT, source

COPPER = source("copper")
RECORD = {
    "id": 77,
    "name": "Ada Kinsella",
    "first_name": "Ada",
    "last_name": "Kinsella",
    "address": {"street": "1 Mill Lane", "country": "GB", "city": "Leeds"},
    "assignee_id": 137658,
    "company_name": "Kinsella Looms",
    "details": None,
    "email": {"email": "ada@example.com", "category": "work"},
    "status": "New",
    "title": "CTO",
    "websites": [{"url": "looms.example.com", "category": "work"}],
    "phone_numbers": [{"number": "+442079460123", "category": "mobile"}],
    "custom_fields": [
        {"custom_field_definition_id": 100764, "value": "wide"},
        {"custom_field_definition_id": 100765, "value": None},
    ],
    "date_created": 1728922554,
}


def events(body: Any) -> list[Event]:
    raw = body if isinstance(body, bytes) else compact(body)
    return list(COPPER.events(Delivery("copper", raw, AT)))


def test_each_record_of_a_notification_is_an_event_of_its_own() -> None:
    found = events(copper_notice([77, 78], AT))
    assert [e.record for e in found] == ["lead:77", "lead:78"]
    assert len({e.key for e in found}) == 2
    assert [json.loads(e.raw)["ids"] for e in found] == [["77"], ["78"]]
    fields = COPPER.fields(found[1].raw)
    assert (fields.record, fields.source) == ("lead:78", "Copper")


def test_the_same_notification_has_the_same_keys_and_a_later_one_others() -> None:
    body = json.loads(copper_notice([77], AT))
    assert events(body)[0].key == events(body | {"secret": "new"})[0].key
    assert events(body)[0].key != events(body | {"timestamp": "2026-03-02T10:00:00Z"})[0].key


@pytest.mark.parametrize(
    ("event", "kind", "why"),
    [
        ("new", Kind.CREATED, ""),
        ("update", Kind.UPDATED, ""),
        ("delete", Kind.IGNORED, "deleted"),
        ("convert", Kind.IGNORED, "convert"),
    ],
)
def test_what_each_event_says(event: str, kind: Kind, why: str) -> None:
    (found,) = events(copper_notice([77], AT, event))
    assert (found.kind, found.why) == (kind, why)


@pytest.mark.parametrize("sort", ["company", "opportunity", "project", "task", None])
def test_records_of_other_types_are_no_leads(sort: Any) -> None:
    (event,) = events(json.loads(copper_notice([77], AT)) | {"type": sort})
    assert (event.kind, event.why, event.record) == (Kind.IGNORED, "not_a_lead", None)


def test_people_are_leads_too() -> None:
    (event,) = events(json.loads(copper_notice([77], AT)) | {"type": "person"})
    assert (event.kind, event.record) == (Kind.CREATED, "person:77")


def test_the_subscriptions_secrets_are_not_kept() -> None:
    (event,) = events(copper_notice([77], AT, any_name="hook_source", key="another"))
    assert b"hook_source" not in event.raw
    assert b"another" not in event.raw


def test_an_update_says_what_is_new_of_the_changed() -> None:
    changed = {
        "assignee_id": [None, 137658],
        "email": [None, {"email": "ada@example.com", "category": "work"}],
        "title": ["CTO", None],
        "status": ["New", "Open"],
        "broken": "x",
    }
    body = json.loads(copper_notice([77], AT, "update")) | {"updated_attributes": changed}
    (event,) = events(body)
    fields = COPPER.fields(event.raw)
    assert (fields.owner, fields.email, fields.record) == ("137658", "ada@example.com", "lead:77")
    assert (fields.title, fields.source, fields.custom) == (None, None, {"status": "Open"})


def test_a_record_of_the_api_is_understood() -> None:
    (event,) = events(RECORD)
    assert (event.kind, event.record) == (Kind.CREATED, "lead:77")
    fields = COPPER.fields(compact(RECORD))
    assert (fields.name, fields.email) == ("Ada Kinsella", "ada@example.com")
    assert (fields.phone, fields.company) == ("+442079460123", "Kinsella Looms")
    assert (fields.title, fields.country) == ("CTO", "GB")
    assert (fields.website, fields.owner) == ("looms.example.com", "137658")
    assert (fields.record, fields.source) == ("lead:77", "Copper")
    assert fields.custom["custom_field.100764"] == "wide"
    assert "custom_field.100765" not in fields.custom


def test_a_person_of_the_api_says_that_it_is_one() -> None:
    person = RECORD | {"type": "person", "email": None, "emails": [{"email": "a@example.org"}]}
    assert events(person)[0].record == "person:77"
    fields = COPPER.fields(compact(person))
    assert (fields.record, fields.email) == ("person:77", "a@example.org")


def test_a_mapping_places_custom_fields_by_their_numbers() -> None:
    assert copper_fields(RECORD, {"message": "custom_field.100764"}).message == "wide"


@pytest.mark.parametrize("raw", [b"null", b"[7]", b"{}", b'{"ids":[]}', b'{"ids":[5]}'])
def test_what_says_nothing_is_not_understood(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        COPPER.fields(raw)
