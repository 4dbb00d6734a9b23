"""A lead's fields as a form shows them, and what a correction would make of the lead."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline import wiring
from leadline.entrypoints.dashboard.views.lead_labels import label_of_field
from leadline.journey.corrections.proposing import (
    FieldDifference,
    NotCorrected,
    as_browsers_send,
    correctable,
    digest_of_fields,
    propose_correction,
    text_of_value,
)
from leadline.journey.receiving.capture import read_again
from leadline.journey.refinement.refining import preview
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.facts.correcting import CORRECTABLE, CUSTOM
from leadline.model.lead import CapturedLead, Kind, LeadFields
from leadline.ports.store import Archived, Waiting
from leadline.settings.top.general import Settings

_MOST_FURTHER = 100
"""The number of the sender's own fields that are shown in a form."""
_LONG = ("message",)


class SheetField(msgspec.Struct, frozen=True):
    """A field of the form: its name, its label, its value, and whether it may have lines."""

    name: str
    label: str
    value: str
    is_long: bool = False


class ShownDifference(msgspec.Struct, frozen=True):
    """A field that differs, with its label."""

    name: str
    label: str
    before: str
    after: str


class ReadEvent(msgspec.Struct, frozen=True):
    """An event of a body that was corrected: what it is, and the lead that it would make."""

    kind: str
    values: Sequence[tuple[str, str]]
    why_not: str = ""


class CorrectSheet(msgspec.Struct, frozen=True):
    """The form of a lead, or of a `body` that could not be read (None: it was), with what was
    tried. `seen` is what the lead is like now, `wrong` why it can't be corrected."""

    lead_id: str
    fields: Sequence[SheetField] = ()
    seen: str = ""
    body: str | None = None
    said: Sequence[ShownDifference] = ()
    refined: Sequence[ShownDifference] = ()
    channels: Sequence[str] = ()
    read: Sequence[ReadEvent] = ()
    wrong: str = ""
    is_possible: bool = True


def sheet_of(
    kit: Kit, settings: Settings, lead_id: str, now: datetime, tried: Mapping[str, str] | None
) -> CorrectSheet:
    """The form, with what the values in *tried* would make of the lead; for a body that could not
    be read, *tried* has the corrected one under ""."""
    event = kit.store.archived([lead_id]).get(lead_id)
    if event is not None and event.kind is Kind.UNREADABLE:
        return _of_body(kit, settings, event, now, None if tried is None else tried.get("", ""))
    try:
        _, fields = correctable(kit, lead_id)
    except NotCorrected as error:
        return CorrectSheet(lead_id, wrong=error.detail, is_possible=False)
    sheet = CorrectSheet(lead_id, list(_fields(fields, tried or {})), digest_of_fields(fields))
    if tried is None:
        return sheet
    try:
        found = propose_correction(kit, lead_id, tried, "", now)
    except NotCorrected as error:
        return msgspec.structs.replace(sheet, wrong=error.detail)
    return msgspec.structs.replace(
        sheet,
        said=[_shown(one) for one in found.said],
        refined=[_shown(one) for one in found.refined],
        channels=found.channels,
    )


def _fields(fields: LeadFields, tried: Mapping[str, str]) -> Iterator[SheetField]:
    own = [f"{CUSTOM}{name}" for name in list(fields.custom)[:_MOST_FURTHER]]
    sent = {as_browsers_send(name): value for name, value in tried.items()}
    there = {as_browsers_send(f"{CUSTOM}{name}") for name in fields.custom}
    further = [name for name in sent if name.startswith(CUSTOM) and name not in there]
    for name in (*CORRECTABLE, *own, *further):
        value = sent.get(as_browsers_send(name), text_of_value(fields, name) or "")
        yield SheetField(name, label_of_field(name), value, name in _LONG or not _is_line(value))


def _is_line(value: str) -> bool:
    return "\n" not in value and "\r" not in value  # which a field of one line would lose


def _shown(one: FieldDifference) -> ShownDifference:
    return ShownDifference(one.name, label_of_field(one.name), one.before or "", one.after or "")


def _of_body(
    kit: Kit, settings: Settings, event: Archived, now: datetime, mended: str | None
) -> CorrectSheet:
    try:
        sent = (event.body or b"").decode()
    except UnicodeDecodeError:
        words = "its body is no text; leadline replay --from capture --body FILE corrects it"
        return CorrectSheet(event.lead_id, wrong=words, is_possible=False)
    if mended is None:
        return CorrectSheet(event.lead_id, body=sent)
    sheet = CorrectSheet(event.lead_id, body=mended)
    try:
        leads = read_again(event, wiring.capture_kit(settings), now, mended.encode())
    except LeadlineError as error:
        words = f"it still can't be read: {error.detail or error.title}"
        return msgspec.structs.replace(sheet, wrong=words)
    return msgspec.structs.replace(sheet, read=[_read(kit, one) for one in leads])


def _read(kit: Kit, lead: CapturedLead) -> ReadEvent:
    """What refinement would make of an event."""
    waiting = Waiting(lead.id, lead.source, lead.captured_at, lead.raw, lead.record)
    if lead.kind is not Kind.CREATED:
        return ReadEvent(lead.kind, (), lead.why)
    try:
        refined = preview(kit, waiting)
    except LeadlineError as error:
        return ReadEvent(lead.kind, (), error.detail or error.title)
    values = {**msgspec.structs.asdict(refined.contact), "message": refined.lead_details.message}
    shown = [(label_of_field(name), value) for name in CORRECTABLE if (value := values[name])]
    return ReadEvent(lead.kind, shown)
