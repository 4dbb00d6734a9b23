"""Reminders: a channel sends that a lead still waits for its first response.

`leadline.journey.response_clock` decides when, and with which urgency (level). A channel sends one
reminder for each level, and none if somebody has responded meanwhile.
"""

from datetime import timedelta
from functools import partial

import msgspec

from leadline.alerts.circuit import find_earlier, hand_in, not_accepted, one_by_one
from leadline.alerts.notices import notices, template_naming
from leadline.alerts.story import LEVELS, level_of
from leadline.kit import Kit, exhausted, next_person
from leadline.model.handling import ESCALATED, REASSIGNED
from leadline.model.task import Alert, Claim, Done, Drop, Outcome, Retry, Step, Task
from leadline.ports.channel import Channel, Notice
from leadline.ports.messenger import Sent
from leadline.ports.store import Trouble


def remind_due(kit: Kit, channel: str) -> timedelta | None:
    """Send the channel's next reminder if its pace allows.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    return one_by_one(kit, Step.REMIND, channel, _remind)


def _remind(kit: Kit, place: Channel, claim: Claim, trouble: Trouble) -> Outcome:
    lead_id = claim.task.lead_id
    if (end := exhausted(kit, claim)) is not None:
        return end
    found = notices(kit, place, [lead_id]).get(lead_id)
    if found is None:
        return Drop("lead.missing", "there is no refined lead of this id")
    if (no := _not_now(kit, found)) is not None:
        return no
    level = level_of(found)
    if level == ESCALATED:
        other = next_person(kit, found.holder)
        found = msgspec.structs.replace(found, escalated_to=other)
    first = next((a for a in found.told if a.step is Step.NOTIFY), None)
    write = partial(place.writer.reminder, found, first)
    reply = find_earlier(place, claim, write) or hand_in(kit, place, write(), trouble, claim.until)
    if not isinstance(reply, Sent):
        return not_accepted(kit, claim, reply)
    # The reminder names the new owner. The template records that, so that the update below does
    # not announce the same owner again.
    template = template_naming(LEVELS[level], found.owner if level == REASSIGNED else None)
    then = (Task(Step.UPDATE, lead_id, place.name),) if level == REASSIGNED else ()
    told = Alert(lead_id, place.name, kit.clock(), template, ref=reply.ref, step=Step.REMIND)
    return Done(alert=told, then=then)


def _not_now(kit: Kit, found: Notice) -> Outcome | None:
    """The outcome if nothing is to be sent now, else None: somebody has responded, the lead is
    snoozed, this level was sent already, or the holder has quiet hours. Escalations ignore quiet
    hours."""
    handling, level = found.handling, level_of(found)
    if handling.answered or not handling.level:
        return Done(note="remind.answered" if handling.answered else "")
    if handling.snoozed_until is not None and handling.snoozed_until > found.now:
        return Retry(handling.snoozed_until - found.now, why="snoozed", counts=False, planned=True)
    heard = {a.template.partition(" ")[0] for a in found.told if a.step is Step.REMIND}
    if LEVELS[level] in heard:
        return Done(note="remind.already_told")
    if level >= ESCALATED or found.holder is None or not kit.team.members:
        return None
    until = kit.team.quiet_until(found.holder, found.now)
    return (
        None if until is None else Retry(until - found.now, why="quiet", counts=False, planned=True)
    )
