"""Standard Webhooks, and Svix, from which they derive: signed JSON of any shape.

Specification: "Standard Webhooks" 1.0; symmetric signatures (`v1`) only.
"""

import base64
from collections.abc import Iterable, Mapping
from hashlib import blake2b

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.lead import Delivery, Event, LeadFields
from leadline.model.texts.json_places import placed
from leadline.model.texts.json_text import decode, peek, read_json
from leadline.ports.source import Source
from leadline.vendors._reader.on_demand import guessed_late as guessed
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.fields import demand_something, text_of_field, with_source
from leadline.vendors._webhooks.kinds import EventNames, kind_of
from leadline.vendors._webhooks.pieces import leads_in
from leadline.vendors._webhooks.usual import TIMES, emptied_by_name

_head = msgspec.json.Decoder(EventNames)


class StandardWebhooks(Source):
    """HMAC-SHA256 over id, timestamp and body; the header may list several signatures."""

    name = "standard_webhooks"
    usual_source = "Webhook"
    signs = True
    time_fields = TIMES

    def authenticate(self, delivery: Delivery) -> None:
        """The headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, or the older ones
        with `svix-`."""
        if not self.config.secret:
            return
        ident = signing.header(delivery, "webhook-id", "svix-id")
        stamp = signing.header(delivery, "webhook-timestamp", "svix-timestamp")
        listed = signing.header(delivery, "webhook-signature", "svix-signature")
        message = _message(ident, stamp, delivery.body)
        given = [
            signing.octets(s.removeprefix("v1,")) for s in listed.split() if s.startswith("v1,")
        ]
        signing.check_any(
            self.config.secret,
            lambda secret: signing.base64ed(signing.mac(_key(secret), message)),
            given,
        )
        signing.check_window(delivery, stamp, self.config)

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`; the id is a digest of the body."""
        ident = "msg_" + blake2b(delivery.body, digest_size=12).hexdigest()
        stamp = signing.seconds(delivery.received_at)
        digest = signing.mac(_key(secret), _message(ident, stamp, delivery.body))
        return {
            "content-type": "application/json",
            "webhook-id": ident,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signing.base64ed(digest).decode()}",
        }

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event for the message, or one for each element of an array or of a list of people."""
        ident = delivery.headers.get("webhook-id") or delivery.headers.get("svix-id")
        raws = leads_in(read_json(delivery.body))
        return (
            _event(raw, _key_of(ident, i, len(raws)), self.config.map) for i, raw in enumerate(raws)
        )

    def fields(self, raw: bytes) -> LeadFields:
        """The fields by common names, at any depth."""
        body = decode(raw)
        fields = with_source(guessed(body, self.config.map), self.usual_source)
        return demand_something(fields, body if isinstance(body, dict) else ())

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The fields that are empty under their usual names."""
        body = decode(raw)
        return emptied_by_name(body, guessed(body, self.config.map))


def _event(raw: bytes, key: str | None, mapping: Mapping[str, str]) -> Event:
    kind, why = kind_of(peek(_head, raw) or EventNames(), raw)
    record = (
        text_of_field("record", placed(decode(raw), mapping["record"]))
        if "record" in mapping
        else None
    )
    return Event(kind, raw, key=key, record=record, why=why)


def _key_of(ident: str | None, position: int, count: int) -> str | None:
    return f"{ident}#{position}" if ident and count > 1 else ident


def _message(ident: str, stamp: str, body: bytes) -> bytes:
    return signing.octets(f"{ident}.{stamp}.") + body


def _key(secret: str) -> bytes:
    text = secret.removeprefix("whsec_").rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise ConfigurationError(
            "the secret of standard_webhooks must be base64, with or without the prefix whsec_"
        )
    return key


SOURCE = StandardWebhooks
