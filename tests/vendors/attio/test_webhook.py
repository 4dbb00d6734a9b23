"""Attio: events of ids, and records whose attributes are lists of entries."""

from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.model.staff.people import Person
from leadline.standins.notice_bodies import ATTIO_PEOPLE, attio_events
from leadline.standins.sample_bodies import compact
from leadline.vendors.attio.webhook import attio_fields, attio_owner
from tests.standins.payloads import AT, source

ATTIO = source("attio")
NAME = f"{ATTIO_PEOPLE}:5b1c7e52-0000-4000-8000-000000000077"
MEMBER = "5b1c7e52-0000-4000-8000-00000000f00d"
RECORD = {
    "id": {"object_id": ATTIO_PEOPLE, "record_id": NAME.partition(":")[2]},
    "created_at": "2026-03-02T09:00:00.000000000Z",
    "web_url": "https://app.attio.com/example/person/77",
    "values": {
        "name": [{"first_name": "Ada", "last_name": "Kinsella", "full_name": "Ada Kinsella"}],
        "email_addresses": [{"email_address": "ada@example.com", "email_domain": "example.com"}],
        "phone_numbers": [{"phone_number": "+442079460123", "country_code": "GB"}],
        "job_title": [{"value": "CTO"}],
        "company": [{"target_object": "companies", "target_record_id": "c-1"}],
        "primary_location": [{"country_code": "GB", "locality": "Leeds"}],
        "owner": [
            {"referenced_actor_type": "workspace-member", "referenced_actor_id": MEMBER},
        ],
        "lead_score": [{"value": 64}],
        "stage": [{"status": {"title": "New"}}],
        "tags": [{"option": {"title": "looms"}}, {"option": {"title": "wide"}}],
        "twitter": [],
    },
}


def events(body: bytes, **headers: str) -> list[Event]:
    return list(ATTIO.events(Delivery("attio", body, AT, headers)))


def test_each_event_of_a_delivery_is_one_of_its_own() -> None:
    found = events(attio_events([77, 78]))
    assert [e.kind for e in found] == [Kind.CREATED, Kind.CREATED]
    assert found[0].record == NAME
    assert found[1].record == NAME[:-1] + "8"
    assert ATTIO.fields(found[0].raw).record == NAME
    assert ATTIO.fields(found[0].raw).source == "Attio"


@pytest.mark.parametrize(
    ("what", "kind", "why"),
    [
        ("record.created", Kind.CREATED, ""),
        ("record.updated", Kind.UPDATED, ""),
        ("record.deleted", Kind.IGNORED, "deleted"),
        ("record.merged", Kind.IGNORED, "not_a_lead"),  # does not name the record merged away
        ("list-entry.created", Kind.IGNORED, "not_a_lead"),
        ("note.created", Kind.IGNORED, "not_a_lead"),
    ],
)
def test_what_each_event_says(what: str, kind: Kind, why: str) -> None:
    (event,) = events(attio_events([77], what))
    assert (event.kind, event.why) == (kind, why)


def test_an_update_says_nothing_but_whose_it_is() -> None:
    (event,) = events(attio_events([77], "record.updated"))
    fields = ATTIO.fields(event.raw)
    assert (fields.record, fields.source) == (NAME, None)


def test_an_event_that_an_integration_has_unwrapped_is_understood() -> None:
    (wrapped,) = events(attio_events([77]))
    (bare,) = events(wrapped.raw)
    assert bare == wrapped


def test_a_delivery_without_events_is_none() -> None:
    assert events(compact({"webhook_id": "w", "events": []})) == []


@pytest.mark.parametrize("body", [RECORD, {"data": RECORD}])
def test_a_record_of_the_api_is_understood(body: dict[str, Any]) -> None:
    (event,) = events(compact(body))
    assert (event.kind, event.record) == (Kind.CREATED, NAME)
    fields = ATTIO.fields(compact(body))
    assert (fields.name, fields.first_name, fields.last_name) == (
        "Ada Kinsella", "Ada", "Kinsella",
    )  # fmt: skip
    assert (fields.email, fields.phone) == ("ada@example.com", "+442079460123")
    assert (fields.title, fields.country, fields.score) == ("CTO", "GB", 64.0)
    assert (fields.owner, fields.source, fields.record) == (MEMBER, "Attio", NAME)
    assert fields.crm_url == "https://app.attio.com/example/person/77"
    assert fields.custom["company"] == "c-1"
    assert (fields.custom["stage"], fields.custom["tags"]) == ("New", ["looms", "wide"])


def test_an_object_of_ones_own_may_have_a_plain_name() -> None:
    deal = {"id": RECORD["id"], "values": {"name": [{"value": "Forty looms"}]}}
    assert attio_fields(deal).name == "Forty looms"


def test_a_mapping_places_fields_by_the_attributes_slugs() -> None:
    fields = attio_fields(RECORD, {"message": "stage", "owner": "nothing"})
    assert (fields.message, fields.owner) == ("New", MEMBER)


def test_the_owner_is_a_member_of_the_workspace() -> None:
    assert attio_owner(RECORD) == Person(id=MEMBER)
    assert attio_owner(RECORD, "account_manager") is None
    token = [{"referenced_actor_type": "api-token", "referenced_actor_id": MEMBER}]
    for nobody in ([], None, token, [{"referenced_actor_id": None}], [7]):
        assert attio_owner({"values": {"owner": nobody}}) is None


@pytest.mark.parametrize(
    "raw", [b"null", b"[7]", b"{}", b'{"event_type":"record.created"}', b'{"values":7}']
)
def test_what_says_nothing_is_not_understood(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        ATTIO.fields(raw)
