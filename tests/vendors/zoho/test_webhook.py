"""Zoho CRM: notifications of ids, workflows under the administrator's own names, API records."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.model.staff.people import Person
from leadline.standins.notice_bodies import zoho_id, zoho_notification, zoho_workflow
from leadline.standins.sample_bodies import compact
from leadline.vendors.zoho.webhook import zoho_fields, zoho_owner
from tests.standins.payloads import ADA, AT, source

ZOHO = source("zoho")
FORM = {"content-type": "application/x-www-form-urlencoded"}
RECORD = {
    "id": zoho_id(77),
    "Owner": {"name": "Priya Nair", "id": "5725767000000411001", "email": "priya@example.org"},
    "First_Name": "Ada",
    "Last_Name": "Kinsella",
    "Full_Name": "Ada Kinsella",
    "Email": "ada@example.com",
    "Phone": None,
    "Mobile": "+44 20 7946 0123",
    "Company": "Kinsella Looms",
    "Designation": "CTO",
    "Lead_Source": "Web Download",
    "Lead_Status": "Not Contacted",
    "Country": "United Kingdom",
    "Rating": None,
    "Score": 35,
    "Created_Time": "2026-03-02T09:02:40+00:00",
    "Modified_By": {"name": "Priya Nair", "id": "1"},
    "$approved": True,
}


def events(body: Any) -> list[Event]:
    return list(ZOHO.events(Delivery("zoho", compact(body), AT)))


def test_each_record_of_a_notification_is_an_event_of_its_own() -> None:
    found = events(zoho_notification([1, 2], AT))
    assert [e.record for e in found] == [f"Leads:{zoho_id(1)}", f"Leads:{zoho_id(2)}"]
    assert [e.kind for e in found] == [Kind.CREATED, Kind.CREATED]
    assert len({e.key for e in found}) == 2
    assert [json.loads(e.raw)["ids"] for e in found] == [[zoho_id(1)], [zoho_id(2)]]
    assert ZOHO.fields(found[1].raw).record == f"Leads:{zoho_id(2)}"
    assert ZOHO.fields(found[1].raw).source == "Zoho CRM"


def test_an_id_that_is_named_twice_is_one_event() -> None:
    assert len(events(zoho_notification([1, 1], AT))) == 1


def test_a_notification_again_has_the_same_keys_whatever_its_channel() -> None:
    one = zoho_notification([1], AT)
    assert events(one)[0].key == events(one | {"channel_id": "2"})[0].key


@pytest.mark.parametrize(
    ("operation", "kind", "why"),
    [
        ("insert", Kind.CREATED, ""),
        ("update", Kind.UPDATED, ""),
        ("delete", Kind.IGNORED, "deleted"),
        ("merge", Kind.IGNORED, "merge"),
        (None, Kind.IGNORED, "unknown"),
    ],
)
def test_what_each_operation_says(operation: Any, kind: Kind, why: str) -> None:
    (event,) = events(zoho_notification([1], AT) | {"operation": operation})
    assert (event.kind, event.why) == (kind, why)


@pytest.mark.parametrize("module", ["Deals", "Accounts", "Tasks", "", None])
def test_records_of_other_modules_are_no_leads(module: Any) -> None:
    body = zoho_notification([1], AT, module="Deals") | {"module": module}
    (event,) = events(body)
    assert (event.kind, event.why, event.record) == (Kind.IGNORED, "not_a_lead", None)


def test_either_name_of_the_module_is_enough() -> None:
    """Recorded deliveries have been seen to disagree with themselves."""
    (event,) = events(zoho_notification([1], AT) | {"module": "Deals"})
    assert (event.kind, event.record) == (Kind.CREATED, f"Leads:{zoho_id(1)}")
    (event,) = events(zoho_notification([1], AT, module="Contacts"))
    assert event.record == f"Contacts:{zoho_id(1)}"


def test_the_values_that_a_channel_was_asked_for_are_each_records_own() -> None:
    values = [
        {"record_id": zoho_id(n), "values": {"Phone": f"{n}", "field71": "hot"}} for n in (1, 2)
    ]
    body = zoho_notification([1, 2], AT, "update") | {"affected_values": values}
    first, second = (ZOHO.fields(e.raw) for e in events(body))
    assert (first.phone, second.phone) == ("1", "2")
    assert (first.source, first.custom) == (None, {"field71": "hot"})


def test_a_workflow_sends_a_form() -> None:
    (event,) = ZOHO.events(Delivery("zoho", zoho_workflow(ADA), AT, FORM))
    assert (event.kind, event.record) == (Kind.CREATED, f"Leads:{zoho_id(77)}")
    fields = ZOHO.fields(event.raw)
    assert (fields.first_name, fields.last_name, fields.email) == (ADA.first, ADA.last, ADA.email)
    assert (fields.phone, fields.company, fields.title) == (ADA.phone, ADA.company, ADA.title)
    assert (fields.source, fields.score, fields.country) == ("Web Download", 77.0, "GB")
    assert fields.record == event.record


@pytest.mark.parametrize(
    ("keys", "record"),
    [
        ({"Lead Id": "572"}, "Leads:572"),
        ({"contact_id": "572"}, "Contacts:572"),
        ({"contact_id": "572", "module": "Leads"}, "Leads:572"),
        ({"lead_id": "A-7"}, None),
        ({}, None),
    ],
)
def test_a_workflow_in_json_names_its_record_as_the_administrator_does(
    keys: dict[str, str], record: str | None
) -> None:
    body = {"Email": ADA.email, "company": ADA.company, **keys}
    (event,) = events(body)
    assert (event.record, event.raw) == (record, compact(body))
    fields = ZOHO.fields(event.raw)
    assert (fields.email, fields.record, fields.source) == (ADA.email, record, "Zoho CRM")


def test_settings_say_where_a_workflow_has_the_record() -> None:
    mapped = source("zoho", map={"record": "about.number", "company": "firm"})
    body = compact({"Email": ADA.email, "firm": ADA.company, "about": {"number": "572"}})
    (event,) = mapped.events(Delivery("zoho", body, AT))
    assert event.record == "Leads:572"
    assert (mapped.fields(body).company, mapped.fields(body).record) == (ADA.company, "Leads:572")


@pytest.mark.parametrize(
    "body", [RECORD, {"data": [RECORD]}, {"module": "Leads", "data": [RECORD]}]
)
def test_a_record_of_the_api_is_understood(body: dict[str, Any]) -> None:
    (event,) = events(body)
    assert (event.kind, event.record) == (Kind.CREATED, f"Leads:{zoho_id(77)}")
    fields = ZOHO.fields(compact(body))
    assert (fields.name, fields.email, fields.company) == (ADA.name, ADA.email, ADA.company)
    assert (fields.phone, fields.title, fields.country) == (ADA.phone, "CTO", "United Kingdom")
    assert (fields.owner, fields.score, fields.source) == (
        "priya@example.org", 35.0, "Web Download",
    )  # fmt: skip
    assert fields.custom == {"Lead_Status": "Not Contacted"}
    assert fields.record == event.record


def test_a_contact_of_the_api_has_its_account() -> None:
    contact = {"id": "9", "Last_Name": "K", "Account_Name": {"name": "Kinsella Looms", "id": "8"}}
    fields = zoho_fields(contact, module="Contacts")
    assert (fields.company, fields.record) == ("Kinsella Looms", "Contacts:9")
    assert ZOHO.fields(compact({"module": "Contacts", "data": [contact]})).record == "Contacts:9"


def test_a_mapping_places_fields_of_the_api_and_passes_over_what_is_none() -> None:
    fields = zoho_fields(RECORD | {"Tier": "gold"}, {"message": "Tier", "ending": "Lead_Status"})
    assert fields.message == "gold"


def test_the_owner_of_a_record() -> None:
    assert zoho_owner(RECORD) == Person(
        id="5725767000000411001", name="Priya Nair", email="priya@example.org"
    )
    for nobody in (None, {}, {"id": ""}, {"name": "x"}, "x"):
        assert zoho_owner({"Owner": nobody}) is None


@pytest.mark.parametrize("raw", [b"null", b"[7]", b"{}", b'{"ids":[]}', b'{"data":[]}'])
def test_what_says_nothing_is_not_understood(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        ZOHO.fields(raw)
