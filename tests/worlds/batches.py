"""Deliveries of several events, as every source that cuts any gets them."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from leadline.standins import form_bodies as forms
from leadline.standins import notice_bodies as notices
from leadline.standins import sample_bodies as bodies
from leadline.standins.sample_bodies import Persona, compact
from tests.standins.payloads import ADA, AT

XML = "text/xml; charset=utf-8"


def people(count: int) -> list[Persona]:
    """So many people, each with a number and an address."""
    replace = msgspec.structs.replace
    return [replace(ADA, number=77 + i, email=f"ada{i}@example.com") for i in range(count)]


def array(make: Callable[[Persona], bytes]) -> Callable[[int], bytes]:
    """An array of what is made for each person."""
    return lambda count: compact([json.loads(make(person)) for person in people(count)])


def change_event(count: int, what: str = "CREATE", **shared: Any) -> bytes:
    """Salesforce: one change of several leads, with what they have in common (*shared*)."""
    header = {
        "entityName": "Lead",
        "recordIds": [f"00Q5g0000{77 + i:06d}EAA" for i in range(count)],
        "changeType": what,
        "transactionKey": "0002343d-9d90",
        "sequenceNumber": 1,
    }
    payload = {"ChangeEventHeader": header, "LastName": "Kinsella", **shared}
    return compact({"schema": "x", "payload": payload, "event": {"replayId": 4}})


def meta_entries(count: int) -> bytes:
    """Meta: an entry for each lead."""
    entries = [json.loads(notices.meta_leadgen([77 + i], AT))["entry"][0] for i in range(count)]
    return compact({"object": "page", "entry": entries})


def zoho_notice(count: int) -> bytes:
    """Zoho: one notice of several leads, with what was changed of each."""
    notice = notices.zoho_notification(range(count), AT, "update")
    changed = [{"record_id": i, "values": {"Phone": "1"}} for i in notice["ids"]]
    return compact(notice | {"affected_values": changed})


BATCHES: dict[str, tuple[str, str, Callable[[int], bytes]]] = {
    "attio": ("attio", "", lambda n: notices.attio_events(range(n))),
    "copper": ("copper", "", lambda n: notices.copper_notice(range(77, 77 + n), AT)),
    "copper, an array": ("copper", "", array(lambda p: notices.copper_notice([p.number], AT))),
    "generic": ("generic", "", array(lambda p: compact(forms.flat_lead(p)))),
    "hubspot": ("hubspot", "", array(lambda p: compact(bodies.hubspot_event(p.number, AT)))),
    "linkedin": ("linkedin", "", array(lambda p: notices.linkedin_notice(p.number, AT))),
    "meta, changes": ("meta", "", lambda n: notices.meta_leadgen(range(77, 77 + n), AT)),
    "meta, entries": ("meta", "", meta_entries),
    "odoo": ("odoo", "", array(lambda p: notices.odoo_lead(p, AT))),
    "pipedrive": ("pipedrive", "", array(lambda p: bodies.pipedrive_person(p, AT))),
    "salesforce, a change": ("salesforce", "", change_event),
    "salesforce, a message": (
        "salesforce",
        XML,
        lambda n: bodies.salesforce_message(people(n), AT, bodies.ORGANIZATION),
    ),
    "standard_webhooks": (
        "standard_webhooks",
        "",
        array(lambda p: bodies.standard_webhook("lead.created", p, AT)),
    ),
    "tryton": ("tryton", "", array(lambda p: compact(notices.tryton_opportunity(p, AT)))),
    "zoho": ("zoho", "", zoho_notice),
    "zoho, an array": (
        "zoho",
        "",
        array(lambda p: compact(notices.zoho_notification([p.number], AT))),
    ),
}
"""By what they are: the source, the content type where it is not JSON, and the body of n events."""
