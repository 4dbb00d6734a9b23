"""What becomes known about a lead after its refinement: owner, first response, ending.

`look_up_due` asks the CRM again about leads without an owner, and about refined leads of which an
update came.
"""
# Long because one batch of look-ups is followed from the question to the outcomes.

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.journey.assigning.changing import HandlingChange, change_handling
from leadline.journey.personal_data.erasing import end_erased, erase, why_gone
from leadline.journey.refinement.completed import is_completed
from leadline.journey.refinement.crm_lookup import (
    LookUpAnswer,
    NoAnswer,
    NotAsked,
    apart,
    ask,
    last_question,
)
from leadline.journey.refinement.folding import as_happened, said_by
from leadline.journey.refinement.next_tasks import is_before_crm, push_tasks, tasks_for_unknown
from leadline.journey.responding.meanwhile import update_later_alerts
from leadline.journey.writing_back.write_back_plan import is_echo
from leadline.kit import Kit, channels_for, exhausted, known, retry_or_drop, settle
from leadline.model.handling import UNHANDLED, Ending, Handling, holder_of
from leadline.model.lead import ERASED, Contact, LeadFields, Ownership, RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.staff.people import key_of_person
from leadline.model.task import Done, Drop, Later, Lease, Outcome, Retry, Step, Task
from leadline.ports.channel import person_named
from leadline.ports.crm import CrmRecord, NotYet
from leadline.ports.store import Waiting
from leadline.team.matching.routing import with_owner

log = logging.getLogger(__name__)

COMPLETED = "contact.completed"
"""The timeline note on a lead that is refined again because contact data arrived late."""

ECHO = "echo"
"""The note of a look-up whose cause was the CRM's webhook about our own write-back."""


def look_up_due(kit: Kit, limit: int = 100) -> int:
    """Do up to *limit* due look-ups; returns how many were leased."""
    leases = kit.store.lease(Step.LOOK_UP, limit, kit.lease_duration, among=kit.among)
    if not leases:
        return 0
    until = last_question(kit)
    waiting = kit.store.waiting([c.task.lead_id for c in leases])
    for some in apart(kit, leases, waiting) if kit.crms else [leases]:
        _look_up_some(kit, some, waiting, until)
    return len(leases)


def _look_up_some(
    kit: Kit, leases: Sequence[Lease], waiting: Mapping[str, Waiting], until: datetime
) -> None:
    """Look up the leads of these leases again in at most one CRM, not later than *until*."""
    ids = [c.task.lead_id for c in leases]
    leads = kit.store.refined(ids)
    mine = {i: waiting[i] for i in ids if i in waiting}
    answers = ask(kit, mine, until) if kit.crms else {}
    outcomes: list[Outcome] = []
    for lease in leases:
        lead_id = lease.task.lead_id
        lead = leads.get(lead_id)
        if (end := exhausted(kit, lease)) is not None:
            outcomes.append(end)
        elif lead_id not in waiting:
            outcomes.append(Drop("lead.missing", "the archive has no raw lead of this id"))
        elif lead is None:
            outcomes.append(_not_refined(kit, waiting[lead_id]))
        else:
            outcomes.append(_look_alone(kit, lease, lead, waiting[lead_id], answers.get(lead_id)))
    settle(kit, leases, outcomes)


def look_again(kit: Kit, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
    """Ask the CRMs about refined leads now, store the answers, and return the handlings by lead id.
    Leads whose CRM cannot be asked, or does not answer, are returned unchanged."""
    waiting = kit.store.waiting(lead_ids)
    answers = ask(kit, waiting) if kit.crms else {}
    for lead_id, lead in kit.store.refined(list(answers)).items():
        if isinstance(answer := answers[lead_id], CrmRecord):
            try:
                _store_handling(kit, lead, answer)
            except Exception:  # this lead stays unchanged; go on with the others
                log.exception("look_up.failed", extra={"lead": lead_id})
    return kit.store.handling(lead_ids)


def _look_alone(
    kit: Kit, lease: Lease, lead: RefinedLead, waiting: Waiting, answer: LookUpAnswer | None
) -> Outcome:
    """One look-up. An error becomes the outcome of this lead and does not affect the others."""
    try:
        why = why_gone(kit, waiting)
        if why and (why == ERASED or lead.status == "refined"):
            return _gone(kit, lead, waiting, why)
        if lead.status != "refined":  # nobody is alerted of spam, whoever owns it
            return Done()
        outcome = _look(kit, lead, waiting, answer)
        if is_completed(kit, lead, waiting, answer) and not _refine_again(kit, lead):
            return _overtaken(kit)
        return outcome
    except Exception as error:
        log.exception("look_up.failed", extra={"lead": lease.task.lead_id})
        return retry_or_drop(kit, lease, type(error).__name__)


def _not_refined(kit: Kit, waiting: Waiting) -> Outcome:
    """Handle an event without a refined lead: a waiting lead needs no look-up, but the events of a
    record without a lead must be erased after a privacy deletion."""
    if why_gone(kit, waiting) == ERASED:
        proved = waiting.raw == ERASED_WORDS
        erase(kit, waiting.source, waiting.lead_id, None, UNHANDLED, proved=proved)
    return Done(note="look_up.not_refined")


def _look(kit: Kit, lead: RefinedLead, waiting: Waiting, answer: LookUpAnswer | None) -> Outcome:
    """The outcome of one look-up by the CRM's answer (*answer*; None: no CRM could be asked)."""
    match answer:
        case NotAsked(after=after, words=words):
            return Retry(after, why=words, counts=False)
        case NoAnswer(words=words):
            then = tasks_for_unknown(kit, lead)
            return _later(kit, lead, words) or Done(note="owner.never_known", then=then)
        case CrmRecord():
            return _store_answer(kit, lead, waiting, answer)
        case NotYet():
            return _store_no_record(kit, lead, waiting)
        case None if (news := _from_updates(kit, waiting)) is not None:
            return _store_answer(kit, lead, waiting, news)
        case None:
            return Done(note="look_up.nothing_new")


def _refine_again(kit: Kit, lead: RefinedLead) -> bool:
    """Have the lead refined with its late contact data, and its alerts corrected; False if the
    lead's handling changed concurrently."""
    before = kit.store.handling([lead.lead_id]).get(lead.lead_id, UNHANDLED)
    then = [Later(Task(Step.REFINE, lead.lead_id, again=True))]
    return kit.store.handle(lead.lead_id, before, before, then, COMPLETED)


def _store_answer(kit: Kit, lead: RefinedLead, waiting: Waiting, record: CrmRecord) -> Outcome:
    """Store the CRM's answer, and look up again later while it may still name an owner."""
    handling = _store_handling(kit, lead, record)
    if handling is None:
        return _overtaken(kit)
    connected = kit.crms.get(waiting.source)
    waits = connected is not None and connected.crm.knows_owners
    is_given = holder_of(lead, handling) and not is_before_crm(kit, lead, record)
    if handling.ending is not Ending.OPEN or is_given or not waits:
        return _done(record, handling)
    return _later(kit, lead, "owner.not_yet") or Done(note="owner.never_assigned")


def _store_no_record(kit: Kit, lead: RefinedLead, waiting: Waiting) -> Outcome:
    """The CRM has no such record: store what updates say, and look up again later."""
    nothing = CrmRecord(record=waiting.record or "", fields=LeadFields())
    record = _from_updates(kit, waiting) or nothing
    handling = _store_handling(kit, lead, record, there=False)
    if handling is None:
        return _overtaken(kit)
    if handling.ending is not Ending.OPEN:
        return _done(record, handling)
    return _later(kit, lead, "crm.no_record") or Done(note="crm.never_seen")


def _done(record: CrmRecord, handling: Handling) -> Done:
    return Done(note=ECHO if is_echo(record, handling) else "")


def _overtaken(kit: Kit) -> Retry:
    """Retry, because somebody else changed the lead meanwhile."""
    return Retry(kit.look_ups.every, why="look_up.overtaken", counts=False)


def _later(kit: Kit, lead: RefinedLead, why: str) -> Retry | None:
    pause = kit.look_ups.after(kit.clock() - lead.processed_at)
    return None if pause is None else Retry(pause, why=why, counts=False)


def _from_updates(kit: Kit, waiting: Waiting) -> CrmRecord | None:
    """The owner by the updates, for sources whose CRM can't be asked; None if no update names an
    owner, or none that happened after those the lead was refined with."""
    source = kit.sources[waiting.source]
    events = as_happened(source, [waiting.raw, *waiting.updates, *waiting.late])
    known = {waiting.raw, *waiting.updates}
    news = ((raw, *said_by(source, raw)) for raw in reversed(events))
    for raw, fields, cleared in news:
        if fields.owner is None and "owner" not in cleared:
            continue
        if raw in known or (fields.owner is None and not any(f.owner for _, f, _ in news)):
            return None
        owner = person_named(fields.owner) if fields.owner else None
        return CrmRecord(record=waiting.record or "", fields=fields, owner=owner)
    return None


def _gone(kit: Kit, lead: RefinedLead, waiting: Waiting, why: str) -> Outcome:
    """Record that the CRM record no longer exists, so that no alerts or reminders are sent."""
    before = kit.store.handling([lead.lead_id]).get(lead.lead_id, UNHANDLED)
    proved = waiting.raw == ERASED_WORDS
    if before.gone == why:
        if why == ERASED:  # an event of the record came since, or came again
            erase(kit, lead.received_from, lead.lead_id, lead, before, proved=proved)
        return Done()
    if why == ERASED:
        done = end_erased(kit, lead, proved=proved)
        return _overtaken(kit) if done is None else Done()
    ending = Ending.DISQUALIFIED if before.ending is Ending.OPEN else before.ending
    ended_at = before.ended_at or kit.clock()
    after = msgspec.structs.replace(before, gone=why, ending=ending, ended_at=ended_at)
    then = _follow_ups(kit, lead, before, after)
    change = HandlingChange(lead=lead, before=before, after=after, how="crm", at=kit.clock())
    if change_handling(kit.store, kit.teams, change, then, f"record.{why}") is None:
        return _overtaken(kit)
    update_later_alerts(kit.store, lead.lead_id, then, kit.clock())
    return Done()


def _store_handling(
    kit: Kit, lead: RefinedLead, record: CrmRecord, *, there: bool = True
) -> Handling | None:
    """Store what is new and add the tasks that announce it; returns the handling after that, or
    None if somebody else was faster. If the record is not *there* (merged, deleted or not visible
    to us), what the CRM said about it before stays valid."""
    before = kit.store.handling([lead.lead_id]).get(lead.lead_id, UNHANDLED)
    if not there and (before.crm_owner or before.ending is not Ending.OPEN):
        return before
    after = merged(kit, before, record, kit.clock())
    # At refinement the CRM did not answer or had no such record: now the lead can be completed.
    unfinished = lead.lead_details.ownership is Ownership.UNKNOWN or (
        lead.received_from in kit.crms
        and _has_identity(record.fields)
        and not _has_identity(lead.contact)
    )
    if after == before and not unfinished:
        return before
    note = "owner.found" if after.owner != before.owner and after.owner else "crm.told"
    then = _follow_ups(kit, lead, before, after)
    if unfinished:
        then = [Later(Task(Step.REFINE, lead.lead_id))]
    change = HandlingChange(lead=lead, before=before, after=after, how="crm", at=kit.clock())
    stored = change_handling(kit.store, kit.teams, change, then, note)
    if stored is None:
        return None
    if not unfinished:  # else refinement has all alerts updated
        update_later_alerts(kit.store, lead.lead_id, then, kit.clock())
    return stored


def _has_identity(said: LeadFields | Contact) -> bool:
    """Whether the fields identify the person or company that the lead is about."""
    names = (said.name, said.first_name, said.last_name, said.company)
    return any((*names, said.email, said.phone))


def merged(kit: Kit, before: Handling, record: CrmRecord, now: datetime) -> Handling:
    """The handling of a lead after the CRM's answer *record*.

    The CRM decides who owns a lead and how it ended, except that a lead marked as junk stays junk.
    An owner set by a rule or a claim stays until the CRM names another owner than last time.
    """
    owner, ownership = before.owner, before.ownership
    named = key_of_person(record.owner) if record.owner is not None else ""
    if record.owner is not None and (named != before.crm_owner or owner is None):
        owner, ownership = known(kit, record.owner), Ownership.ASSIGNED
    elif record.owner is None and (before.crm_owner or owner is None):
        owner, ownership = None, Ownership.UNASSIGNED
    ending, ended_at = before.ending, before.ended_at
    if ending is not Ending.JUNK and record.ending is not ending:
        ending = record.ending
        ended_at = None if ending is Ending.OPEN else now
    touches = [at for at in (before.touched_at, record.touched_at) if at is not None]
    return msgspec.structs.replace(
        before,
        owner=owner,
        ownership=ownership,
        crm_owner=named,
        ending=ending,
        ended_at=ended_at,
        touched_at=min(touches, default=None),
        value=before.value if record.value is None else record.value,
    )


def _follow_ups(kit: Kit, lead: RefinedLead, before: Handling, after: Handling) -> list[Later]:
    """The tasks after a change: channels that alerted about the lead update their messages, and
    channels that the rules choose for a new owner, and that have not alerted yet, get an alert
    (which `alerts.notices` drops if a fallback has sent it already)."""
    alerts = kit.store.alerts([lead.lead_id]).get(lead.lead_id, ())
    knowing = {alert.channel for alert in alerts if alert.step is Step.NOTIFY}
    tasks = [Task(Step.UPDATE, lead.lead_id, name) for name in sorted(knowing)]
    if after.owner != before.owner and after.owner is not None and after.ending is Ending.OPEN:
        owned = with_owner(lead, after.owner, Ownership.ASSIGNED)
        chosen = [n for n in channels_for(kit, owned) if n not in knowing]
        if kit.routes.rules:
            tasks += [Task(Step.NOTIFY, lead.lead_id, name) for name in chosen]
    return [Later(task) for task in (*tasks, *push_tasks(kit, lead, before, after))]
