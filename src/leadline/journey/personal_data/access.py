"""Everything that is held about a person, for an answer to their request for access.

Each item says what it is, where it came from, what it is kept for, and who got it.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from leadline.journey.personal_data.finding_people import LeadOfPerson
from leadline.kit import Kit
from leadline.model.facts.enrichment import Enrichment
from leadline.model.handling import UNHANDLED
from leadline.model.lead import Kind, RefinedLead
from leadline.model.task import Alert
from leadline.ports.reading.ledger import LeadStory
from leadline.ports.store import Archived

_SENT = "to make a lead of it, and to repeat that if the rules change"
_HERE = "a person here"
_REFINED = "so that the right person can answer, and later leads of the same person are recognised"
_MESSAGE = "to tell the person who answers the lead"
_WRITTEN = "so that the CRM has the same contact data as the person who answers"
_PUSHED = "so that the ad network learns which ads bring leads that become customers"
_ATTEMPTS = "to find out why a message or a write-back did not arrive"
_TIMELINE = "to show what happened to the lead, and when"


class HeldItem(msgspec.Struct, frozen=True):
    """One thing that is held: what it is, its value as JSON, its source, its purpose, and its
    recipients."""

    what: str
    value: Any
    source: str
    purpose: str
    recipients: tuple[str, ...] = ()


class HeldLead(msgspec.Struct, frozen=True):
    """A lead of the person, or one that only mentions them (`is_own`), with all that is held."""

    lead_id: str
    captured_at: datetime
    source: str
    status: str
    is_own: bool
    places: tuple[str, ...]
    items: tuple[HeldItem, ...]


def held_about(kit: Kit, found: LeadOfPerson, story: LeadStory, where: str) -> HeldLead:
    """Everything that is held in one lead (or event); *where* is the installation in words."""
    events = kit.store.archived([*{found.lead_id: 0, **dict.fromkeys(found.events, 0)}])
    lead = kit.store.refined([found.lead_id]).get(found.lead_id)
    related = {one.lead_id: bytes(one.raw) for one in story.related}
    sent = [_sent(one, where) for one in events.values()]
    sent += [_update(i, raw, story, where) for i, raw in related.items() if i not in events]
    items = [*sent, *_refined(kit, lead, story, where), *_messages(kit, story.alerts)]
    if story.attempts:
        tried = msgspec.to_builtins(story.attempts)
        items.append(HeldItem("attempts", tried, "Leadline", _ATTEMPTS, (where,)))
    if story.timeline:
        lines = [msgspec.to_builtins(line) for line in story.timeline]
        items.append(HeldItem("timeline", lines, "Leadline", _TIMELINE, (where,)))
    return HeldLead(
        lead_id=found.lead_id,
        captured_at=story.row.captured_at,
        source=story.row.source,
        status=story.row.status,
        is_own=found.is_own,
        places=found.places,
        items=tuple(items),
    )


def _sent(event: Archived, where: str) -> HeldItem:
    """What a sender sent, in one event; or what a person here corrected."""
    value: dict[str, Any] = {"at": event.captured_at, "json": _json(event.raw)}
    if event.body is not None:
        value |= {"body": _text(event.body), "media_type": event.media_type}
    if event.kind is Kind.CORRECTED:
        return HeldItem("corrected", value, _HERE, _SENT, (where,))
    return HeldItem("sent", value, event.source, _SENT, (where,))


def _update(lead_id: str, raw: bytes, story: LeadStory, where: str) -> HeldItem:
    """A further event of the record."""
    event = next(one for one in story.related if one.lead_id == lead_id)
    value = {"at": event.at, "json": _json(raw)}
    if event.kind == Kind.CORRECTED:
        return HeldItem("corrected", value, _HERE, _SENT, (where,))
    return HeldItem("sent", value, story.row.source, _SENT, (where,))


def _refined(
    kit: Kit, lead: RefinedLead | None, story: LeadStory, where: str
) -> Iterable[HeldItem]:
    """The refined lead, what an earlier lead filled in, and what was written to the CRM."""
    if lead is None:
        return
    source = lead.received_from
    asked = f" and the CRM of {source}" if source in kit.crms else ""
    yield HeldItem(
        "refined", msgspec.to_builtins(lead), f"what {source} sent{asked}", _REFINED, (where,)
    )
    yield from _looked_up(kit, lead, where)
    for field, origin in lead.filled.items():
        value = {field: getattr(lead.contact, field, None)}
        yield HeldItem(
            "filled", value, f"lead {origin.lead_id} of the same person", _REFINED, (where,)
        )
    yield from _pushed(kit, story, where)
    written: Mapping[str, Any] = (story.handling or UNHANDLED).written
    if written:
        record = lead.lead_details.crm_record
        to = f"the CRM of {source}, record {record}"
        yield HeldItem("written", dict(written), "the refined lead", _WRITTEN, (to, where))


def _pushed(kit: Kit, story: LeadStory, where: str) -> Iterable[HeldItem]:
    """What ad networks were told, with the consent that it was told by."""
    for name, told in (story.handling or UNHANDLED).pushed.items():
        config = kit.outcomes.get(name)
        kind = config.kind if config is not None else "not in the settings any more"
        to = f"the ad network {name} ({kind})"
        for one in told:
            yield HeldItem(
                "pushed", msgspec.to_builtins(one), "the refined lead", _PUSHED, (to, where)
            )


def _looked_up(kit: Kit, lead: RefinedLead, where: str) -> Iterable[HeldItem]:
    """Who was asked about the lead, with the fields that it was told, and what it answered."""
    found = lead.enrichment or Enrichment()
    for name in dict.fromkeys((*found.asked, *found.told)):
        provider = kit.enrichers.get(name) if kit.enrichers else None
        told = ", ".join(sorted(provider.needs)) if provider is not None else "by its settings then"
        to = (f"the service {name} (told: {told})",) if name in found.told else ()
        said = {field: one.value for field, one in found.values.items() if one.provider == name}
        yield HeldItem("looked up", said, f"the provider {name}", _REFINED, (*to, where))


def _messages(kit: Kit, alerts: Sequence[Alert]) -> Iterable[HeldItem]:
    """The messages that channels accepted."""
    for alert in alerts:
        known = "" if alert.channel in kit.channels else " (not in the settings any more)"
        value = {"at": alert.sent_at, "step": alert.step, "template": alert.template}
        recipient = f"the channel {alert.channel}{known}"
        yield HeldItem("message", value, "the refined lead", _MESSAGE, (recipient,))


def _json(raw: bytes) -> Any:
    """The JSON of an event; its text if it is none."""
    try:
        return msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return _text(raw)


def _text(body: bytes) -> str:
    """A body as text; one that is no text in base64."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return b64encode(body).decode()
