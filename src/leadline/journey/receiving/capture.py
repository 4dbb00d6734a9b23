"""Capture: a delivery becomes captured leads, which are durable before the sender is answered.

Both entry points (`entrypoints.embedded.receiving.http`, `entrypoints.aws.capture`) `read` a
delivery, have an inbox accept its leads, and `answer` with the receipts.
"""

# Long because what a delivery becomes and what its sender is answered are told by the same values.

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from leadline.journey.receiving.authenticating import authenticated_client, delivered_by
from leadline.model.bounds import Bounds
from leadline.model.errors import (
    LeadlineError,
    TooManyEvents,
    TooMuchUnreadable,
    Unreadable,
    UnsupportedMedia,
)
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.ids import NewId, uuid7
from leadline.model.keys import key_digest, record_key
from leadline.model.lead import CapturedLead, Delivery, Event, Fate, Kind, Receipt
from leadline.model.quotas import Quota
from leadline.ports.source import Answer, Source
from leadline.ports.tokens import TokenCheck

if TYPE_CHECKING:  # the Capture function needs none of them
    from leadline.ports.crm import Found
    from leadline.ports.store import Archived

_LONGEST_WHY = 200
_SAME_VISIT = timedelta(minutes=10)
_BROWSERS = frozenset({"origin", "sec-fetch-site", "sec-fetch-mode"})
"""Headers that browsers, but not programs, send with a page's POST (Fetch Standard)."""
_FATES_OF_A_LEAD = (Fate.CAPTURED, Fate.FOLDED)
# Python 3.11 looks the members of an enumeration up in Python.
_CREATED, _UNREADABLE = Kind.CREATED, Kind.UNREADABLE
_REDELIVERED, _REFUSED = Fate.REDELIVERED, Fate.REFUSED
_NO_TIME = timedelta()


_EMPTY = Event(Kind.IGNORED, b"null", why="empty")
"""What is kept of a delivery in which there is no event."""


class CaptureKit(msgspec.Struct, frozen=True):
    """What capture needs: the configured sources by name, how long a lead waits before refinement,
    the limits on what one delivery may contain, and how long the same text is a redelivery if the
    source has no time of its own. `tokens` checks access tokens; without it, sources that demand
    one take nothing. With `first_look`, leads that wait are looked at before (`first_look`)."""

    sources: Mapping[str, Source]
    delay: timedelta
    bounds: Bounds = Bounds()
    redelivery_window: timedelta = timedelta(days=7)
    new_id: NewId = uuid7
    tokens: TokenCheck | None = None
    first_look: bool = False


def read(delivery: Delivery, kit: CaptureKit) -> list[CapturedLead]:
    """Authenticate the delivery and split it into the leads that the inbox will store, at least
    one.

    Raises UnsupportedMedia for a content type that the source does not accept, Unauthentic or
    KeysUnavailable (`authenticated_client`), TooManyEvents or TooMuchToStore for a delivery over
    the bounds, and Unreadable for a body that can't be read and is not stored as a dead letter.
    """
    source = kit.sources[delivery.source]
    _check_media(delivery, source)
    client = authenticated_client(delivery, source, kit.tokens)
    try:
        leads = _leads(delivery, source, kit)
    except Unreadable as error:
        return [_unreadable(delivery, source, kit, error, proven=source.config.authenticated)]
    return [delivered_by(client, lead) for lead in leads] if client else leads


def _leads(delivery: Delivery, source: Source, kit: CaptureKit) -> list[CapturedLead]:
    try:
        events = kit.bounds.within(source.events(delivery), delivery.body) or [_EMPTY]
    except TooManyEvents:
        # A reader that gave up named its own limit, which is higher.
        raise TooManyEvents(kit.bounds.max_events) from None
    if len(events) == 1:
        return [_captured(events[0], 0, delivery, source, kit)]
    return _with_body(
        [_captured(event, i, delivery, source, kit) for i, event in enumerate(events)]
    )


def _with_body(leads: list[CapturedLead]) -> list[CapturedLead]:
    """The events of a delivery, each with the id of the one that has the body."""
    first, *others = leads
    if first.body is None:
        return leads
    return [first, *(msgspec.structs.replace(one, body_with=first.id) for one in others)]


def read_part(delivery: Delivery, kit: CaptureKit, error: LeadlineError) -> list[CapturedLead]:
    """A truncated delivery as a dead letter. Its source does not read it, because a truncated form
    looks like a form. Raises *error* if nothing is stored."""
    source = kit.sources[delivery.source]
    _check_media(delivery, source)
    authenticated_client(delivery, source, kit.tokens)
    return [_unreadable(delivery, source, kit, error, proven=False)]


def _unreadable(
    delivery: Delivery, source: Source, kit: CaptureKit, error: LeadlineError, *, proven: bool
) -> CapturedLead:
    """An unreadable delivery as a dead letter with its bytes, if the sender was authenticated or,
    within a quota, if the settings say so. Raises *error* otherwise."""
    body = delivery.body
    if not body.strip() or not (proven or source.config.keep_unreadable):
        raise error
    at = delivery.received_at
    return CapturedLead(
        id=kit.new_id(at),
        source=delivery.source,
        kind=Kind.UNREADABLE,
        captured_at=at,
        due_at=at,
        raw=b"null",
        event_key=key_digest("unreadable", delivery.source, body),
        lasting_key=False,
        why=(error.detail or error.title)[:_LONGEST_WHY],
        body=source.keepable(body),
        media_type=delivery.headers.get("content-type", "")[:200],
        window=window_of(delivery, source, kit),
        quota=None if proven else Quota(),
    )


def answer(
    delivery: Delivery,
    kit: CaptureKit,
    receipts: Sequence[Receipt],
    leads: Sequence[CapturedLead] = (),
) -> Answer:
    """The response to the sender of these *leads*, once everything is durable.

    Raises TooMuchUnreadable for a delivery that was not stored because its quota is used up.
    """
    for receipt in receipts:
        if receipt.fate is _REFUSED:
            raise TooMuchUnreadable("send what can be read, or come back in a minute")
    own = kit.sources[delivery.source].answer(receipts)
    if own is not None:
        return own
    if leads and leads[0].kind is _UNREADABLE:
        told = {
            "message": "Delivery kept, but it can't be read",
            "lead_id": receipts[0].lead_id,
            "reason": leads[0].why,
        }
        return Answer(msgspec.json.encode(told))
    ids = [r.lead_id for r in receipts if _is_of_a_lead(r)]
    if not ids:
        why = ", ".join(sorted({r.why for r in receipts if r.why}))
        body: dict[str, object] = {"message": "Event kept, but it is no new lead", "reason": why}
    else:
        body = {"message": "Lead captured successfully", "lead_id": ids[0]}
        if len(receipts) > 1:
            body["lead_ids"] = ids
    return Answer(msgspec.json.encode(body))


def _is_of_a_lead(receipt: Receipt) -> bool:
    """Whether an event is part of a lead; a redelivery is answered as the first was."""
    if receipt.fate is _REDELIVERED:
        return not receipt.why
    return receipt.fate in _FATES_OF_A_LEAD


def read_again(
    kept: "Archived", kit: CaptureKit, now: datetime, body: bytes | None = None
) -> list[CapturedLead]:
    """The leads of a delivery that was unreadable before, due at *now*; the first one replaces its
    dead letter. A *body* is read in place of the stored one.

    Raises Unreadable if it still can't be read, and the errors of `read`.
    """
    source = kit.sources[kept.source]
    headers = {"content-type": kept.media_type}
    delivery = Delivery(kept.source, body or kept.body or b"", kept.captured_at, headers)
    leads = _leads(delivery, source, kit)
    leads.sort(key=lambda lead: lead.kind is not Kind.CREATED)
    return [
        msgspec.structs.replace(lead, due_at=now, body=None, body_with=kept.lead_id)
        for lead in leads
    ]


RECONCILED = "reconciled"
"""The `why` of a lead that was found in the CRM and for which no webhook came."""


def capture_found(
    found: "Found", source: str, kit: CaptureKit, now: datetime, *, known: bool = False
) -> CapturedLead:
    """A record that the CRM has, as the webhook that never came would have brought it; it waits no
    longer than it would have waited then. One that is *known* is a person whom new leads are
    compared with, and nobody is alerted to it."""
    event = Event(
        Kind.CREATED,
        found.raw,
        key=f"reconcile:{found.record}",
        record=found.record,
        why=f"{RECONCILED} {KNOWN_PERSON}" if known else RECONCILED,
    )
    headers = {"content-type": "application/json"}
    delivery = Delivery(source, found.raw, now, headers)
    lead = _captured(event, 0, delivery, kit.sources[source], kit)
    due_at = max(now, found.created_at + (lead.due_at - lead.captured_at))
    looks = lead.look_at and not known and due_at > now
    return msgspec.structs.replace(lead, due_at=min(due_at, lead.due_at), look_at=looks)


def _check_media(delivery: Delivery, source: Source) -> None:
    if delivery.headers.get("content-type") in source.media:
        return
    media = delivery.media_type
    if not media or media in source.media:
        return
    if media.endswith("+json") and "application/json" in source.media:
        return
    raise UnsupportedMedia(f"{source.name} takes {', '.join(source.media)}")


def _captured(
    event: Event, position: int, delivery: Delivery, source: Source, kit: CaptureKit
) -> CapturedLead:
    name = delivery.source
    key = _key(event, position, delivery)
    if key is not None:
        event_key = key_digest("event", name, key.encode(errors="surrogatepass"))
    else:
        event_key = key_digest("digest", name, event.raw if event.raw != b"null" else delivery.body)
    at = delivery.received_at
    delay = _delay(event, source, kit)
    return CapturedLead(
        id=kit.new_id(at),
        source=name,
        kind=event.kind,
        captured_at=at,
        due_at=at + delay,
        raw=event.raw,
        event_key=event_key,
        lasting_key=key is not None,
        record=event.record,
        record_key=record_key(name, event.record) if event.record else None,
        why=event.why,
        body=source.keepable(delivery.body)
        if position == 0 and event.raw != delivery.body
        else None,
        media_type=delivery.headers.get("content-type", "")[:200],
        window=window_of(delivery, source, kit) if key is None else None,
        look_at=kit.first_look and event.kind is _CREATED and delay > _NO_TIME,
    )


def _key(event: Event, position: int, delivery: Delivery) -> str | None:
    """The sender's id of the event, or the `Idempotency-Key` of the request with the position. An
    empty header is none: it would be one key for all that its sender delivers."""
    given = delivery.headers.get("idempotency-key", "")
    if event.key is not None or not given.strip():
        return event.key
    return f"{given}#{position}"


def window_of(delivery: Delivery, source: Source, kit: CaptureKit) -> timedelta | None:
    """How long the same text counts as a redelivery; None for the default. Browsers never
    redeliver, so the same form on the next day is a new lead."""
    config = source.config
    if config.redelivery_window is not None:
        return config.redelivery_window
    if source.for_browsers or config.public or not _BROWSERS.isdisjoint(delivery.headers):
        return min(_SAME_VISIT, kit.redelivery_window)
    return None


def _delay(event: Event, source: Source, kit: CaptureKit) -> timedelta:
    if event.kind is _CREATED and _skips_the_wait(event, source):
        return _NO_TIME
    config = source.config
    return kit.delay if config.delay is None else config.delay


def delay_of_created(source: Source, kit: CaptureKit) -> timedelta | None:
    """How long all new leads of a source wait; None if that depends on what is in them."""
    config = source.config
    if config.hot_score is not None or config.skip_when_owned:
        return None
    return kit.delay if config.delay is None else config.delay


def _skips_the_wait(event: Event, source: Source) -> bool:
    """Whether the lead's score is at or over the hot score, or it already has the owner for whom
    it would wait."""
    config = source.config
    if config.hot_score is None and not config.skip_when_owned:
        return False
    try:
        fields = source.believed_fields(event.raw)
    except LeadlineError:
        return False  # refinement will report what is wrong with it
    if config.skip_when_owned and fields.owner:
        return True
    score = fields.score
    return config.hot_score is not None and score is not None and score >= config.hot_score
