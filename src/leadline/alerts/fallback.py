"""Fallbacks: alerts go to another channel if their own keeps failing or cannot take them."""

from collections.abc import Sequence

from leadline.alerts.notices import is_told, stands_for
from leadline.kit import Kit
from leadline.model.task import Claim, Done, Drop, Outcome, Step, Task
from leadline.ports.channel import NO_OWNER, Channel
from leadline.ports.store import Trouble

FELL_BACK = "notify.fell_back"
"""The note of an alert that was handed to another channel."""


def falls_back(kit: Kit, place: Channel, trouble: Trouble) -> bool:
    """Whether the channel has failed for `fallback_after`, so that its fallback takes over."""
    if fallback_of(kit, place) not in kit.channels or trouble.since is None:
        return False
    return kit.clock() - trouble.since >= place.fallback_after


def fallback_of(kit: Kit, place: Channel) -> str:
    """The name of the channel's fallback; "" for none.

    The channel for unassigned leads has no fallback that sends to owners only: that one would hand
    the leads back.
    """
    other = kit.channels.get(place.fallback)
    if other is not None and other.personal:
        before = stands_for(kit, place) | {place.name}
        return "" if kit.routes.unassigned in before else other.name
    return place.fallback


def give_away(kit: Kit, place: Channel, claims: Sequence[Claim]) -> list[Outcome]:
    """Hand these leads to the fallback, except those about which the channel has alerted."""
    told = kit.store.alerts([c.task.lead_id for c in claims])
    return [
        Done(note="notify.already_told")
        if is_told(told.get(c.task.lead_id, ()), place.name) and not c.task.again
        else give_to(fallback_of(kit, place), c)
        for c in claims
    ]


def give_to(fallback: str, claim: Claim, why: str = "") -> Done:
    """Hand the alert to *fallback*. The old task ends and the new one is put in one transaction, so
    the alert is neither lost nor sent by both."""
    task = Task(Step.NOTIFY, claim.task.lead_id, fallback, again=claim.task.again)
    return Done(then=(task,), note=f"{FELL_BACK} {why}".rstrip())


def end_here(kit: Kit, place: Channel, claim: Claim, end: Drop) -> Outcome:
    """The outcome of an alert that this channel cannot send: it goes to the fallback, with the
    destination's reason in the note, or becomes a dead letter if there is no fallback."""
    instead = fallback_of(kit, place)
    if end.reason == NO_OWNER and not instead:
        instead = kit.routes.unassigned
    if instead not in kit.channels or instead == place.name:
        return end
    return give_to(instead, claim, f"{end.reason} {end.detail}".rstrip())
