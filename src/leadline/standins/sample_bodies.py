"""Bodies as the vendors send them, about made-up people.

The shapes are those of the vendors' documentation, which each `webhook.py` below `leadline.vendors`
names.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import msgspec

ORGANIZATION = "00D5g00000ExmplEAQ"
"""The made-up id of a Salesforce organisation, 18 characters long."""


class Persona(msgspec.Struct, frozen=True):
    """A made-up person, with values as they typed them into a form; `number` makes their ids."""

    number: int
    first: str
    last: str
    email: str
    phone: str
    company: str
    title: str
    country: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


def compact(value: Any) -> bytes:
    """JSON without spaces, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def close_event(
    person: Persona,
    at: datetime,
    *,
    action: str = "created",
    object_type: str = "lead",
    owner: str | None = None,
) -> bytes:
    """Close: an event of a lead, which has its company and the name of its first contact, but no
    address."""
    lead = f"lead_{person.number:030d}"
    data: dict[str, Any] = {
        "id": lead,
        "name": person.company,
        "display_name": person.company or person.name,
        "contact_ids": [f"cont_{person.number:030d}"],
        "addresses": [{"country": person.country, "label": "business"}],
        "url": None,
        "description": "",
        "status_label": "Potential",
        "date_created": at.isoformat(),
        "custom.cf_channel": "Trade fair",
        "custom.cf_budget": "_______________________",
    }
    if owner:
        data["custom.cf_owner"] = owner
    if object_type == "contact":
        data = _close_contact(person, lead)
    event = {
        "id": f"ev_{action}{object_type}{person.number}",
        "date_created": at.isoformat(),
        "object_type": object_type,
        "object_id": data["id"],
        "lead_id": lead,
        "action": action,
        "changed_fields": [] if action == "created" else ["custom.cf_owner"],
        "data": data,
        "previous_data": {},
    }
    return json.dumps({"subscription_id": "whsub_example", "event": event}).encode()


def _close_contact(person: Persona, lead: str) -> dict[str, Any]:
    return {
        "id": f"cont_{person.number:030d}",
        "lead_id": lead,
        "name": person.name,
        "title": person.title,
        "emails": [{"email": person.email, "type": "office"}],
        "phones": [{"phone": person.phone, "type": "office"}],
    }


def hubspot_contact(person: Persona, at: datetime) -> bytes:
    """HubSpot: what a workflow sends about one contact (the shape of contacts API v1)."""
    stamp = str(int(at.timestamp() * 1000))
    values = {
        "firstname": person.first,
        "lastname": person.last,
        "email": person.email,
        "phone": person.phone,
        "company": person.company,
        "jobtitle": person.title,
        "country": person.country,
        "hs_analytics_source": "ORGANIC_SEARCH",
        "hubspotscore": str(person.number % 100),
        "lifecyclestage": "lead",
        "createdate": stamp,
        "lastmodifieddate": stamp,
    }
    properties = {name: {"value": value, "versions": []} for name, value in values.items()}
    return compact(
        {
            "vid": person.number,
            "canonical-vid": person.number,
            "portal-id": 62515,
            "is-contact": True,
            "properties": properties,
        }
    )


def hubspot_event(number: int, at: datetime, what: str = "contact.creation") -> dict[str, Any]:
    """HubSpot: one event in the array that an app sends; it has only ids."""
    return {
        "eventId": number * 10,
        "subscriptionId": 180_001,
        "portalId": 62515,
        "appId": 1160452,
        "occurredAt": int(at.timestamp() * 1000),
        "subscriptionType": what,
        "attemptNumber": 0,
        "objectId": number,
        "changeSource": "CRM",
        "changeFlag": "NEW",
    }


def salesforce_message(people: Sequence[Persona], at: datetime, organization: str) -> bytes:
    """Salesforce: an Outbound Message with one notification for each of the people."""
    notifications = "".join(_notification(person, at) for person in people)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<OrganizationId>{organization}</OrganizationId>"
        "<ActionId>04k5g000000ExmplEAA</ActionId><SessionId>not-a-real-session</SessionId>"
        "<EnterpriseUrl>https://example.my.salesforce.com/services/Soap/c/62.0/0DF</EnterpriseUrl>"
        "<PartnerUrl>https://example.my.salesforce.com/services/Soap/u/62.0/0DF</PartnerUrl>"
        f"{notifications}</notifications></soapenv:Body></soapenv:Envelope>"
    ).encode()


def _notification(person: Persona, at: datetime) -> str:
    fields = {
        "Id": f"00Q5g{person.number:010d}EAA",
        "FirstName": person.first,
        "LastName": person.last,
        "Email": person.email,
        "Phone": person.phone,
        "Company": person.company,
        "Title": person.title,
        "Country": person.country,
        "LeadSource": "Partner Referral",
        "Rating": "Hot",
        "OwnerId": "0055g000000ExmplAA",
        "IsDeleted": "false",
        "CreatedDate": at.isoformat(timespec="milliseconds"),
    }
    inside = "".join(f"<sf:{name}>{escape(value)}</sf:{name}>" for name, value in fields.items())
    return (
        f"<Notification><Id>04l5g{person.number:010d}AAA</Id>"
        '<sObject xsi:type="sf:Lead" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
        f"{inside}</sObject></Notification>"
    )


def pipedrive_person(person: Persona, at: datetime, action: str = "create") -> bytes:
    """Pipedrive: a webhook of version 2 about a person."""
    data = {
        "id": person.number,
        "name": person.name,
        "first_name": person.first,
        "last_name": person.last,
        "emails": [
            {"label": "home", "value": f"private.{person.email}", "primary": False},
            {"label": "work", "value": person.email, "primary": True},
        ],
        "phones": [{"label": "work", "value": person.phone, "primary": True}],
        "org_id": None,
        "owner_id": 12_345,
        "add_time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "custom_fields": {},
    }
    deleted = action == "delete"
    return compact(
        {
            "meta": {
                "action": action,
                "entity": "person",
                "entity_id": person.number,
                "id": f"6f1b7a54-0000-4000-8000-{person.number:06d}{_stamp(action)}",
                "timestamp": at.isoformat(),
                "version": "2.0",
                "attempt": 1,
                "host": "example.pipedrive.com",
            },
            "data": None if deleted else data,
            "previous": data if deleted else None,
        }
    )


def _stamp(text: str) -> str:
    return text.encode().hex()[:6]


def standard_webhook(event_type: str, person: Persona, at: datetime) -> bytes:
    """Standard Webhooks: the recommended envelope of type, timestamp and data."""
    data = {
        "fullName": person.name,
        "workEmail": person.email,
        "phoneNumber": person.phone,
        "company": {"name": person.company, "country": person.country},
        "jobTitle": person.title,
        "attribution": {"utm": {"source": "webinar", "campaign": "Q4"}},
    }
    return compact({"type": event_type, "timestamp": at.isoformat(), "data": data})
