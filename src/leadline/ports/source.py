"""A source: it authenticates deliveries, splits them into events, and reads the fields of leads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.lead import Delivery, Event, LeadFields, Receipt
from leadline.model.texts.moments import seconds_of
from leadline.settings.connected.sources import SourceConfig

TRUSTED = "trusted"
"""The value of the setting `owner` of a source that is trusted to name owners."""


class Answer(msgspec.Struct, frozen=True):
    """An HTTP response. `headers` are further header fields, by their names in lower case."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = {}


def noted(event: Event, notes: Sequence[str]) -> Event:
    """The event with *notes* on how its text was decoded (`model.texts.charsets.NOTES`) as its
    `why`, from where they get to the lead. An event that has a `why` already is returned
    unchanged."""
    if not notes or event.why:
        return event
    return msgspec.structs.replace(event, why=" ".join(notes))


class Source:
    """One kind of sender. Subclasses override what is special to it; all methods are pure."""

    name: ClassVar[str]
    media: ClassVar[tuple[str, ...]] = ("application/json",)
    is_crm: ClassVar[bool] = False
    """Whether the sender is a CRM, which knows the owners of leads. False if visitors of a website
    write the content, even if deliveries are signed."""
    for_browsers: ClassVar[bool] = False
    """Whether browsers post here directly. Browsers never redeliver, so the same text on another
    day is a person who came again."""
    signs: ClassVar[bool] = False
    """Whether the sender proves each delivery by a signature over its body. Else its secret comes
    along, and whoever sees one delivery can make others."""
    record_hosts: ClassVar[tuple[str, ...]] = ()
    """The hosts on which this sender's records are opened (`model.texts.record_links.is_on`).
    Alerts link to `LeadFields.crm_url` on these hosts only, unless `SourceConfig.map` maps
    `crm_url`."""
    delivery_fields: ClassVar[tuple[str, ...]] = ()
    """Paths of the fields that describe the delivery ("meta.attempt"); their values differ between
    attempts to deliver the same event."""
    time_fields: ClassVar[tuple[str, ...]] = ()
    """Paths at which an event gives its time by the vendor's clock ("meta.timestamp"); the first
    value that is a time is used."""

    usual_source: ClassVar[str] = ""
    """The source of leads whose sender names none, if it only says how they came ("Webhook"): a
    UTM parameter says more. "" for senders whose name says where leads are from."""

    def __init__(self, config: SourceConfig | None = None) -> None:
        self.config = config or SourceConfig()

    def authenticate(self, delivery: Delivery) -> None:
        """Check the raw bytes against the secrets. Raises Unauthentic if a secret is set and the
        delivery has no valid signature; without secrets every delivery passes. Timestamps are
        compared with `delivery.received_at`."""
        raise NotImplementedError

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """Split the body into events without checking their content. Each event's `raw` is valid
        UTF-8 JSON with everything that concerns that event.

        Raises Unreadable if the body is not in the expected format, TooManyEvents if it contains
        more events than any delivery may, and nothing else. If a body can hold many events, be a
        generator: capture stops at its limits.
        """
        raise NotImplementedError

    def plain_bodies(self, delivery: Delivery) -> Callable[[bytes], bool] | None:
        """For deliveries with the head of this one, which was authentic: tells whether a body is,
        as it stands, one CREATED event without a key, a record or a note. It may say no of any
        body, but never yes by mistake. None for sources that can't tell, for heads that name a
        key, and if the body has a part in the proof of who sent it."""
        del delivery
        return None

    def fields(self, raw: bytes) -> LeadFields:
        """The fields of the lead in one event, as written. Raises NotUnderstood if it has none."""
        raise NotImplementedError

    def said(self, raw: bytes) -> Any:
        """An event's JSON, parsed, without its `delivery_fields`; raises Unreadable."""
        from leadline.model.texts.json_text import decode  # not every function on AWS needs it

        value = decode(raw)
        for place in self.delivery_fields:
            _leave_out(value, place.split("."))
        return value

    def happened_at(self, raw: bytes) -> float | None:
        """The time of an event by the vendor's clock, in seconds since 1970; None if the event has
        none."""
        if not self.time_fields:
            return None
        from leadline.model.texts.json_text import decode

        try:
            value = decode(raw)
        except LeadlineError:
            return None
        found = (seconds_of(_at(value, place.split("."))) for place in self.time_fields)
        return next((when for when in found if when is not None), None)

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The fields that an update clears: names of `LeadFields`, or `custom.` and the sender's
        own name; raises LeadlineError like `fields`."""
        del raw
        return ()

    def is_by_person(self, raw: bytes) -> bool:
        """Whether a person made this change in the vendor's own pages, not a program; False if the
        event does not say so."""
        del raw
        return False

    @property
    def trusts_owners(self) -> bool:
        """Whether the owner named in a delivery becomes the lead's owner: yes for a CRM that
        authenticates itself, and for a source whose setting `owner` is "trusted"."""
        return self.config.owner == TRUSTED or (self.is_crm and self.config.authenticated)

    def believed(self, fields: LeadFields) -> LeadFields:
        """The fields, with an owner from an untrusted sender moved to `owner_claimed`. The owner
        decides who is alerted, so a visitor of a website must not choose it."""
        if self.trusts_owners or not fields.owner:
            return fields
        return msgspec.structs.replace(fields, owner=None, owner_claimed=fields.owner)

    def believed_fields(self, raw: bytes) -> LeadFields:
        """The fields of the lead in one event, after `believed`. Leads are made from these, never
        from `fields`. Raises NotUnderstood."""
        return self.believed(self.fields(raw))

    def answer(self, receipts: Sequence[Receipt]) -> Answer | None:
        """The response to a successful delivery if the vendor requires a special one; None for
        Leadline's own."""
        return None

    def keepable(self, body: bytes) -> bytes:
        """The body without credentials of the sender, for storage."""
        return body

    def handshake(self, delivery: Delivery) -> Answer | None:
        """The response to the GET by which the vendor verifies the URL; None if it has none."""
        return None

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """The headers with which the vendor would sign this delivery, for `leadline send` and
        tests; `delivery.received_at` is the time of signing."""
        return {}


def _leave_out(value: Any, place: Sequence[str]) -> None:
    """Remove the value at a path of a parsed value, if there is one."""
    inner = _at(value, place[:-1])
    if isinstance(inner, dict):
        inner.pop(place[-1], None)


def _at(value: Any, place: Sequence[str]) -> Any:
    for key in place:
        value = value.get(key) if isinstance(value, dict) else None
    return value
