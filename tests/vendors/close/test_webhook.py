"""Close: leads, what becomes of them, and what is none."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.standins.sample_bodies import close_event
from tests.standins.payloads import ADA, AT, delivery, source

CLOSE = source("close")
LEAD = "lead_000000000000000000000000000077"


def event(body: bytes) -> Event:
    (event,) = CLOSE.events(Delivery("close", body, AT))
    return event


def changed(**data: Any) -> bytes:
    body = json.loads(close_event(ADA, AT))
    body["event"]["data"] |= data
    return json.dumps(body).encode()


def test_a_new_lead_is_kept_as_its_very_bytes() -> None:
    body = close_event(ADA, AT)
    assert event(body) == Event(Kind.CREATED, body, key="ev_createdlead77", record=LEAD)


@pytest.mark.parametrize(
    ("object_type", "action", "kind", "why"),
    [
        ("lead", "updated", Kind.UPDATED, ""),
        ("lead", "deleted", Kind.IGNORED, "deleted"),
        ("contact", "created", Kind.UPDATED, ""),
        ("contact", "updated", Kind.UPDATED, ""),
        ("contact", "deleted", Kind.IGNORED, "not_a_lead"),
        ("opportunity", "created", Kind.IGNORED, "not_a_lead"),
        ("task.lead", "updated", Kind.IGNORED, "not_a_lead"),
    ],
)
def test_what_each_event_says_of_the_lead(
    object_type: str, action: str, kind: Kind, why: str
) -> None:
    found = event(close_event(ADA, AT, object_type=object_type, action=action))
    assert (found.kind, found.why, found.record) == (kind, why, LEAD)


@pytest.mark.parametrize(
    ("meta", "gone"), [({"merge_source_id": "lead_2", "merge_destination_id": LEAD}, "lead_2"),
                       ({}, None)],
)  # fmt: skip
def test_of_two_merged_leads_the_one_is_no_more_that_the_event_names(
    meta: dict[str, str], gone: str | None
) -> None:
    body = json.loads(close_event(ADA, AT, action="merged"))
    body["event"]["meta"] = meta
    found = event(json.dumps(body).encode())
    assert (found.kind, found.why, found.record) == (Kind.IGNORED, "merged", gone)


def test_the_same_event_sent_again_has_the_same_key_whatever_else_changed() -> None:
    assert event(close_event(ADA, AT)).key == event(changed(name="Other")).key


def test_a_lead_has_a_company_a_link_and_its_custom_fields() -> None:
    fields = CLOSE.fields(close_event(ADA, AT))
    assert (fields.company, fields.name) == ("Kinsella Looms", None)
    assert fields.country == "GB"
    assert fields.source == "Close"
    assert fields.record == LEAD
    assert fields.crm_url == f"https://app.close.com/lead/{LEAD}/"
    assert fields.custom["custom.cf_channel"] == "Trade fair"
    assert "custom.cf_budget" not in fields.custom, "a line of underscores says nothing"


def test_a_lead_without_a_company_is_called_by_its_display_name() -> None:
    fields = CLOSE.fields(changed(name="", display_name="Ada Kinsella"))
    assert (fields.name, fields.company) == ("Ada Kinsella", None)


def test_contacts_inside_a_lead_are_read_where_they_are_sent() -> None:
    contact = {
        "name": "Ada Kinsella",
        "title": "CTO",
        "emails": [{"email": "ada@example.com", "type": "office"}],
        "phones": [{"phone": "+442079460123", "type": "mobile"}],
    }
    fields = CLOSE.fields(changed(contacts=[contact]))
    assert (fields.name, fields.email, fields.phone) == (
        "Ada Kinsella",
        "ada@example.com",
        "+442079460123",
    )
    assert fields.title == "CTO"


def test_a_contacts_event_adds_who_the_lead_is() -> None:
    fields = CLOSE.fields(close_event(ADA, AT, object_type="contact"))
    assert (fields.name, fields.email, fields.phone) == (ADA.name, ADA.email, ADA.phone)
    assert fields.record == LEAD
    assert fields.source is None, "an update must not name another source"


@pytest.mark.parametrize("sort", ["contact", "lead"])
def test_all_addresses_and_numbers_of_a_contact_are_kept(sort: str) -> None:
    several = {
        "emails": [{"email": "ada@example.com", "type": "office"}, {"email": "ada@example.org"}],
        "phones": [{"phone": "+12125550147"}, {"phone": "+12125550148"}],
    }
    contact = {"name": "Ada Vance", **several}
    data = contact if sort == "contact" else {"name": "Vance Ltd", "contacts": [contact]}
    body = {"event": {"object_type": sort, "action": "created", "lead_id": LEAD, "data": data}}
    fields = CLOSE.fields(json.dumps(body).encode())
    assert (fields.email, fields.phone) == ("ada@example.com", "+12125550147")
    assert {name: fields.custom[name] for name in several} == several


def test_the_owner_is_the_custom_field_that_holds_a_user() -> None:
    body = close_event(ADA, AT, action="updated", owner="user_abc")
    assert CLOSE.fields(body).owner == "user_abc"


@pytest.mark.parametrize("wrote", ["user_ada@example.com", "user_ of yours", "user_", "user_a\n"])
def test_what_somebody_wrote_into_a_custom_field_is_no_owner(wrote: str) -> None:
    assert CLOSE.fields(close_event(ADA, AT, action="updated", owner=wrote)).owner is None


def test_no_other_field_than_the_one_that_the_settings_place_names_the_owner() -> None:
    mapped = source("close", map={"owner": "custom.cf_rep"})
    assert mapped.fields(close_event(ADA, AT, action="updated", owner="user_abc")).owner is None


def test_the_settings_may_place_any_field() -> None:
    mapped = source("close", map={"campaign": "custom.cf_channel", "owner": "/status_label"})
    fields = mapped.fields(close_event(ADA, AT))
    assert (fields.campaign, fields.owner) == ("Trade fair", "Potential")


@pytest.mark.parametrize(
    "raw", [b"null", b"7", b"[]", b"{}", b'{"event":{}}', b'{"event":{"data":[]}}']
)
def test_an_event_without_a_lead_is_not_understood(raw: bytes) -> None:
    assert event(raw).raw == raw, "but it is kept"
    with pytest.raises(NotUnderstood):
        CLOSE.fields(raw)


def test_capture_reads_the_delivery_that_close_signs() -> None:
    assert next(iter(CLOSE.events(delivery("close")))).record == LEAD
