"""Pipedrive: two versions of webhooks, and samples that name a person a deal."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.standins.sample_bodies import compact, pipedrive_person
from tests.standins.payloads import ADA, AT, source

PIPEDRIVE = source("pipedrive")


def event(body: Any) -> Event:
    raw = body if isinstance(body, bytes) else compact(body)
    (event,) = PIPEDRIVE.events(Delivery("pipedrive", raw, AT))
    return event


def version_2(entity: str = "person", action: str = "create", **data: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(pipedrive_person(ADA, AT, action))
    body["meta"]["entity"] = entity
    if data:
        body["data"] = data
    return body


def version_1(action: str = "added", kind: str = "person") -> dict[str, Any]:
    person = {
        "id": 998,
        "name": "Ada Kinsella",
        "first_name": "Ada",
        "last_name": "Kinsella",
        "email": [{"label": "work", "value": "ada@example.com", "primary": True}],
        "phone": [{"label": "work", "value": "+442079460123", "primary": True}],
        "org_name": "Kinsella Looms",
        "org_id": 31,
        "owner_name": "Grace Adeyemi",
        "owner_id": 1,
        "add_time": "2026-03-02 09:00:00",
        "0a1b2c": "custom",
    }
    meta = {
        "v": 1,
        "action": action,
        "object": kind,
        "id": 998,
        "timestamp_milli": 1490612345678,
        "host": "example.pipedrive.com",
    }
    deleted = action == "deleted"
    return {
        "v": 1,
        "event": f"{action}.{kind}",
        "retry": 0,
        "meta": meta,
        "current": None if deleted else person,
        "previous": person if deleted else None,
    }


def test_a_person_of_version_2() -> None:
    found = event(version_2())
    assert (found.kind, found.record) == (Kind.CREATED, "person:77")
    assert found.key == version_2()["meta"]["id"]
    fields = PIPEDRIVE.fields(compact(version_2()))
    assert (fields.name, fields.first_name, fields.last_name) == (ADA.name, ADA.first, ADA.last)
    assert fields.email == ADA.email, "the primary one, though it stands second"
    assert fields.phone == ADA.phone
    assert fields.owner == "12345"
    assert fields.crm_url == "https://example.pipedrive.com/person/77"


def test_a_person_of_version_1() -> None:
    found = event(version_1())
    assert (found.kind, found.record) == (Kind.CREATED, "person:998")
    assert found.key == "998:1490612345678:added.person"
    fields = PIPEDRIVE.fields(compact(version_1()))
    assert (fields.email, fields.phone) == ("ada@example.com", "+442079460123")
    assert (fields.company, fields.owner) == ("Kinsella Looms", "Grace Adeyemi")
    assert fields.custom["0a1b2c"] == "custom"


def test_a_retry_of_version_1_has_the_same_key() -> None:
    assert event(version_1()).key == event(version_1() | {"retry": 2}).key


@pytest.mark.parametrize("body", [version_1("deleted"), version_2(action="delete")])
def test_a_deletion_is_known_by_what_was_there_before(body: dict[str, Any]) -> None:
    found = event(body)
    assert (found.kind, found.why) == (Kind.IGNORED, "deleted")
    assert found.record in ("person:998", "person:77")


@pytest.mark.parametrize("body", [version_1("updated"), version_2(action="change")])
def test_a_change_is_an_update_of_the_same_record(body: dict[str, Any]) -> None:
    assert event(body).kind is Kind.UPDATED


@pytest.mark.parametrize("entity", ["deal", "organization", "activity", "note"])
def test_other_objects_are_no_leads(entity: str) -> None:
    found = event(version_2(entity, id=5, title="A deal", value=100))
    assert (found.kind, found.why) == (Kind.IGNORED, "not_a_lead")


def test_a_person_that_is_called_a_deal_is_a_person_all_the_same() -> None:
    """As in a sample that Pipedrive publishes."""
    found = event(version_2("deal"))
    assert (found.kind, found.record) == (Kind.CREATED, "person:77")
    assert PIPEDRIVE.fields(compact(version_2("deal"))).record == "person:77"


def test_a_lead_of_version_2_has_little_more_than_ids() -> None:
    body = version_2("lead", id="ae0b-1", title="40 looms", person_id=77, source_name="API")
    assert event(body).record == "lead:ae0b-1"
    fields = PIPEDRIVE.fields(compact(body))
    assert (fields.record, fields.message, fields.source) == ("lead:ae0b-1", "40 looms", "API")
    assert fields.crm_url == "https://example.pipedrive.com/leads/inbox/ae0b-1"
    assert fields.custom == {"id": "ae0b-1", "person_id": 77}


def test_an_organization_inside_a_person_is_the_company() -> None:
    body = version_2(id=1, first_name="Ada", org_id={"value": 31, "name": "Kinsella Looms"})
    assert PIPEDRIVE.fields(compact(body)).company == "Kinsella Looms"


def test_no_link_to_a_host_that_is_not_pipedrives() -> None:
    body = version_2()
    body["meta"]["host"] = "evil.example.com/x.pipedrive.com"
    assert PIPEDRIVE.fields(compact(body)).crm_url is None


@pytest.mark.parametrize(
    "raw", [b"null", b"[7]", b"{}", b'{"meta":{}}', b'{"meta":7,"data":{"id":1}}']
)
def test_what_says_nothing_is_not_understood(raw: bytes) -> None:
    assert len(list(PIPEDRIVE.events(Delivery("pipedrive", raw, AT)))) == 1
    with pytest.raises(NotUnderstood):
        PIPEDRIVE.fields(raw)
