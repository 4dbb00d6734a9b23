"""What the rules of refinement make of a lead's fields, with what people said of it since."""

from leadline.journey.corrections.correcting import with_corrections
from leadline.journey.corrections.lead_fields import fields_sent
from leadline.journey.refinement.folding import edited_by_people
from leadline.kit import Kit, as_suppressed
from leadline.model.lead import LeadFields, RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.ports.store import Waiting
from leadline.refine import About, refine


def refined_from(
    kit: Kit, waiting: Waiting, fields: LeadFields, without: frozenset[str] = frozenset()
) -> RefinedLead:
    """The lead that refinement makes of these fields; `without` are kinds of cleaning that are left
    out."""
    about = About(
        lead_id=waiting.lead_id,
        captured_at=waiting.captured_at,
        processed_at=kit.clock(),
        received_from=waiting.source,
        region=kit.sources[waiting.source].config.country or kit.region,
        without=without,
    )
    source = kit.sources[waiting.source]
    lead = edited_by_people(source, waiting, refine(fields, about))
    if waiting.corrections and waiting.raw != ERASED_WORDS:
        lead = with_corrections(lead, fields_sent(source, waiting), waiting.corrections)
    return as_suppressed(kit, {lead.lead_id: lead})[lead.lead_id]
