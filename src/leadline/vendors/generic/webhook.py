"""Any JSON or form that contains a lead: from Zapier, partner portals or your own programs.

Reads common field names at any depth, CloudEvents 1.0 envelopes and arrays of leads; the settings
can map fields.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from leadline.model.lead import Delivery, Event, LeadFields
from leadline.model.texts.json_places import placed
from leadline.model.texts.json_text import decode, peek
from leadline.ports.source import Source, noted
from leadline.vendors._reader.on_demand import guessed_late as guessed
from leadline.vendors._webhooks import forms, signing
from leadline.vendors._webhooks.bodies import JSON_MEDIA, read_body
from leadline.vendors._webhooks.fields import demand_something, text, text_of_field, with_source
from leadline.vendors._webhooks.kinds import EventNames, kind_of, may_be_only_key
from leadline.vendors._webhooks.pieces import is_one, leads_in
from leadline.vendors._webhooks.usual import TIMES, emptied_by_name


class _Head(EventNames):
    specversion: Any = None
    id: Any = None
    source: Any = None
    messageId: Any = None


_head = msgspec.json.Decoder(_Head)
_NO_NAMES = _Head()


# Fields that differ in a vendor's next attempt (Intercom docs, "Webhook notification object";
# Segment docs, "Spec: Common fields": `timestamp` is calculated from `sentAt`).
_INTERCOM = ("delivery_attempts", "delivery_status", "delivered_at")
_SEGMENT = ("sentAt", "receivedAt", "timestamp")
_SEGMENT_CALLS = ("identify", "track", "page", "screen", "group", "alias")


class Generic(Source):
    """Authenticated by a shared secret in the URL, as a bearer token, or in `X-Webhook-Secret`."""

    name = "generic"
    usual_source = "Webhook"
    media = (*JSON_MEDIA, *forms.MEDIA)
    delivery_fields = (*_INTERCOM, *_SEGMENT)
    time_fields = TIMES

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`."""
        signing.check_shared(delivery, self.config)

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        return {"content-type": "application/json", "authorization": f"Bearer {secret}"}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event for each element of an array or of a list of people, or one for the whole body.

        Events such as `lead.updated` update the lead of the record in the field that the settings
        map to `record`; without such a mapping, their record is unknown.
        """
        head = _of_plain_object(delivery)
        raw, notes = (delivery.body, ()) if head is not None else read_body(delivery)
        raws = leads_in(raw)
        if len(raws) == 1:
            known = head if raws[0] is raw else None
            return (noted(self._event(raws[0], 0, 1, delivery, known), notes),)
        return (
            noted(self._event(raw, i, len(raws), delivery), notes) for i, raw in enumerate(raws)
        )

    def plain_bodies(self, delivery: Delivery) -> Callable[[bytes], bool] | None:
        """See `Source.plain_bodies`; the shared secret is in the head. A source that is made from
        this one may read and prove otherwise."""
        if type(self) is not Generic:
            return None
        mapping = self.config.map
        if "event_id" in mapping or "record" in mapping or _key(delivery, _NO_NAMES) is not None:
            return None
        return _is_plain if delivery.headers.get("content-type") == JSON_MEDIA[0] else None

    def fields(self, raw: bytes) -> LeadFields:
        """See `Source.fields`."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(guessed(body, self.config.map), ())
        tree = forms.unfolded(body)
        if tree.get("specversion") and isinstance(tree.get("data"), dict):
            # In a CloudEvent, `source` is a URI of the sender, not the origin of the lead.
            tree = {k: v for k, v in tree.items() if k != "source"}
        fields = guessed(tree, self.config.map)
        flagged = tree.get("is_test") is True or tree.get("test") is True
        if flagged:
            suspicions = (*fields.suspicions, "test.flagged")
            fields = msgspec.structs.replace(fields, suspicions=suspicions)
        return demand_something(with_source(fields, self.usual_source), body)

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The fields that are empty under their usual names."""
        body = decode(raw)
        return emptied_by_name(body, guessed(body, self.config.map))

    def _event(
        self,
        raw: bytes,
        position: int,
        count: int,
        delivery: Delivery,
        head: _Head | None = None,
    ) -> Event:
        head = head or peek(_head, raw) or _Head()
        kind, why = kind_of(head, raw)
        key = _key(delivery, head)
        if key is not None and count > 1:
            key = f"{key}#{position}"
        key = key or _key_in(head)
        mapping = self.config.map
        record = None
        if "event_id" in mapping or "record" in mapping:
            body = decode(raw)
            key = self._mapped(body, "event_id") or key
            record = self._mapped(body, "record")
        return Event(kind, raw, key=key, record=record, why=why)

    def _mapped(self, body: Any, name: str) -> str | None:
        return (
            text_of_field(name, placed(body, self.config.map[name]))
            if name in self.config.map
            else None
        )


def _of_plain_object(delivery: Delivery) -> _Head | None:
    """The head of a body that is an object of valid JSON in ASCII, as most are, read without
    another look at whether it is valid; None for other bodies."""
    if delivery.headers.get("content-type") != JSON_MEDIA[0] or not delivery.body.isascii():
        return None
    return peek(_head, delivery.body)


def _is_plain(body: bytes) -> bool:
    """Whether a body is one object of valid JSON in ASCII that names no event and no id of one."""
    return (
        body.isascii()
        and is_one(body)
        and not may_be_only_key(body)
        and peek(_head, body) == _NO_NAMES
    )


def _key(delivery: Delivery, head: _Head) -> str | None:
    """The sender's event id, from the headers or a CloudEvents envelope; None if there is none."""
    headers = delivery.headers
    for name in ("idempotency-key", "webhook-id"):
        if (given := headers.get(name)) and not given.isspace():
            return given
    if headers.get("ce-id"):
        return f"{headers.get('ce-source', '')} {headers['ce-id']}"
    if head.specversion is not None and text(head.id):
        return f"{text(head.source)} {text(head.id)}"
    return None


def _key_in(head: _Head) -> str | None:
    """The vendor's id of an event whose redeliveries differ in their text."""
    if head.type == "notification_event":
        return text(head.id)
    return text(head.messageId) if head.type in _SEGMENT_CALLS else None


SOURCE = Generic
