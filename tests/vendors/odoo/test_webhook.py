"""Odoo: records of an automation, with ids or pairs for relations and false for nothing."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.standins.notice_bodies import odoo_lead
from leadline.standins.sample_bodies import compact
from leadline.vendors.odoo.webhook import odoo_fields
from tests.standins.payloads import ADA, AT, source

ODOO = source("odoo")


def event(body: Any) -> Event:
    raw = body if isinstance(body, bytes) else compact(body)
    (event,) = ODOO.events(Delivery("odoo", raw, AT))
    return event


def lead(**changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(odoo_lead(ADA, AT))
    return body | changed


def test_a_lead_of_an_automation() -> None:
    found = event(odoo_lead(ADA, AT, "Priya Nair"))
    assert (found.kind, found.record, found.key) == (Kind.CREATED, "crm.lead:77", None)
    assert found.raw == odoo_lead(ADA, AT, "Priya Nair")
    fields = ODOO.fields(found.raw)
    assert (fields.name, fields.email, fields.phone) == (ADA.name, ADA.email, ADA.phone)
    assert (fields.company, fields.title, fields.country) == (ADA.company, "CTO", "GB")
    assert (fields.owner, fields.source, fields.score) == ("Priya Nair", "Search engine", 12.5)
    assert (fields.message, fields.record) == ("Website: a quote for 40 seats", "crm.lead:77")
    assert fields.custom == {"priority": "1", "type": "lead"}


def test_what_is_false_is_nothing() -> None:
    empty = ("contact_name", "phone", "user_id", "source_id", "function", "partner_name")
    fields = odoo_fields(lead(**dict.fromkeys(empty, False)))
    assert (fields.name, fields.phone, fields.owner, fields.title) == (None, None, None, None)
    assert (fields.source, fields.company) == (None, None)
    assert fields.custom == {"priority": "1", "type": "lead"}


def test_an_id_alone_is_no_name_of_a_country_or_a_source() -> None:
    """As Odoo 17 and 18 send relations; some builds of 17 send pairs."""
    fields = odoo_fields(lead(country_id=20, source_id=4, campaign_id=9, user_id=2))
    assert (fields.country, fields.source, fields.campaign) == (None, None, None)
    assert fields.owner == "2"
    assert fields.custom["country_id"] == 20
    assert fields.custom["source_id"] == 4
    assert ODOO.fields(compact(lead(source_id=4))).source == "Odoo"


def test_the_mobile_number_stands_in_for_the_phone() -> None:
    assert odoo_fields(lead(phone=False, mobile="+1 415-555-0199")).phone == "+1 415-555-0199"


def test_notes_are_told_without_their_markup() -> None:
    notes = "<p>Forty looms &amp; a <b>price</b></p><p>please</p>"
    assert odoo_fields(lead(description=notes)).message == "Forty looms & a price please"
    for empty in ("<p><br></p>", "", False):
        assert odoo_fields(lead(description=empty)).message == "Website: a quote for 40 seats"


@pytest.mark.parametrize("number", ["9" * 5_000, "x" + "f" * 5_000, "00000000065", "x0000041"])
def test_a_character_by_its_number_is_read_however_long_the_number_is(number: str) -> None:
    shown = "A" if number.lstrip("x0") in ("65", "41") else "\ufffd"
    assert (
        odoo_fields(lead(description=f"<p>so &#{number}; said</p>")).message == f"so {shown} said"
    )


def test_a_change_since_is_another_event_of_the_same_record() -> None:
    first = event(lead(write_date="2026-03-02 09:02:40"))
    again = event(lead(write_date="2026-03-02 09:02:40", _action="Another one(#9)"))
    later = event(lead(write_date="2026-03-02 09:05:00"))
    assert first.key == again.key != later.key
    assert first.record == later.record


@pytest.mark.parametrize("model", ["res.partner", "sale.order", "mail.message"])
def test_records_of_other_models_are_no_leads(model: str) -> None:
    found = event(lead(_model=model))
    assert (found.kind, found.why, found.record) == (Kind.IGNORED, "not_a_lead", None)
    assert odoo_fields(lead(_model=model)).record is None


def test_a_record_as_the_api_reads_it_is_understood() -> None:
    record = {k: v for k, v in lead().items() if k[0] != "_"}
    assert event(record).record == "crm.lead:77"
    assert ODOO.fields(compact(record)) == ODOO.fields(odoo_lead(ADA, AT))


def test_a_mapping_places_fields() -> None:
    fields = odoo_fields(lead(x_size="40"), {"message": "x_size", "score": "priority"})
    assert (fields.message, fields.score) == ("40", 1.0)


@pytest.mark.parametrize("raw", [b"null", b"[7]", b"{}", b'{"_model":"crm.lead","_id":false}'])
def test_what_says_nothing_is_not_understood(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        ODOO.fields(raw)
