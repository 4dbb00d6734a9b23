"""What a write-back needs to know about leads, and a preview of what it would write."""

from collections.abc import Mapping, Sequence

import msgspec

from leadline.journey.writing_back.write_back_plan import FieldPlan, Related, plan_changes
from leadline.kit import Connected, Kit
from leadline.model.batches import batched
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import RefinedLead
from leadline.model.staff.people import Person
from leadline.ports.crm import CrmRecord, NotYet, crm_in_words


class WriteBackLead(msgspec.Struct, frozen=True):
    """A lead to write back, and the id of its record in the CRM."""

    lead: RefinedLead
    handling: Handling
    record: str
    related: Related


def write_back_leads(
    kit: Kit, connected: Connected, lead_ids: Sequence[str]
) -> Mapping[str, WriteBackLead]:
    """The subjects of these leads, by lead id; leads that are not refined, or have no record in the
    CRM, are left out."""
    waiting = kit.store.waiting(lead_ids)
    leads = kit.store.refined(lead_ids)
    handlings = kit.store.handling(lead_ids)
    firsts = _firsts(kit, list(leads.values())) if "duplicate_of" in connected.config.write else {}
    found = {}
    for lead_id, lead in leads.items():
        record = waiting[lead_id].record if lead_id in waiting else None
        if record:
            handling = handlings.get(lead_id, UNHANDLED)
            owner = _owner_value(connected, handling.holder)
            repeats = firsts.get(lead.duplicate_of.lead_id, "") if lead.duplicate_of else ""
            fields = frozenset[str]()
            if owner is None and handling.claimed_by and "claimed_by" in connected.config.write:
                fields = _owner_fields(kit, connected)
            held = frozenset[str]() if kit.duplicates.writes_back else frozenset(lead.filled)
            related = Related(owner, fields, repeats, held)
            found[lead_id] = WriteBackLead(lead, handling, record, related)
    return found


def _owner_fields(kit: Kit, connected: Connected) -> frozenset[str]:
    """The names of the CRM's owner fields, learned from the first team member whom it knows; none
    if it knows nobody."""
    team = (kit.team.person(name) for name in kit.team.members)
    told = (connected.crm.owner_value(person) for person in team if person)
    return frozenset(next((value for value in told if value), {}))


def _firsts(kit: Kit, leads: Sequence[RefinedLead]) -> Mapping[str, str]:
    """How the CRM's users find the leads that these duplicate, by lead id: a link to the record,
    the record's id, a link to the lead, or the lead id."""
    ids = list(dict.fromkeys(one.duplicate_of.lead_id for one in leads if one.duplicate_of))
    leads_by_id = kit.store.refined(ids) if ids else {}
    found = {}
    for lead_id in ids:
        first = leads_by_id.get(lead_id)
        by_crm = (kit.links.record(first) or _record_of(kit, first)) if first else None
        found[lead_id] = by_crm or kit.links.to(lead_id) or lead_id
    return found


def _record_of(kit: Kit, lead: RefinedLead) -> str | None:
    """The record id of a lead that came from a CRM; one that a visitor wrote into a form does not
    count."""
    source = kit.sources.get(lead.received_from)
    is_crm = lead.received_from in kit.crms or (source is not None and source.is_crm)
    return lead.lead_details.crm_record if is_crm else None


def _owner_value(connected: Connected, holder: Person | None) -> Mapping[str, object] | None:
    if holder is None or not {"owner", "claimed_by"} & connected.config.write.keys():
        return None
    return connected.crm.owner_value(holder)


def preview_changes(
    kit: Kit, source: str, lead_ids: Sequence[str]
) -> Mapping[str, tuple[FieldPlan, ...] | str]:
    """For each of these leads the plan of every field, or the reason why nothing can be written
    back. Writes nothing."""
    connected = kit.crms[source]
    told: dict[str, tuple[FieldPlan, ...] | str] = dict.fromkeys(
        lead_ids, "it has no record in this CRM"
    )
    about = write_back_leads(kit, connected, lead_ids)
    for ids in batched(about, connected.crm.batch):
        some = {about[i].record: i for i in ids}
        reply = connected.crm.read(list(some))
        for record, lead_id in some.items():
            answer = reply.get(record, NotYet()) if isinstance(reply, Mapping) else reply
            one = about[lead_id]
            told[lead_id] = (
                plan_changes(one.lead, one.handling, answer, connected.config, one.related)
                if isinstance(answer, CrmRecord)
                else crm_in_words(answer)
            )
    return told
