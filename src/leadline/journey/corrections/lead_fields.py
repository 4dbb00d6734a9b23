"""The fields of a lead, from its own event, its updates, and what people corrected."""

import msgspec

from leadline.journey.corrections.correcting import corrected, values_corrected
from leadline.journey.refinement.folding import end_of, fields_of_events
from leadline.model.errors import NotUnderstood
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.lead import ERASED, LeadFields
from leadline.model.monitoring.event_notes import KEY_REUSED
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.texts.charsets import NOTES
from leadline.ports.source import Source
from leadline.ports.store import Waiting

_NOTES = NOTES | {KEY_REUSED, KNOWN_PERSON}


def fields_of_lead(source: Source, waiting: Waiting) -> LeadFields:
    """The fields of the lead and its updates, as corrected by people; `suspicions` note how its
    text was decoded, and that its record no longer exists.

    Raises NotUnderstood if the event has nothing to make a lead of.
    """
    if waiting.raw == ERASED_WORDS:
        return LeadFields(suspicions=(f"record.{ERASED}",))
    fields = corrected(fields_sent(source, waiting), waiting.corrections)
    notes = _NOTES.intersection(" ".join(waiting.whys).split()) if any(waiting.whys) else ()
    end = end_of(source, waiting) if waiting.ends else ""
    if notes or end:
        said = (*fields.suspicions, *sorted(notes), *((f"record.{end}",) if end else ()))
        fields = msgspec.structs.replace(fields, suspicions=said)
    return fields


def fields_sent(source: Source, waiting: Waiting) -> LeadFields:
    """The fields of the lead and its updates, without corrections.

    Raises NotUnderstood if the event has nothing to make a lead of, and nobody corrected it.
    """
    try:
        return fields_of_events(source, waiting)
    except NotUnderstood:
        if not values_corrected(waiting.corrections):
            raise
        return LeadFields()
