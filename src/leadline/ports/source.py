"""What a source is: it authenticates raw bytes, cuts out events, and reads fields."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import msgspec

from leadline.model.lead import Delivery, Event, LeadFields, Receipt
from leadline.settings.sources import SourceConfig

TRUSTED = "trusted"
"""What the setting `owner` says of a source whose senders are trusted to name owners."""


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer that a vendor insists on."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200


def noted(event: Event, notes: Sequence[str]) -> Event:
    """The event with *notes* on how its text was read (`model.charsets.NOTES`), which go to the
    lead; one that is no lead says already why."""
    if not notes or event.why:
        return event
    return msgspec.structs.replace(event, why=" ".join(notes))


class Source:
    """One kind of sender. Subclasses override what differs; all of it is pure."""

    name: ClassVar[str]
    media: ClassVar[tuple[str, ...]] = ("application/json",)
    is_crm: ClassVar[bool] = False
    """Whether the sender is a CRM, which knows whose a lead is; not where visitors of a page fill
    in what is sent, however it is signed."""
    record_hosts: ClassVar[tuple[str, ...]] = ()
    """Where records of this sender are opened (`model.record_links.is_on`): `LeadFields.crm_url` is
    a link on these hosts alone, unless the settings place it (`SourceConfig.map`)."""

    def __init__(self, config: SourceConfig | None = None) -> None:
        self.config = config or SourceConfig()

    def authenticate(self, delivery: Delivery) -> None:
        """Check the raw bytes against the secrets; raises Unauthentic. Without secrets it passes,
        with secrets it fails closed. `delivery.received_at` is the time."""
        raise NotImplementedError

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """Cut the body into events without judging them; raises Unreadable when the bytes are
        not the format at all, TooManyEvents when they hold more than any delivery may, and nothing
        else. Each event's `raw` is valid UTF-8 JSON with what concerns that event.

        Where a body may hold many events, make each when it is asked for: capture stops asking at
        its bounds.
        """
        raise NotImplementedError

    def fields(self, raw: bytes) -> LeadFields:
        """What one event says of its lead, as written; raises NotUnderstood when it says
        nothing."""
        raise NotImplementedError

    @property
    def trusts_owners(self) -> bool:
        """Whether an owner whom a delivery names is the lead's: of a CRM that proves by a secret
        that it is the one, or where the settings say so."""
        return self.config.owner == TRUSTED or (self.is_crm and bool(self.config.secret))

    def believed(self, fields: LeadFields) -> LeadFields:
        """The fields as far as this sender is believed: whoever is not trusted with owners has
        theirs in `owner_claimed`. An owner chooses whom we write to, so a visitor must not."""
        if self.trusts_owners or not fields.owner:
            return fields
        return msgspec.structs.replace(fields, owner=None, owner_claimed=fields.owner)

    def believed_fields(self, raw: bytes) -> LeadFields:
        """What one event says of its lead, as far as its sender is believed. Leads are made of
        this, never of `fields`. Raises NotUnderstood."""
        return self.believed(self.fields(raw))

    def answer(self, receipts: Sequence[Receipt]) -> Answer | None:
        """The success answer where the vendor wants its own; None for Leadline's."""
        return None

    def keepable(self, body: bytes) -> bytes:
        """The body as it may be archived: without what opens a door at the sender's."""
        return body

    def handshake(self, delivery: Delivery) -> Answer | None:
        """The answer to the vendor's GET that proves the URL; None where there is none."""
        return None

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """The headers with which the vendor would sign this delivery (for `leadline send` and
        tests); `delivery.received_at` is the time of signing."""
        return {}
