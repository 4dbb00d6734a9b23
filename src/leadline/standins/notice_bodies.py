"""Bodies of vendors whose webhooks have little more than ids, about made-up people.

The shapes are those of the vendors' documentation, which each `webhook.py` below `leadline.vendors`
names.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leadline.standins.form_bodies import urlencoded
from leadline.standins.sample_bodies import Persona, compact

ATTIO_PEOPLE = "5b1c7e52-0000-4000-8000-00000000beef"
"""The made-up id of the people object of an Attio workspace."""


def zoho_id(number: int) -> str:
    """An id with the length of Zoho's."""
    return f"57257670000{number:08d}"


def zoho_notification(
    numbers: Sequence[int], at: datetime, operation: str = "insert", module: str = "Leads"
) -> dict[str, Any]:
    """Zoho CRM: a notification of several records of a module."""
    return {
        "server_time": int(at.timestamp() * 1000),
        "affected_values": [],
        "query_params": {},
        "module": module,
        "resource_uri": f"https://www.zohoapis.com/crm/v8/{module}",
        "ids": [zoho_id(number) for number in numbers],
        "affected_fields": [],
        "operation": operation,
        "channel_id": "1000000068001",
        "token": "a token of somebody's own",
    }


def zoho_workflow(person: Persona) -> bytes:
    """Zoho CRM: the webhook of a workflow, with parameter names chosen by an administrator."""
    return urlencoded(
        {
            "module": "Leads",
            "lead_id": zoho_id(person.number),
            "first_name": person.first,
            "last_name": person.last,
            "email": person.email,
            "phone": person.phone,
            "company": person.company,
            "job_title": person.title,
            "country": person.country,
            "lead_source": "Web Download",
            "score": str(person.number % 100),
        }
    )


def odoo_lead(person: Persona, at: datetime, salesperson: str = "") -> bytes:
    """Odoo: a lead as an automation sends it; empty values are false, the keys are sorted."""
    values = {
        "_action": "Send Webhook Notification(#412)",
        "_id": person.number,
        "_model": "crm.lead",
        "campaign_id": False,
        "contact_name": person.name,
        "country_id": [233, person.country] if person.country else False,
        "create_date": at.strftime("%Y-%m-%d %H:%M:%S"),
        "email_from": person.email or False,
        "function": person.title or False,
        "id": person.number,
        "name": "Website: a quote for 40 seats",
        "partner_name": person.company or False,
        "phone": person.phone or False,
        "priority": "1",
        "probability": 12.5,
        "source_id": [4, "Search engine"],
        "type": "lead",
        "user_id": [7, salesperson] if salesperson else False,
    }
    return compact(dict(sorted(values.items())))


def meta_leadgen(numbers: Sequence[int], at: datetime, field: str = "leadgen") -> bytes:
    """Meta Lead Ads: a page's notice of several leads; Meta escapes non-ASCII characters."""
    stamp = int(at.timestamp())
    changes = [
        {
            "field": field,
            "value": {
                "ad_id": "120200000000001",
                "adgroup_id": "120200000000002",
                "created_time": stamp,
                "form_id": "120200000000003",
                "leadgen_id": str(number),
                "page_id": "120200000000004",
            },
        }
        for number in numbers
    ]
    entry = {"id": "120200000000004", "time": stamp, "changes": changes}
    return compact({"object": "page", "entry": [entry]})


def linkedin_notice(number: int, at: datetime, action: str = "CREATED") -> bytes:
    """LinkedIn: a response to a lead form was created or deleted."""
    return compact(
        {
            "type": "LEAD_ACTION",
            "leadGenFormResponse": f"urn:li:leadGenFormResponse:example{number}-4",
            "leadGenForm": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:1,1)",
            "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:123"},
            "associatedEntity": {"sponsoredCreative": "urn:li:sponsoredCreative:456"},
            "leadType": "SPONSORED",
            "leadAction": action,
            "occurredAt": int(at.timestamp() * 1000),
        }
    )


def attio_events(numbers: Sequence[int], what: str = "record.created") -> bytes:
    """Attio: events of records, from a webhook that is filtered to the people object."""
    events = [
        {
            "event_type": what,
            "id": {
                "workspace_id": "5b1c7e52-0000-4000-8000-00000000cafe",
                "object_id": ATTIO_PEOPLE,
                "record_id": f"5b1c7e52-0000-4000-8000-{number:012d}",
            },
            "actor": {"type": "workspace-member", "id": "5b1c7e52-0000-4000-8000-00000000f00d"},
        }
        for number in numbers
    ]
    return compact({"webhook_id": "5b1c7e52-0000-4000-8000-000000000001", "events": events})


def copper_notice(
    numbers: Sequence[int], at: datetime, event: str = "new", **secrets: str
) -> bytes:
    """Copper: a notification of several leads, with the secrets of its subscription."""
    return compact(
        {
            "ids": list(numbers),
            "type": "lead",
            "event": event,
            "subscription_id": 17065,
            **secrets,
            "updated_attributes": {"assignee_id": [None, 137658]} if event == "update" else {},
            "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
    )


def tryton_opportunity(
    person: Persona, at: datetime, action: str = "create", employee: str = ""
) -> dict[str, Any]:
    """Tryton: an opportunity with fields of its relations, as JSON-RPC reads it."""
    when = {"year": at.year, "month": at.month, "day": at.day, "hour": at.hour}
    owner = {"id": 3, "rec_name": employee, "party.": {"email": "sales@example.com"}}
    record = {
        "id": person.number,
        "number": f"{person.number}",
        "state": "lead",
        "description": "40 looms, and a price for each",
        "comment": None,
        "amount": {"__class__": "Decimal", "decimal": "1200.50"},
        "create_date": {"__class__": "datetime", **when, "minute": 0, "second": 0},
        "write_date": {"__class__": "datetime", **when, "minute": 5} if employee else None,
        "party": 11,
        "party.": {
            "id": 11,
            "name": person.company,
            "email": person.email,
            "phone": person.phone,
        },
        "contact": 12,
        "contact.": {"id": 12, "name": person.name, "type": "email", "value": person.email},
        "address": 13,
        "address.": {"id": 13, "country": 14, "country.": {"id": 14, "code": person.country}},
        "employee": 3 if employee else None,
        "employee.": owner if employee else None,
    }
    return {"model": "sale.opportunity", "action": action, "record": record}
