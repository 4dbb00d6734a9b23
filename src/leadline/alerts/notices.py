"""What is known of leads, put together for those who tell of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.kit import Kit, known
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.people import Person, key_of_person, owner_in
from leadline.model.task import Alert, Step
from leadline.ports.channel import Channel, Notice
from leadline.team.routing import with_owner

_FOR = " for "
_OF = " of "


def notices(kit: Kit, place: Channel, lead_ids: Sequence[str]) -> Mapping[str, Notice]:
    """What *place* may be told of each of these leads; one that is not refined is left out."""
    leads = kit.store.refined(lead_ids)
    handled = kit.store.handling(lead_ids)
    told = kit.store.alerts(lead_ids)
    now = kit.clock()
    return {
        lead_id: notice(
            kit,
            place,
            lead,
            handled.get(lead_id, UNHANDLED),
            told.get(lead_id, ()),
            now,
        )
        for lead_id, lead in leads.items()
    }


def notice(
    kit: Kit,
    place: Channel,
    lead: RefinedLead,
    handling: Handling,
    told: Sequence[Alert],
    now: datetime,
) -> Notice:
    """What *place* may be told of a lead about which these messages (of any channel) went out."""
    own = tuple(alert for alert in told if alert.channel == place.name)
    made = Notice(
        lead=lead,
        now=now,
        handling=_by_name(kit, handling),
        links=kit.links,
        told=own,
        due=kit.targets.due(lead) if kit.targets.targets else None,
        interactive=kit.interactive,
    )
    made = _with_owner_known(kit, made)
    if (
        is_told_instead(made, place, told)
        or _is_told_to_the_owner(kit, made, place, told)
        or _is_needed_no_more(kit, made, place, told)
    ):
        return msgspec.structs.replace(made, told_instead=True)
    failing = _failing(kit, made, place, told)
    if failing is None:
        return made
    since = kit.store.trouble(failing.name).since
    return msgspec.structs.replace(made, instead_of=failing.name, failing_since=since)


def is_told(alerts: Sequence[Alert], channel: str) -> bool:
    """Whether the channel has been told of the lead: by an alert proper, not by a reminder."""
    return any(a.channel == channel and a.step is Step.NOTIFY for a in alerts)


def template_naming(template: str, owner: Person | None, instead_of: str = "") -> str:
    """How an alert remembers for which channel it stood in, and whom it named as the owner:
    "new_lead/1 for slack of U012ABCDEF"."""
    stood_in = f"{template}{_FOR}{instead_of}" if instead_of else template
    return f"{stood_in}{_OF}{key_of_person(owner)}" if owner else stood_in


def owner_told(alert: Alert) -> str:
    """Whom an alert named as the owner (`key_of_person`); "" when it named nobody."""
    return alert.template.partition(_OF)[2]


def is_told_instead(found: Notice, place: Channel, told: Sequence[Alert]) -> bool:
    """Whether another channel has told of the lead in place of this one: of its present owner,
    where this one tells each lead to its owner alone."""
    owner = key_of_person(found.owner) if found.owner else ""
    return any(
        alert.step is Step.NOTIFY
        and alert.template.partition(_OF)[0].partition(_FOR)[2] == place.name
        and (not place.personal or owner_told(alert) == owner)
        for alert in told
    )


def _is_told_to_the_owner(kit: Kit, found: Notice, place: Channel, told: Sequence[Alert]) -> bool:
    """Whether the lead has gone on to an owner of whom the rules let others hear than this channel,
    and one of those has told of it."""
    before = owner_in(found.lead.lead_details)
    if not kit.routes.rules or found.owner is None or found.told:
        return False
    if before and key_of_person(known(kit, before)) == key_of_person(found.owner):
        return False
    chosen = _chosen(kit, found)
    return place.name not in chosen and any(is_told(told, name) for name in chosen)


def _is_needed_no_more(kit: Kit, found: Notice, place: Channel, told: Sequence[Alert]) -> bool:
    """Whether this channel was to stand in for one that has told of the lead after all."""
    if not told or found.told:
        return False
    behind = stands_for(kit, place)
    return any(is_told(told, name) for name in behind) and place.name not in _chosen(kit, found)


def stands_for(kit: Kit, place: Channel) -> frozenset[str]:
    """The channels for which this one stands in, at once or after others."""
    found: set[str] = set()
    latest = {place.name}
    while latest:
        latest = {c.name for c in kit.channels.values() if c.fallback in latest} - found
        found |= latest
    return frozenset(found)


def _chosen(kit: Kit, found: Notice) -> frozenset[str]:
    """The channels that the rules choose for the lead as it is now, at this hour or at that in
    which it was refined."""
    lead = found.lead
    if found.owner is not None:
        lead = with_owner(lead, found.owner, Ownership.ASSIGNED)
    hours = (lead.processed_at, found.now)
    return frozenset(name for at in hours for name in kit.routes.channels(lead, at))


def _by_name(kit: Kit, handling: Handling) -> Handling:
    """How a lead is handled, with everybody by all their names."""
    if not kit.team.members:
        return handling
    people = {
        part: known(kit, person)
        for part in ("owner", "claimed_by", "ended_by")
        if (person := getattr(handling, part)) is not None
    }
    return msgspec.structs.replace(handling, **people) if people else handling


def _with_owner_known(kit: Kit, made: Notice) -> Notice:
    """An owner whom only the refined lead names becomes a part of how it is handled, so that they
    are known by all their names, too."""
    owner = made.owner
    if owner is None or made.handling.owner is not None:
        return made
    handling = msgspec.structs.replace(made.handling, owner=known(kit, owner))
    return msgspec.structs.replace(made, handling=handling)


def _failing(kit: Kit, found: Notice, place: Channel, told: Sequence[Alert]) -> Channel | None:
    """The channel that should have told of the lead, and has *place* stand in for it."""
    behind = stands_for(kit, place)
    if not behind:
        return None
    chosen = _chosen(kit, found)
    if place.name in chosen:
        return None
    missing = (n for n in kit.channels if n in behind & chosen and not is_told(told, n))
    name = next(missing, None)
    return kit.channels[name] if name is not None else None
