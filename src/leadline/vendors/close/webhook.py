"""Close: one event per delivery (Close API docs, "Webhooks").

The event of a lead has the company and a display name, but no e-mail address or phone number. Those
are in the events of its contacts, which are folded into the lead while it waits.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.facts.consent import ConsentSaid
from leadline.model.lead import MERGED, Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode, peek, read_json
from leadline.ports.source import Source
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.consents import opted_out
from leadline.vendors._webhooks.fields import (
    demand_something,
    drawn,
    emptied,
    several,
    text,
    text_of_field,
)


class _Head(msgspec.Struct):
    id: Any = None
    object_type: Any = None
    object_id: Any = None
    lead_id: Any = None
    action: Any = None
    meta: Any = None


class _Body(msgspec.Struct):
    event: _Head


RECORD_HOSTS = ("app.close.com",)
"""The hosts on which users open leads (`html_url` of a lead, Close API docs, "Leads")."""

_body = msgspec.json.Decoder(_Body)
_KINDS = {"created": Kind.CREATED, "updated": Kind.UPDATED}


class Close(Source):
    """Signed with the hex-decoded `signature_key` over timestamp and body."""

    name = "close"
    signs = True
    is_crm = True
    record_hosts = RECORD_HOSTS
    time_fields = ("event.date_updated", "event.date_created")

    def authenticate(self, delivery: Delivery) -> None:
        """`Close-Sig-Hash` and `Close-Sig-Timestamp` (seconds)."""
        if not self.config.secret:
            return
        stamp = signing.header(delivery, "close-sig-timestamp")
        given = signing.header(delivery, "close-sig-hash").lower()
        message = signing.octets(stamp) + delivery.body
        signing.check_any(
            self.config.secret,
            lambda key: signing.hexed(signing.mac(_key(key), message)),
            [signing.octets(given)],
        )
        signing.check_window(delivery, stamp, self.config)

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        stamp = signing.seconds(delivery.received_at)
        digest = signing.mac(_key(secret), stamp.encode() + delivery.body)
        return {
            "content-type": "application/json",
            "close-sig-timestamp": stamp,
            "close-sig-hash": digest.hex(),
        }

    def events(self, delivery: Delivery) -> Sequence[Event]:
        """One event, about a lead or one of its contacts."""
        raw = read_json(delivery.body)
        body = peek(_body, raw)
        if body is None:
            return [Event(Kind.CREATED, raw)]  # refinement reports what is wrong
        head = body.event
        kind, why = _kind(head)
        record = text(head.lead_id) or text(head.object_id)
        if why == MERGED:
            record = text(_merge_of(head))
        return [Event(kind, raw, key=text(head.id), record=record, why=why)]

    def fields(self, raw: bytes) -> LeadFields:
        """The fields of a lead, or those that a contact adds to it."""
        body = decode(raw)
        event = body.get("event") if isinstance(body, dict) else None
        data = event.get("data") if isinstance(event, dict) else None
        if not isinstance(event, dict) or not isinstance(data, dict):
            return demand_something(LeadFields(), body if isinstance(body, dict) else ())
        lead = text(event.get("lead_id"))
        if event.get("object_type") == "contact":
            kept = _several_ways(data)
            others = [key for key in data if not key.startswith("custom.") and key not in kept]
            return drawn(
                data, _CONTACT, self.config.map, read=others, record=lead, consent=_consent(data)
            )
        return demand_something(self._of_lead(data, lead or text(event.get("object_id"))), data)

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The empty fields of the lead, which Close sends completely. A contact clears nothing,
        because a lead may have several."""
        body = decode(raw)
        event = body.get("event") if isinstance(body, dict) else None
        data = event.get("data") if isinstance(event, dict) else None
        if not isinstance(event, dict) or not isinstance(data, dict):
            return ()
        if event.get("object_type") != "lead":
            return ()
        found = emptied(data, _LEAD, self.config.map, whole=True)
        owned = "owner" in self.config.map or close_owner(data) is not None
        return found if owned else (*found, "owner")

    def _of_lead(self, data: dict[str, Any], record: str | None) -> LeadFields:
        contact, address = _first(data.get("contacts")), _first(data.get("addresses"))
        company, shown = text(data.get("name")), text(data.get("display_name"))
        return drawn(
            data,
            _LEAD,
            self.config.map,
            read=[key for key in _READ if not several(data.get(key))],
            name=text(contact.get("name")) or (None if company else shown),
            company=company,
            email=text_of_field("email", contact.get("emails")),
            phone=text_of_field("phone", contact.get("phones")),
            title=text(contact.get("title")),
            country=text(address.get("country")),
            owner=None if "owner" in self.config.map else close_owner(data),
            source="Close",
            record=record,
            custom=_several_ways(contact),
            crm_url=f"https://{RECORD_HOSTS[0]}/lead/{record}/" if record else None,
            consent=_consent(contact),
        )


_USER = re.compile(r"user_[A-Za-z0-9]{1,80}")
_READ = ("name", "display_name", "contacts", "addresses")
_LEAD = {
    "website": ("url",),
    "message": ("description",),
    "created": ("date_created",),
}
_CONTACT = {
    "name": ("name", "display_name"),
    "title": ("title",),
    "email": ("emails",),
    "phone": ("phones",),
}


_UNSUBSCRIBED = {"is_unsubscribed": ("email",)}


def _consent(contact: Mapping[str, Any]) -> dict[str, ConsentSaid]:
    """That the first address of a contact is unsubscribed (Close API docs, "Contacts")."""
    return opted_out(_first(contact.get("emails")), _UNSUBSCRIBED)


def _several_ways(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The addresses and numbers of a contact that has several."""
    return {key: contact[key] for key in ("emails", "phones") if several(contact.get(key))}


def _key(secret: str) -> bytes:
    try:
        return bytes.fromhex(secret)
    except ValueError:
        raise ConfigurationError("the secret of close is its signature_key, in hex") from None


def _kind(head: _Head) -> tuple[Kind, str]:
    if head.object_type == "contact" and head.action in _KINDS:
        return Kind.UPDATED, ""
    if head.object_type != "lead":
        return Kind.IGNORED, "not_a_lead"
    kind = _KINDS.get(str(head.action))
    return (kind, "") if kind else (Kind.IGNORED, str(head.action)[:40])


def _merge_of(head: _Head) -> Any:
    """The lead that was merged into another (Close API docs, "Event log"); if the event does not
    say which of the two that is, both stay."""
    return head.meta.get("merge_source_id") if isinstance(head.meta, dict) else None


def close_owner(data: Mapping[str, Any]) -> str | None:
    """The owner of a lead. Close has no owner field, so teams use a custom field with a user's id.
    Other custom fields may contain a visitor's text, so only user ids count, not addresses or
    names."""
    for key, value in data.items():
        if key.startswith("custom.") and isinstance(value, str) and _USER.fullmatch(value):
            return value
    return None


def _first(value: Any) -> dict[str, Any]:
    found = value if isinstance(value, list) else []
    return next((one for one in found if isinstance(one, dict)), {})


SOURCE = Close
