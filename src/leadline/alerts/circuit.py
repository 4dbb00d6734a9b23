"""Sending to a destination that may be down: its pace, its failures, and the circuit breaker.

After `FAILURES` failures in a row a channel is paused, longer after each further failure. After a
pause one message probes the destination while all others wait; waiting counts as no attempt.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from leadline.kit import Kit, retry_or_drop, settle
from leadline.model.monitoring.attempts import Tried
from leadline.model.task import Done, Drop, Lease, Outcome, Retry, Step
from leadline.ports.channel import Channel, OutgoingMessage
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.ports.store import ChannelHealth
from leadline.ports.store_parts.exchanges import gathering, listening

log = logging.getLogger(__name__)

FAILURES = 3
"""The number of failures in a row that opens the circuit."""
LONGEST_PAUSE = timedelta(minutes=1)
PROBE = timedelta(seconds=10)
"""The time reserved for a probe: nothing else is sent to the channel meanwhile."""


class OutOfTime(msgspec.Struct, frozen=True):
    """Nothing was sent, because the lease is over and another worker may send the alert by now."""


Reply = Sent | Refused | Busy | Unreachable | OutOfTime
TaskHandler = Callable[[Kit, Channel, Lease, ChannelHealth], Outcome]


def send_next(kit: Kit, step: Step, name: str, handle: TaskHandler) -> timedelta | None:
    """Do one task of a step that sends to a channel, if the channel's pace allows.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    if not kit.store.count_due(step, name):
        return None
    channel = kit.channels[name]
    health = kit.store.health(name)
    if wait := kit.store.reserve(name, gap_of(channel, health)):
        return wait
    leases = kit.store.lease(step, 1, kit.lease_duration, name)
    with gathering() as exchanges:
        outcomes = [handle(kit, channel, lease, health) for lease in leases]
    tried = {lease.task.lead_id: Tried(tuple(exchanges)) for lease in leases}
    settle(kit, leases, outcomes, tried)
    return timedelta()


def is_open(health: ChannelHealth) -> bool:
    """Whether the circuit is open: only one message at a time may probe the destination."""
    return health.failures >= FAILURES


def gap_of(channel: Channel, health: ChannelHealth) -> timedelta:
    """For how long the next message reserves the channel."""
    return max(channel.gap, PROBE) if is_open(health) else channel.gap


def send_message(
    kit: Kit, channel: Channel, message: OutgoingMessage, health: ChannelHealth, until: datetime
) -> Reply:
    """Send a message by the channel's messenger; record failures and pauses for the next messages.

    *health* is the channel's record of failures before. Never raises for a messenger's errors:
    they are returned as Unreachable. After *until*, when the lease of the tasks ends, nothing is
    sent: another worker may have leased them.
    """
    if kit.clock() >= until:
        return OutOfTime()
    try:
        with listening():
            reply: Reply = channel.messenger.send(message.body)
    except Exception as error:
        log.exception("messenger.failed", extra={"channel": channel.name})
        reply = Unreachable(type(error).__name__)
    match reply:
        case Busy(after=after):
            kit.store.pause(channel.name, kit.clock() + after)
        case Unreachable():
            after_it = kit.store.record_attempt(channel.name, succeeded=False)
            if is_open(after_it):
                kit.store.pause(channel.name, kit.clock() + _pause(kit, after_it))
        case Sent() | Refused():
            if health.failures:
                kit.store.record_attempt(channel.name, succeeded=True)
    return reply


def is_uncertain(lease: Lease) -> bool:
    """Whether an earlier attempt may have sent a message without its being recorded: an attempt
    failed, its worker died, or the task was attempted before it was put back."""
    return lease.attempt > 1 and (lease.failures > 0 or not lease.error)


def find_earlier(
    channel: Channel, lease: Lease, write: Callable[[], OutgoingMessage]
) -> Sent | None:
    """The message of an earlier attempt, if the destination can be asked and has it."""
    if not is_uncertain(lease):
        return None
    try:
        return channel.messenger.find(write().body)
    except Exception:
        log.exception("messenger.failed", extra={"channel": channel.name})
        return None


def not_accepted(kit: Kit, lease: Lease, reply: Reply) -> Outcome:
    """The outcome of a task, by the destination's reply to its message."""
    match reply:
        case Busy(after=after):
            return Retry(after, why="channel.busy", counts=False)
        case Unreachable(words=words):
            return retry_or_drop(kit, lease, words)
        case Refused(reason=reason, words=words):
            return Drop(reason, words)
        case OutOfTime():
            return out_of_time()
        case Sent():
            return Done()


def out_of_time() -> Retry:
    """The outcome of a task whose lease ended before its message was sent; it has no effect if
    another worker has leased the task meanwhile."""
    return at_once("lease.over")


def at_once(why: str) -> Retry:
    """Try again at once, since nothing was tried."""
    return Retry(timedelta(), why=why, counts=False)


def _pause(kit: Kit, health: ChannelHealth) -> timedelta:
    """The pause after a failure: 2 to the number of failures in seconds, at most a minute, times a
    random factor from 0.5 to 1, so that destinations that failed together are not always probed
    together."""
    most = min(LONGEST_PAUSE, timedelta(seconds=2.0 ** min(health.failures, 10)))
    return most * (0.5 + kit.chance() / 2)
