"""Reminders: a channel sends that a lead still waits for its first response.

`leadline.journey.responding.response_clock` decides when, and with which urgency (level). A channel
sends one reminder for each level, and none if somebody has responded meanwhile.
"""

from datetime import timedelta
from functools import partial

import msgspec

from leadline.alerts.circuit import find_earlier, not_accepted, send_message, send_next
from leadline.alerts.handing_over import template_with_owner
from leadline.alerts.notices import notices
from leadline.alerts.wording.story import LEVELS, level_of
from leadline.kit import Kit, exhausted, next_person
from leadline.model.handling import ESCALATED, REASSIGNED
from leadline.model.personal_data.suppression import is_not_to_be_contacted
from leadline.model.task import Alert, Done, Drop, Lease, Outcome, Retry, Step, Task
from leadline.ports.channel import Channel, Notice
from leadline.ports.messenger import Sent
from leadline.ports.store import ChannelHealth


def remind_due(kit: Kit, channel: str) -> timedelta | None:
    """Send the channel's next reminder if its pace allows.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    return send_next(kit, Step.REMIND, channel, _remind)


def _remind(kit: Kit, channel: Channel, lease: Lease, health: ChannelHealth) -> Outcome:
    lead_id = lease.task.lead_id
    if (end := exhausted(kit, lease)) is not None:
        return end
    notice = notices(kit, channel, [lead_id]).get(lead_id)
    if notice is None:
        return Drop("lead.missing", "there is no refined lead of this id")
    if (no := _not_now(kit, notice)) is not None:
        return no
    level = level_of(notice)
    if level == ESCALATED:
        other = next_person(kit, notice.holder)
        notice = msgspec.structs.replace(notice, escalated_to=other)
    first = next((a for a in notice.alerts if a.step is Step.NOTIFY), None)
    write = partial(channel.writer.reminder, notice, first)
    reply = find_earlier(channel, lease, write) or send_message(
        kit, channel, write(), health, lease.until
    )
    if not isinstance(reply, Sent):
        return not_accepted(kit, lease, reply)
    # The reminder names the new owner. The template records that, so that the update below does
    # not announce the same owner again.
    template = template_with_owner(LEVELS[level], notice.owner if level == REASSIGNED else None)
    then = (Task(Step.UPDATE, lead_id, channel.name),) if level == REASSIGNED else ()
    alert = Alert(lead_id, channel.name, kit.clock(), template, ref=reply.ref, step=Step.REMIND)
    return Done(alert=alert, then=then)


def _not_now(kit: Kit, notice: Notice) -> Outcome | None:
    """The outcome if nothing is to be sent now, else None: somebody has responded, nobody may
    contact the lead, it is snoozed, this level was sent already, or the holder has quiet hours.
    Escalations ignore quiet hours."""
    handling, level = notice.handling, level_of(notice)
    if handling.answered or not handling.level:
        return Done(note="remind.answered" if handling.answered else "")
    if is_not_to_be_contacted(notice.lead):
        return Done(note="remind.not_to_be_contacted")
    if handling.snoozed_until is not None and handling.snoozed_until > notice.now:
        return Retry(handling.snoozed_until - notice.now, why="snoozed", counts=False, planned=True)
    heard = {a.template.partition(" ")[0] for a in notice.alerts if a.step is Step.REMIND}
    if LEVELS[level] in heard:
        return Done(note="remind.already_told")
    if level >= ESCALATED or notice.holder is None or not kit.team.members:
        return None
    until = kit.team.quiet_until(notice.holder, notice.now)
    return (
        None
        if until is None
        else Retry(until - notice.now, why="quiet", counts=False, planned=True)
    )
