"""Deliveries, events and leads, as frozen values.

A *delivery* is one HTTP request of a sender. It contains *events*. An event that announces a lead
is stored as a *captured lead*, waits as a *task*, and becomes a *refined lead*.
Times are aware `datetime`s in UTC. Lead ids are UUIDs of version 7 as text, so they sort by time of
capture.
"""

# Long because a lead is one value, whose parts are read together.

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

from leadline.model.facts.attribution import Attribution
from leadline.model.facts.consent import Consent, ConsentSaid
from leadline.model.facts.enrichment import Enrichment
from leadline.model.facts.likeness import FirstSeen, Possible, ValueOrigin
from leadline.model.facts.score import LeadScore
from leadline.model.quotas import Quota
from leadline.model.staff.assigning import Decision


class Kind(StrEnum):
    """What an event does to its lead. A delivery that can't be read is one UNREADABLE event; a
    CORRECTED one is what a person here says (`model.facts.correcting`)."""

    CREATED = "created"
    UPDATED = "updated"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"
    CORRECTED = "corrected"


class Status(StrEnum):
    """The status of a lead, as operators see it."""

    WAITING = "waiting"
    REFINED = "refined"
    ALERTED = "alerted"
    QUARANTINED = "quarantined"
    FILTERED = "filtered"
    FOLDED = "folded"
    DEAD = "dead"


class Delivery(msgspec.Struct, frozen=True):
    """One HTTP request as it arrived. `body` is the raw bytes, and header names are lower case.
    `url` is the full URL that the sender called, with its query; "" if it is not known."""

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


@lru_cache(64)  # read twice for each delivery, and most deliveries have the same
def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


class Event(msgspec.Struct, frozen=True):
    """One event of a delivery.

    `raw` is JSON text: the original bytes if the body is JSON. `key` is the sender's event id,
    which redeliveries repeat; without one, a digest of `raw` is used instead. `record` is the
    CRM's id of the record that the event is about, by which updates find their lead. `why` is a
    code for why an IGNORED event is no lead ("deleted"). For other events, it holds notes on how
    they came in: `model.texts.charsets.NOTES`, "reconciled".
    """

    kind: Kind
    raw: bytes
    key: str | None = None
    record: str | None = None
    why: str = ""


class CapturedLead(msgspec.Struct, frozen=True):
    """An event to be stored, with everything that decides its fate.

    `event_key` is 16 bytes, the same for every redelivery; `record_key` is 16 bytes, the same for
    every event of one CRM record. `lasting_key` is false if the key is only a digest of the text:
    such a key expires after `window` (None: the store's `redelivery_window`), and the same text is
    then a new lead. `body` is the body of the delivery if `raw` is not a part of it (forms, XML),
    else None; `media_type` is its content type with parameters. `body_with` is the id of another
    event of the delivery that has its body. The `raw` of an UNREADABLE event is null; `why` says
    what is wrong with its body, and `quota` limits what is stored. `joins` is the id of the lead
    of a CORRECTED event. A new lead to `look_at` gets a FIRST_LOOK task, due at once."""

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
    body_with: str | None = None
    media_type: str = ""
    window: timedelta | None = None
    quota: Quota | None = None
    joins: str = ""
    look_at: bool = False


DELETED, MERGED, ERASED = "deleted", "merged", "privacy_deleted"
ENDS = frozenset({DELETED, MERGED, ERASED})
"""The reasons of IGNORED events that end a record: deleted, merged, or deleted for privacy."""


class Fate(StrEnum):
    """What became of an event. A REFUSED one was not stored, because its quota is used up."""

    CAPTURED = "captured"
    REDELIVERED = "redelivered"
    FOLDED = "folded"
    FILTERED = "filtered"
    REFUSED = "refused"


class Receipt(msgspec.Struct, frozen=True):
    """The confirmation of a store that an event is durable; `lead_id` is the lead it belongs to,
    `why` the reason if the event is no lead; for a redelivery, that of the first delivery."""

    lead_id: str
    fate: Fate
    why: str = ""


def is_end(lead: CapturedLead) -> bool:
    """Whether an event says that its record no longer exists."""
    return lead.kind is Kind.IGNORED and lead.why in ENDS


def is_privacy_deletion(lead: CapturedLead) -> bool:
    """Whether an event asks for the personal data of its record to be erased."""
    return lead.kind is Kind.IGNORED and lead.why == ERASED


def is_early(lead: CapturedLead) -> bool:
    """Whether an event waits for the lead of its record if that is not known yet."""
    return lead.record_key is not None and (lead.kind is Kind.UPDATED or is_end(lead))


def fate_of(lead: CapturedLead, *, known: bool, refined: bool) -> tuple[Fate, str]:
    """The fate of an event that is no redelivery, and the reason. *known* is whether its record
    has a lead already, *refined* whether that lead has been refined."""
    if lead.kind in (Kind.IGNORED, Kind.CORRECTED):
        return Fate.FILTERED, lead.why or "ignored"
    if lead.kind is Kind.UNREADABLE:
        return Fate.CAPTURED, lead.why
    if not known:
        if lead.kind is Kind.CREATED:
            return Fate.CAPTURED, lead.why
        return Fate.FILTERED, "unknown_record"
    return (Fate.FILTERED, "already_refined") if refined else (Fate.FOLDED, lead.why)


class LeadFields(msgspec.Struct, frozen=True, omit_defaults=True):
    """The fields of a lead as the sender wrote them; None if they are missing.

    `first_name` and `last_name` may be given without `name`. `country` is a name or an ISO code.
    `created` is the sender's time of creation, as text. `crm_url` opens the record in the CRM.
    `custom` has every other field under the sender's own name. `suspicions` are problem codes that
    only the source can detect ("spam.honeypot", "test.flagged", `model.texts.charsets.NOTES`).
    `owner_claimed` is that of a sender that is not trusted to name owners (`Source.believed`).
    `consent` is what the sender says of consent, by purpose (`model.facts.consent.PURPOSES`), and
    `attribution` its UTM parameters and click ids, by the names of `Attribution`.
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
    consent: dict[str, ConsentSaid] = {}
    attribution: dict[str, str] = {}


_NOT_PLACED = ("custom", "suspicions", "owner_claimed", "consent", "attribution")
PLACEABLE = tuple(one for one in LeadFields.__struct_fields__ if one not in _NOT_PLACED)
"""The fields that a sender or a CRM fills in; settings can map them."""


class Change(msgspec.Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """One alteration by refinement: the value of `field` before and after, and the `rule`. In JSON,
    `before` is called `from`, and `after` is called `to`."""

    field: str
    before: str | None
    after: str | None
    rule: str


class Contact(msgspec.Struct, frozen=True):
    """The person or company of a lead. `email_canonical` and `phone_e164` serve to find duplicates.
    `email_kind` says whose the e-mail domain is (`DomainKind`), `company_domain` names a company's.
    """

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
    email_kind: str | None = None
    company_domain: str | None = None


class Ownership(StrEnum):
    """What is known about a lead's owner: it is ASSIGNED, it is UNASSIGNED so far, it is UNKNOWN
    because the CRM did not answer, or there is no CRM (NOT_ASKED)."""

    NOT_ASKED = ""
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    UNKNOWN = "unknown"


class LeadDetails(msgspec.Struct, frozen=True):
    """The origin and owner of a lead; `lead_score` is the sender's, usually 0 to 100.

    `owner` is the name to display; `owner_id` and `owner_email` identify the owner in the CRM.
    `owner_claimed` is that of a sender that is not trusted to name owners; it is only displayed.
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


class RefinedLead(msgspec.Struct, frozen=True):
    """A lead after all refinement rules. `status` is "refined", or "quarantined" for those for
    which no alert is sent. `possible` are leads that may be about the same person. `filled` names
    the fields of the contact that were blank and have a value of an earlier lead of the person,
    with its origin. `decision` says why it is its owner's. `consent` is known by purpose. `score`
    is ours (that of the sender is in `lead_details`). `score`, `attribution` and `enrichment` are
    None if leads are not scored, nothing of this was sent, or nothing was looked up. `experiments`
    has its arm by the name of each experiment that it takes part in, and `experiment_unit` whom it
    stands for there (`experiments.allocating.unit_of`)."""

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
    possible: tuple[Possible, ...] = ()
    filled: dict[str, ValueOrigin] = {}
    decision: Decision | None = None
    consent: dict[str, Consent] = {}
    score: LeadScore | None = None
    attribution: Attribution | None = None
    enrichment: Enrichment | None = None
    experiments: dict[str, str] = {}
    experiment_unit: str = ""
