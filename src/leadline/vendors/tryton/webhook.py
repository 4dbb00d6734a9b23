"""Tryton: opportunities of its CRM (module `sale_opportunity`), in the form of JSON-RPC.

Tryton has no webhooks. Your own trigger or script posts `{"model": "sale.opportunity", "record":
{…}}`, with `"action": "create"` (the default), `"write"` or `"delete"`. Tryton docs, "Sale
Opportunity Module" and "JSON-RPC": the fields of a relation are under its name with a dot
(`"party.": {"name": …}`), dates and decimals are objects with a `__class__`. A record is named
`sale.opportunity:12`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.staff.people import Person
from leadline.model.texts.json_places import placed
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.model.texts.moments import seconds_of
from leadline.ports.source import Source
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.fields import (
    demand_something,
    drawn,
    emptied,
    number,
    text,
    with_source,
)

_MODEL = "sale.opportunity"
_KINDS = {"create": Kind.CREATED, "write": Kind.UPDATED}


class _Record(msgspec.Struct):
    id: Any = None
    write_date: Any = None


class _Post(msgspec.Struct):
    model: Any = None
    record: msgspec.Raw = msgspec.Raw(b"null")
    action: Any = None


_post = msgspec.json.Decoder(_Post)
_record = msgspec.json.Decoder(_Record)


class Tryton(Source):
    """Authenticated by a shared secret in the URL, as a bearer token, or in `X-Webhook-Secret`."""

    name = "tryton"
    is_crm = True

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`."""
        signing.check_shared(delivery, self.config)

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        return {"content-type": "application/json", "authorization": f"Bearer {secret}"}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event for each element of an array, or one for the whole body."""
        return (_event(raw) for raw in elements(read_json(delivery.body)))

    def fields(self, raw: bytes) -> LeadFields:
        """The fields of the opportunity, and of its party, contact and employee if included."""
        body = decode(raw)
        record = body.get("record") if isinstance(body, dict) else None
        if not isinstance(record, dict):
            return demand_something(LeadFields(), body if isinstance(body, dict) else ())
        fields = tryton_fields(record, self.config.map)
        written = body.get("action") == "write"
        return demand_something(fields if written else with_source(fields, "Tryton"), record)

    def happened_at(self, raw: bytes) -> float | None:
        """The record's last write time; Tryton's JSON wraps times in objects."""
        return seconds_of(_written(raw))

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The sent fields that are empty."""
        body = decode(raw)
        record = body.get("record") if isinstance(body, dict) else None
        if not isinstance(record, dict):
            return ()
        found = emptied(_values_of(record), _FIELDS, self.config.map)
        nobodys = "employee" in record and tryton_owner(record) is None
        return (*found, "owner") if nobodys and "owner" not in self.config.map else found


def tryton_fields(record: Mapping[str, Any], mapping: Mapping[str, str] = {}) -> LeadFields:
    """The fields of an opportunity; *mapping* maps fields to paths (`party.name`).

    A party may be a company or a person; it is the company if the contact has its own name.
    """
    values = _values_of(record)
    party, contact = _inside(values, "party"), _inside(values, "contact")
    contact_name, party_name = text(contact.get("name")), text(party.get("name"))
    sort, value = text(contact.get("type")), text(contact.get("value"))
    by_mail, by_phone = sort == "email", sort in ("phone", "mobile")
    address = _inside(values, "address")
    country = _inside(address, "country")
    owner = tryton_owner(record)
    return drawn(
        values,
        _FIELDS,
        mapping,
        read=("id", "party", "contact", "address", "employee", "company"),
        name=contact_name or party_name,
        company=party_name if contact_name else None,
        email=(value if by_mail else None) or text(party.get("email")),
        phone=(value if by_phone else None)
        or text(party.get("phone"))
        or text(party.get("mobile")),
        country=text(country.get("code")) or text(country.get("name")),
        website=text(party.get("website")),
        owner=owner.shown if owner else None,
        record=_named(record.get("id")),
    )


def _written(raw: bytes) -> Any:
    """The record's last write time, as ISO text."""
    post = peek(_post, raw)
    record = peek(_record, bytes(post.record)) if post else None
    stamp = record.write_date if record else None
    return _unwrapped(stamp) if isinstance(stamp, dict) else stamp


def tryton_owner(record: Mapping[str, Any]) -> Person | None:
    """Whose the opportunity is: its employee, with name and address as far as they were read; None
    while nobody's."""
    values = _values_of(record)
    employee = _inside(values, "employee")
    found = text(employee.get("id"))
    if found is None:
        return None
    party = _inside(employee, "party")
    name = text(employee.get("rec_name")) or text(party.get("name"))
    return Person(id=found, name=name or "", email=text(party.get("email")) or "")


def tryton_value(value: Any) -> Any:
    """A value of Tryton's JSON in plain form: ISO texts for dates and times (in UTC), numbers for
    decimals, and the fields of a relation under its plain name, with the id inside."""
    if isinstance(value, list):
        return [tryton_value(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "__class__" in value:
        return _unwrapped(value)
    plain = {key: tryton_value(inner) for key, inner in value.items() if key[-1:] != "."}
    for key, inner in value.items():
        if key[-1:] == ".":
            about = tryton_value(inner)
            more = about if isinstance(about, dict) else {}
            plain[key[:-1]] = {"id": plain.get(key[:-1]), **more}
    return plain


_FIELDS = {
    "message": ("comment", "description"),
    "created": ("create_date",),
}


def _event(raw: bytes) -> Event:
    post = peek(_post, raw)
    record = peek(_record, bytes(post.record)) if post else None
    if post is None or record is None:
        return Event(Kind.CREATED, raw)
    action = text(post.action) or "create"
    kind, why = _KINDS.get(action, Kind.IGNORED), ""
    name = _named(record.id)
    if post.model != _MODEL:
        return Event(Kind.IGNORED, raw, why="not_a_lead")
    if kind is Kind.IGNORED:
        why = "deleted" if action == "delete" else action[:40]
    stamp = record.write_date
    written = text(_unwrapped(stamp) if isinstance(stamp, dict) else stamp)
    key = f"{name}:{action}:{written}" if name and written else None
    return Event(kind, raw, key=key, record=name, why=why)


def _values_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a record in plain form; the record's own `__class__` is ignored."""
    values = tryton_value({key: inner for key, inner in record.items() if key != "__class__"})
    return values if isinstance(values, dict) else {}


def _named(ident: Any) -> str | None:
    return f"{_MODEL}:{found}" if (found := text(ident)) else None


def _inside(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The fields of a relation; only its id if no fields are included."""
    about = placed(values, name)
    return about if isinstance(about, dict) else {"id": about}


_TIME = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def _unwrapped(value: Mapping[str, Any]) -> Any:
    parts = [value.get(name, 0) for name in _TIME]
    try:
        match value.get("__class__"):
            case "Decimal":
                return number(value.get("decimal"))
            case "date":
                return date(*parts[:3]).isoformat()
            case "datetime":
                return datetime(*parts).isoformat() + "Z"  # Tryton's times are UTC
            case "timedelta":
                return number(value.get("seconds"))
    except (TypeError, ValueError, OverflowError):
        return None
    return None


SOURCE = Tryton
