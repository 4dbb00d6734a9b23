"""A refined lead is given to somebody, or put into the queue of a team, with all that follows."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from leadline.journey.assigning.changing import ASSIGNED, HandlingChange, change_handling
from leadline.journey.assigning.first_turn import channels_told
from leadline.journey.responding.meanwhile import update_later_alerts
from leadline.kit import Kit, channels_by
from leadline.model.handling import Handling
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.assigning import Decision, Kept, Queued
from leadline.model.staff.people import Person
from leadline.model.task import Later, Step, Task
from leadline.team.matching.routing import with_owner


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """A lead with its handling, and to whom it is given: the decision, the team that was asked, the
    documents as they were then (empty: they do not matter), and the queue in which it waits."""

    lead: RefinedLead
    before: Handling
    decision: Decision
    team: str
    kept: Mapping[str, Kept] = {}
    queued: Queued | None = None


def give(kit: Kit, given: Assignment) -> Handling | None:
    """Store that the lead is given to whom the decision names, or that it waits, with the alerts
    that tell of it; a claim by somebody else ends. None if somebody else was faster."""
    lead, before, decision = given.lead, given.before, given.decision
    # Who leaves a queue has waited until now, also if nobody gets the lead.
    leaves = before.queued is not None and given.queued is None
    clock_from = decision.at if leaves else before.clock_from
    after = msgspec.structs.replace(before, queued=given.queued, clock_from=clock_from)
    if decision.person:
        after = msgspec.structs.replace(
            after,
            owner=kit.team.person(decision.person) or Person(name=decision.person),
            ownership=Ownership.ASSIGNED,
            claimed_by=None,
            claimed_at=None,
        )
    then = what_follows(kit, lead, after, decision)
    change = HandlingChange(
        lead=lead,
        before=before,
        after=after,
        how=decision.how,
        at=decision.at,
        team=given.team,
    )
    detail = msgspec.json.encode(decision).decode()
    stored = change_handling(
        kit.store, kit.teams, change, then, ASSIGNED, detail, given.kept or None
    )
    if stored is not None:
        update_later_alerts(kit.store, lead.lead_id, then, decision.at)
    return stored


def what_follows(kit: Kit, lead: RefinedLead, after: Handling, decision: Decision) -> list[Later]:
    """The tasks after a lead was given to somebody, or put into a queue: channels that alerted
    update their message, others that the rules choose alert, the CRM is told, and the response
    clock starts for a lead that waited."""
    alerts = kit.store.alerts([lead.lead_id]).get(lead.lead_id, ())
    knowing = {alert.channel for alert in alerts if alert.step is Step.NOTIFY}
    if after.owner is not None:
        lead = with_owner(lead, after.owner, Ownership.ASSIGNED)
    chosen = channels_by(kit, kit.routes.look(lead, kit.clock()), lead)
    names = channels_told(kit, decision, chosen)
    tasks = [Task(Step.UPDATE, lead.lead_id, name) for name in sorted(knowing)]
    tasks += [Task(Step.NOTIFY, lead.lead_id, name) for name in names if name not in knowing]
    connected = kit.crms.get(lead.received_from) if decision.person and kit.crms else None
    if connected and connected.config.write and lead.lead_details.crm_record:
        tasks.append(Task(Step.WRITE_BACK, lead.lead_id, lead.received_from))
    later = [Later(task) for task in tasks]
    runs = not decision.waits and kit.targets.targets and not after.answered
    if runs and (steps := kit.targets.steps(lead, after.clock_from)):
        wait = max(steps[min(after.level, len(steps) - 1)] - kit.clock(), timedelta())
        later.append(Later(Task(Step.CLOCK, lead.lead_id), wait))
    return later
