"""The tasks that follow the refinement of a lead."""

from collections.abc import Sequence
from datetime import timedelta

from leadline.journey.crm_lookup import LookUpAnswer
from leadline.kit import Kit, channels_for
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.likeness import KNOWN_PERSON
from leadline.model.task import Alert, Later, Step, Task
from leadline.ports.crm import CrmRecord


def tasks_for_now(
    kit: Kit, lead: RefinedLead, alerts: Sequence[Alert], *, anew: bool
) -> tuple[Task, ...]:
    """The tasks to do now: alerts in the channels that the rules choose, updates in channels that
    alerted before, and the write-back. With *anew*, an update is sent as a new message where an
    alert cannot be changed. If a fallback has alerted for a channel, `alerts.notices` drops that
    channel's alert."""
    if KNOWN_PERSON in lead.problems:
        return ()
    names = channels_for(kit, lead)
    knowing = {alert.channel for alert in alerts if alert.step is Step.NOTIFY}
    tasks = [Task(Step.NOTIFY, lead.lead_id, name) for name in names if name not in knowing]
    tasks += [Task(Step.UPDATE, lead.lead_id, name, again=anew) for name in sorted(knowing)]
    connected = kit.crms.get(lead.received_from) if kit.crms else None
    if connected and connected.config.write and lead.lead_details.crm_record:
        tasks.append(Task(Step.WRITE_BACK, lead.lead_id, lead.received_from))
    return tuple(tasks)


def tasks_for_later(kit: Kit, lead: RefinedLead, answer: LookUpAnswer | None) -> tuple[Later, ...]:
    """The tasks for later: a look-up while the owner or the record is missing, and the clock of the
    first response."""
    later: list[Later] = []
    if KNOWN_PERSON in lead.problems:
        return ()
    missing = (Ownership.UNASSIGNED, Ownership.UNKNOWN)
    pause = kit.look_ups.after(timedelta())
    unseen = answer is not None and not isinstance(answer, CrmRecord)
    if answer is not None and pause and (unseen or lead.lead_details.ownership in missing):
        later.append(Later(Task(Step.LOOK_UP, lead.lead_id), pause))
    if kit.targets.targets and (steps := kit.targets.steps(lead)):
        wait = max(steps[0] - lead.processed_at, timedelta())
        later.append(Later(Task(Step.CLOCK, lead.lead_id), wait))
    return tuple(later)
