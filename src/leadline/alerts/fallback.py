"""Fallbacks: alerts go to another channel if their own keeps failing or cannot take them."""

from collections.abc import Sequence

from leadline.alerts.notices import covered_channels, is_alerted
from leadline.kit import Kit
from leadline.model.task import Done, Drop, Lease, Outcome, Step, Task
from leadline.ports.channel import NO_OWNER, Channel
from leadline.ports.store import ChannelHealth

FELL_BACK = "notify.fell_back"
"""The note of an alert that was handed to another channel."""


def is_fallback_due(kit: Kit, channel: Channel, health: ChannelHealth) -> bool:
    """Whether the channel has failed for `fallback_after`, so that its fallback takes over."""
    if fallback_of(kit, channel) not in kit.channels or health.since is None:
        return False
    return kit.clock() - health.since >= channel.fallback_after


def fallback_of(kit: Kit, channel: Channel) -> str:
    """The name of the channel's fallback; "" for none.

    The channel for unassigned leads has no fallback that sends to owners only: that one would hand
    the leads back.
    """
    other = kit.channels.get(channel.fallback)
    if other is not None and other.personal:
        before = covered_channels(kit, channel) | {channel.name}
        return "" if kit.routes.unassigned in before else other.name
    return channel.fallback


def move_to_fallback(kit: Kit, channel: Channel, leases: Sequence[Lease]) -> list[Outcome]:
    """Hand these leads to the fallback, except those about which the channel has alerted."""
    alerts = kit.store.alerts([c.task.lead_id for c in leases])
    return [
        Done(note="notify.already_told")
        if is_alerted(alerts.get(c.task.lead_id, ()), channel.name) and not c.task.again
        else hand_over(fallback_of(kit, channel), c)
        for c in leases
    ]


def hand_over(fallback: str, lease: Lease, why: str = "") -> Done:
    """Hand the alert to *fallback*. The old task ends and the new one is put in one transaction, so
    the alert is neither lost nor sent by both."""
    task = Task(Step.NOTIFY, lease.task.lead_id, fallback, again=lease.task.again)
    return Done(then=(task,), note=f"{FELL_BACK} {why}".rstrip())


def end_here(kit: Kit, channel: Channel, lease: Lease, end: Drop) -> Outcome:
    """The outcome of an alert that this channel cannot send: it goes to the fallback, with the
    destination's reason in the note, or becomes a dead letter if there is no fallback."""
    instead = fallback_of(kit, channel)
    if end.reason == NO_OWNER and not instead:
        instead = kit.routes.unassigned
    if instead not in kit.channels or instead == channel.name:
        return end
    return hand_over(instead, lease, f"{end.reason} {end.detail}".rstrip())
