"""Sending to a destination that may be down: its pace, its failures, and the circuit breaker.

After `FAILURES` failures in a row a channel is paused, longer after each further failure. After a
pause one message probes the destination while all others wait; waiting counts as no attempt.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from leadline.kit import Kit, again, settle
from leadline.model.task import Claim, Done, Drop, Outcome, Retry, Step
from leadline.ports.channel import Channel, Letter
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.ports.store import Trouble

log = logging.getLogger(__name__)

FAILURES = 3
"""The number of failures in a row that opens the circuit."""
LONGEST_HOLD = timedelta(minutes=1)
PROBE = timedelta(seconds=10)
"""The time reserved for a probe: nothing else is sent to the channel meanwhile."""


class OutOfTime(msgspec.Struct, frozen=True):
    """Nothing was sent: the lease is over, and somebody else may tell by now."""


Reply = Sent | Refused | Busy | Unreachable | OutOfTime
Act = Callable[[Kit, Channel, Claim, Trouble], Outcome]


def one_by_one(kit: Kit, step: Step, channel: str, act: Act) -> timedelta | None:
    """Do one task of a step that sends to a channel, if the channel's pace allows.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    if not kit.store.count_due(step, channel):
        return None
    place = kit.channels[channel]
    trouble = kit.store.trouble(channel)
    if wait := kit.store.reserve(channel, gap_of(place, trouble)):
        return wait
    claims = kit.store.claim(step, 1, kit.lease, channel)
    settle(kit, claims, [act(kit, place, claim, trouble) for claim in claims])
    return timedelta()


def is_open(trouble: Trouble) -> bool:
    """Whether the circuit is open: only one message at a time may probe the destination."""
    return trouble.failures >= FAILURES


def gap_of(place: Channel, trouble: Trouble) -> timedelta:
    """For how long the next message reserves the channel."""
    return max(place.gap, PROBE) if is_open(trouble) else place.gap


def hand_in(kit: Kit, place: Channel, letter: Letter, trouble: Trouble, until: datetime) -> Reply:
    """Send a message by the channel's messenger; record failures and pauses for the next messages.

    *trouble* is the channel's record of failures before. Never raises for a messenger's errors:
    they are returned as Unreachable. After *until*, when the lease of the tasks ends, nothing is
    sent: another worker may have leased them.
    """
    if kit.clock() >= until:
        return OutOfTime()
    try:
        reply: Reply = place.messenger.send(letter.body)
    except Exception as error:
        log.exception("messenger.failed", extra={"channel": place.name})
        reply = Unreachable(type(error).__name__)
    match reply:
        case Busy(after=after):
            kit.store.hold(place.name, kit.clock() + after)
        case Unreachable():
            after_it = kit.store.fared(place.name, well=False)
            if is_open(after_it):
                kit.store.hold(place.name, kit.clock() + _pause(kit, after_it))
        case Sent() | Refused():
            if trouble.failures:
                kit.store.fared(place.name, well=True)
    return reply


def is_uncertain(claim: Claim) -> bool:
    """Whether an earlier attempt may have sent a message without its being recorded: an attempt
    failed, its worker died, or the task was attempted before it was put back."""
    return claim.attempt > 1 and (claim.failures > 0 or not claim.error)


def find_earlier(place: Channel, claim: Claim, write: Callable[[], Letter]) -> Sent | None:
    """The message of an earlier attempt, if the destination can be asked and has it."""
    if not is_uncertain(claim):
        return None
    try:
        return place.messenger.find(write().body)
    except Exception:
        log.exception("messenger.failed", extra={"channel": place.name})
        return None


def not_accepted(kit: Kit, claim: Claim, reply: Reply) -> Outcome:
    """The outcome of a task, by the destination's reply to its message."""
    match reply:
        case Busy(after=after):
            return Retry(after, why="channel.busy", counts=False)
        case Unreachable(words=words):
            return again(kit, claim, words)
        case Refused(reason=reason, words=words):
            return Drop(reason, words)
        case OutOfTime():
            return out_of_time()
        case Sent():
            return Done()


def out_of_time() -> Retry:
    """What becomes of a task whose lease was over before its message was sent: nothing, if another
    has taken it meanwhile."""
    return Retry(timedelta(), why="lease.over", counts=False)


def _pause(kit: Kit, trouble: Trouble) -> timedelta:
    """The pause after a failure: 2 to the number of failures in seconds, at most a minute, times a
    random factor from 0.5 to 1, so that destinations that failed together are not always probed
    together."""
    most = min(LONGEST_HOLD, timedelta(seconds=2.0 ** min(trouble.failures, 10)))
    return most * (0.5 + kit.chance() / 2)
