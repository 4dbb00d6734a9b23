"""Attio: events of records, which carry ids only (Attio docs, "Webhooks" and "Attribute types").

A record is named `OBJECT:RECORD`, by the ids of its object and its own. An event does not say
whether its object is people, so set the webhook's filter on `id.object_id`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from leadline.model.lead import DELETED, MERGED, Delivery, Event, Kind, LeadFields
from leadline.model.staff.people import Person
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.model.texts.record_links import is_on
from leadline.ports.source import Source
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.fields import demand_something, drawn, text, with_source

RECORD_HOSTS = ("app.attio.com",)
"""The hosts of a record's `web_url` (Attio REST API, "Get a record")."""

_KINDS = {"record.created": Kind.CREATED, "record.updated": Kind.UPDATED}
_WHY = {"record.deleted": DELETED}


class _Body(msgspec.Struct):
    events: msgspec.Raw


class _Head(msgspec.Struct):
    event_type: Any = None
    id: Any = None
    duplicate_object_id: Any = None
    duplicate_record_id: Any = None


_body = msgspec.json.Decoder(_Body)
_head = msgspec.json.Decoder(_Head)


class Attio(Source):
    """`Attio-Signature`: the HMAC-SHA256 of the body in hexadecimal, without a timestamp."""

    name = "attio"
    signs = True
    is_crm = True
    record_hosts = RECORD_HOSTS

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`; `X-Attio-Signature` has the same value."""
        if not self.config.secret:
            return
        given = signing.header(delivery, "attio-signature", "x-attio-signature").lower()
        signing.check_any(
            self.config.secret,
            lambda key: signing.hexed(signing.mac(key.encode(), delivery.body)),
            [signing.octets(given)],
        )

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        digest = signing.mac(secret.encode(), delivery.body).hex()
        return {"content-type": "application/json", "attio-signature": digest}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """Each event of the body; `Idempotency-Key` identifies redeliveries."""
        raw = read_json(delivery.body)
        body = peek(_body, raw)
        return (_event(one) for one in elements(bytes(body.events) if body else raw))

    def fields(self, raw: bytes) -> LeadFields:
        """The ids of an event, or the fields of a record from Attio's API (alone or as `data`)."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(LeadFields(), ())
        if "event_type" in body:
            fields = LeadFields(record=_named(body.get("id")))
            if body["event_type"] != "record.updated":
                fields = with_source(fields, "Attio")
            return demand_something(fields, body)
        data = body.get("data")
        record = data if isinstance(data, dict) else body
        fields = attio_fields(record, self.config.map)
        return demand_something(with_source(fields, "Attio"), record)


def attio_fields(record: Mapping[str, Any], mapping: Mapping[str, str] = {}) -> LeadFields:
    """The fields of a record from Attio's API; *mapping* maps fields to Attio's attributes by slug
    (`company_name`)."""
    values = record.get("values")
    values = values if isinstance(values, dict) else {}
    name = _first(values.get("name"))
    first, last = text(name.get("first_name")), text(name.get("last_name"))
    plain = attio_values(record)
    place = _first(values.get("primary_location"))
    return drawn(
        plain,
        _FIELDS,
        mapping,
        first_name=first,
        last_name=last,
        country=text(place.get("country_code")),
        created=text(record.get("created_at")),
        crm_url=_link(text(record.get("web_url"))),
        record=_named(record.get("id")),
    )


def attio_values(record: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a record by slug: one value, or a list of several."""
    values = record.get("values")
    return {slug: _plain(v) for slug, v in values.items()} if isinstance(values, dict) else {}


def attio_owner(record: Mapping[str, Any], attribute: str = "owner") -> Person | None:
    """The owner of a record: the workspace member in an attribute, with only the id; None if there
    is none. People and companies have no owner attribute unless a team adds one."""
    values = record.get("values")
    entry = _first(values.get(attribute)) if isinstance(values, dict) else {}
    member = text(entry.get("referenced_actor_id"))
    return Person(id=member) if member and _is_member(entry) else None


_FIELDS = {
    "name": ("name",),
    "email": ("email_addresses",),
    "phone": ("phone_numbers",),
    "company": ("company_name",),
    "title": ("job_title",),
    "website": ("domains", "website"),
    "message": ("message", "description"),
    "source": ("source", "lead_source"),
    "campaign": ("campaign", "utm_campaign"),
    "owner": ("owner",),
    "score": ("score", "lead_score"),
}

# The keys of values, by types of attributes.
_VALUE_KEYS = (
    "full_name",
    "email_address",
    "phone_number",
    "domain",
    "value",
    "currency_value",
    "referenced_actor_id",
    "target_record_id",
    "interacted_at",
)


def _event(raw: bytes) -> Event:
    head = peek(_head, raw)
    if head is None:
        return Event(Kind.CREATED, raw)
    if head.event_type is None:
        data = decode(raw).get("data")
        record = _named(data.get("id") if isinstance(data, dict) else head.id)
        return Event(Kind.CREATED, raw, record=record)
    sort = str(head.event_type)
    kind = _KINDS.get(sort, Kind.IGNORED)
    if sort == "record.merged":  # `id` is the remaining record
        gone = {"object_id": head.duplicate_object_id, "record_id": head.duplicate_record_id}
        if (merged := _named(gone)) is not None:
            return Event(kind, raw, record=merged, why=MERGED)
    if kind is Kind.IGNORED:
        return Event(kind, raw, record=_named(head.id), why=_WHY.get(sort, "not_a_lead"))
    return Event(kind, raw, record=_named(head.id))


def _named(ident: Any) -> str | None:
    if not isinstance(ident, dict):
        return None
    kind, number = text(ident.get("object_id")), text(ident.get("record_id"))
    return f"{kind}:{number}" if kind and number else None


def _plain(entries: Any) -> Any:
    """The value of an attribute, which Attio gives as a list of entries."""
    found = (
        [_value_of(one) for one in entries] if isinstance(entries, list) else [_value_of(entries)]
    )
    found = [one for one in found if one is not None]
    return found[0] if len(found) == 1 else found


def _value_of(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return text(entry)
    for kind in ("option", "status"):
        chosen = entry.get(kind)
        if isinstance(chosen, dict):
            return text(chosen.get("title"))
    return next((entry[key] for key in _VALUE_KEYS if text(entry.get(key)) is not None), None)


def _link(url: str | None) -> str | None:
    return url if url and is_on(RECORD_HOSTS, url) else None


def _first(entries: Any) -> dict[str, Any]:
    return (
        next((e for e in entries if isinstance(e, dict)), {}) if isinstance(entries, list) else {}
    )


def _is_member(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("referenced_actor_type", "workspace-member")) == "workspace-member"


SOURCE = Attio
