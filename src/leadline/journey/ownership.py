"""Who owns a lead: by the CRM, by its event, or by a rule's `assign`."""

import msgspec

from leadline.journey.crm_lookup import LookUpAnswer, NoAnswer, NotAsked
from leadline.kit import Kit, known
from leadline.model.handling import Handling
from leadline.model.lead import LeadFields, Ownership, RefinedLead
from leadline.model.people import Person, key_of_person
from leadline.ports.channel import person_named
from leadline.ports.crm import CrmRecord
from leadline.team.routing import assign, with_owner


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
    The routing rules assign an owner if neither the CRM nor the event named one."""
    owner, ownership = owner_from(kit, lead.received_from, fields, answer)
    if ownership is not Ownership.NOT_ASKED and (owner or answer is not None):
        lead = with_owner(lead, owner, ownership)
    if owner is None and kit.routes.rules and ownership is not Ownership.UNKNOWN:
        owner = assign(lead, kit.routes, kit.team)
        if owner is not None:
            ownership = Ownership.ASSIGNED
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
    return kit.store.handle(lead.lead_id, before, after, note=note)


def _is_only_claimed(before: Handling, claimed: str | None) -> bool:
    """Whether only the sender named the lead's owner, which earlier versions trusted."""
    if not claimed or before.owner is None:
        return False
    if claimed not in (before.owner.id, before.owner.email):  # as `person_named` reads it
        return False
    return not before.crm_owner and before.claimed_by != before.owner
