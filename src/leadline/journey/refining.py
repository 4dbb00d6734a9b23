"""Refinement: due leads are leased, refined and settled.

The worker calls `refine_due` in a loop; the Lambda handler calls it once per batch. Alerts about a
refined lead are tasks of their own (`alerts.sending`).
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.journey.completing import filled, says_more, with_late_contact
from leadline.journey.crm_lookup import LookUpAnswer, NoAnswer, NotAsked, apart, ask, last_question
from leadline.journey.folding import end_of, fields_of_events, laid_over
from leadline.journey.linking import linked_to_first_seen
from leadline.journey.ownership import resolve_owner
from leadline.kit import Kit, channels_for, exhausted, retry_or_drop, settle
from leadline.model.charsets import NOTES
from leadline.model.erasing import ERASED_WORDS
from leadline.model.errors import NotUnderstood, Unreadable
from leadline.model.handling import Handling
from leadline.model.keys import match_keys
from leadline.model.lead import ERASED, KEY_REUSED, LeadFields, Ownership, RefinedLead
from leadline.model.task import Alert, Done, Drop, Later, Lease, Outcome, Retry, Step, Task
from leadline.ports.crm import CrmRecord
from leadline.ports.source import Source
from leadline.ports.store import Waiting
from leadline.refine import About, refine

log = logging.getLogger(__name__)


_NOTES = NOTES | {KEY_REUSED}
_HICCUP = timedelta(seconds=5)
_PATIENCE = timedelta(seconds=30)
_ASKED = 6
"""The number of attempts for which a lead waits for a CRM that asks for pauses; after that it is
refined and alerted without the CRM's answer."""


def refine_due(kit: Kit, limit: int = 100) -> int:
    """Refine up to *limit* due leads; returns how many were leased."""
    leases = kit.store.lease(Step.REFINE, limit, kit.lease_duration, among=kit.among)
    if not leases:
        return 0
    until = last_question(kit)
    waiting = kit.store.waiting([c.task.lead_id for c in leases])
    for some in apart(kit, leases, waiting) if kit.crms else [leases]:
        _refine_some(kit, some, waiting, until)
    return len(leases)


def _refine_some(
    kit: Kit, leases: Sequence[Lease], waiting: Mapping[str, Waiting], until: datetime
) -> None:
    """Refine the leads of these leases; at most one CRM is asked, not later than *until*.

    All are read before any is refined, which takes a seventh less CPU (`bench.refine`): the code of
    one phase stays in the processor's caches.
    """
    mine = {i: waiting[i] for c in leases if (i := c.task.lead_id) in waiting}
    answers = ask(kit, mine, until) if kit.crms else {}
    before = _before(kit, [i for i, lead in mine.items() if i in answers or lead.late])
    read = [
        _read(kit, lease, waiting.get(lease.task.lead_id), answers.get(lease.task.lead_id))
        for lease in leases
    ]
    outcomes = [
        _refine_one(kit, lease, waiting[i], fields, answers.get(i), before.get(i, _NOTHING))
        if isinstance(fields, LeadFields)
        else fields
        for lease, fields in zip(leases, read, strict=True)
        for i in (lease.task.lead_id,)
    ]
    kit.report_current("")
    settle(kit, leases, linked_to_first_seen(kit.store, outcomes))


class _Before(msgspec.Struct, frozen=True):
    """The result of a lead's earlier refinement, if there was one."""

    told: Sequence[Alert] = ()
    handling: Handling | None = None


_NOTHING = _Before()


def _before(kit: Kit, lead_ids: Sequence[str]) -> Mapping[str, _Before]:
    """The earlier results and handlings of leads that were refined before."""
    if not lead_ids:
        return {}
    alerts, handled = kit.store.alerts(lead_ids), kit.store.handling(lead_ids)
    return {i: _Before(alerts.get(i, ()), handled.get(i)) for i in lead_ids}


def preview(kit: Kit, waiting: Waiting) -> RefinedLead:
    """The refined lead that refinement would make now; nothing is stored and no CRM is asked.

    Raises NotUnderstood if the event has nothing to make a lead of.
    """
    return _refined(kit, waiting, fields_of_lead(kit.sources[waiting.source], waiting))


def is_completed(
    kit: Kit, lead: RefinedLead, waiting: Waiting, answer: LookUpAnswer | None
) -> bool:
    """Whether refining a lead again, with its late updates or the CRM's current answer, would add
    contact data."""
    if not (waiting.late or isinstance(answer, CrmRecord)):
        return False
    source = kit.sources[waiting.source]
    fields = with_late_contact(source, fields_of_lead(source, waiting), waiting)
    if isinstance(answer, CrmRecord):
        fields = filled(fields, answer.fields)
    if not says_more(fields, lead.contact):
        return False
    return says_more(_refined(kit, waiting, fields).contact, lead.contact)


def _refined(kit: Kit, waiting: Waiting, fields: LeadFields) -> RefinedLead:
    about = About(
        lead_id=waiting.lead_id,
        captured_at=waiting.captured_at,
        processed_at=kit.clock(),
        received_from=waiting.source,
        region=kit.sources[waiting.source].config.country or kit.region,
    )
    return refine(fields, about)


def _read(
    kit: Kit, lease: Lease, waiting: Waiting | None, answer: LookUpAnswer | None
) -> LeadFields | Outcome:
    """The fields of one lead, or its outcome if it cannot be refined now. An error becomes its
    outcome and does not affect the others."""
    if waiting is None:
        return Drop("lead.missing", "the archive has no raw lead of this id")
    if (end := exhausted(kit, lease)) is not None:
        return end
    if (not_now := _ask_again(lease, answer)) is not None:
        return not_now
    kit.report_current(lease.task.lead_id)
    try:
        source = kit.sources[waiting.source]
        fields = with_late_contact(source, fields_of_lead(source, waiting), waiting)
        return laid_over(fields, (answer.fields, ())) if isinstance(answer, CrmRecord) else fields
    except Exception as error:
        return _failed(kit, lease, error)


def _refine_one(
    kit: Kit,
    lease: Lease,
    waiting: Waiting,
    fields: LeadFields,
    answer: LookUpAnswer | None,
    earlier: _Before,
) -> Outcome:
    """The outcome of one lead that was read. An error becomes its outcome."""
    kit.report_current(waiting.lead_id)
    try:
        before = earlier.handling
        refined, handling = resolve_owner(kit, _refined(kit, waiting, fields), fields, answer)
        claimed = fields.owner_claimed
        if before is None and claimed:  # an earlier version may have trusted this owner
            before = kit.store.handling([waiting.lead_id]).get(waiting.lead_id)
        if before is not None and not _is_handed_on(kit, refined, before, handling, claimed):
            return Retry(_HICCUP, why="refine.overtaken", counts=False)
    except Exception as error:
        return _failed(kit, lease, error)
    if refined.status != "refined":
        erased = f"record.{ERASED}" in refined.problems
        return Done(refined=refined, then=(Task(Step.LOOK_UP, refined.lead_id),) * erased)
    return Done(
        refined=refined,
        match_keys=match_keys(refined),
        handling=handling,
        then=_what_follows(kit, refined, earlier.told, anew=lease.task.again),
        later=_what_follows_later(kit, refined, answer),
    )


def _failed(kit: Kit, lease: Lease, error: Exception) -> Outcome:
    """The outcome of a lead that raised *error*: only what is wrong with the lead itself is not
    tried again."""
    if isinstance(error, NotUnderstood | Unreadable):
        return Drop("lead.not_understood", error.detail)
    log.error("refine.failed", exc_info=error, extra={"lead": lease.task.lead_id})
    return retry_or_drop(kit, lease, type(error).__name__)


def _is_handed_on(
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


def _ask_again(lease: Lease, answer: LookUpAnswer | None) -> Retry | None:
    """A retry, if the CRM asks for a short pause or failed once. An alert is not delayed for the
    CRM any longer than that, since it can be corrected by an update."""
    match answer:
        case NotAsked(after=after, words=words) if after <= _PATIENCE and lease.attempt <= _ASKED:
            return Retry(after, why=words, counts=False)
        case NoAnswer(words=words) if lease.attempt == 1:
            return Retry(_HICCUP, why=words, counts=False)
    return None


def _what_follows(
    kit: Kit, lead: RefinedLead, alerts: Sequence[Alert], *, anew: bool
) -> tuple[Task, ...]:
    """The tasks to do now: alerts in the channels that the rules choose, updates in channels that
    alerted before, and the write-back. With *anew*, an update is sent as a new message where an
    alert cannot be changed. If a fallback has alerted for a channel, `alerts.notices` drops that
    channel's alert."""
    names = channels_for(kit, lead)
    knowing = {alert.channel for alert in alerts if alert.step is Step.NOTIFY}
    tasks = [Task(Step.NOTIFY, lead.lead_id, name) for name in names if name not in knowing]
    tasks += [Task(Step.UPDATE, lead.lead_id, name, again=anew) for name in sorted(knowing)]
    connected = kit.crms.get(lead.received_from) if kit.crms else None
    if connected and connected.config.write and lead.lead_details.crm_record:
        tasks.append(Task(Step.WRITE_BACK, lead.lead_id, lead.received_from))
    return tuple(tasks)


def _what_follows_later(
    kit: Kit, lead: RefinedLead, answer: LookUpAnswer | None
) -> tuple[Later, ...]:
    """The tasks for later: a look-up while the owner or the record is missing, and the clock of the
    first response."""
    later: list[Later] = []
    missing = (Ownership.UNASSIGNED, Ownership.UNKNOWN)
    pause = kit.look_ups.after(timedelta())
    unseen = answer is not None and not isinstance(answer, CrmRecord)
    if answer is not None and pause and (unseen or lead.lead_details.ownership in missing):
        later.append(Later(Task(Step.LOOK_UP, lead.lead_id), pause))
    if kit.targets.targets and (steps := kit.targets.steps(lead)):
        wait = max(steps[0] - lead.processed_at, timedelta())
        later.append(Later(Task(Step.CLOCK, lead.lead_id), wait))
    return tuple(later)


def fields_of_lead(source: Source, waiting: Waiting) -> LeadFields:
    """The fields of the lead, overlaid with those of its updates; notes on how its text was decoded
    (in `suspicions`), and whether its record still exists.

    Raises NotUnderstood if the event has nothing to make a lead of.
    """
    if waiting.raw == ERASED_WORDS:
        return LeadFields(suspicions=(f"record.{ERASED}",))
    fields = fields_of_events(source, waiting)
    notes = _NOTES.intersection(" ".join(waiting.whys).split()) if any(waiting.whys) else ()
    end = end_of(source, waiting) if waiting.ends else ""
    if notes or end:
        said = (*fields.suspicions, *sorted(notes), *((f"record.{end}",) if end else ()))
        fields = msgspec.structs.replace(fields, suspicions=said)
    return fields
