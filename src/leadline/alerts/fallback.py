"""The channel that is told in the place of one that fails, or that can't take an alert."""

from collections.abc import Sequence

from leadline.alerts.notices import is_told, stands_for
from leadline.kit import Kit
from leadline.model.task import Claim, Done, Drop, Outcome, Step, Task
from leadline.ports.channel import NO_OWNER, Channel
from leadline.ports.store import Trouble

FELL_BACK = "notify.fell_back"
"""The note of an alert that was given to another channel."""


def falls_back(kit: Kit, place: Channel, trouble: Trouble) -> bool:
    """Whether the channel has failed for so long that its fallback is to be told instead."""
    if fallback_of(kit, place) not in kit.channels or trouble.since is None:
        return False
    return kit.clock() - trouble.since >= place.fallback_after


def fallback_of(kit: Kit, place: Channel) -> str:
    """The channel that stands in for this one, "" for none: for that of leads without an owner no
    channel can that tells owners alone, and would give them back."""
    other = kit.channels.get(place.fallback)
    if other is not None and other.personal:
        before = stands_for(kit, place) | {place.name}
        return "" if kit.routes.unassigned in before else other.name
    return place.fallback


def give_away(kit: Kit, place: Channel, claims: Sequence[Claim]) -> list[Outcome]:
    """Have the fallback told of all these leads, of which the channel was not told yet."""
    told = kit.store.alerts([c.task.lead_id for c in claims])
    return [
        Done(note="notify.already_told")
        if is_told(told.get(c.task.lead_id, ()), place.name) and not c.task.again
        else give_to(fallback_of(kit, place), c)
        for c in claims
    ]


def give_to(fallback: str, claim: Claim, why: str = "") -> Done:
    """The alert becomes that channel's, in one stroke: it can't be lost, nor be sent by both."""
    task = Task(Step.NOTIFY, claim.task.lead_id, fallback, again=claim.task.again)
    return Done(then=(task,), note=f"{FELL_BACK} {why}".rstrip())


def end_here(kit: Kit, place: Channel, claim: Claim, end: Drop) -> Outcome:
    """The alert can't be sent by this channel: it goes to the fallback with the destination's
    words, and becomes a dead letter where there is none."""
    instead = fallback_of(kit, place)
    if end.reason == NO_OWNER and not instead:
        instead = kit.routes.unassigned
    if instead not in kit.channels or instead == place.name:
        return end
    return give_to(instead, claim, f"{end.reason} {end.detail}".rstrip())
