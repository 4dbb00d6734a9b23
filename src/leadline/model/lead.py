"""The vocabulary: what travels through Leadline, as frozen values.

A *delivery* is one HTTP request of a sender. It carries *events*; an event that announces a lead
is kept as a *captured lead*, waits as a *task*, and becomes a *refined lead*.
Times are aware `datetime`s in UTC; lead ids are UUID texts (version 7, so they sort by capture).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec


class Kind(StrEnum):
    """What an event says of its lead."""

    CREATED = "created"
    UPDATED = "updated"
    IGNORED = "ignored"


class Status(StrEnum):
    """Where a lead stands, as operators see it."""

    WAITING = "waiting"
    REFINED = "refined"
    ALERTED = "alerted"
    QUARANTINED = "quarantined"
    FILTERED = "filtered"
    FOLDED = "folded"
    DEAD = "dead"


class Delivery(msgspec.Struct, frozen=True):
    """One request as it arrived; `body` is the raw bytes, header names are lower case.

    `url` is the full URL that the sender called, with its query, as far as it is known.
    """

    source: str
    body: bytes
    received_at: datetime
    headers: Mapping[str, str] = {}
    method: str = "POST"
    url: str = ""

    @property
    def media_type(self) -> str:
        """The content type in lower case, without parameters; "" when there is none."""
        return _media_type(self.headers.get("content-type", ""))


@lru_cache(64)  # asked twice of every delivery, and most deliveries name the same one
def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


class Event(msgspec.Struct, frozen=True):
    """One thing that a delivery says, cut out by its source.

    `raw` is JSON text: the very bytes of the body wherever the body is JSON.
    `key` is the sender's own id of this event (redeliveries repeat it); without one, the digest
    of `raw` stands in. `record` is the CRM's id of the lead that the event is about, so that an
    update can find it. `why` says in a word why an IGNORED event is no new lead ("deleted"), and
    what else there is to say of how another one came in: `model.charsets.NOTES`, "reconciled".
    """

    kind: Kind
    raw: bytes
    key: str | None = None
    record: str | None = None
    why: str = ""


class CapturedLead(msgspec.Struct, frozen=True):
    """An event on its way into the store, with everything that decides its fate.

    `event_key` is 16 bytes and the same for every redelivery; `record_key` likewise for every
    event of one CRM record. `lasting_key` is false where the key is only a digest: such a key
    stands for a redelivery for some days, after which the same words are a new lead.
    `body` is the body of the delivery where `raw` is not its very text (forms, XML), else None;
    `media_type` is its content type, parameters and all.
    """

    id: str
    source: str
    kind: Kind
    captured_at: datetime
    due_at: datetime
    raw: bytes
    event_key: bytes
    lasting_key: bool = True
    record: str | None = None
    record_key: bytes | None = None
    why: str = ""
    body: bytes | None = None
    media_type: str = ""


class Fate(StrEnum):
    """What became of an event at the door."""

    CAPTURED = "captured"
    REDELIVERED = "redelivered"
    FOLDED = "folded"
    FILTERED = "filtered"


class Receipt(msgspec.Struct, frozen=True):
    """The store's word that an event is durable; `lead_id` is the lead that it belongs to."""

    lead_id: str
    fate: Fate
    why: str = ""


def fate_of(lead: CapturedLead, *, known: bool, refined: bool) -> tuple[Fate, str]:
    """What becomes of an event that is no redelivery, and why: *known* is whether its record has
    a lead already, *refined* whether that lead has been refined."""
    if lead.kind is Kind.IGNORED:
        return Fate.FILTERED, lead.why or "ignored"
    if not known:
        if lead.kind is Kind.CREATED:
            return Fate.CAPTURED, lead.why
        return Fate.FILTERED, "unknown_record"
    return (Fate.FILTERED, "already_refined") if refined else (Fate.FOLDED, lead.why)


class LeadFields(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a source says of a lead, as written; None where it says nothing.

    `first_name` and `last_name` may stand without `name`. `country` is as written (a name or an
    ISO code). `created` is the sender's own time, as text. `crm_url` opens the record in the CRM.
    `custom` keeps every other field under the sender's own name. `suspicions` are problem codes
    that only the source can see ("spam.honeypot", "test.flagged", `model.charsets.NOTES`).
    `owner_claimed` is an owner whom the sender names without being trusted in that
    (`Source.believed`); it decides nothing.
    """

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    title: str | None = None
    country: str | None = None
    website: str | None = None
    message: str | None = None
    source: str | None = None
    campaign: str | None = None
    owner: str | None = None
    score: float | None = None
    created: str | None = None
    crm_url: str | None = None
    record: str | None = None
    custom: dict[str, Any] = {}
    suspicions: tuple[str, ...] = ()
    owner_claimed: str | None = None


PLACEABLE = tuple(
    name
    for name in LeadFields.__struct_fields__
    if name not in ("custom", "suspicions", "owner_claimed")
)
"""The fields that a sender or a CRM fills in, which settings may place."""


class Change(msgspec.Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """One thing that refinement altered: `field` went `from` what was written `to` what we keep."""

    field: str
    before: str | None
    after: str | None
    rule: str


class Contact(msgspec.Struct, frozen=True):
    """Whom the lead is about. `email_canonical` and `phone_e164` are for comparing, never shown
    in place of what was written."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email_canonical: str | None = None
    phone_e164: str | None = None
    phone_extension: str | None = None
    title: str | None = None
    country: str | None = None
    website: str | None = None


class Ownership(StrEnum):
    """What is known of a lead's owner: ASSIGNED to somebody, UNASSIGNED so far, UNKNOWN because the
    CRM did not answer; NOT_ASKED where there is no CRM to ask."""

    NOT_ASKED = ""
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    UNKNOWN = "unknown"


class LeadDetails(msgspec.Struct, frozen=True):
    """Where the lead came from and whose it is; `lead_score` is the sender's, 0 to 100 or so.

    `owner` is as shown; `owner_id` and `owner_email` are what the CRM calls them by.
    `owner_claimed` is whom a sender named who is not trusted in that: words to be shown, which
    decide nothing.
    """

    source: str | None = None
    campaign: str | None = None
    lead_score: float | None = None
    owner: str | None = None
    message: str | None = None
    crm_url: str | None = None
    crm_record: str | None = None
    owner_id: str | None = None
    owner_email: str | None = None
    ownership: Ownership = Ownership.NOT_ASKED
    owner_claimed: str | None = None


class FirstSeen(msgspec.Struct, frozen=True):
    """The lead that this one repeats: its id, when it was captured, and what matched."""

    lead_id: str
    captured_at: datetime
    matched: tuple[str, ...]


class RefinedLead(msgspec.Struct, frozen=True):
    """A lead after every rule. `status` is "refined" or "quarantined" (spam, tests: no alert)."""

    lead_id: str
    captured_at: datetime
    processed_at: datetime
    status: str
    contact: Contact
    lead_details: LeadDetails
    received_from: str
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    duplicate_of: FirstSeen | None = None
    custom: dict[str, Any] = {}


WORKER_DIED = "worker.died"
"""What is said of an attempt that was not settled before its lease ran out, whatever the reason."""
