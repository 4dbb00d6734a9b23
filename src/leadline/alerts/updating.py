"""Updates: a channel's message about a lead is changed when the lead's handling changes.

If the message cannot be changed, a second one is sent. A new owner gets a second message in any
case, since services do not notify anybody of a changed message. The alerts record which owners were
announced, so that each is announced once.
"""

from datetime import timedelta

from leadline.alerts.circuit import Reply, find_earlier, hand_in, not_accepted, one_by_one
from leadline.alerts.notices import notices, owner_told, template_naming
from leadline.kit import Kit, exhausted
from leadline.model.handling import Ending
from leadline.model.people import key_of_person
from leadline.model.task import Alert, Claim, Done, Drop, Outcome, Retry, Step, Task
from leadline.ports.channel import GONE, Channel, Notice
from leadline.ports.messenger import Refused, Sent
from leadline.ports.store import Trouble

NEWS = "owner/1"
"""The template of second messages; their `Alert.ref` is the `news_key` of the lead's holder."""


def update_due(kit: Kit, channel: str) -> timedelta | None:
    """Do the channel's next update if its pace allows.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    return one_by_one(kit, Step.UPDATE, channel, _update)


def _update(kit: Kit, place: Channel, claim: Claim, trouble: Trouble) -> Outcome:
    lead_id = claim.task.lead_id
    if (end := exhausted(kit, claim)) is not None:
        return end
    found = notices(kit, place, [lead_id]).get(lead_id)
    if found is None:
        return Drop("lead.missing", "there is no refined lead of this id")
    first = max(
        (a for a in found.told if a.step is Step.NOTIFY), key=lambda a: a.sent_at, default=None
    )
    if first is None:
        return Done(note="update.not_told_yet")  # its alert will show the present state
    changed = _change(kit, place, claim, found, first, trouble)
    if changed is None and claim.task.again and found.handling.ending is Ending.OPEN:
        return _tell_anew(kit, place, claim, found, trouble)
    if not isinstance(changed, Sent | Refused | None):
        return not_accepted(kit, claim, changed)
    key = news_key(found, changed=isinstance(changed, Sent))
    if key and key not in _heard_of(found):
        return _tell(kit, place, claim, found, first, key, trouble)
    if isinstance(changed, Refused):
        return Drop(changed.reason, changed.words)
    return Done(note="update.shown" if changed else "")


def _tell_anew(kit: Kit, place: Channel, claim: Claim, found: Notice, trouble: Trouble) -> Outcome:
    """Send a new message about the lead, since the alert cannot be changed."""
    if (later := _while_quiet(kit, found)) is not None:
        return later
    letter = place.writer.alert(found)
    earlier = find_earlier(place, claim, lambda: letter)
    reply = earlier or hand_in(kit, place, letter, trouble, claim.until)
    if not isinstance(reply, Sent):
        return not_accepted(kit, claim, reply)
    now, template = kit.clock(), template_naming(letter.template, found.owner)
    told = Alert(found.lead.lead_id, place.name, now, template, ref=reply.ref, step=Step.UPDATE)
    key = news_key(found, changed=False)
    unheard = bool(key) and key not in _heard_of(found)
    then = (Task(Step.UPDATE, found.lead.lead_id, place.name),) if unheard else ()
    return Done(alert=told, then=then, note="update.told_anew")


def _change(
    kit: Kit, place: Channel, claim: Claim, found: Notice, first: Alert, trouble: Trouble
) -> Reply | None:
    """Replace the message by what it would say now; None if it cannot be changed."""
    letter = place.writer.update(found, first)
    if letter is None:
        return None
    reply = hand_in(kit, place, letter, trouble, claim.until)
    return None if isinstance(reply, Refused) and reply.reason == GONE else reply


def news_key(found: Notice, *, changed: bool) -> str:
    """The key of the holder whom a second message would announce, by which the alerts record it; ""
    if there is nobody to announce.

    A claim needs no second message if the first one was *changed*: it shows the claim.
    """
    if found.holder is None or found.handling.ending is not Ending.OPEN:
        return ""
    key = key_of_person(found.holder)
    if found.handling.claimed_by is None:
        return key
    return "" if changed else f"claimed by {key}"


def _heard_of(found: Notice) -> set[str]:
    """The keys of all holders whom the channel has announced."""
    news = {a.ref for a in found.told if a.template == NEWS}
    return news | {owner_told(a) for a in found.told if a.step is not Step.UPDATE}


def _tell(
    kit: Kit,
    place: Channel,
    claim: Claim,
    found: Notice,
    first: Alert,
    key: str,
    trouble: Trouble,
) -> Outcome:
    """Send a second message that names the lead's holder, after their quiet hours."""
    if (later := _while_quiet(kit, found)) is not None:
        return later
    letter = place.writer.news(found, first)
    if letter is None:
        return Done()
    told = Alert(found.lead.lead_id, place.name, kit.clock(), NEWS, ref=key, step=Step.UPDATE)
    if find_earlier(place, claim, lambda: letter) is not None:
        return Done(alert=told, note="update.had_arrived")
    reply = hand_in(kit, place, letter, trouble, claim.until)
    return Done(alert=told) if isinstance(reply, Sent) else not_accepted(kit, claim, reply)


def _while_quiet(kit: Kit, found: Notice) -> Retry | None:
    """Wait for the end of the holder's quiet hours; None outside of them."""
    if found.holder is None or not kit.team.members:
        return None
    until = kit.team.quiet_until(found.holder, found.now)
    if until is None:
        return None
    return Retry(until - found.now, why="quiet", counts=False, planned=True)
