"""Pipedrive: webhooks of version 1 and 2, about persons and leads.

Pipedrive docs, "Webhooks" and "Webhooks v2". A published sample of version 2 calls a person's event
`deal`, so the shape of the data is checked too.
"""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from leadline.model.errors import Unauthentic
from leadline.model.facts.consent import ConsentSaid
from leadline.model.lead import DELETED, MERGED, Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.model.texts.record_links import is_on
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

_KINDS = {
    "added": Kind.CREATED,
    "create": Kind.CREATED,
    "updated": Kind.UPDATED,
    "change": Kind.UPDATED,
}
_DELETED = ("deleted", "delete")
RECORD_HOSTS = ("*.pipedrive.com",)
"""The hosts on which users open persons and leads; each company has its own (`meta.host`, Pipedrive
docs, "Webhooks")."""


class _Meta(msgspec.Struct):
    action: Any = None
    object: Any = None
    entity: Any = None
    id: Any = None
    entity_id: Any = None
    timestamp_milli: Any = None
    host: Any = None
    change_source: Any = None


class _Head(msgspec.Struct):
    meta: _Meta
    event: Any = None
    current: msgspec.Raw = msgspec.Raw(b"null")
    data: msgspec.Raw = msgspec.Raw(b"null")
    previous: msgspec.Raw = msgspec.Raw(b"null")


_head = msgspec.json.Decoder(_Head)


class _Shape(msgspec.Struct):
    id: Any = None
    first_name: Any = msgspec.UNSET
    person_id: Any = None


_shape = msgspec.json.Decoder(_Shape)


class Pipedrive(Source):
    """Pipedrive does not sign; it sends the webhook's user and password by HTTP Basic."""

    name = "pipedrive"
    is_crm = True
    record_hosts = RECORD_HOSTS
    delivery_fields = ("meta.attempt", "retry")
    time_fields = ("meta.timestamp_milli", "meta.timestamp")

    def authenticate(self, delivery: Delivery) -> None:
        """HTTP Basic authentication; the secret is `user:password`."""
        if not self.config.secret:
            return
        given = delivery.headers.get("authorization", "").strip()
        if not given:
            raise Unauthentic("no user and password came; set them at the webhook (HTTP Basic)")
        scheme, _, credentials = given.partition(" ")
        fits = [signing.octets(credentials.strip())] if scheme.lower() == "basic" else []
        signing.check_any(
            self.config.secret,
            lambda secret: base64.b64encode(secret.encode()),
            fits,
            "the user and password that came are others than those that are set here",
        )

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        credentials = base64.b64encode(secret.encode()).decode()
        return {"content-type": "application/json", "authorization": f"Basic {credentials}"}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event per body."""
        return (_event(raw) for raw in elements(read_json(delivery.body)))

    def is_by_person(self, raw: bytes) -> bool:
        """`app` is Pipedrive's web app, `api` a program (changelog of 22 June 2021)."""
        head = peek(_head, raw)
        return head is not None and head.meta.change_source == "app"

    def fields(self, raw: bytes) -> LeadFields:
        """The fields of a person, or of a lead, which in version 2 has little more than ids."""
        body = decode(raw)
        meta = body.get("meta") if isinstance(body, dict) else None
        data = (body.get("current") or body.get("data")) if isinstance(body, dict) else None
        if not isinstance(meta, dict) or not isinstance(data, dict):
            return demand_something(LeadFields(), body if isinstance(body, dict) else ())
        sort = _sort(str(meta.get("object") or meta.get("entity")), "first_name" in data)
        number = text(data.get("id")) or text(meta.get("entity_id"))
        path = f"leads/inbox/{number}" if sort == "lead" else f"person/{number}"
        fields = drawn(
            data,
            _LEAD if sort == "lead" else _PERSON,
            self.config.map,
            record=number and f"{sort}:{number}",
            company=text_of_field("company", data["org_id"])
            if isinstance(data.get("org_id"), dict)
            else None,
            crm_url=_crm_url(text(meta.get("host")), path) if number else None,
            consent=_consent(data),
        )
        return demand_something(with_source(fields, "Pipedrive"), data)

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The empty fields of the record, which Pipedrive sends completely."""
        body = decode(raw)
        data = (body.get("current") or body.get("data")) if isinstance(body, dict) else None
        if not isinstance(data, dict):
            return ()
        places = _PERSON if "first_name" in data else _LEAD
        return emptied(data, places, self.config.map, whole=True)


_PERSON = {
    "name": ("name",),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "email": ("email", "emails"),
    "phone": ("phone", "phones"),
    "company": ("org_name",),
    "title": ("job_title",),
    "owner": ("owner_name", "owner_id"),
    "source": ("source_name", "origin"),
    "created": ("add_time",),
}
_LEAD = {
    "name": ("person_name",),
    "company": ("org_name", "organization_name"),
    "message": ("title",),
    "owner": ("owner_name", "owner_id"),
    "source": ("source_name", "origin"),
    "created": ("add_time",),
}


_STATUS = "marketing_status"
_MARKETING = {"subscribed": "yes", "unsubscribed": "no"}


def _consent(data: Mapping[str, Any]) -> dict[str, ConsentSaid]:
    """The marketing status of a person (Pipedrive docs, "Persons"). `no_consent` is what everybody
    has who was never asked, and `archived` says nothing."""
    word = _MARKETING.get(text(data.get(_STATUS)) or "")
    return {"email": ConsentSaid(word, _STATUS)} if word else {}


def _sort(named: str, like_a_person: bool) -> str:
    if named in ("person", "lead"):
        return named
    return "person" if like_a_person and named != "organization" else named


def _event(raw: bytes) -> Event:
    head = peek(_head, raw)
    if head is None:
        return Event(Kind.CREATED, raw)
    meta = head.meta
    shape = _shape_of(head)
    sort = _sort(str(meta.object or meta.entity), shape.first_name is not msgspec.UNSET)
    number = text(shape.id) or text(meta.entity_id) or text(meta.id)
    kind, why = _KINDS.get(str(meta.action), Kind.IGNORED), ""
    if sort not in ("person", "lead"):
        kind, why, number = Kind.IGNORED, "not_a_lead", None
    elif meta.action == MERGED:
        kind, why, number = Kind.IGNORED, MERGED, _merged_away(head, number)
    elif kind is Kind.IGNORED:
        why = DELETED if meta.action in _DELETED else str(meta.action)[:40]
    return Event(kind, raw, key=_key(head), record=number and f"{sort}:{number}", why=why)


def _shape_of(head: _Head) -> _Shape:
    """The record, or its last state if it was deleted."""
    for data in (head.current, head.data, head.previous):
        if (shape := peek(_shape, bytes(data))) is not None:
            return shape
    return _Shape()


def _merged_away(head: _Head, number: str | None) -> str | None:
    """The record that a merge removed, if the event names one besides the remaining record."""
    before = peek(_shape, bytes(head.previous))
    gone = text(before.id) if before else None
    return gone if gone != number else None


def _key(head: _Head) -> str | None:
    ident, stamp = text(head.meta.id), text(head.meta.timestamp_milli)
    if stamp is None:
        return ident
    return ident and f"{ident}:{stamp}:{head.event}"  # in version 1 meta.id is the record's


def _crm_url(host: str | None, path: str) -> str | None:
    url = f"https://{host}/{path}"
    return url if host and is_on(RECORD_HOSTS, url) else None


SOURCE = Pipedrive
