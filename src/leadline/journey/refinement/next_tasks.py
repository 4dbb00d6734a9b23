"""The tasks that follow the refinement of a lead."""

from collections.abc import Sequence
from datetime import timedelta

from leadline.journey.enriching.patience import retry_after
from leadline.journey.refinement.crm_lookup import LookUpAnswer
from leadline.kit import Kit, channels_for
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.facts.scored_leads import is_hot
from leadline.model.handling import UNHANDLED, Ending, Handling, holder_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.task import Alert, Later, Step, Task
from leadline.ports.crm import CrmRecord
from leadline.team.matching.subject import ownership_of


def tasks_for_now(
    kit: Kit,
    lead: RefinedLead,
    alerts: Sequence[Alert],
    *,
    anew: bool,
    names: Sequence[str] | None = None,
) -> tuple[Task, ...]:
    """The tasks to do now: alerts in the channels *names* (None: that the rules choose), updates in
    channels that alerted before, and the write-back. With *anew*, an update is sent as a new
    message where an alert cannot be changed. If a fallback has alerted for a channel,
    `alerts.notices` drops that channel's alert."""
    if KNOWN_PERSON in lead.problems:
        return ()
    names = channels_for(kit, lead) if names is None else names
    knowing = {alert.channel for alert in alerts if alert.step is Step.NOTIFY}
    tasks = [Task(Step.NOTIFY, lead.lead_id, name) for name in names if name not in knowing]
    tasks += [Task(Step.UPDATE, lead.lead_id, name, again=anew) for name in sorted(knowing)]
    connected = kit.crms.get(lead.received_from) if kit.crms else None
    if connected and connected.config.write and lead.lead_details.crm_record:
        tasks.append(Task(Step.WRITE_BACK, lead.lead_id, lead.received_from))
    return (*tasks, *push_tasks(kit, lead))


def push_tasks(
    kit: Kit, lead: RefinedLead, before: Handling | None = None, after: Handling = UNHANDLED
) -> tuple[Task, ...]:
    """The tasks by which ad networks are told of stages that the lead has after a change of its
    handling, and not *before* (None: it was refined)."""
    if not kit.outcomes:
        return ()
    from leadline.journey.pushing.putting import tasks_for_networks  # few settings have networks

    return tasks_for_networks(kit.outcomes, lead, before, after)


def tasks_for_later(kit: Kit, lead: RefinedLead, answer: LookUpAnswer | None) -> tuple[Later, ...]:
    """The tasks for later: a look-up while the owner or the record is missing, or while the CRM may
    name another owner than the one who got a hot lead early, and the clock of the first response.
    """
    later: list[Later] = []
    if KNOWN_PERSON in lead.problems:
        return ()
    missing = (Ownership.UNASSIGNED, Ownership.UNKNOWN)
    pause = kit.look_ups.after(timedelta())
    unseen = answer is not None and not isinstance(answer, CrmRecord)
    sought = unseen or lead.lead_details.ownership in missing or is_before_crm(kit, lead, answer)
    if answer is not None and pause and sought:
        later.append(Later(Task(Step.LOOK_UP, lead.lead_id), pause))
    if lead.enrichment is not None and (after := retry_after(lead)) is not None:
        later.append(Later(Task(Step.REFINE, lead.lead_id), after))
    if kit.targets.targets and (steps := kit.targets.steps(lead)):
        wait = max(steps[0] - lead.processed_at, timedelta())
        later.append(Later(Task(Step.CLOCK, lead.lead_id), wait))
    return tuple(later)


def is_before_crm(kit: Kit, lead: RefinedLead, answer: LookUpAnswer | None) -> bool:
    """Whether a hot lead was given to somebody before the wait was over in which the CRM was to
    name its owner, and that has named nobody so far."""
    if not is_hot(lead) or not isinstance(answer, CrmRecord) or answer.owner is not None:
        return False
    connected = kit.crms.get(lead.received_from)
    if connected is None or not connected.crm.knows_owners:
        return False
    delay = kit.sources[lead.received_from].config.delay
    return kit.clock() < lead.captured_at + (kit.delay if delay is None else delay)


def tasks_for_nobodys(
    kit: Kit, lead: RefinedLead, handling: Handling | None, *, relinked: bool = False
) -> tuple[Task, ...]:
    """The task by which a team gets a refined lead that nobody owns and that waits in no queue. A
    lead in a queue has such a task for later, which is due now if the leads of its person have
    changed (*relinked*)."""
    before = handling or UNHANDLED
    if (before.queued is not None and not relinked) or holder_of(lead, before) is not None:
        return ()
    if before.ending is not Ending.OPEN or before.gone or ownership_of(lead) is Ownership.UNKNOWN:
        return ()
    return tasks_for_unknown(kit, lead)


def tasks_for_unknown(kit: Kit, lead: RefinedLead) -> tuple[Task, ...]:
    """The task by which a team gets a refined lead whose owner the CRM never named, if it has none
    then."""
    if not kit.teams.asked or KNOWN_PERSON in lead.problems or lead.status != "refined":
        return ()
    return (Task(Step.ASSIGN, lead.lead_id),)
