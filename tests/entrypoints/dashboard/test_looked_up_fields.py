"""Values that were looked up, on the page of a lead."""

from datetime import UTC, datetime

import msgspec

from leadline.entrypoints.dashboard.views.lead_view import _fields
from leadline.model.facts.enrichment import Enriched, Enrichment
from leadline.model.lead import Contact, LeadDetails, RefinedLead

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_value_that_is_named_like_a_field_stands_beside_what_the_sender_said() -> None:
    values = {
        "email": Enriched("other@example.com", "apollo", NOON),
        "company": Enriched("Northwind", "apollo", NOON, 0.8),
        "size": Enriched(130, "apollo", NOON),
    }
    contact = Contact(email="ada@example.com", company="Northwind")
    lead = RefinedLead("018f", NOON, NOON, "refined", contact, LeadDetails(), "json")
    lead = msgspec.structs.replace(lead, enrichment=Enrichment(values))
    shown = dict(_fields(lead))
    assert (shown["email"].value, shown["email"].origin) == ("ada@example.com", "")
    assert shown["enriched.email"].value == "other@example.com"
    assert "apollo" in shown["company"].origin
    assert shown["enriched.size"].label == "Size"
