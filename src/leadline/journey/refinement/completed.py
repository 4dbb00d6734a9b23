"""Whether what came later would complete a lead that was refined."""

from leadline.duplicates.merging import as_said
from leadline.journey.corrections.correcting import corrected
from leadline.journey.corrections.lead_fields import fields_of_lead
from leadline.journey.corrections.ruled import refined_from
from leadline.journey.refinement.completing import filled, says_more, with_late_contact
from leadline.journey.refinement.consenting import said_by_crm, said_later
from leadline.journey.refinement.crm_lookup import LookUpAnswer
from leadline.journey.refinement.left_alone import is_left_alone
from leadline.journey.same_person.borrowed import without_borrowed
from leadline.kit import Kit
from leadline.model.facts.consent import newly_refused
from leadline.model.lead import RefinedLead
from leadline.ports.crm import CrmRecord
from leadline.ports.store import Waiting


def is_completed(
    kit: Kit, lead: RefinedLead, waiting: Waiting, answer: LookUpAnswer | None
) -> bool:
    """Whether refining a lead again, with its late updates or the CRM's current answer, would add
    contact data or a refusal."""
    if is_left_alone(waiting, lead) or not (waiting.late or isinstance(answer, CrmRecord)):
        return False
    source = kit.sources[waiting.source]
    handling = kit.store.handling([lead.lead_id]).get(lead.lead_id)
    fields = with_late_contact(source, fields_of_lead(source, waiting), waiting, handling)
    if isinstance(answer, CrmRecord):
        said = said_by_crm(fields, answer.fields, waiting.source)
        fields = said_later(filled(fields, without_borrowed(said, handling)), said)
    fields = corrected(fields, waiting.corrections)
    own = as_said(lead).contact
    if not says_more(fields, own) and not fields.consent:
        return False
    anew = refined_from(kit, waiting, fields, _left_out(kit, lead))
    return says_more(anew.contact, own) or newly_refused(anew.consent, lead.consent)


def _left_out(kit: Kit, lead: RefinedLead) -> frozenset[str]:
    """The kinds of cleaning that are left out of a lead by its arms of experiments."""
    if not kit.experiments:
        return frozenset()
    from leadline.experiments.cleaning import cleaning_for  # few installations have any

    return cleaning_for(kit.experiments, lead)
