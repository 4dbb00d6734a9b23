"""Updates: a channel's message about a lead is changed when the lead's handling changes.

If the message cannot be changed, a second one is sent. A new owner gets a second message in any
case, since services do not notify anybody of a changed message. The alerts record which owners were
announced, so that each is announced once.
"""

from datetime import timedelta

from leadline.alerts.circuit import Reply, find_earlier, not_accepted, send_message, send_next
from leadline.alerts.handing_over import NEWS, owner_named, template_with_owner
from leadline.alerts.notices import notices
from leadline.kit import Kit, exhausted
from leadline.model.handling import Ending
from leadline.model.staff.people import key_of_person
from leadline.model.task import Alert, Done, Drop, Lease, Outcome, Retry, Step, Task
from leadline.ports.channel import GONE, Channel, Notice
from leadline.ports.messenger import Refused, Sent
from leadline.ports.store import ChannelHealth


def update_due(kit: Kit, channel: str) -> timedelta | None:
    """Do the channel's next update if its pace allows.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    return send_next(kit, Step.UPDATE, channel, _update)


def _update(kit: Kit, channel: Channel, lease: Lease, health: ChannelHealth) -> Outcome:
    lead_id = lease.task.lead_id
    if (end := exhausted(kit, lease)) is not None:
        return end
    notice = notices(kit, channel, [lead_id]).get(lead_id)
    if notice is None:
        return Drop("lead.missing", "there is no refined lead of this id")
    first = max(
        (a for a in notice.alerts if a.step is Step.NOTIFY), key=lambda a: a.sent_at, default=None
    )
    if first is None:
        return Done(note="update.not_told_yet")  # its alert will show the present state
    changed = _edit(kit, channel, lease, notice, first, health)
    if changed is None and lease.task.again and notice.handling.ending is Ending.OPEN:
        return _tell_anew(kit, channel, lease, notice, health)
    if not isinstance(changed, Sent | Refused | None):
        return not_accepted(kit, lease, changed)
    key = news_key(notice, changed=isinstance(changed, Sent))
    if key and key not in _sent_news(notice):
        return _send_news(kit, channel, lease, notice, first, key, health)
    if isinstance(changed, Refused):
        return Drop(changed.reason, changed.words)
    return Done(note="update.shown" if changed else "")


def _tell_anew(
    kit: Kit, channel: Channel, lease: Lease, notice: Notice, health: ChannelHealth
) -> Outcome:
    """Send a new message about the lead, since the alert cannot be changed."""
    if (later := _while_quiet(kit, notice)) is not None:
        return later
    message = channel.writer.alert(notice)
    earlier = find_earlier(channel, lease, lambda: message)
    reply = earlier or send_message(kit, channel, message, health, lease.until)
    if not isinstance(reply, Sent):
        return not_accepted(kit, lease, reply)
    now, template = kit.clock(), template_with_owner(message.template, notice.owner)
    alert = Alert(notice.lead.lead_id, channel.name, now, template, ref=reply.ref, step=Step.UPDATE)
    key = news_key(notice, changed=False)
    unheard = bool(key) and key not in _sent_news(notice)
    then = (Task(Step.UPDATE, notice.lead.lead_id, channel.name),) if unheard else ()
    return Done(alert=alert, then=then, note="update.told_anew")


def _edit(
    kit: Kit, channel: Channel, lease: Lease, notice: Notice, first: Alert, health: ChannelHealth
) -> Reply | None:
    """Replace the message by what it would say now; None if it cannot be changed."""
    message = channel.writer.update(notice, first)
    if message is None:
        return None
    reply = send_message(kit, channel, message, health, lease.until)
    return None if isinstance(reply, Refused) and reply.reason == GONE else reply


def news_key(notice: Notice, *, changed: bool) -> str:
    """The key of the holder whom a second message would announce, by which the alerts record it; ""
    if there is nobody to announce.

    A claim needs no second message if the first one was *changed*: it shows the claim.
    """
    if notice.holder is None or notice.handling.ending is not Ending.OPEN:
        return ""
    key = key_of_person(notice.holder)
    if notice.handling.claimed_by is None:
        return key
    return "" if changed else f"claimed by {key}"


def _sent_news(notice: Notice) -> set[str]:
    """The keys of all holders whom the channel has announced."""
    news = {a.ref for a in notice.alerts if a.template == NEWS}
    return news | {owner_named(a) for a in notice.alerts if a.step is not Step.UPDATE}


def _send_news(
    kit: Kit,
    channel: Channel,
    lease: Lease,
    notice: Notice,
    first: Alert,
    key: str,
    health: ChannelHealth,
) -> Outcome:
    """Send a second message that names the lead's holder, after their quiet hours."""
    if (later := _while_quiet(kit, notice)) is not None:
        return later
    message = channel.writer.news(notice, first)
    if message is None:
        return Done()
    alert = Alert(notice.lead.lead_id, channel.name, kit.clock(), NEWS, ref=key, step=Step.UPDATE)
    if find_earlier(channel, lease, lambda: message) is not None:
        return Done(alert=alert, note="update.had_arrived")
    reply = send_message(kit, channel, message, health, lease.until)
    return Done(alert=alert) if isinstance(reply, Sent) else not_accepted(kit, lease, reply)


def _while_quiet(kit: Kit, notice: Notice) -> Retry | None:
    """Wait for the end of the holder's quiet hours; None outside of them."""
    if notice.holder is None or not kit.team.members:
        return None
    until = kit.team.quiet_until(notice.holder, notice.now)
    if until is None:
        return None
    return Retry(until - notice.now, why="quiet", counts=False, planned=True)
