"""Tryton: opportunities as JSON-RPC reads them, posted by a trigger of one's own."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.model.staff.people import Person
from leadline.standins.notice_bodies import tryton_opportunity
from leadline.standins.sample_bodies import compact
from leadline.vendors.tryton.webhook import tryton_fields, tryton_owner, tryton_value
from tests.standins.payloads import ADA, AT, source

TRYTON = source("tryton")
OWNER = "Priya Nair"


def events(body: Any) -> list[Event]:
    return list(TRYTON.events(Delivery("tryton", compact(body), AT)))


def record(**changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = tryton_opportunity(ADA, AT, "write", OWNER)["record"]
    return body | changed


def test_an_opportunity_is_a_lead() -> None:
    body = tryton_opportunity(ADA, AT)
    (event,) = events(body)
    assert (event.kind, event.record, event.raw) == (
        Kind.CREATED,
        "sale.opportunity:77",
        compact(body),
    )
    fields = TRYTON.fields(event.raw)
    assert (fields.name, fields.company) == (ADA.name, ADA.company)
    assert (fields.email, fields.phone, fields.country) == (ADA.email, ADA.phone, "GB")
    assert (fields.message, fields.owner) == ("40 looms, and a price for each", None)
    assert (fields.source, fields.record) == ("Tryton", "sale.opportunity:77")
    assert fields.created == "2026-03-02T09:00:00Z"
    assert fields.custom == {"number": "77", "state": "lead", "amount": 1200.5}


def test_an_array_is_several() -> None:
    pair = [tryton_opportunity(ADA, AT), tryton_opportunity(ADA, AT, "write")]
    assert [e.kind for e in events(pair)] == [Kind.CREATED, Kind.UPDATED]


@pytest.mark.parametrize(
    ("action", "kind", "why"),
    [
        ("create", Kind.CREATED, ""),
        (None, Kind.CREATED, ""),
        ("write", Kind.UPDATED, ""),
        ("delete", Kind.IGNORED, "deleted"),
        ("copy", Kind.IGNORED, "copy"),
    ],
)
def test_what_each_action_says(action: Any, kind: Kind, why: str) -> None:
    (event,) = events(tryton_opportunity(ADA, AT) | {"action": action})
    assert (event.kind, event.why, event.record) == (kind, why, "sale.opportunity:77")


def test_other_models_are_no_leads() -> None:
    (event,) = events(tryton_opportunity(ADA, AT) | {"model": "party.party"})
    assert (event.kind, event.why, event.record) == (Kind.IGNORED, "not_a_lead", None)


def test_what_a_poll_hands_over_is_understood_without_an_action() -> None:
    polled = {"model": "sale.opportunity", "record": record()}
    fields = TRYTON.fields(compact(polled))
    assert (fields.name, fields.owner, fields.source) == (ADA.name, OWNER, "Tryton")


def test_an_update_has_a_key_of_its_time_and_says_no_source() -> None:
    body = tryton_opportunity(ADA, AT, "write", OWNER)
    (event,) = events(body)
    assert event.key == "sale.opportunity:77:write:2026-03-02T09:05:00Z"
    assert TRYTON.fields(event.raw).source is None
    assert TRYTON.fields(event.raw).owner == OWNER


def test_a_party_without_a_named_contact_is_the_person() -> None:
    fields = tryton_fields(record(**{"contact.": None, "contact": None}))
    assert (fields.name, fields.company, fields.email) == (ADA.company, None, ADA.email)


@pytest.mark.parametrize(
    ("sort", "value", "email", "phone"),
    [
        ("email", "other@example.org", "other@example.org", ADA.phone),
        ("phone", "020 7946 0999", ADA.email, "020 7946 0999"),
        ("mobile", "020 7946 0999", ADA.email, "020 7946 0999"),
        ("website", "https://x.example", ADA.email, ADA.phone),
    ],
)
def test_a_contact_is_an_address_or_a_number(sort: str, value: str, email: str, phone: str) -> None:
    fields = tryton_fields(record(**{"contact.": {"id": 12, "type": sort, "value": value}}))
    assert (fields.email, fields.phone) == (email, phone)


def test_an_opportunity_of_nobody_is_known_by_its_record() -> None:
    fields = TRYTON.fields(compact({"model": "sale.opportunity", "record": {"id": 5}}))
    assert (fields.record, fields.name, fields.custom) == ("sale.opportunity:5", None, {})


def test_a_mapping_goes_through_relations() -> None:
    fields = tryton_fields(record(), {"company": "party.name", "source": "number"})
    assert (fields.company, fields.source) == (ADA.company, "77")


def test_the_owner_is_the_employee() -> None:
    assert tryton_owner(record()) == Person(id="3", name=OWNER, email="sales@example.com")
    assert tryton_owner(record(**{"employee.": None})) == Person(id="3")
    assert tryton_owner({"id": 5, "employee": None}) is None
    assert tryton_owner({"id": 5}) is None


@pytest.mark.parametrize(
    ("wrapped", "plain"),
    [
        ({"__class__": "Decimal", "decimal": "1200.50"}, 1200.5),
        ({"__class__": "date", "year": 2026, "month": 3, "day": 2}, "2026-03-02"),
        (
            {"__class__": "datetime", "year": 2026, "month": 3, "day": 2, "hour": 9, "minute": 5,
             "second": 1, "microsecond": 7},
            "2026-03-02T09:05:01.000007Z",
        ),
        ({"__class__": "timedelta", "seconds": 60.0}, 60.0),
        ({"__class__": "date", "year": 2026, "month": 13, "day": 2}, None),
        ({"__class__": "datetime", "year": "x"}, None),
        ({"__class__": "bytes", "base64": "AAAA"}, None),
        ([{"party": 1, "party.": {"name": "A"}}], [{"party": {"id": 1, "name": "A"}}]),
        ({"party": None, "party.": None}, {"party": {"id": None}}),
    ],
)  # fmt: skip
def test_values_lose_their_wrapping(wrapped: Any, plain: Any) -> None:
    assert tryton_value(wrapped) == plain


@pytest.mark.parametrize("raw", [b"null", b"[7]", b"{}", b'{"record":{}}', b'{"record":7}'])
def test_what_says_nothing_is_not_understood(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        TRYTON.fields(raw)


def test_a_record_that_calls_itself_a_wrapped_value_is_read_as_a_record() -> None:
    posted = {"model": "sale.opportunity", "record": {"__class__": None, "party.": {"name": "Ada"}}}
    assert TRYTON.fields(json.dumps(posted).encode()).name == "Ada"
