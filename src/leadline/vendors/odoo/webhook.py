"""Odoo: the action "Send Webhook Notification" of an automation on `crm.lead` (Odoo 17 and later).

Odoo docs, "Automation rules". The body has `_model`, `_id` and the fields that the administrator
chose; empty fields are `false`. A record is named `crm.lead:57`. A notification does not say
whether its record is new, so it makes a lead unless the record is known already.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.ports.source import Source
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.fields import demand_something, drawn, emptied, text, with_source

_MODEL = "crm.lead"
_TAG = re.compile(r"<[^<>]*>")
# Unicode code points have at most seven digits; `unescape` fails for numbers with thousands.
_NO_CHARACTER = re.compile(r"&#(?:0*+[1-9][0-9]{7,}|[xX]0*+[1-9a-fA-F][0-9a-fA-F]{6,});?")


class _Head(msgspec.Struct):
    model: Any = msgspec.field(name="_model", default=None)
    number: Any = msgspec.field(name="_id", default=None)
    id: Any = None
    write_date: Any = None


_head = msgspec.json.Decoder(_Head)


class Odoo(Source):
    """Odoo does not sign: a shared secret is in the URL of the action."""

    name = "odoo"
    is_crm = True
    time_fields = ("write_date",)

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`."""
        signing.check_shared(delivery, self.config)

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        return {"content-type": "application/json", "x-webhook-secret": secret}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event per body, or one for each element of an array from your own programs."""
        return (_event(raw) for raw in elements(read_json(delivery.body)))

    def fields(self, raw: bytes) -> LeadFields:
        """The fields that the administrator chose, or those of a record from `crm.lead.read`."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(LeadFields(), ())
        fields = odoo_fields(body, self.config.map)
        return demand_something(with_source(fields, "Odoo"), body)

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The sent fields that are empty; Odoo writes false for empty."""
        body = decode(raw)
        return emptied(body, _FIELDS, self.config.map) if isinstance(body, dict) else ()


def odoo_fields(record: Mapping[str, Any], mapping: Mapping[str, str] = {}) -> LeadFields:
    """The fields of a `crm.lead`; *mapping* maps fields to Odoo's own.

    Bare ids of a country, a source or a campaign are not readable, so they go to `custom`.
    """
    bare = [name for name in _MANY_TO_ONE if not isinstance(record.get(name), list)]
    ids = {name: record[name] for name in bare if text(record.get(name))}
    notes = record.get("description")
    pairs = [name for name in _PAIRS if isinstance(record.get(name), list)]
    return drawn(
        {k: v for k, v in record.items() if k not in bare and v is not False},
        _FIELDS,
        mapping,
        read=(*_ABOUT, *pairs),
        message=_words(notes) if isinstance(notes, str) else None,
        record=_named(record),
        custom=ids,
    )


_MANY_TO_ONE = ("country_id", "source_id", "medium_id", "campaign_id")
_PAIRS = ("country_id", "source_id", "campaign_id", "user_id")
_ABOUT = ("_model", "_id", "_action", "id", "description", "write_date")
_FIELDS = {
    "name": ("contact_name",),
    "email": ("email_from",),
    "phone": ("phone", "mobile"),
    "company": ("partner_name",),
    "title": ("function",),
    "country": ("country_id",),
    "website": ("website",),
    "message": ("name",),
    "source": ("source_id",),
    "campaign": ("campaign_id",),
    "owner": ("user_id",),
    "score": ("probability",),
    "created": ("create_date",),
}


def _event(raw: bytes) -> Event:
    head = peek(_head, raw)
    if head is None:
        return Event(Kind.CREATED, raw)
    number, model = text(head.number) or text(head.id), text(head.model) or _MODEL
    stamp = text(head.write_date)
    key = f"{model}:{number}:{stamp}" if number and stamp else None
    if model != _MODEL:
        return Event(Kind.IGNORED, raw, key=key, why="not_a_lead")
    return Event(Kind.CREATED, raw, key=key, record=number and f"{model}:{number}")


def _named(record: Mapping[str, Any]) -> str | None:
    number = text(record.get("_id")) or text(record.get("id"))
    ours = record.get("_model", _MODEL) == _MODEL
    return f"{_MODEL}:{number}" if number and ours else None


def _words(html: str) -> str | None:
    """The text of an Odoo note, which is HTML."""
    from html import unescape  # imported here: its table is large, and few leads have notes

    plain = _NO_CHARACTER.sub("\ufffd", _TAG.sub(" ", html))
    return text(" ".join(unescape(plain).split()))


SOURCE = Odoo
