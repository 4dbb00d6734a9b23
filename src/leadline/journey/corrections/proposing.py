"""Corrections of leads: what refinement would make of one, and carrying it out."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import blake2b

import msgspec

from leadline.duplicates.merging import without_fills
from leadline.journey.corrections.correcting import value_of, values_corrected
from leadline.journey.corrections.lead_fields import fields_of_lead
from leadline.journey.enriching.applying import with_facts
from leadline.journey.enriching.waterfall import may_be_enriched
from leadline.journey.refinement.explaining import explain
from leadline.journey.refinement.left_alone import is_left_alone
from leadline.journey.refinement.refining import preview
from leadline.journey.same_person.linking import Linked, link_leads
from leadline.kit import Kit
from leadline.model.errors import LeadlineError, NotUnderstood
from leadline.model.facts.corrected_events import event_of_correction
from leadline.model.facts.correcting import (
    CORRECTABLE,
    CUSTOM,
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST_CORRECTIONS,
    Correction,
    raw_correction,
)
from leadline.model.lead import Fate, Kind, LeadFields, RefinedLead
from leadline.model.monitoring.event_notes import NOT_READ
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.task import Step, Task
from leadline.ports.store import Waiting


class NotCorrected(LeadlineError):
    """A correction that is refused; nothing was stored."""

    title = "The lead can't be corrected"


class FieldDifference(msgspec.Struct, frozen=True):
    """A field whose value a correction changes: as it is, and as it would be; None for nothing."""

    name: str
    before: str | None
    after: str | None


class CorrectionProposal(msgspec.Struct, frozen=True):
    """A correction, and what refinement would make of it. `said` are the fields that it changes,
    `refined` those that differ after refinement, `lead` the lead as it would be, and `channels`
    those that would be alerted if it was not refined before."""

    lead_id: str
    correction: Correction
    said: tuple[FieldDifference, ...]
    refined: tuple[FieldDifference, ...]
    lead: RefinedLead
    channels: tuple[str, ...] = ()


def correctable(kit: Kit, lead_id: str) -> tuple[Waiting, LeadFields]:
    """A lead that can be corrected, with its fields as they are: the sender's, corrected, and what
    the CRM said beside.

    Raises NotCorrected if it can't be: there is none, it could not be read, or its data is gone.
    """
    event = kit.store.archived([lead_id]).get(lead_id)
    waiting = kit.store.waiting([lead_id]).get(lead_id)
    if event is None or waiting is None:
        raise NotCorrected("there is no such lead, or what was sent is lost")
    if event.kind is Kind.UNREADABLE:
        raise NotCorrected(f"{NOT_READ}: correct its body")
    if event.fate is not Fate.CAPTURED:
        raise NotCorrected(f"it is no lead ({event.fate})")
    if waiting.raw == ERASED_WORDS:
        raise NotCorrected("it was erased for the sake of privacy")
    was = kit.store.refined([lead_id]).get(lead_id)
    if is_left_alone(waiting, was):
        raise NotCorrected("what was sent was deleted by retention")
    source = kit.sources.get(waiting.source)
    if source is None:
        raise NotCorrected(f"there is no source {waiting.source!r} any more")
    try:
        fields = fields_of_lead(source, waiting)
    except NotUnderstood:
        fields = LeadFields()
    if was is not None:
        fields = _completed(fields, without_fills(was), values_corrected(waiting.corrections))
    return waiting, fields


def digest_of_fields(fields: LeadFields) -> str:
    """A digest of the fields that can be corrected, by which it shows whether others changed one
    meanwhile."""
    values = [value_of(fields, name) for name in CORRECTABLE]
    text = msgspec.json.encode([values, sorted(fields.custom.items())])
    return blake2b(text, digest_size=12).hexdigest()


def propose_correction(
    kit: Kit, lead_id: str, values: Mapping[str, str], by: str, now: datetime
) -> CorrectionProposal:
    """What the correction of a lead to these *values* would change; nothing is stored, and no CRM
    is asked. *by* is the name of who corrects it. Values that are there already are left out.

    Raises NotCorrected if nothing would change, or the lead or a field can't be corrected.
    """
    waiting, fields = correctable(kit, lead_id)
    said = tuple(_said(fields, values))
    if not said:
        raise NotCorrected("nothing would change")
    if len(waiting.corrections) >= MOST_CORRECTIONS:
        raise NotCorrected(f"it was corrected {MOST_CORRECTIONS} times")
    correction = Correction(by, now, {one.name: one.after or "" for one in said})
    then = msgspec.structs.replace(
        waiting, corrections=(*waiting.corrections, raw_correction(correction))
    )
    was = kit.store.refined([lead_id]).get(lead_id)
    try:
        lead, channels = _would_be(kit, then, was)
    except NotUnderstood as error:
        raise NotCorrected(error.detail) from None
    differences = tuple(_differing(was or _as_it_is(kit, waiting), lead))
    return CorrectionProposal(lead_id, correction, said, differences, lead, channels)


def correct(
    kit: Kit, proposal: CorrectionProposal, now: datetime, waits_until: datetime | None = None
) -> None:
    """Store a correction, and have its lead refined again; one that is not refined yet when its
    wait ends (*waits_until*). A worker that has not seen it loses its lease.

    A repeated call stores nothing twice. Raises NotCorrected if the lead can't be corrected any
    more.
    """
    waiting, _ = correctable(kit, proposal.lead_id)
    event = event_of_correction(proposal.lead_id, waiting.source, proposal.correction)
    kit.store.accept([event])
    again = [Task(Step.REFINE, proposal.lead_id)]
    kit.store.put(again, waits_until or now)
    if waits_until is not None and kit.store.documents([proposal.lead_id]):
        kit.store.put(again, now)  # it has just been refined, without the correction


def _would_be(
    kit: Kit, then: Waiting, was: RefinedLead | None
) -> tuple[RefinedLead, tuple[str, ...]]:
    """The lead as it would be refined, and the channels that would be alerted of a new one."""
    if was is None:
        explained = explain(kit, then, asks_crm=False)
        return explained.lead, explained.channels
    lead = preview(kit, then)
    if lead.status != "refined":
        return lead, ()
    linked = link_leads(kit, [lead], {was.lead_id: was})[lead.lead_id]
    if not isinstance(linked, Linked):
        raise linked
    if was.enrichment is None or not may_be_enriched(linked.lead):
        return linked.lead, ()
    values = values_corrected(then.corrections)
    return with_facts(linked.lead, was.enrichment, values), ()  # nobody is asked again


def _as_it_is(kit: Kit, waiting: Waiting) -> RefinedLead | None:
    """What refinement would make of the lead without the correction; None if it can't."""
    try:
        return preview(kit, waiting)
    except NotUnderstood:
        return None


def text_of_value(fields: LeadFields, name: str) -> str | None:
    """The value of a field as text; JSON for what is none."""
    return _text(value_of(fields, name))


def _completed(fields: LeadFields, was: RefinedLead, corrected: Mapping[str, str]) -> LeadFields:
    """The fields, with those that are missing as they were refined, unless they were cleared."""
    known = {**msgspec.structs.asdict(was.contact), "message": was.lead_details.message}
    blank = (name for name in CORRECTABLE if name not in corrected and not value_of(fields, name))
    missing = {name: known[name] for name in blank}
    others = {n: value for n, value in was.custom.items() if f"{CUSTOM}{n}" not in corrected}
    custom = {**others, **fields.custom}
    return msgspec.structs.replace(fields, **missing, custom=custom)


def _said(fields: LeadFields, values: Mapping[str, str]) -> Iterator[FieldDifference]:
    """The fields that these values change. Raises NotCorrected for one that can't be corrected."""
    own = {as_browsers_send(f"{CUSTOM}{name}"): f"{CUSTOM}{name}" for name in fields.custom}
    for said, given in values.items():
        name = own.get(as_browsers_send(said), said)
        if name not in CORRECTABLE and not _is_custom(name, fields):
            raise NotCorrected(f"{name[:LONGEST_NAME]} is no field that can be corrected")
        value = _plain(given)
        if len(value) > LONGEST_VALUE:
            raise NotCorrected(f"{name} is longer than {LONGEST_VALUE:,} characters")
        before = _text(value_of(fields, name))
        if as_browsers_send(value) != as_browsers_send(_plain(before or "")):
            yield FieldDifference(name, before, value or None)


def _is_custom(name: str, fields: LeadFields) -> bool:
    """Whether it is a field of the sender's own, which may be new."""
    own = name.removeprefix(CUSTOM)
    return own != name and (own in fields.custom or 0 < len(own) <= LONGEST_NAME)


def _differing(before: RefinedLead | None, after: RefinedLead) -> Iterator[FieldDifference]:
    """The values of a refined lead that differ."""
    ours, theirs = _values(before) if before is not None else {}, _values(after)
    for name in dict.fromkeys((*theirs, *ours)):
        if ours.get(name) != theirs.get(name):
            yield FieldDifference(name, ours.get(name), theirs.get(name))


def _values(lead: RefinedLead) -> dict[str, str]:
    first = lead.duplicate_of
    values = {
        "status": lead.status,
        **msgspec.structs.asdict(lead.contact),
        "message": lead.lead_details.message,
        **{f"{CUSTOM}{name}": value for name, value in lead.custom.items()},
        "problems": ", ".join(lead.problems),
        "duplicate_of": first.lead_id if first is not None else None,
    }
    return {name: text for name, one in values.items() if (text := _text(one))}


def as_browsers_send(text: str) -> str:
    """A text as it comes back from a form in which nobody has changed it, with its lines ended by
    LF: browsers show U+0000 as U+FFFD (HTML Standard, 13.2.5), and end lines with CR LF (4.10.21.4)
    in names, too."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _plain(value: str) -> str:
    """A value without space around it, its lines ended alike."""
    return value.replace("\r\n", "\n").strip()


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
