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

from leadline.alerts.circuit import (
    OutOfTime,
    Reply,
    find_earlier,
    gap_of,
    hand_in,
    is_open,
    out_of_time,
)
from leadline.alerts.fallback import end_here, fallback_of, falls_back, give_away, give_to
from leadline.alerts.notices import is_told, notices, template_naming
from leadline.kit import Kit, again, exhausted, settle
from leadline.model.handling import UNHANDLED
from leadline.model.people import key_of_person
from leadline.model.task import Alert, Claim, Done, Drop, Outcome, Retry, Step, Task
from leadline.ports.channel import Channel, Letter, Notice
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.ports.store import Trouble

log = logging.getLogger(__name__)

DIGEST_REFUSED = "digest.refused"
DIGEST_MOST = 60
"""The maximum number of leads in one digest."""
_ASK_BY = 0.4
"""The share of a lease after which no destination is asked about earlier attempts any more."""


def deliver_due(kit: Kit, channel: str) -> timedelta | None:
    """Send the channel's next alert if its pace allows, or hand its alerts to the fallback.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    due = kit.store.count_due(Step.NOTIFY, channel)
    if not due:
        return None
    place = kit.channels[channel]
    trouble = kit.store.trouble(channel)
    wait = kit.store.reserve(channel, gap_of(place, trouble))
    if wait:
        if not falls_back(kit, place, trouble):
            return wait
        claims = kit.store.claim(Step.NOTIFY, DIGEST_MOST, kit.lease, channel)
        settle(kit, claims, give_away(kit, place, claims))
        return timedelta()
    many = place.digest_above > 0 and due > place.digest_above
    limit = DIGEST_MOST if many or _sorts_by_person(kit, place) else 1
    if is_open(trouble):
        many, limit = False, 1  # a probe, so that other alerts do not fail with it
    claims = kit.store.claim(Step.NOTIFY, limit, kit.lease, channel)
    settle(kit, claims, _Message(kit, place, trouble, many=many).outcomes(claims))
    return timedelta()


def _sorts_by_person(kit: Kit, place: Channel) -> bool:
    """Whether the person whom an alert is for decides when it is sent and with which others."""
    return place.personal or any(m.quiet or m.digest for m in kit.team.members.values())


class _Case(msgspec.Struct):
    """A leased task, the notice to send for it, and its outcome."""

    claim: Claim
    notice: Notice
    outcome: Outcome


class _Message:
    """The next message of a channel, and the outcomes of all tasks that were leased for it."""

    def __init__(self, kit: Kit, place: Channel, trouble: Trouble, *, many: bool) -> None:
        self.kit, self.place, self.trouble = kit, place, trouble
        self.many = many

    def outcomes(self, claims: Sequence[Claim]) -> list[Outcome]:
        """The outcome of each lease, in order."""
        # An exhausted lead may be one that kills its worker: it is not read any more.
        alive = [c.task.lead_id for c in claims if exhausted(self.kit, c) is None]
        found = notices(self.kit, self.place, alive) if alive else {}
        looked_at = [self._look(claim, found.get(claim.task.lead_id)) for claim in claims]
        ready = [one for one in looked_at if isinstance(one, _Case)]
        if _was_refused(ready):
            for case in ready:
                case.outcome = _at_once(DIGEST_REFUSED)
        self._tell(self._unless_arrived(self._chosen(ready)))
        return [one.outcome if isinstance(one, _Case) else one for one in looked_at]

    def _look(self, claim: Claim, found: Notice | None) -> Outcome | _Case:
        """The case to send, or the outcome if nothing is to be sent now."""
        if (end := exhausted(self.kit, claim)) is not None:
            return end_here(self.kit, self.place, claim, end)
        if found is None:
            return Drop("lead.missing", "there is no refined lead of this id")
        if not claim.task.again:
            if is_told(found.told, self.place.name):
                return Done(note="notify.already_told")
            if found.told_instead:
                return Done(note="notify.told_instead")
            if found.handling.gone:
                return Done(note="notify.gone")
            waits = self._later_or_now(found)
            if isinstance(waits, Retry):
                return waits
            found = waits
        return _Case(claim, found, _at_once("channel.paced"))

    def _later_or_now(self, found: Notice) -> Retry | Notice:
        """The notice, or a retry at the end of the holder's quiet hours or at their next digest."""
        team, who = self.kit.team, found.holder
        if who is None or not team.members:
            return found
        if (until := team.quiet_until(who, found.now)) is not None:
            return Retry(until - found.now, why="quiet", counts=False, planned=True)
        digest = team.digest_at(who, found.lead.processed_at)
        if digest is None:
            return found
        if digest > found.now:
            return Retry(digest - found.now, why="digest", counts=False, planned=True)
        return msgspec.structs.replace(found, gathered=True)

    def _chosen(self, ready: Sequence[_Case]) -> list[_Case]:
        """The cases for the next message: the first, and those that may share a digest with it."""
        if not ready:
            return []
        first = ready[0]
        whose = self._whose(first.notice)
        together = [case for case in ready if self._whose(case.notice) == whose]
        single = not (self.many or first.notice.gathered)
        # A digest of these was refused: send them one by one, to find the lead that caused it.
        return [first] if single or _was_refused(together) else together

    def _whose(self, found: Notice) -> str | None:
        """The person for whom the message must be; None if it may be shared."""
        if found.holder is None or not (self.place.personal or found.gathered):
            return None
        return key_of_person(found.holder)

    def _unless_arrived(self, chosen: Sequence[_Case]) -> list[_Case]:
        """The cases still to send: those whose earlier attempt arrived are done, and those about
        which there was no time left in the lease to ask are retried."""
        to_tell: list[_Case] = []
        until = self.kit.clock() + self.kit.lease * _ASK_BY
        for case in chosen:
            if self.kit.clock() >= until:
                case.outcome = _at_once("channel.paced")
            elif (arrived := self._arrived(case)) is not None:
                case.outcome = arrived
            else:
                to_tell.append(case)
        return to_tell

    def _arrived(self, case: _Case) -> Done | None:
        """The outcome if the message of an earlier attempt arrived, else None."""
        found = case.notice
        write = partial(self.place.writer.alert, found)
        seen = find_earlier(self.place, case.claim, write)
        if seen is None:
            return None
        # It says what was known then: at least the owner at the time of refinement.
        then = msgspec.structs.replace(found, handling=UNHANDLED)
        alert = self._alert(then, write(), seen, together=False)
        update = Task(Step.UPDATE, found.lead.lead_id, self.place.name)
        changed = found.handling != UNHANDLED
        return Done(alert=alert, then=(update,) if changed else (), note="notify.had_arrived")

    def _tell(self, cases: Sequence[_Case]) -> None:
        """Send one message about these leads."""
        if not cases:
            return
        together = len(cases) > 1
        try:
            letter = self._letter([case.notice for case in cases])
        except Exception as error:
            log.exception("notify.failed", extra={"channel": self.place.name})
            words = type(error).__name__
            wrong: Reply = Refused(DIGEST_REFUSED, words) if together else Unreachable(words)
            self._not_told(cases, wrong)
            return
        if letter is None:  # this kind of channel has no digests
            first, *others = cases
            for case in others:
                case.outcome = _at_once("channel.paced")
            self._tell([first])
            return
        until = min(case.claim.until for case in cases)
        reply = hand_in(self.kit, self.place, letter, self.trouble, until)
        if isinstance(reply, Sent):
            self._told(cases, letter, reply)
        else:
            self._not_told(cases, reply)

    def _letter(self, found: Sequence[Notice]) -> Letter | None:
        if len(found) > 1:
            return self.place.writer.digest(found)
        return self.place.writer.alert(found[0])

    def _told(self, cases: Sequence[_Case], letter: Letter, reply: Sent) -> None:
        """Record the alerts. If a lead was claimed or assigned while its alert was being sent, an
        update is put at once: whoever changed it did not know of this alert."""
        together = len(cases) > 1
        now = self.kit.store.handling([case.notice.lead.lead_id for case in cases])
        for case in cases:
            lead_id = case.notice.lead.lead_id
            changed = now.get(lead_id, UNHANDLED).rev != case.notice.handling.rev
            case.outcome = Done(
                alert=self._alert(case.notice, letter, reply, together=together),
                then=(Task(Step.UPDATE, lead_id, self.place.name),) if changed else (),
            )

    def _alert(self, found: Notice, letter: Letter, reply: Sent, *, together: bool) -> Alert:
        template = template_naming(letter.template, found.owner, found.instead_of)
        now, name = self.kit.clock(), self.place.name
        return Alert(found.lead.lead_id, name, now, template, together, reply.ref)

    def _not_told(self, cases: Sequence[_Case], reply: Reply) -> None:
        for case in cases:
            case.outcome = self._after(case.claim, reply, together=len(cases) > 1)

    def _after(self, claim: Claim, reply: Reply, *, together: bool) -> Outcome:
        """The outcome of a task whose message was not accepted."""
        match reply:
            case Busy(after=after):
                return Retry(after, why="channel.busy", counts=False)
            case Refused() if together:
                return _at_once(DIGEST_REFUSED)
            case Refused(reason=reason, words=words):
                return end_here(self.kit, self.place, claim, Drop(reason, words))
            case Unreachable() if falls_back(self.kit, self.place, self.trouble):
                return give_to(fallback_of(self.kit, self.place), claim)
            case Unreachable(words=words):
                tried = again(self.kit, claim, words)
                return (
                    end_here(self.kit, self.place, claim, tried)
                    if isinstance(tried, Drop)
                    else tried
                )
            case OutOfTime():
                return out_of_time()
            case Sent():
                raise AssertionError("a sent message has no outcome of failure")


def _was_refused(cases: Sequence[_Case]) -> bool:
    """Whether a digest with one of these leads was refused before."""
    return len(cases) > 1 and any(case.claim.error == DIGEST_REFUSED for case in cases)


def _at_once(why: str) -> Retry:
    return Retry(timedelta(), why=why, counts=False)
