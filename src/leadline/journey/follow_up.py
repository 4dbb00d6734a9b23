"""What becomes known of a lead after its alert: an owner, its first response, how it ended.

`look_up_due` asks the CRM again for leads that had no owner, and whenever it sent an update of a
lead that is refined already.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.journey.crm_lookup import NotAsked, Silent, Told, ask
from leadline.journey.write_back_plan import is_echo
from leadline.kit import Kit, again, channels_for, exhausted, known, settle
from leadline.model.errors import LeadlineError
from leadline.model.handling import UNHANDLED, Ending, Handling, holder_of
from leadline.model.lead import Contact, LeadFields, Ownership, RefinedLead
from leadline.model.people import key_of_person
from leadline.model.task import Claim, Done, Drop, Later, Outcome, Retry, Step, Task
from leadline.ports.channel import person_named
from leadline.ports.crm import CrmRecord, NotYet
from leadline.ports.store import Waiting
from leadline.team.routing import with_owner

log = logging.getLogger(__name__)

ECHO = "echo"
"""The note of a look for which an update gave occasion that our own writing had caused."""


def look_up_due(kit: Kit, limit: int = 100) -> int:
    """Ask anew about up to *limit* leads; returns how many were claimed."""
    claims = kit.store.claim(Step.LOOK_UP, limit, kit.lease)
    if not claims:
        return 0
    ids = [c.task.lead_id for c in claims]
    waiting = kit.store.waiting(ids)
    leads = kit.store.refined(ids)
    told = ask(kit, waiting) if kit.crms else {}
    outcomes: list[Outcome] = []
    for claim in claims:
        lead_id = claim.task.lead_id
        lead = leads.get(lead_id)
        if (end := exhausted(kit, claim)) is not None:
            outcomes.append(end)
        elif lead_id not in waiting:
            outcomes.append(Drop("lead.missing", "the archive has no raw lead of this id"))
        elif lead is None:
            outcomes.append(Done(note="look_up.not_refined"))
        else:
            outcomes.append(_look_alone(kit, claim, lead, waiting[lead_id], told.get(lead_id)))
    settle(kit, claims, outcomes)
    return len(claims)


def look_again(kit: Kit, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
    """Ask the CRMs about refined leads now, keep what they say, and return how the leads are
    handled; whom nobody can be asked about, or whose CRM is silent, stays as it was."""
    waiting = kit.store.waiting(lead_ids)
    told = ask(kit, waiting) if kit.crms else {}
    for lead_id, lead in kit.store.refined(list(told)).items():
        if isinstance(said := told[lead_id], CrmRecord):
            try:
                _keep(kit, lead, said)
            except Exception:  # this lead stays as it was, and the others are looked at
                log.exception("look_up.failed", extra={"lead": lead_id})
    return kit.store.handling(lead_ids)


def _look_alone(
    kit: Kit, claim: Claim, lead: RefinedLead, waiting: Waiting, said: Told | None
) -> Outcome:
    """One look; whatever goes wrong is this lead's own affair."""
    try:
        if lead.status != "refined":  # nobody hears of spam, whoever owns it
            return Done()
        return _look(kit, lead, waiting, said)
    except Exception as error:
        log.exception("look_up.failed", extra={"lead": claim.task.lead_id})
        return again(kit, claim, type(error).__name__)


def _look(kit: Kit, lead: RefinedLead, waiting: Waiting, said: Told | None) -> Outcome:
    """What becomes of one look, by what the CRM said; None: nobody could be asked."""
    match said:
        case NotAsked(after=after, words=words):
            return Retry(after, why=words, counts=False)
        case Silent(words=words):
            return _later(kit, lead, words) or Done(note="owner.never_known")
        case CrmRecord():
            return _learned(kit, lead, waiting, said)
        case NotYet():
            return _not_there(kit, lead, waiting)
        case None if (news := _from_updates(kit, waiting)) is not None:
            return _learned(kit, lead, waiting, news)
        case None:
            return Done(note="look_up.nothing_new")


def _learned(kit: Kit, lead: RefinedLead, waiting: Waiting, said: CrmRecord) -> Outcome:
    """Keep what was said of the lead, and ask again while it has no owner."""
    handling = _keep(kit, lead, said)
    if handling is None:
        return _overtaken(kit)
    connected = kit.crms.get(waiting.source)
    waits = connected is not None and connected.crm.knows_owners
    if handling.ending is not Ending.OPEN or holder_of(lead, handling) or not waits:
        return _kept(said, handling)
    return _later(kit, lead, "owner.not_yet") or Done(note="owner.never_assigned")


def _not_there(kit: Kit, lead: RefinedLead, waiting: Waiting) -> Outcome:
    """The CRM has no such record: keep what updates say, and ask again for it."""
    nothing = CrmRecord(record=waiting.record or "", fields=LeadFields())
    said = _from_updates(kit, waiting) or nothing
    handling = _keep(kit, lead, said, there=False)
    if handling is None:
        return _overtaken(kit)
    if handling.ending is not Ending.OPEN:
        return _kept(said, handling)
    return _later(kit, lead, "crm.no_record") or Done(note="crm.never_seen")


def _kept(said: CrmRecord, handling: Handling) -> Done:
    return Done(note=ECHO if is_echo(said, handling) else "")


def _overtaken(kit: Kit) -> Retry:
    """Somebody else changed the lead meanwhile."""
    return Retry(kit.look_ups.every, why="look_up.overtaken", counts=False)


def _later(kit: Kit, lead: RefinedLead, why: str) -> Retry | None:
    pause = kit.look_ups.after(kit.clock() - lead.processed_at)
    return None if pause is None else Retry(pause, why=why, counts=False)


def _fields_of(kit: Kit, waiting: Waiting) -> LeadFields:
    """What the newest update says that can be understood."""
    source = kit.sources[waiting.source]
    for raw in reversed(waiting.late):
        try:
            return source.believed_fields(raw)
        except LeadlineError:
            continue
    return LeadFields()


def _from_updates(kit: Kit, waiting: Waiting) -> CrmRecord | None:
    """What updates say where no CRM can be asked; None when they say nothing of the owner."""
    fields = _fields_of(kit, waiting)
    if not fields.owner:
        return None
    owner = person_named(fields.owner)
    return CrmRecord(record=waiting.record or "", fields=fields, owner=owner)


def _keep(kit: Kit, lead: RefinedLead, said: CrmRecord, *, there: bool = True) -> Handling | None:
    """Keep what is new, and have it told; None when somebody else was faster. Where the record is
    not *there* (merged, deleted, out of our sight), what the CRM told of it before still counts."""
    before = kit.store.handling([lead.lead_id]).get(lead.lead_id, UNHANDLED)
    if not there and (before.crm_owner or before.ending is not Ending.OPEN):
        return before
    after = merged(kit, before, said, kit.clock())
    # The CRM was silent, or had no such record, when the lead was refined: now it tells the rest.
    unfinished = lead.lead_details.ownership is Ownership.UNKNOWN or (
        lead.received_from in kit.crms and _says_who(said.fields) and not _says_who(lead.contact)
    )
    if after == before and not unfinished:
        return before
    note = "owner.found" if after.owner != before.owner and after.owner else "crm.told"
    then = _who_hears(kit, lead, before, after)
    if unfinished:
        then = [Later(Task(Step.REFINE, lead.lead_id))]
    if not kit.store.handle(lead.lead_id, before, after, then, note):
        return None
    return after


def _says_who(said: LeadFields | Contact) -> bool:
    """Whether it is known whom a lead is about."""
    names = (said.name, said.first_name, said.last_name, said.company)
    return any((*names, said.email, said.phone))


def merged(kit: Kit, before: Handling, said: CrmRecord, now: datetime) -> Handling:
    """How a lead is handled, with what the CRM says now.

    The CRM decides who owns it and how it ended, but for leads that somebody called junk. An owner
    whom our rules or a claim chose stays until the CRM names another than it did before.
    """
    owner, ownership = before.owner, before.ownership
    named = key_of_person(said.owner) if said.owner is not None else ""
    if said.owner is not None and (named != before.crm_owner or owner is None):
        owner, ownership = known(kit, said.owner), Ownership.ASSIGNED
    elif said.owner is None and (before.crm_owner or owner is None):
        owner, ownership = None, Ownership.UNASSIGNED
    ending, ended_at = before.ending, before.ended_at
    if ending is not Ending.JUNK and said.ending is not ending:
        ending = said.ending
        ended_at = None if ending is Ending.OPEN else now
    touches = [at for at in (before.touched_at, said.touched_at) if at is not None]
    return msgspec.structs.replace(
        before,
        owner=owner,
        ownership=ownership,
        crm_owner=named,
        ending=ending,
        ended_at=ended_at,
        touched_at=min(touches, default=None),
    )


def _who_hears(kit: Kit, lead: RefinedLead, before: Handling, after: Handling) -> list[Later]:
    """The channels that told of the lead show it as it is now; those that the rules choose for its
    new owner are told of it, but for those in whose place another has told of it."""
    told = kit.store.alerts([lead.lead_id]).get(lead.lead_id, ())
    knowing = {alert.channel for alert in told if alert.step is Step.NOTIFY}
    tasks = [Task(Step.UPDATE, lead.lead_id, name) for name in sorted(knowing)]
    if after.owner != before.owner and after.owner is not None and after.ending is Ending.OPEN:
        owned = with_owner(lead, after.owner, Ownership.ASSIGNED)
        chosen = [n for n in channels_for(kit, owned) if n not in knowing]
        if kit.routes.rules:
            tasks += [Task(Step.NOTIFY, lead.lead_id, name) for name in chosen]
    return [Later(task) for task in tasks]
