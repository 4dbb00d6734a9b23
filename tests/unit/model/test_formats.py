"""The stored formats that others read."""

import json
from datetime import UTC, datetime, timedelta, timezone

from leadline.model.formats import (
    from_iso,
    iso,
    key_of,
    raw_document,
    refined_document,
    refined_head,
)
from leadline.model.lead import Change, Contact, LeadDetails, RefinedLead

ID = "01930000-0000-7000-8000-000000000001"
AT = datetime(2024, 1, 15, 10, 30, 0, 250, tzinfo=UTC)


def test_times_are_iso_with_a_z_and_read_back_exactly() -> None:
    assert iso(AT) == "2024-01-15T10:30:00.000250Z"
    assert from_iso(iso(AT)) == AT


def test_keys_go_by_the_day_of_capture_in_utc() -> None:
    evening_in_new_york = datetime(2024, 1, 14, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert key_of("raw", ID, evening_in_new_york) == f"raw/2024/01/15/{ID}.json"


def test_the_raw_document_holds_the_very_bytes() -> None:
    raw = b'{"name" : "Ada",  "n": 1.50}'
    document = raw_document(ID, AT, raw)
    assert raw in document
    assert json.loads(document) == {
        "lead_id": ID,
        "timestamp": "2024-01-15T10:30:00.000250Z",
        "raw_data": {"name": "Ada", "n": 1.5},
        "status": "captured",
    }


def test_the_refined_document_has_the_promised_shape() -> None:
    lead = RefinedLead(
        lead_id=ID,
        captured_at=AT,
        processed_at=AT,
        status="refined",
        contact=Contact(name="Ada", email="ada@example.com"),
        lead_details=LeadDetails(source="Web", lead_score=85),
        received_from="generic",
        changes=(Change("email", "ADA@example.com", "ada@example.com", "email.case"),),
    )
    document = json.loads(refined_document(refined_head(lead), b'{"a":1}'))
    assert {"lead_id", "captured_at", "processed_at", "status"} <= set(document)
    assert {"name", "email", "phone", "company"} <= set(document["contact"])
    assert {"source", "campaign", "lead_score", "owner"} <= set(document["lead_details"])
    assert document["metadata"] == {"original_data": {"a": 1}}
    assert document["captured_at"].endswith("Z")
    assert document["changes"] == [
        {
            "field": "email",
            "from": "ADA@example.com",
            "to": "ada@example.com",
            "rule": "email.case",
        }
    ]
