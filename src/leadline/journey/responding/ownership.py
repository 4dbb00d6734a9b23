"""Who owns a lead by the CRM or by its event. Whom a team gives it to, says `first_turn`."""

import msgspec

from leadline.duplicates.merging import without_fills
from leadline.journey.assigning.changing import HandlingChange, change_handling
from leadline.journey.refinement.crm_lookup import LookUpAnswer, NoAnswer, NotAsked
from leadline.kit import Kit, known
from leadline.model.facts.enrichment import Enrichment
from leadline.model.handling import Handling
from leadline.model.lead import LeadFields, Ownership, RefinedLead
from leadline.model.staff.people import Person, key_of_person, owner_in
from leadline.ports.channel import person_named
from leadline.ports.crm import CrmRecord
from leadline.team.matching.routing import with_owner


def owner_from(kit: Kit, source: str, fields: LeadFields, answer: LookUpAnswer | None) -> tuple[
    Person | None, Ownership
]:  # fmt: skip
    """The owner if known, and the kind of knowledge (`Ownership`).

    *fields* are those of the lead with its updates; *answer* is the CRM's answer, None if there was
    no CRM to ask.
    """
    named = known(kit, person_named(fields.owner)) if fields.owner else None
    connected = kit.crms.get(source) if answer is not None else None
    if answer is None or connected is None or not connected.crm.knows_owners:
        return named, Ownership.ASSIGNED if named else Ownership.NOT_ASKED
    match answer:
        case CrmRecord(owner=owner):
            if owner is None:
                return None, Ownership.UNASSIGNED
            return known(kit, owner), Ownership.ASSIGNED
        case NoAnswer() | NotAsked():
            return named, Ownership.ASSIGNED if named else Ownership.UNKNOWN
        case _:
            return named, Ownership.ASSIGNED if named else Ownership.UNASSIGNED


def resolve_owner(
    kit: Kit, lead: RefinedLead, fields: LeadFields, answer: LookUpAnswer | None
) -> tuple[RefinedLead, Handling | None]:
    """A lead just refined, with its owner, and its first handling (None if that would be empty).
    Neither has an owner if neither the CRM nor the event names one."""
    owner, ownership = owner_from(kit, lead.received_from, fields, answer)
    if ownership is not Ownership.NOT_ASKED and (owner or answer is not None):
        lead = with_owner(lead, owner, ownership)
    if answer is None and not (owner and kit.team.members):
        return lead, None
    record = answer if isinstance(answer, CrmRecord) else None
    handling = Handling(
        owner=owner,
        ownership=ownership,
        crm_owner=key_of_person(record.owner) if record and record.owner else "",
        ending=record.ending if record else Handling().ending,
        touched_at=record.touched_at if record else None,
        crm_modified=record.modified if record else None,
    )
    return lead, None if handling == Handling() else handling


def is_handed_on(
    kit: Kit, lead: RefinedLead, before: Handling, made: Handling | None, claimed: str | None
) -> bool:
    """Give a lead that is refined again the owner found now, if it had none or only the one that
    the sender *claimed*; False if somebody else changed the lead meanwhile."""
    if before.owner is None:
        if made is None or made.owner is None:
            return True
    elif not _is_only_claimed(before, claimed):
        return True
    made = made or Handling()
    after = msgspec.structs.replace(
        before,
        owner=made.owner,
        ownership=made.ownership,
        crm_owner=made.crm_owner or before.crm_owner,
    )
    note = "owner.found" if made.owner else "owner.not_believed"
    how = "crm" if made.crm_owner else "sender"
    change = HandlingChange(lead=lead, before=before, after=after, how=how, at=kit.clock())
    return change_handling(kit.store, kit.teams, change, note=note) is not None


def as_before(lead: RefinedLead, earlier: RefinedLead, handling: Handling | None) -> RefinedLead:
    """A lead that is refined again, with the decision of its first refinement, the arms of the
    experiments that it takes part in, the services that were told of it, and the owner whom it has
    by its *handling*, unless the CRM or its event names one now.

    It has the time of its earlier refinement if nothing has changed since but who it duplicates:
    what a merge made of it is undone exactly.
    """
    lead = msgspec.structs.replace(
        lead,
        decision=earlier.decision,
        experiments=earlier.experiments,
        experiment_unit=earlier.experiment_unit,
    )
    if lead.enrichment is None and earlier.enrichment is not None and earlier.enrichment.told:
        told = Enrichment(told=earlier.enrichment.told)
        lead = msgspec.structs.replace(lead, enrichment=told)
    if handling is not None and handling.owner is not None and not owner_in(lead.lead_details):
        lead = with_owner(lead, handling.owner, Ownership.ASSIGNED)
    if _alone(lead, earlier) != _alone(earlier, earlier):
        return lead
    return msgspec.structs.replace(lead, processed_at=earlier.processed_at)


def _alone(lead: RefinedLead, earlier: RefinedLead) -> RefinedLead:
    """What refinement made of the lead alone, as at the time of the *earlier* refinement."""
    return msgspec.structs.replace(
        without_fills(lead),
        duplicate_of=None,
        possible=(),
        processed_at=earlier.processed_at,
        score=None,  # points may ask whether the person was seen before
    )


def _is_only_claimed(before: Handling, claimed: str | None) -> bool:
    """Whether only the sender named the lead's owner, which earlier versions trusted."""
    if not claimed or before.owner is None:
        return False
    if claimed not in (before.owner.id, before.owner.email):  # as `person_named` reads it
        return False
    return not before.crm_owner and before.claimed_by != before.owner
