"""Leads that nobody has are handed out: those in the queues of teams, and those for which nobody
could be sought when they were refined."""

import logging
from datetime import timedelta

import msgspec

from leadline.journey.assigning.changing import names_for
from leadline.journey.assigning.documents import (
    account_names,
    books_of,
    documents_in,
)
from leadline.journey.assigning.giving import Assignment, give
from leadline.journey.assigning.past_leads import NO_HISTORY, PastLeads, histories
from leadline.journey.assigning.removed_teams import send_on
from leadline.kit import Kit, exhausted, retry_or_drop, settle
from leadline.model.facts.scored_leads import score_of
from leadline.model.handling import UNHANDLED, Ending, Handling, holder_of
from leadline.model.lead import RefinedLead
from leadline.model.task import Done, Lease, Outcome, Retry, Step, Task
from leadline.ports.store_parts.assigning import ABSENCES, roster_of
from leadline.team.giving.asking import Ask
from leadline.team.giving.charging import ready_now
from leadline.team.giving.deciding import who_gets
from leadline.team.giving.room import next_room
from leadline.team.matching.kinds import kind_values
from leadline.team.matching.rules import Looked

log = logging.getLogger(__name__)

_MOST = 100
_OVERTAKEN = timedelta(seconds=1)
_KEPT = frozenset(("duplicate", "person", "company"))


def assign_due(kit: Kit, limit: int = 100) -> int:
    """Give up to *limit* leads to somebody, as far as anybody has room; returns how many tasks were
    leased."""
    leases = kit.store.lease(Step.ASSIGN, limit, kit.lease_duration, among=kit.among)
    if not leases:
        return 0
    done_teams: set[str] = set()
    outcomes = [_outcome(kit, lease, done_teams) for lease in leases]
    settle(kit, leases, outcomes)
    return len(leases)


def _outcome(kit: Kit, lease: Lease, done_teams: set[str]) -> Outcome:
    """The outcome of one task. Once for each team of a batch its whole queue is handed out."""
    if (end := exhausted(kit, lease)) is not None:
        return end
    try:
        return _assign(kit, lease.task.lead_id, done_teams)
    except Exception as error:
        log.exception("assign.failed", extra={"lead": lease.task.lead_id})
        return retry_or_drop(kit, lease, type(error).__name__)


def _assign(kit: Kit, lead_id: str, done_teams: set[str]) -> Outcome:
    lead = kit.store.refined([lead_id]).get(lead_id)
    if lead is None:
        return Done(note="assign.not_refined")
    before = _handling(kit, lead_id)
    if before.queued is not None and (team := before.queued.team) not in done_teams:
        done_teams.add(team)
        hand_out(kit, team)
        before = _handling(kit, lead_id)
    if not _is_sought(lead, before):
        return Done()
    sought = seek(kit, lead, before)
    decision = sought.decision
    if before.queued is None and not (decision.person or decision.waits or decision.channel):
        return Done(note="assign.no_team")
    if not _has_team(kit, before) or decision.how in _KEPT:
        if give(kit, sought) is None:
            return Retry(_OVERTAKEN, why="assign.overtaken", counts=False)
        if not decision.waits:
            return Done()
    queued = before.queued if _has_team(kit, before) else None
    team = queued.team if queued is not None else decision.team
    at = next_room(kit.teams, team, books_of(documents_in(sought.kept)), decision.at)
    return Retry(at - decision.at, why="assign.nobody_there", counts=False, planned=True)


def _handling(kit: Kit, lead_id: str) -> Handling:
    return kit.store.handling([lead_id]).get(lead_id, UNHANDLED)


def _is_sought(lead: RefinedLead, handling: Handling) -> bool:
    """Whether somebody is still sought for a lead."""
    is_open = handling.ending is Ending.OPEN and not handling.gone
    return lead.status == "refined" and is_open and holder_of(lead, handling) is None


def hand_out(kit: Kit, team: str, most: int = _MOST) -> int:
    """Hand out the queue of a team, the highest score and then the oldest first, as long as
    somebody has room; returns the number of leads given to somebody."""
    given = 0
    for _ in range(most):
        first = next(iter(kit.store.queue_of(team, 1)), "")
        lead = kit.store.refined([first]).get(first) if first else None
        if lead is None:
            break
        before = _handling(kit, first)
        if before.queued is None:
            continue  # somebody took it meanwhile
        sought = seek(kit, lead, before, first=True)
        if not sought.decision.person:
            break
        given += give(kit, sought) is not None
    return given


def wake_queues(kit: Kit) -> int:
    """Have the queues handed out in which leads wait though somebody has room, as after an absence
    was shortened or a cap was raised in the settings, and have those sent on that wait for a team
    that is not in the settings any more; returns how many. Without this they are looked at again
    when they were expected to have room, at most 12 hours later."""
    sent_on = send_on(kit)
    names = kit.teams.names() if kit.teams.asked else ()
    firsts = {team: one for team in names for one in kit.store.queue_of(team, 1)}
    if not firsts:
        return sent_on
    now = kit.clock()
    books = books_of(documents_in(kit.store.kept([ABSENCES, *map(roster_of, firsts)])))
    woken = [
        Task(Step.ASSIGN, first)
        for team, first in firsts.items()
        if (config := kit.teams.of(team)) and ready_now(kit.teams, team, config, books, now)
    ]
    kit.store.put(woken, now)
    return sent_on + len(woken)


def seek(
    kit: Kit, lead: RefinedLead, before: Handling, *, first: bool = False, by: str = ""
) -> Assignment:
    """To whom a refined lead that nobody has can be given now; with *first*, it is the first of its
    queue."""
    now = kit.clock()
    history = histories(kit, [lead], waited=True).get(lead.lead_id, NO_HISTORY)
    looked = _looked(kit, lead, before, history)
    accounts = account_names(lead)
    kept = kit.store.kept(names_for(kit.teams, lead, before, looked.team))
    ask = Ask(
        lead_id=lead.lead_id,
        at=now,
        looked=looked,
        score=score_of(lead) or 0.0,
        earlier=history.counts,
        accounts=accounts,
        first=first,
        by=by,
        kind_values=kind_values(lead, kit.teams.kind_fields(looked.team)),
    )
    verdict = who_gets(kit.teams, ask, books_of(documents_in(kept)))
    return Assignment(
        lead=lead,
        before=before,
        decision=verdict.decision,
        team=looked.team,
        kept=kept,
        queued=verdict.queued,
    )


def _has_team(kit: Kit, handling: Handling) -> bool:
    """Whether the team in whose queue a lead waits is still in the settings."""
    return handling.queued is not None and kit.teams.of(handling.queued.team) is not None


def _looked(kit: Kit, lead: RefinedLead, before: Handling, history: PastLeads) -> Looked:
    """What the rules say of the lead now; of one that waits, what they said when it came, unless it
    was not known then whose it was, or the team is not in the settings any more."""
    was, is_there = lead.decision, _has_team(kit, before)
    if is_there and before.queued is not None and was is not None and was.rule:
        return Looked(rules=was.rules, assigns=was.rule, team=before.queued.team)
    looked = kit.routes.look(lead, kit.clock(), history.facts)
    if before.queued is None or not is_there:
        return looked
    return msgspec.structs.replace(looked, team=before.queued.team)
