"""Salesforce: Outbound Messages (SOAP), Flow call-outs and relayed change events (JSON).

An Outbound Message does not say whether its record is new, and rules often fire when an old record
becomes ready for sales. So each message makes a lead, unless its record is known already.
Salesforce docs, "Outbound Messaging" and "Change Data Capture Developer Guide".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from leadline.model.errors import Unauthentic, Unreadable
from leadline.model.lead import Delivery, Event, Kind, LeadFields, Receipt
from leadline.model.texts.json_text import decode, elements, read_json
from leadline.model.texts.record_links import is_on
from leadline.ports.source import Answer, Source, noted
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
from leadline.vendors._webhooks.soap import read_outbound_message

RECORD_HOSTS = (
    "*.my.salesforce.com", "*.lightning.force.com", "*.my.salesforce.mil", "*.my.sfcrmproducts.cn",
)  # fmt: skip
"""The hosts on which users open records (Salesforce help, "My Domain URL Formats": production and
sandboxes, Government Cloud Plus - Defense, Salesforce on Alibaba Cloud)."""

_SESSION = re.compile(rb"(<(?:\w+:)?SessionId[^<>]*>)[^<]*")
_XML = ("text/xml", "application/xml", "application/soap+xml")
_OBJECTS = ("Lead", "Contact")
_CHANGES = {"CREATE": Kind.CREATED, "UNDELETE": Kind.CREATED, "UPDATE": Kind.UPDATED}
_ACK = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack>'
    b"</notificationsResponse></soapenv:Body></soapenv:Envelope>"
)


class Salesforce(Source):
    """Salesforce does not sign: deliveries are authenticated by a secret in the URL and the
    organization's id."""

    name = "salesforce"
    is_crm = True
    record_hosts = RECORD_HOSTS
    # A later attempt of Salesforce may have another session and address.
    delivery_fields = ("SessionId", "base")
    time_fields = (
        "ChangeEventHeader.commitTimestamp",
        "sObject.LastModifiedDate",
        "sObject.SystemModstamp",
        "LastModifiedDate",
        "SystemModstamp",
    )
    media = (*_XML, "application/json")

    def authenticate(self, delivery: Delivery) -> None:
        """A shared secret (`?key=`), and the organization's id of 15 or 18 characters."""
        signing.check_shared(delivery, self.config)
        if not self.config.organization:
            return
        if _is_json(delivery):
            if not self.config.secret:
                raise Unauthentic("a JSON delivery names no organization; configure a secret too")
            return
        try:
            organization, _, _ = read_outbound_message(delivery.body)
        except Unreadable:
            organization = ""
        given = organization[:15].encode(errors="replace")
        signing.check_any(
            self.config.organization,
            lambda own: own[:15].encode(),
            [given],
            signing.OTHER_ORGANIZATION,
        )

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        kind = "text/xml" if _looks_like_xml(delivery.body) else "application/json"
        return {"content-type": kind, "x-webhook-secret": secret}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event for each notification, or for each record of a JSON body."""
        if _is_json(delivery):
            raw = read_json(delivery.body)
            return (event for one in elements(raw) for event in _from_json(one))
        _, notifications, notes = read_outbound_message(delivery.body)
        return (noted(_from_notification(one), notes) for one in notifications)

    def fields(self, raw: bytes) -> LeadFields:
        """The fields that the administrator chose to send."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(LeadFields(), ())
        record = body.get("sObject") if isinstance(body.get("sObject"), dict) else body
        assert isinstance(record, dict)  # noqa: S101 - one or the other is
        name, address, owner = record.get("Name"), record.get("Address"), _owner(record)
        if isinstance(name, dict):
            record = {**record, **name, "Name": None}
        if isinstance(address, dict):
            record = {**record, "Country": address.get("Country"), "Address": address}
        if isinstance(record.get("Owner"), dict):
            record = {**record, "Owner": None}
        base, number = text(body.get("base")), text(record.get("Id"))
        fields = drawn(
            {k: v for k, v in record.items() if k not in _WRAPPING},
            SALESFORCE_FIELDS,
            self.config.map,
            owner=owner,
            crm_url=_link(base, number),
            consent=opted_out(record, OPT_OUTS),
        )
        return demand_something(with_source(fields, "Salesforce"), record)

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The fields that a change event or a record clears; messages omit empty fields."""
        body = decode(raw)
        if not isinstance(body, dict) or isinstance(body.get("sObject"), dict):
            return ()
        values = {k: v for k, v in body.items() if k not in (*_WRAPPING, "Name", "Owner")}
        return emptied(values, SALESFORCE_FIELDS, self.config.map)

    def keepable(self, body: bytes) -> bytes:
        """The message without its `SessionId`, which gives access to the sender's Salesforce."""
        return _SESSION.sub(rb"\1", body)

    def answer(self, receipts: Sequence[Receipt]) -> Answer | None:
        """The `Ack` without which Salesforce retries; senders of JSON ignore it."""
        return Answer(_ACK, "text/xml; charset=utf-8")


SALESFORCE_FIELDS = {
    "name": ("Name",),
    "first_name": ("FirstName",),
    "last_name": ("LastName",),
    "email": ("Email",),
    "phone": ("Phone", "MobilePhone"),
    "company": ("Company",),
    "title": ("Title",),
    "country": ("Country",),
    "website": ("Website",),
    "message": ("Description",),
    "source": ("LeadSource",),
    "owner": ("OwnerId",),
    "created": ("CreatedDate",),
    "record": ("Id",),
}
"""The fields of a Lead or Contact from which a lead's fields are read."""

OPT_OUTS = {"HasOptedOutOfEmail": ("email",), "DoNotCall": ("phone", "sms")}
"""The fields of a Lead or Contact that say that somebody opted out, with what of (Object Reference,
"Lead")."""

_WRAPPING = ("attributes", "ChangeEventHeader")


def _link(base: str | None, number: str | None) -> str | None:
    url = f"{base}/{number}"
    return url if base and number and is_on(RECORD_HOSTS, url) else None


def _looks_like_xml(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def _is_json(delivery: Delivery) -> bool:
    return delivery.media_type not in _XML and not _looks_like_xml(delivery.body)


def _from_notification(one: dict[str, Any]) -> Event:
    record = one["sObject"]
    kind, why = Kind.CREATED, ""
    # The test in some public samples numbers the types: Lead1, Lead2.
    if str(one.get("type", "")).rstrip("0123456789") not in _OBJECTS:
        kind, why = Kind.IGNORED, "not_a_lead"
    elif str(record.get("IsDeleted")).lower() == "true":
        kind, why = Kind.IGNORED, "deleted"
    return Event(
        kind,
        msgspec.json.encode(one),
        key=text(one.get("Id")),
        record=text(record.get("Id")),
        why=why,
    )


def _from_json(raw: bytes) -> Iterable[Event]:
    """The event for a record, a change event, or the `raw` of an earlier event: a replay reads that
    again if the body was stored with another event."""
    body = decode(raw)
    if not isinstance(body, dict):
        return [Event(Kind.CREATED, raw)]
    if isinstance(body.get("sObject"), dict):
        return [msgspec.structs.replace(_from_notification(body), raw=raw)]
    data = body.get("data", body)
    payload = data.get("payload", data) if isinstance(data, dict) else None
    header = payload.get("ChangeEventHeader") if isinstance(payload, dict) else None
    if isinstance(payload, dict) and isinstance(header, dict):
        return _from_change(payload, header, raw if payload is body else None)
    modified = text(body.get("LastModifiedDate"))
    record = text(body.get("Id"))
    key = f"{record}:{modified}" if record and modified else None
    return [Event(Kind.CREATED, raw, key=key, record=record)]


def _from_change(
    payload: dict[str, Any], header: dict[str, Any], own: bytes | None
) -> Iterator[Event]:
    """One event for each record of a change event, which may list several with the same change;
    each gets the payload reduced to itself. *own* is the payload's original text if the payload is
    the whole event, as in a replay of a reduced one, which is then left unchanged."""
    change = str(header.get("changeType"))
    kind = _CHANGES.get(change, Kind.IGNORED)
    why = (
        "" if kind is not Kind.IGNORED else "deleted" if "DELETE" in change else change.lower()[:40]
    )
    if header.get("entityName") not in _OBJECTS:
        kind, why = Kind.IGNORED, "not_a_lead"
    transaction, number = text(header.get("transactionKey")), text(header.get("sequenceNumber"))
    ids = header.get("recordIds")
    record = None
    for record in each_record(ids if isinstance(ids, list) else ()):
        alone = {"ChangeEventHeader": {**header, "recordIds": [record]}, "Id": record}
        piece = own if text(payload.get("Id")) == record else None
        yield Event(
            kind,
            piece or msgspec.json.encode({**payload, **alone}),
            key=f"{transaction}:{number}:{record}" if transaction else None,
            record=record,
            why=why,
        )
    if record is None:
        yield Event(kind, msgspec.json.encode({**payload, "Id": None}), why=why)


def _owner(record: Mapping[str, Any]) -> str | None:
    owner = record.get("Owner")
    if isinstance(owner, dict):
        return text(owner.get("Email")) or text(owner.get("Name"))
    return None


SOURCE = Salesforce
