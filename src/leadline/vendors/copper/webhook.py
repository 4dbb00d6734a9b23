"""Copper: notifications, which carry ids only (Copper API docs, "Webhooks").

A record is named `lead:89011972` or `person:89011972`, by its type and its id. One notification
lists up to 30 records. Copper sends it once and does not retry.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.ports.source import Source
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.fields import (
    demand_something,
    drawn,
    emptied,
    text,
    text_of_field,
    with_source,
)
from leadline.vendors._webhooks.notices import each_record

_TYPES = ("lead", "person")
_KINDS = {"new": Kind.CREATED, "update": Kind.UPDATED}
# Copper's own keys; all other keys are the subscription's secrets.
_OWN = frozenset({"ids", "type", "event", "subscription_id", "updated_attributes", "timestamp"})


class _Notice(msgspec.Struct):
    ids: list[Any]
    event: Any = None
    type: Any = None
    subscription_id: Any = None
    timestamp: Any = None


_notice = msgspec.json.Decoder(_Notice)


class Copper(Source):
    """Copper does not sign: the `secret` of a subscription is one of the keys in the body."""

    name = "copper"
    is_crm = True
    time_fields = ("timestamp", "date_modified")

    def authenticate(self, delivery: Delivery) -> None:
        """The shared secret is one of the subscription's values, in the body or in a header."""
        if not self.config.secret:
            return
        try:
            body = decode(read_json(delivery.body))
        except LeadlineError:
            body = None  # the secret may still be in a header
        told = body.items() if isinstance(body, dict) else ()
        secrets = [value for key, value in told if key not in _OWN and isinstance(value, str)]
        signing.check_shared(delivery, self.config, *secrets, named=False)

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`; a subscription's `headers` are sent with every notification."""
        return {"content-type": "application/json", "x-webhook-secret": secret}

    def keepable(self, body: bytes) -> bytes:
        """The body without the shared secret, which Copper sends in it."""
        return signing.without_secrets(body, self.config)

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event for each record in the notification."""
        return (event for raw in elements(read_json(delivery.body)) for event in _events(raw))

    def fields(self, raw: bytes) -> LeadFields:
        """The id of a new record, the changes of an update, or the fields of a record from Copper's
        API (with its `type`; a lead if it has none)."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(LeadFields(), ())
        if not isinstance(body.get("ids"), list):
            sort = str(body.get("type", _TYPES[0]))
            fields = copper_fields(body, self.config.map, sort)
            return demand_something(with_source(fields, "Copper"), body)
        news = _news(body)
        fields = copper_fields(news, self.config.map)
        record = _named(body.get("type"), next(map(text, body["ids"]), None))
        fields = msgspec.structs.replace(fields, record=record)
        updated = body.get("event") == "update"
        return demand_something(fields if updated else with_source(fields, "Copper"), body)

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The fields that an update clears."""
        body = decode(raw)
        if not isinstance(body, dict) or not isinstance(body.get("ids"), list):
            return ()
        return emptied(copper_values(_news(body)), _FIELDS, self.config.map)


def _news(notice: Mapping[str, Any]) -> dict[str, Any]:
    """The current value of each attribute that a notification says was changed."""
    changed = notice.get("updated_attributes")
    return {
        key: pair[1]
        for key, pair in (changed.items() if isinstance(changed, dict) else ())
        if isinstance(pair, list) and len(pair) == 2
    }


def copper_fields(
    record: Mapping[str, Any], mapping: Mapping[str, str] = {}, sort: str = "lead"
) -> LeadFields:
    """The fields of a lead or person (*sort*) of Copper's API; *mapping* maps them to Copper's."""
    address, site = record.get("address"), record.get("websites")
    return drawn(
        copper_values(record),
        _FIELDS,
        mapping,
        read=("id", "type", "custom_fields", "date_modified"),
        country=text(address.get("country")) if isinstance(address, dict) else None,
        website=_url(site[0]) if isinstance(site, list) and site else None,
        record=_named(sort, text(record.get("id"))),
    )


def copper_values(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record's fields, with custom ones by the number of their definition
    (`custom_field.100764`)."""
    return {**record, **_custom_fields(record.get("custom_fields"))}


_FIELDS = {
    "name": ("name",),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "email": ("email", "emails"),
    "phone": ("phone_numbers",),
    "company": ("company_name",),
    "title": ("title",),
    "message": ("details",),
    "owner": ("assignee_id",),
    "created": ("date_created",),
}


def _events(raw: bytes) -> Iterator[Event]:
    notice = peek(_notice, raw)
    body = decode(raw)
    if notice is None:
        found = isinstance(body, dict) and text(body.get("id"))
        record = _named(body.get("type", _TYPES[0]), found) if found else None
        yield Event(Kind.CREATED, raw, record=record)
        return
    event = text(notice.event) or "unknown"
    kind, why = _KINDS.get(event, Kind.IGNORED), ""
    if notice.type not in _TYPES:
        kind, why = Kind.IGNORED, "not_a_lead"
    elif kind is Kind.IGNORED:
        why = "deleted" if event == "delete" else event[:40]
    own = {key: value for key, value in body.items() if key in _OWN}
    subscription, stamp = text(notice.subscription_id), text(notice.timestamp)
    for number in each_record(notice.ids):
        yield Event(
            kind,
            msgspec.json.encode({**own, "ids": [number]}),
            key=f"{subscription}:{event}:{number}:{stamp}" if subscription and stamp else None,
            record=_named(notice.type, number),
            why=why,
        )


def _named(sort: Any, number: str | None) -> str | None:
    return f"{sort}:{number}" if sort in _TYPES and number else None


def _custom_fields(fields: Any) -> dict[str, Any]:
    """Custom fields by the number of their definition, as the settings name them."""
    return {
        f"custom_field.{one.get('custom_field_definition_id')}": one.get("value")
        for one in (fields if isinstance(fields, list) else ())
        if isinstance(one, dict)
    }


def _url(site: Any) -> str | None:
    return text(site.get("url")) if isinstance(site, dict) else text_of_field("website", site)


SOURCE = Copper
