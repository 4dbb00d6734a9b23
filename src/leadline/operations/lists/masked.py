"""What readers are shown of stored leads if they may not know whom these are about
(`privacy.masking`)."""

from typing import Any

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead
from leadline.model.monitoring.attempts import without_words
from leadline.model.monitoring.event_notes import OTHER_WORDS
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.operations.lists.listing import Listed
from leadline.operations.rules.reasons import decision_in
from leadline.ports.reading.ledger import Happening, LeadRow, LeadStory, TaskRow
from leadline.ports.reading.news import News
from leadline.privacy.masking import (
    HIDDEN,
    NOBODY,
    PersonWords,
    known_in,
    known_of,
    masked_field,
    masked_lead,
    masked_raw,
    masked_text,
    masked_value,
)

_OF_ROWS = ("name", "email", "phone", "company")


def masked_row(row: LeadRow) -> LeadRow:
    """A lead in a list, masked."""
    known = known_of([row.name], [row.email])
    values = {field: getattr(row, field) for field in _OF_ROWS}
    masked = {f: masked_field(f, text, known) for f, text in values.items() if text is not None}
    return msgspec.structs.replace(row, **masked)


def masked_listed(one: Listed) -> Listed:
    """A lead in a list with its wait, masked; what was sent is left out."""
    wait = msgspec.structs.replace(one.wait, raw=b"") if one.wait is not None else None
    return msgspec.structs.replace(one, row=masked_row(one.row), wait=wait)


def masked_handling(handling: Handling, known: PersonWords = NOBODY) -> Handling:
    """What people and the CRM did with a lead, without values of the lead and without Slack's
    `reply_url`."""
    written: dict[str, Any] = masked_value(dict(handling.written), known)
    return msgspec.structs.replace(handling, written=written, reply_url="")


def masked_story(story: LeadStory) -> LeadStory:
    """Everything about one lead, masked."""
    refined = _refined(story)
    known = known_in(refined) if refined is not None else NOBODY
    known = PersonWords(known.words | known_of([story.row.name], [story.row.email]).words)
    handling = story.handling
    return msgspec.structs.replace(
        story,
        row=masked_row(story.row),
        raw=masked_event(bytes(story.raw), known),
        record=masked_text(story.record, known) if story.record else story.record,
        timeline=tuple(_masked_happening(one, known) for one in story.timeline),
        tasks=tuple(_masked_task(one, known) for one in story.tasks),
        related=tuple(
            msgspec.structs.replace(one, raw=masked_event(bytes(one.raw), known))
            for one in story.related
        ),
        refined=refined and msgspec.Raw(msgspec.json.encode(masked_lead(refined))),
        handling=masked_handling(handling, known) if handling is not None else None,
        attempts=without_words(story.attempts),
        hold=story.hold
        and msgspec.structs.replace(story.hold, why=masked_text(story.hold.why, known)),
    )


def masked_event(raw: bytes, known: PersonWords = NOBODY) -> msgspec.Raw:
    """What a sender sent, masked; what says that it was deleted or erased stays."""
    if raw in (RETIRED_WORDS, ERASED_WORDS):
        return msgspec.Raw(raw)
    return masked_raw(raw, known)


def _refined(story: LeadStory) -> RefinedLead | None:
    if story.refined is None:
        return None
    try:
        return msgspec.json.decode(bytes(story.refined), type=RefinedLead)
    except (ValueError, RecursionError):  # a damaged document; it is hidden
        return None


def _masked_happening(one: Happening, known: PersonWords) -> Happening:
    """A line of the timeline. Decisions name nobody; a redelivery's difference is what was sent."""
    if decision_in(one) is not None:
        return one
    return msgspec.structs.replace(one, detail=_masked_detail(one.what, one.detail, known))


def masked_news(one: News, row: LeadRow | None) -> News:
    """Something that happened to a lead, masked."""
    known = known_of([row.name], [row.email]) if row is not None else NOBODY
    return msgspec.structs.replace(one, detail=_masked_detail(one.what, one.detail, known))


def _masked_detail(what: str, detail: str, known: PersonWords) -> str:
    return HIDDEN if what == OTHER_WORDS else masked_text(detail, known)


def _masked_task(task: TaskRow, known: PersonWords) -> TaskRow:
    return msgspec.structs.replace(task, error=masked_text(task.error, known))
