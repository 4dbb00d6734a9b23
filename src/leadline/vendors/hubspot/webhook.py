"""HubSpot: webhooks of apps (an array of events with ids only) and workflows (one contact).

HubSpot developer docs, "Webhooks" and "Validating requests".
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from leadline.model.errors import Unauthentic
from leadline.model.facts.consent import ConsentSaid
from leadline.model.lead import DELETED, ERASED, MERGED, Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.model.texts.record_links import is_on
from leadline.ports.source import Source
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.consents import opted_out
from leadline.vendors._webhooks.fields import (
    demand_something,
    drawn,
    emptied,
    text,
    with_source,
)
from leadline.vendors._webhooks.notices import each_record

# The percent-escapes that HubSpot decodes before it signs the URL (HubSpot docs, "Validating
# requests"). Its own SDKs decode nothing, so senders that sign with them don't either.
_DECODED = {
    "%3a": ":", "%2f": "/", "%3f": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'",
    "%28": "(", "%29": ")", "%2a": "*", "%2c": ",", "%3b": ";",
}  # fmt: skip
_ESCAPE = re.compile("|".join(_DECODED), re.IGNORECASE)
RECORD_HOSTS = (
    "app.hubspot.com", "app-na1.hubspot.com", "app-na2.hubspot.com", "app-na3.hubspot.com",
    "app-eu1.hubspot.com", "app-ap1.hubspot.com", "app-ca1.hubspot.com",
)  # fmt: skip
"""The hosts on which users open records, one for each HubSpot data centre (`uiDomain` and
`dataHostingLocation`, HubSpot docs, "Account information"; HubSpot, "Data centers")."""
_ENDS = {"deletion": DELETED, "privacyDeletion": ERASED, "merge": MERGED}
_BY_PEOPLE = frozenset({"CRM", "CRM_UI", "CONTACTS_WEB", "MOBILE_ANDROID", "MOBILE_IOS"})
_OBJECTS = {"contact": "contact", "0-1": "contact", "lead": "lead", "0-136": "lead"}


class _AppEvent(msgspec.Struct):
    eventId: Any = None
    subscriptionId: Any = None
    objectId: Any = None
    occurredAt: Any = None
    subscriptionType: Any = None
    objectTypeId: Any = None
    changeSource: Any = None


class _Merge(msgspec.Struct):
    mergedObjectIds: Any = None


class _Contact(msgspec.Struct):
    vid: Any
    properties: Any = None


_app_event = msgspec.json.Decoder(_AppEvent)
_merge = msgspec.json.Decoder(_Merge)
_contact = msgspec.json.Decoder(_Contact)


class HubSpot(Source):
    """Signature v3 over method, URL, body and timestamp; v2 or v1 if HubSpot sends no v3."""

    name = "hubspot"
    signs = True
    is_crm = True
    record_hosts = RECORD_HOSTS
    delivery_fields = ("attemptNumber",)
    time_fields = ("occurredAt", "properties.lastmodifieddate.value", "updatedAt")

    def authenticate(self, delivery: Delivery) -> None:
        """Signed with the app's client secret; v1 and v2 have no timestamp, so they can be
        replayed. The URL is taken as it was called and as HubSpot's documentation decodes it."""
        if not self.config.secret:
            return
        if "x-hubspot-signature-v3" in delivery.headers:
            stamp = signing.header(delivery, "x-hubspot-request-timestamp")
            given = signing.header(delivery, "x-hubspot-signature-v3")
            signing.check_any(
                _keys(self.config, delivery),
                lambda key: signing.base64ed(_v3(*key, delivery, stamp)),
                [signing.octets(given)],
            )
            signing.check_window(delivery, stamp, self.config, 0.001)
            return
        given = signing.header(delivery, "x-hubspot-signature").lower()
        version = delivery.headers.get("x-hubspot-signature-version", "v1").strip().lower()
        if version not in ("v1", "v2"):
            raise Unauthentic("the version of the signature is unknown")
        signing.check_any(
            _keys(self.config, delivery),
            lambda key: _older(*key, delivery, version).encode(),
            [signing.octets(given)],
        )

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`; version 3."""
        stamp = signing.milliseconds(delivery.received_at)
        digest = _v3(secret, _decoded(delivery.url), delivery, stamp)
        return {
            "content-type": "application/json",
            "x-hubspot-request-timestamp": stamp,
            "x-hubspot-signature-v3": signing.base64ed(digest).decode(),
        }

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event for each element of an app's array, or for the contact of a workflow."""
        raw = read_json(delivery.body)
        return (event for element in elements(raw) for event in _events(element))

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The property that an app event clears."""
        body = decode(raw)
        if not isinstance(body, dict) or not body.get("propertyName"):
            return ()
        values = {str(body["propertyName"]): body.get("propertyValue")}
        return emptied(values, HUBSPOT_PROPERTIES, self.config.map)

    def is_by_person(self, raw: bytes) -> bool:
        """HubSpot names its own pages as the source of a change ("Understand property history")."""
        event = peek(_app_event, raw)
        return event is not None and event.changeSource in _BY_PEOPLE

    def fields(self, raw: bytes) -> LeadFields:
        """The fields of a workflow's contact, the id in an app's event, or the changed property."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(LeadFields(), ())
        if "vid" in body or "properties" in body:
            return demand_something(_contact_fields(body, self.config.map), body)
        return demand_something(_event_fields(body, self.config.map), body)


def _decoded(url: str) -> str:
    """The URL as HubSpot's documentation decodes it before it is signed."""
    return _ESCAPE.sub(lambda found: _DECODED[found[0].lower()], url)


def _keys(config: SourceConfig, delivery: Delivery) -> list[tuple[str, str]]:
    """Each secret with each URL that may have been signed."""
    urls = (delivery.url, _decoded(delivery.url))
    return [(secret, url) for secret in config.secret if secret for url in urls]


def _v3(secret: str, url: str, delivery: Delivery, stamp: str) -> bytes:
    message = signing.octets(delivery.method + url) + delivery.body + signing.octets(stamp)
    return signing.mac(secret.encode(), message)


def _older(secret: str, url: str, delivery: Delivery, version: str) -> str:
    """The signature of version 2, or of version 1, which covers neither method nor URL."""
    told = f"{secret}{delivery.method}{url}" if version == "v2" else secret
    return hashlib.sha256(signing.octets(told) + delivery.body).hexdigest()


def _events(raw: bytes) -> list[Event]:
    """An event, and one for each record that was merged away."""
    event = _event(raw)
    if event.why != MERGED:
        return [event]
    merge = peek(_merge, raw) or _Merge()
    gone = merge.mergedObjectIds if isinstance(merge.mergedObjectIds, list) else []
    sort = (event.record or "").partition(":")[0]
    return [
        msgspec.structs.replace(event, key=f"{event.key}:{number}", record=f"{sort}:{number}")
        for number in each_record(gone)
    ] or [msgspec.structs.replace(event, record=None)]


def _event(raw: bytes) -> Event:
    contact = peek(_contact, raw)
    if contact is not None:
        return _from_workflow(raw, contact)
    event = peek(_app_event, raw)
    if event is None or event.subscriptionType is None:
        return Event(Kind.CREATED, raw)
    sort, _, action = str(event.subscriptionType).partition(".")
    sort = _sort(sort, event.objectTypeId)
    number = text(event.objectId)
    record = number and f"{sort}:{number}"
    key = None
    if number and text(event.eventId):  # the event's id alone is not always unique
        parts = (event.eventId, event.subscriptionId, number, event.occurredAt)
        key = ":".join(str(part) for part in parts)
    if sort not in _OBJECTS.values():
        return Event(Kind.IGNORED, raw, key=key, why="not_a_lead")
    if action == "creation":
        return Event(Kind.CREATED, raw, key=key, record=record)
    if action in ("propertyChange", "restore"):
        return Event(Kind.UPDATED, raw, key=key, record=record)
    why = _ENDS.get(action) or action[:40] or "unknown"
    return Event(Kind.IGNORED, raw, key=key, record=record, why=why)


def _sort(named: str, object_type: Any) -> str:
    """The kind of object; generic subscriptions ("object.creation") give its number."""
    sort = str(object_type) if named == "object" else named
    return _OBJECTS.get(sort, sort)


def _from_workflow(raw: bytes, contact: _Contact) -> Event:
    number = text(contact.vid)
    if number is None:
        return Event(Kind.CREATED, raw)
    modified = None
    if isinstance(contact.properties, dict):
        modified = text(_value(contact.properties.get("lastmodifieddate")))
    record = f"contact:{number}"
    key = f"{record}:{modified}" if modified else None
    return Event(Kind.CREATED, raw, key=key, record=record)


def _value(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value


def _contact_fields(body: dict[str, Any], mapping: Mapping[str, str]) -> LeadFields:
    properties = body.get("properties")
    values = {k: _value(v) for k, v in properties.items()} if isinstance(properties, dict) else {}
    vid = text(body.get("vid")) or text(body.get("id"))
    portal = text(body.get("portal-id"))
    url = text(body.get("profile-url"))
    if url is None or not is_on(RECORD_HOSTS, url):
        url = f"https://app.hubspot.com/contacts/{portal}/contact/{vid}" if vid and portal else None
    record = f"contact:{vid}" if vid else None
    said = _consent(values)
    fields = drawn(values, HUBSPOT_PROPERTIES, mapping, crm_url=url, record=record, consent=said)
    return with_source(fields, "HubSpot")


HUBSPOT_PROPERTIES = {
    "first_name": ("firstname",),
    "last_name": ("lastname",),
    "email": ("email",),
    "phone": ("phone", "mobilephone"),
    "company": ("company",),
    "title": ("jobtitle",),
    "country": ("country",),
    "website": ("website",),
    "message": ("message",),
    "source": ("utm_source", "hs_analytics_source"),
    "campaign": ("utm_campaign", "hs_analytics_source_data_2"),
    "owner": ("hubspot_owner_id",),
    "score": ("hubspotscore", "hs_predictivecontactscore_v2"),
    "created": ("createdate",),
}
"""The properties of a contact from which a lead's fields are read."""


def _event_fields(body: dict[str, Any], mapping: Mapping[str, str]) -> LeadFields:
    if body.get("subscriptionType") is None:
        return LeadFields()
    sort = _sort(str(body["subscriptionType"]).partition(".")[0], body.get("objectTypeId"))
    portal, number = text(body.get("portalId")), text(body.get("objectId"))
    url = None
    if portal and number and sort == "contact":
        url = f"https://app.hubspot.com/contacts/{portal}/contact/{number}"
    changed = {}
    if body.get("propertyName"):
        changed = {str(body["propertyName"]): body.get("propertyValue")}
    record = number and f"{sort}:{number}"
    said = _consent(changed)
    fields = drawn(changed, HUBSPOT_PROPERTIES, mapping, record=record, crm_url=url, consent=said)
    return fields if changed else with_source(fields, "HubSpot")


OPT_OUTS = {"hs_email_optout": ("email",)}
"""The properties that say that a contact opted out, with what of (developer docs, "Default contact
properties")."""
LEGAL_BASIS = "hs_legal_basis"
"""The property with the legal bases for processing the contact's data."""


def _consent(values: Mapping[str, Any]) -> dict[str, ConsentSaid]:
    """What HubSpot's own properties say of consent."""
    found = opted_out(values, OPT_OUTS)
    if basis := text(values.get(LEGAL_BASIS)):
        found["data"] = ConsentSaid(basis, LEGAL_BASIS)
    return found


SOURCE = HubSpot
