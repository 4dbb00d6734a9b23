"""Sending alerts: paced, gathered into digests when there are many, retried on failures.

Each channel alerts about a lead once: before every message its accepted alerts are read, and after
an attempt with an unknown result the destination is asked, if it can be. While a channel fails, its
fallback sends the alerts instead, and the channel itself does not send them later.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import msgspec

from leadline.alerts.cases import DIGEST_REFUSED, AlertCase, was_refused
from leadline.alerts.circuit import (
    OutOfTime,
    Reply,
    at_once,
    find_earlier,
    gap_of,
    is_open,
    out_of_time,
    send_message,
)
from leadline.alerts.fallback import (
    end_here,
    fallback_of,
    hand_over,
    is_fallback_due,
    move_to_fallback,
)
from leadline.alerts.handing_over import template_with_owner
from leadline.alerts.notices import is_alerted, notices
from leadline.kit import Kit, exhausted, retry_or_drop, settle
from leadline.model.handling import UNHANDLED
from leadline.model.monitoring.attempts import Exchange, Tried, shared_among
from leadline.model.personal_data.suppression import is_quarantined_as_suppressed
from leadline.model.staff.people import key_of_person
from leadline.model.task import Alert, Done, Drop, Lease, Outcome, Retry, Step, Task
from leadline.ports.channel import ALWAYS, USUAL, Channel, Notice, OutgoingMessage
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.ports.store import ChannelHealth
from leadline.ports.store_parts.exchanges import gathering

log = logging.getLogger(__name__)

DIGEST_MOST = 60
"""The maximum number of leads in one digest."""
_ASK_BY = 0.4
"""The share of a lease after which no destination is asked about earlier attempts any more."""


def deliver_due(kit: Kit, name: str) -> timedelta | None:
    """Send the channel's next alert if its pace allows, or hand its alerts to the fallback.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    due = kit.store.count_due(Step.NOTIFY, name)
    if not due:
        return None
    channel = kit.channels[name]
    health = kit.store.health(name)
    wait = kit.store.reserve(name, gap_of(channel, health))
    if wait:
        if not is_fallback_due(kit, channel, health):
            return wait
        leases = kit.store.lease(Step.NOTIFY, DIGEST_MOST, kit.lease_duration, name)
        settle(kit, leases, move_to_fallback(kit, channel, leases))
        return timedelta()
    many = channel.digest_above > 0 and due > channel.digest_above
    limit = DIGEST_MOST if many or _sorts_by_person(kit, channel) else 1
    if is_open(health):
        many, limit = False, 1  # a probe, so that other alerts do not fail with it
    leases = kit.store.lease(Step.NOTIFY, limit, kit.lease_duration, name)
    message = _Message(kit, channel, health, many=many)
    with gathering() as exchanges:
        outcomes = message.outcomes(leases)
    settle(kit, leases, outcomes, message.tried(exchanges))
    message.update_overtaken()
    return timedelta()


def _sorts_by_person(kit: Kit, channel: Channel) -> bool:
    """Whether the person whom an alert is for decides when it is sent and with which others."""
    return channel.personal or any(m.quiet or m.digest for m in kit.team.members.values())


class _Message:
    """The next message of a channel, and the outcomes of all tasks that were leased for it."""

    def __init__(self, kit: Kit, channel: Channel, health: ChannelHealth, *, many: bool) -> None:
        self.kit, self.channel, self.health = kit, channel, health
        self.many = many
        self._ready: Sequence[AlertCase] = ()
        self._sent_about: Sequence[AlertCase] = ()

    def outcomes(self, leases: Sequence[Lease]) -> list[Outcome]:
        """The outcome of each lease, in order."""
        # An exhausted lead may be one that kills its worker: it is not read any more.
        alive = [c.task.lead_id for c in leases if exhausted(self.kit, c) is None]
        found = notices(self.kit, self.channel, alive) if alive else {}
        looked_at = [self._check(lease, found.get(lease.task.lead_id)) for lease in leases]
        self._ready = ready = [one for one in looked_at if isinstance(one, AlertCase)]
        if was_refused(ready):
            for case in ready:
                case.outcome = at_once(DIGEST_REFUSED)
        self._send(self._unless_arrived(self._chosen(ready)))
        return [one.outcome if isinstance(one, AlertCase) else one for one in looked_at]

    def _check(self, lease: Lease, notice: Notice | None) -> Outcome | AlertCase:
        """The case to send, or the outcome if nothing is to be sent now."""
        if (end := exhausted(self.kit, lease)) is not None:
            return end_here(self.kit, self.channel, lease, end)
        if notice is None:
            return Drop("lead.missing", "there is no refined lead of this id")
        if not lease.task.again:
            if is_alerted(notice.alerts, self.channel.name):
                return Done(note="notify.already_told")
            if notice.alerted_elsewhere:
                return Done(note="notify.told_instead")
            if notice.handling.gone:
                return Done(note="notify.gone")
            if is_quarantined_as_suppressed(notice.lead):
                return Done(note="notify.suppressed")
            waits = self._later_or_now(notice)
            if isinstance(waits, Retry):
                return waits
            notice = waits
        return AlertCase(lease, notice, at_once("channel.paced"))

    def _later_or_now(self, notice: Notice) -> Retry | Notice:
        """The notice, or a retry at the end of the holder's quiet hours or at their next digest."""
        team, who = self.kit.team, notice.holder
        if who is None or not team.members:
            return notice
        hot = self.channel.hot if notice.is_hot else USUAL
        until = team.quiet_until(who, notice.now)
        if until is not None and hot != ALWAYS:
            return Retry(until - notice.now, why="quiet", counts=False, planned=True)
        digest = team.digest_at(who, notice.lead.processed_at)
        if digest is None or hot != USUAL:
            return notice
        if digest > notice.now:
            return Retry(digest - notice.now, why="digest", counts=False, planned=True)
        return msgspec.structs.replace(notice, for_digest=True)

    def _chosen(self, ready: Sequence[AlertCase]) -> list[AlertCase]:
        """The cases for the next message: the first, and those that may share a digest with it."""
        if not ready:
            return []
        first = min(ready, key=lambda case: not self._goes_alone(case.notice))
        if self._goes_alone(first.notice):
            return [first]
        recipient = self._recipient(first.notice)
        together = [case for case in ready if self._recipient(case.notice) == recipient]
        single = not (self.many or first.notice.for_digest)
        # A digest of these was refused: send them one by one, to find the lead that caused it.
        return [first] if single or was_refused(together) else together

    def _goes_alone(self, notice: Notice) -> bool:
        """Whether the alert of a hot lead comes before others, and not gathered with them."""
        return notice.is_hot and self.channel.hot != USUAL

    def _recipient(self, notice: Notice) -> str | None:
        """The person for whom the message must be; None if it may be shared."""
        if notice.holder is None or not (self.channel.personal or notice.for_digest):
            return None
        return key_of_person(notice.holder)

    def _unless_arrived(self, chosen: Sequence[AlertCase]) -> list[AlertCase]:
        """The cases still to send: those whose earlier attempt arrived are done, and those about
        which there was no time left in the lease to ask are retried."""
        to_tell: list[AlertCase] = []
        until = self.kit.clock() + self.kit.lease_duration * _ASK_BY
        for case in chosen:
            if self.kit.clock() >= until:
                case.outcome = at_once("channel.paced")
            elif (arrived := self._arrived(case)) is not None:
                case.outcome = arrived
            else:
                to_tell.append(case)
        return to_tell

    def _arrived(self, case: AlertCase) -> Done | None:
        """The outcome if the message of an earlier attempt arrived, else None."""
        notice = case.notice
        write = partial(self.channel.writer.alert, notice)
        seen = find_earlier(self.channel, case.lease, write)
        if seen is None:
            return None
        # It says what was known then: at least the owner at the time of refinement.
        then = msgspec.structs.replace(notice, handling=UNHANDLED)
        alert = self._alert(then, write(), seen, together=False)
        update = Task(Step.UPDATE, notice.lead.lead_id, self.channel.name)
        changed = notice.handling != UNHANDLED
        return Done(alert=alert, then=(update,) if changed else (), note="notify.had_arrived")

    def _send(self, cases: Sequence[AlertCase]) -> None:
        """Send one message about these leads."""
        if not cases:
            return
        together = len(cases) > 1
        try:
            message = self._render([case.notice for case in cases])
        except Exception as error:
            log.exception("notify.failed", extra={"channel": self.channel.name})
            words = type(error).__name__
            wrong: Reply = Refused(DIGEST_REFUSED, words) if together else Unreachable(words)
            self._not_sent(cases, wrong)
            return
        if message is None:  # this kind of channel has no digests
            first, *others = cases
            for case in others:
                case.outcome = at_once("channel.paced")
            self._send([first])
            return
        until = min(case.lease.until for case in cases)
        self._sent_about = cases
        reply = send_message(self.kit, self.channel, message, self.health, until)
        if isinstance(reply, Sent):
            self._sent(cases, message, reply)
        else:
            self._not_sent(cases, reply)

    def _render(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        if len(notices) > 1:
            return self.channel.writer.digest(notices)
        return self.channel.writer.alert(notices[0])

    def _sent(self, cases: Sequence[AlertCase], message: OutgoingMessage, reply: Sent) -> None:
        """Record the alerts. If a lead was claimed or assigned while its alert was being sent, an
        update is put at once: whoever changed it did not know of this alert."""
        together = len(cases) > 1
        now = self.kit.store.handling([case.notice.lead.lead_id for case in cases])
        for case in cases:
            lead_id = case.notice.lead.lead_id
            changed = now.get(lead_id, UNHANDLED).rev != case.notice.handling.rev
            case.outcome = Done(
                alert=self._alert(case.notice, message, reply, together=together),
                then=(Task(Step.UPDATE, lead_id, self.channel.name),) if changed else (),
            )

    def tried(self, exchanges: Sequence[Exchange]) -> dict[str, Tried]:
        """What was asked, beside each lead that it was about."""
        tried = Tried(shared_among(exchanges, len(self._sent_about)))
        return {case.lease.task.lead_id: tried for case in self._sent_about}

    def update_overtaken(self) -> None:
        """Have the alerts updated that were just stored, if their leads were claimed or assigned
        after `_sent` looked: whoever did that may not have found these alerts yet, and looks again
        only once (`journey.responding.meanwhile`)."""
        shown = {
            case.notice.lead.lead_id: case.notice.handling.rev
            for case in self._ready
            if isinstance(case.outcome, Done) and case.outcome.alert and not case.outcome.then
        }
        now = self.kit.store.handling(list(shown)) if shown else {}
        late = [one for one, rev in shown.items() if now.get(one, UNHANDLED).rev != rev]
        if late:
            tasks = [Task(Step.UPDATE, lead_id, self.channel.name) for lead_id in late]
            self.kit.store.put(tasks, self.kit.clock())

    def _alert(
        self, notice: Notice, message: OutgoingMessage, reply: Sent, *, together: bool
    ) -> Alert:
        template = template_with_owner(message.template, notice.owner, notice.instead_of)
        now, name = self.kit.clock(), self.channel.name
        return Alert(notice.lead.lead_id, name, now, template, together, reply.ref)

    def _not_sent(self, cases: Sequence[AlertCase], reply: Reply) -> None:
        for case in cases:
            case.outcome = self._after(case.lease, reply, together=len(cases) > 1)

    def _after(self, lease: Lease, reply: Reply, *, together: bool) -> Outcome:
        """The outcome of a task whose message was not accepted."""
        match reply:
            case Busy(after=after):
                return Retry(after, why="channel.busy", counts=False)
            case Refused() if together:
                return at_once(DIGEST_REFUSED)
            case Refused(reason=reason, words=words):
                return end_here(self.kit, self.channel, lease, Drop(reason, words))
            case Unreachable() if is_fallback_due(self.kit, self.channel, self.health):
                return hand_over(fallback_of(self.kit, self.channel), lease)
            case Unreachable(words=words):
                tried = retry_or_drop(self.kit, lease, words)
                return (
                    end_here(self.kit, self.channel, lease, tried)
                    if isinstance(tried, Drop)
                    else tried
                )
            case OutOfTime():
                return out_of_time()
            case Sent():
                raise AssertionError("a sent message has no outcome of failure")
