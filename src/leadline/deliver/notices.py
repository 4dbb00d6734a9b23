"""What is known of leads, put together for those who tell of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.deliver.channel import Channel, Notice, key_of_person
from leadline.handling import UNHANDLED, Handling
from leadline.kit import Kit
from leadline.lead import Alert, Person, RefinedLead, Step

_OF = " of "
_document = msgspec.json.Decoder(RefinedLead)


def notices(kit: Kit, place: Channel, lead_ids: Sequence[str]) -> Mapping[str, Notice]:
    """What *place* may be told of each of these leads; one that is not refined is left out."""
    documents = kit.store.refined(lead_ids)
    handled = kit.store.handling(lead_ids)
    told = kit.store.alerts(lead_ids)
    now = kit.clock()
    return {
        lead_id: notice(
            kit,
            place,
            _document.decode(document),
            handled.get(lead_id, UNHANDLED),
            told.get(lead_id, ()),
            now,
        )
        for lead_id, document in documents.items()
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
    failing = _failing(kit, place, lead, told, now)
    if failing is None:
        return made
    since = kit.store.trouble(failing.name).since
    return msgspec.structs.replace(made, instead_of=failing.name, failing_since=since)


def is_told(alerts: Sequence[Alert], channel: str) -> bool:
    """Whether the channel has been told of the lead: by an alert proper, not by a reminder."""
    return any(a.channel == channel and a.step is Step.NOTIFY for a in alerts)


def template_naming(template: str, owner: Person | None) -> str:
    """How an alert remembers whom it named as the owner: "new_lead/1 of U012ABCDEF"."""
    return f"{template}{_OF}{key_of_person(owner)}" if owner else template


def owner_told(alert: Alert) -> str:
    """Whom an alert named as the owner (`key_of_person`); "" when it named nobody."""
    return alert.template.partition(_OF)[2]


def known(kit: Kit, person: Person) -> Person:
    """The person with what the team's table knows of them."""
    return kit.team.known(person) if kit.team.members else person


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


def _failing(
    kit: Kit, place: Channel, lead: RefinedLead, told: Sequence[Alert], now: datetime
) -> Channel | None:
    """The channel that should have told of the lead, and has *place* stand in for it."""
    behind = [c for c in kit.channels.values() if c.fallback == place.name]
    if not behind:
        return None
    chosen = kit.routes.channels(lead, now)
    for channel in behind:
        if channel.name in chosen and not is_told(told, channel.name):
            return channel
    return None
