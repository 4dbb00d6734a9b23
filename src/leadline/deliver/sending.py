"""Alerts on their way: paced, folded when there are many, tried again when nobody answers."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from leadline.attempts import again, exhausted, settle
from leadline.deliver.slack import alert, digest, template_of
from leadline.kit import Kit
from leadline.lead import Alert, Claim, RefinedLead, Step
from leadline.outcome import Done, Drop, Outcome, Retry
from leadline.ports import Busy, Refused, Sent, Unreachable

log = logging.getLogger(__name__)

DIGEST_REFUSED = "digest.refused"
DIGEST_MOST = 60
"""How many leads one digest speaks of at the most."""

_document = msgspec.json.Decoder(RefinedLead)


def deliver_due(kit: Kit, channel: str) -> timedelta | None:
    """Send the channel's next message if its pace allows.

    Returns None when nothing is due, zero when something was done, else how long to wait.
    """
    due = kit.store.count_due(Step.NOTIFY, channel)
    if not due:
        return None
    wait = kit.store.reserve(channel, kit.gap)
    if wait:
        return wait
    many = kit.digest_above > 0 and due > kit.digest_above
    claims = kit.store.claim(Step.NOTIFY, DIGEST_MOST if many else 1, kit.lease, channel)
    settle(kit, claims, _deliver(kit, channel, claims))
    return timedelta()


def _deliver(kit: Kit, channel: str, claims: Sequence[Claim]) -> list[Outcome]:
    """One message for all claims that may share one; the outcome of each claim, in order."""
    ids = [c.task.lead_id for c in claims]
    documents = kit.store.refined(ids)
    heard = {
        lead_id
        for lead_id, alerts in kit.store.alerts(ids).items()
        if any(a.channel == channel for a in alerts)
    }
    outcomes: dict[int, Outcome] = {}
    to_tell: dict[int, RefinedLead] = {}
    for i, claim in enumerate(claims):
        lead_id = claim.task.lead_id
        if (end := exhausted(kit, claim)) is not None:
            outcomes[i] = end
        elif lead_id in heard and not claim.task.again:
            outcomes[i] = Done(note="notify.already_told")
        elif lead_id not in documents:
            outcomes[i] = Drop("lead.missing", "there is no refined lead of this id")
        else:
            to_tell[i] = _document.decode(documents[lead_id])
    if len(to_tell) > 1 and any(claims[i].error == DIGEST_REFUSED for i in to_tell):
        # A message for many was refused: tell them one by one, to find out whose fault it was.
        first, *later = to_tell
        outcomes |= dict.fromkeys(later, Retry(timedelta(), why=DIGEST_REFUSED, counts=False))
        to_tell = {first: to_tell[first]}
    outcomes |= _tell(kit, channel, claims, to_tell)
    return [outcomes[i] for i in range(len(claims))]


def _tell(
    kit: Kit, channel: str, claims: Sequence[Claim], to_tell: dict[int, RefinedLead]
) -> dict[int, Outcome]:
    """Send one message about these leads."""
    if not to_tell:
        return {}
    leads = list(to_tell.values())
    together = len(leads) > 1
    try:
        if together:
            message = digest(leads, kit.links, total=len(leads))
        else:
            message = alert(leads[0], kit.links)
        reply = kit.channels[channel].send(msgspec.json.encode(message))
    except Exception as error:
        log.exception("notify.failed", extra={"channel": channel, "count": len(leads)})
        reply, message = Unreachable(type(error).__name__), {}
        if together:
            reply = Refused(DIGEST_REFUSED, type(error).__name__)
    if isinstance(reply, Busy):
        kit.store.hold(channel, kit.clock() + reply.after)
    outcomes: dict[int, Outcome] = {}
    for i, lead in to_tell.items():
        match reply:
            case Sent():
                told = Alert(lead.lead_id, channel, kit.clock(), template_of(message), together)
                outcomes[i] = Done(alert=told)
            case Busy(after=after):
                outcomes[i] = Retry(after, why="channel.busy", counts=False)
            case Refused() if together:
                outcomes[i] = Retry(timedelta(), why=DIGEST_REFUSED, counts=False)
            case Refused(reason=reason, words=words):
                outcomes[i] = Drop(reason, words)
            case Unreachable(words=words):
                outcomes[i] = again(kit, claims[i], words)
    return outcomes
