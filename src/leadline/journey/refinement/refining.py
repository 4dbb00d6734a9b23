"""Refinement: due leads are leased, refined and settled.

The worker calls `refine_due` in a loop; the Lambda handler calls it once per batch. Alerts about a
refined lead are tasks of their own (`alerts.sending`).
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from leadline.journey.assigning.first_turn import Seekers, seekers
from leadline.journey.corrections.correcting import corrected
from leadline.journey.corrections.lead_fields import fields_of_lead
from leadline.journey.corrections.ruled import refined_from
from leadline.journey.enriching.batch import by_patience, has_found_nothing_new, with_lookups
from leadline.journey.enriching.patience import Patience
from leadline.journey.refinement.asking_again import HICCUP, ask_again
from leadline.journey.refinement.completing import with_late_contact
from leadline.journey.refinement.consenting import said_by_crm, still_refused
from leadline.journey.refinement.crm_lookup import LookUpAnswer, apart, ask, last_question
from leadline.journey.refinement.folding import laid_over
from leadline.journey.refinement.left_alone import left_alone
from leadline.journey.refinement.next_tasks import tasks_for_later, tasks_for_nobodys, tasks_for_now
from leadline.journey.refinement.scoring import scored
from leadline.journey.responding.ownership import as_before, is_handed_on, resolve_owner
from leadline.journey.same_person.borrowed import without_borrowed
from leadline.journey.same_person.linking import Linked, link_leads
from leadline.journey.same_person.relinked import give_others, is_relinked, refine_followers
from leadline.kit import Kit, exhausted, retry_or_drop, settle
from leadline.model.errors import NotUnderstood, Unreadable
from leadline.model.handling import Handling
from leadline.model.lead import ERASED, LeadFields, RefinedLead
from leadline.model.task import Alert, Done, Drop, Lease, Outcome, Retry, Step, Task
from leadline.ports.crm import CrmRecord
from leadline.ports.store import Waiting

if TYPE_CHECKING:
    from leadline.journey.trials.trial_cleaning import CleaningArms

log = logging.getLogger(__name__)


def refine_due(kit: Kit, limit: int = 100) -> int:
    """Refine up to *limit* due leads; returns how many were leased."""
    leases = kit.store.lease(Step.REFINE, limit, kit.lease_duration, among=kit.among)
    if not leases:
        return 0
    until = last_question(kit)
    waiting = kit.store.waiting([c.task.lead_id for c in leases])
    groups = apart(kit, leases, waiting) if kit.crms else [leases]
    for part, patience in by_patience(kit, groups, Patience(kit.enrichment_wait)):
        _refine_some(kit, part, waiting, until, patience)
    return len(leases)


def _refine_some(
    kit: Kit,
    leases: Sequence[Lease],
    waiting: Mapping[str, Waiting],
    until: datetime,
    patience: Patience,
) -> None:
    """Refine the leads of these leases; at most one CRM is asked, not later than *until*, and
    providers as long as there is *patience*.

    All are read before any is refined, which takes a seventh less CPU (`bench.refine`).
    """
    mine = {i: waiting[i] for c in leases if (i := c.task.lead_id) in waiting}
    answers = ask(kit, mine, until) if kit.crms else {}
    before = _before(kit, list(mine))
    read = [
        _read(kit, lease, waiting.get(i), answers.get(i), before.get(i, _NOTHING))
        for lease in leases
        for i in (lease.task.lead_id,)
    ]
    usual = [
        _clean(kit, lease, waiting[i], fields, answers.get(i), before.get(i, _NOTHING))
        if isinstance(fields, LeadFields)
        else fields
        for lease, fields in zip(leases, read, strict=True)
        for i in (lease.task.lead_id,)
    ]
    cases, arms = _by_arms(kit, usual, waiting)
    links = _links(kit, [one for one in cases if isinstance(one, _Case)], arms)
    earlier = {i: one.refined for i, one in before.items() if one.refined is not None}
    links = _with_facts_and_arms(kit, links, earlier, waiting, patience, arms)
    batch = seekers(kit, [one.lead for one in links.values() if isinstance(one, Linked)])
    outcomes = [
        _outcome(kit, one, links.get(one.lead.lead_id), batch) if isinstance(one, _Case) else one
        for one in cases
    ]
    kit.report_current("")
    settle(kit, leases, outcomes)
    refine_followers(kit, links)
    give_others(kit, links, earlier)


def _with_facts_and_arms(
    kit: Kit,
    links: Mapping[str, Linked | Exception],
    earlier: Mapping[str, RefinedLead],
    waiting: Mapping[str, Waiting],
    patience: Patience,
    arms: "CleaningArms",
) -> Mapping[str, Linked | Exception]:
    """The links with what providers know of the leads, and with their arms of experiments.
    *earlier* are the results of those that were refined before."""
    if kit.enrichers:
        links = with_lookups(kit, links, earlier, waiting, patience)
    if kit.experiments:
        from leadline.journey.trials.experimenting import with_arms  # few installations have any

        given = {i: one.arms for i, one in arms.items()}
        links = with_arms(
            kit, links, earlier, lambda lead_id: preview(kit, waiting[lead_id]), given
        )
    return links


class _Before(msgspec.Struct, frozen=True):
    """The result of a lead's earlier refinement, if there was one."""

    refined: RefinedLead | None = None
    told: Sequence[Alert] = ()
    handling: Handling | None = None


_NOTHING = _Before()


class _Case(msgspec.Struct, frozen=True):
    """A lead that was read and cleaned, with what its outcome depends on."""

    lease: Lease
    fields: LeadFields
    lead: RefinedLead
    answer: LookUpAnswer | None
    earlier: _Before


def _before(kit: Kit, lead_ids: Sequence[str]) -> Mapping[str, _Before]:
    """The earlier results and handlings of those of these leads that were refined before."""
    if not (refined := kit.store.refined(lead_ids)):
        return {}
    ids = list(refined)
    alerts, handled = kit.store.alerts(ids), kit.store.handling(ids)
    return {i: _Before(lead, alerts.get(i, ()), handled.get(i)) for i, lead in refined.items()}


def preview(kit: Kit, waiting: Waiting) -> RefinedLead:
    """The refined lead that refinement would make now; nothing is stored and no CRM is asked.

    Raises NotUnderstood if the event has nothing to make a lead of.
    """
    return refined_from(kit, waiting, fields_of_lead(kit.sources[waiting.source], waiting))


def _read(
    kit: Kit,
    lease: Lease,
    waiting: Waiting | None,
    answer: LookUpAnswer | None,
    earlier: _Before,
) -> LeadFields | Outcome:
    """The fields of one lead, or its outcome if it cannot be refined now. An error becomes its
    outcome and does not affect the others."""
    if waiting is None:
        return Drop("lead.missing", "the archive has no raw lead of this id")
    if (end := exhausted(kit, lease)) is not None:
        return end
    if (kept := left_alone(waiting, earlier.refined)) is not None:
        return kept
    if (not_now := ask_again(lease, answer)) is not None:
        return not_now
    kit.report_current(lease.task.lead_id)
    try:
        source = kit.sources[waiting.source]
        handling = earlier.handling
        fields = with_late_contact(source, fields_of_lead(source, waiting), waiting, handling)
        if not isinstance(answer, CrmRecord):
            fields = corrected(fields, waiting.corrections)
            return still_refused(fields, earlier.refined)
        said = said_by_crm(fields, answer.fields, waiting.source)
        fields = laid_over(fields, (without_borrowed(said, handling), ()))
        return corrected(fields, waiting.corrections)
    except Exception as error:
        return _failed(kit, lease, error)


def _clean(
    kit: Kit,
    lease: Lease,
    waiting: Waiting,
    fields: LeadFields,
    answer: LookUpAnswer | None,
    earlier: _Before,
    without: frozenset[str] = frozenset(),
) -> _Case | Outcome:
    """One lead that was read, after the rules of refinement. An error becomes its outcome."""
    kit.report_current(waiting.lead_id)
    try:
        lead = refined_from(kit, waiting, fields, without)
        return _Case(lease, fields, lead, answer, earlier)
    except Exception as error:
        return _failed(kit, lease, error)


def _by_arms(
    kit: Kit, cases: Sequence[_Case | Outcome], waiting: Mapping[str, Waiting]
) -> "tuple[Sequence[_Case | Outcome], CleaningArms]":
    """The leads, cleaned as their arms of experiments say, with these arms."""
    if not kit.experiments:
        return cases, {}
    from leadline.journey.trials.trial_cleaning import cleaning_arms  # few installations have any

    mine = [one for one in cases if isinstance(one, _Case)]
    arms = cleaning_arms(kit, [(one.lead, one.earlier.refined) for one in mine])
    anew = [
        _clean(kit, c.lease, waiting[i], c.fields, c.answer, c.earlier, arms[i].without)
        if isinstance(c, _Case) and (i := c.lead.lead_id) in arms and arms[i].without
        else c
        for c in cases
    ]
    return anew, arms


def _links(
    kit: Kit, cases: Sequence[_Case], arms: "CleaningArms"
) -> Mapping[str, Linked | Exception]:
    """The links of these leads to earlier ones of the same person; quarantined leads get none."""
    mine = [one for one in cases if one.lead.status == "refined"]
    earlier = {i: was for one in mine if (was := one.earlier.refined) for i in (was.lead_id,)}
    usual = {i: one.usual for i, one in arms.items()}
    return link_leads(kit, [one.lead for one in mine], earlier, usual)


def _outcome(kit: Kit, case: _Case, link: Linked | Exception | None, batch: Seekers) -> Outcome:
    """The outcome of one refined lead. An error becomes its outcome."""
    kit.report_current(case.lead.lead_id)
    if isinstance(link, Exception):
        return _failed(kit, case.lease, link)
    try:
        before, fields = case.earlier.handling, case.fields
        lead = scored(kit, link.lead) if link is not None else case.lead
        refined, handling = resolve_owner(kit, lead, fields, case.answer)
        claimed = fields.owner_claimed
        if before is None and claimed:  # an earlier version may have trusted this owner
            before = kit.store.handling([lead.lead_id]).get(lead.lead_id)
        if before is not None and not is_handed_on(kit, refined, before, handling, claimed):
            return Retry(HICCUP, why="refine.overtaken", counts=False)
        earlier = case.earlier.refined
        refined = refined if earlier is None else as_before(refined, earlier, before)
        if link is None:
            erased = f"record.{ERASED}" in refined.problems
            return Done(refined=refined, then=(Task(Step.LOOK_UP, refined.lead_id),) * erased)
        done = Done(
            refined=refined,
            match_keys=link.keys,
            traits=link.traits,
            as_of=link.as_of,
            handling=handling,
        )
        if earlier is None:
            return batch.first(refined, handling, case.answer, done)
        anew = case.lease.task.again
        is_told = not anew and has_found_nothing_new(kit, refined, earlier)
        now = () if is_told else tasks_for_now(kit, refined, case.earlier.told, anew=anew)
        relinked = is_relinked(earlier, refined)
        return msgspec.structs.replace(
            done,
            then=(*now, *tasks_for_nobodys(kit, refined, before, relinked=relinked)),
            later=tasks_for_later(kit, refined, case.answer),
        )
    except Exception as error:
        return _failed(kit, case.lease, error)


def _failed(kit: Kit, lease: Lease, error: Exception) -> Outcome:
    """The outcome of a lead that raised *error*: only its own faults are not tried again."""
    if isinstance(error, NotUnderstood | Unreadable):
        return Drop("lead.not_understood", error.detail)
    log.error("refine.failed", exc_info=error, extra={"lead": lease.task.lead_id})
    return retry_or_drop(kit, lease, type(error).__name__)
