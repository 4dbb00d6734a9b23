"""The first look: new leads are scored before their wait is over, and the wait of hot ones ends.

A look reads what the sender sent, as refinement would, and asks nobody. It decides nothing else:
the lead is refined as ever, only sooner. A look that fails leaves the lead waiting.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec

from leadline.journey.refinement.crm_lookup import asked_of
from leadline.journey.refinement.refining import preview
from leadline.kit import Kit, settle
from leadline.model.errors import LeadlineError
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.facts.score import LeadScore
from leadline.model.facts.scored_leads import OF_POINTS
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.model.personal_data.suppression import is_not_to_be_contacted
from leadline.model.task import Done, Lease, Step
from leadline.ports.store import Waiting
from leadline.ports.store_parts.first_look import HotLead
from leadline.team.matching.routing import with_owner

log = logging.getLogger(__name__)

_NOBODYS = ("", RETIRED_WORDS, ERASED_WORDS)
"""What is left of a lead of which there is nothing to look at."""


def look_due(kit: Kit, limit: int = 100) -> int:
    """Look at up to *limit* new leads; returns how many were leased."""
    leases = kit.store.lease(Step.FIRST_LOOK, limit, kit.lease_duration, among=kit.among)
    if not leases:
        return 0
    found = _hot_among(kit, kit.scorer, leases) if kit.scorer is not None else []
    spared = kit.store.end_waits(found)
    for hot, early in zip(found, spared, strict=True):
        if early is not None:
            extra = {"lead": hot.lead_id, "early_s": round(early.total_seconds(), 3)}
            log.info("first_look.hot", extra=extra)
    if kit.experiments:
        from leadline.journey.trials.trial_waits import move_waits  # few installations have any

        move_waits(kit, leases, {one.lead_id for one in found})
    settle(kit, leases, [Done()] * len(leases))
    return len(leases)


def _hot_among(
    kit: Kit, scorer: Callable[[RefinedLead], LeadScore | None], leases: Sequence[Lease]
) -> list[HotLead]:
    """The hot leads of these leases that need wait for nobody. One whose look was not finished
    before is not looked at again: it may have ended its worker."""
    waiting: Mapping[str, Waiting] = kit.store.waiting([c.task.lead_id for c in leases])
    found: list[HotLead] = []
    for lease in leases:
        lead = waiting.get(lease.task.lead_id)
        if lead is None or lease.failures or lead.ends or lead.raw in _NOBODYS:
            continue
        kit.report_current(lead.lead_id)
        try:
            hot = _look(kit, scorer, lead)
        except LeadlineError:
            continue  # refinement will report what is wrong with it
        except Exception:
            log.exception("first_look.failed", extra={"lead": lead.lead_id})
            continue
        if hot is not None:
            found.append(hot)
    kit.report_current("")
    return found


def _look(
    kit: Kit, scorer: Callable[[RefinedLead], LeadScore | None], waiting: Waiting
) -> HotLead | None:
    """The lead, if it is hot and need not wait for the owner whom its CRM will name."""
    lead = preview(kit, waiting)
    if lead.status != "refined" or KNOWN_PERSON in lead.problems or is_not_to_be_contacted(lead):
        return None
    asked = asked_of(kit, waiting)
    if asked and kit.crms[asked].crm.knows_owners:
        lead = with_owner(lead, None, Ownership.UNASSIGNED)
    else:
        asked = ""
    score = scorer(lead)
    if score is None or not score.hot:
        return None
    if asked and not _goes_before_crm(kit, lead, score):
        return None
    return HotLead(waiting.lead_id, hot_words(score))


def _goes_before_crm(kit: Kit, lead: RefinedLead, score: LeadScore) -> bool:
    """Whether the rule that would give the lead to somebody does so before the CRM names an owner.
    What the rules ask of earlier leads of the person is not known yet."""
    looked = kit.routes.look(msgspec.structs.replace(lead, score=score), kit.clock())
    rule = kit.routes.rules.get(looked.assigns)
    return rule is not None and rule.before_crm


def hot_words(score: LeadScore) -> str:
    """Why a lead is hot, for its timeline: the score, and which fields it is by, without their
    values, which are people's."""
    reasons = ", ".join(one.field.removeprefix(OF_POINTS) for one in score.reasons)
    return f"score {score.value}" + (f" by {reasons}" if reasons else "")
