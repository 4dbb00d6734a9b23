"""Notices: all that a channel's writer needs to know about a lead, as one value."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.alerts.handing_over import former_owner, owner_named, replaced_channel
from leadline.alerts.wording.history import history_of
from leadline.kit import Kit, as_suppressed, known
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.people import key_of_person, owner_in
from leadline.model.task import Alert, Step
from leadline.ports.channel import Channel, Notice
from leadline.team.matching.routing import with_owner


def notices(kit: Kit, channel: Channel, lead_ids: Sequence[str]) -> Mapping[str, Notice]:
    """The notices for the channel *channel*, by lead id; leads that are not refined are left
    out. The suppression list counts as it is now."""
    leads = as_suppressed(kit, kit.store.refined(lead_ids))
    handled = kit.store.handling(lead_ids)
    alerts = kit.store.alerts(lead_ids)
    now = kit.clock()
    return {
        lead_id: notice(
            kit,
            channel,
            lead,
            handled.get(lead_id, UNHANDLED),
            alerts.get(lead_id, ()),
            now,
        )
        for lead_id, lead in leads.items()
    }


def notice(
    kit: Kit,
    channel: Channel,
    lead: RefinedLead,
    handling: Handling,
    alerts: Sequence[Alert],
    now: datetime,
) -> Notice:
    """The notice about one lead for the channel *channel*; *alerts* are the lead's messages so far,
    of all channels."""
    own = tuple(alert for alert in alerts if alert.channel == channel.name)
    notice = Notice(
        lead=lead,
        now=now,
        handling=_by_name(kit, handling),
        links=kit.links,
        alerts=own,
        due=kit.targets.due(lead, handling.clock_from) if kit.targets.targets else None,
        interactive=kit.interactive,
        history=history_of(kit, lead),
        opening=_opening(kit, lead),
    )
    notice = _with_owner_known(kit, notice)
    if (former := former_owner(kit, notice)) is not None:
        notice = msgspec.structs.replace(notice, former=former)
    if (
        is_alerted_elsewhere(notice, channel, alerts)
        or _is_owner_alerted(kit, notice, channel, alerts)
        or _is_unneeded(kit, notice, channel, alerts)
    ):
        return msgspec.structs.replace(notice, alerted_elsewhere=True)
    failing = _failing(kit, notice, channel, alerts)
    if failing is None:
        return notice
    since = kit.store.health(failing.name).since
    return msgspec.structs.replace(notice, instead_of=failing.name, failing_since=since)


def _opening(kit: Kit, lead: RefinedLead) -> str:
    """The line of an experiment with which the alert begins; "" for none."""
    if not kit.experiments:
        return ""
    from leadline.experiments.designing import opening_of  # few installations have experiments

    return opening_of(kit.experiments, lead)


def is_alerted(alerts: Sequence[Alert], channel: str) -> bool:
    """Whether the channel has alerted about the lead; reminders and updates do not count."""
    return any(a.channel == channel and a.step is Step.NOTIFY for a in alerts)


def is_alerted_elsewhere(notice: Notice, channel: Channel, alerts: Sequence[Alert]) -> bool:
    """Whether another channel has alerted in this one's place; if this one sends to owners only,
    that alert must have named the present owner."""
    owner = key_of_person(notice.owner) if notice.owner else ""
    return any(
        alert.step is Step.NOTIFY
        and replaced_channel(alert.template) == channel.name
        and (not channel.personal or owner_named(alert) == owner)
        for alert in alerts
    )


def _is_owner_alerted(kit: Kit, notice: Notice, channel: Channel, alerts: Sequence[Alert]) -> bool:
    """Whether the lead got a new owner for whom the rules choose other channels than this one, and
    one of those has alerted already."""
    before = owner_in(notice.lead.lead_details)
    if not kit.routes.rules or notice.owner is None or notice.alerts:
        return False
    if before and key_of_person(known(kit, before)) == key_of_person(notice.owner):
        return False
    chosen = _chosen(kit, notice)
    return channel.name not in chosen and any(is_alerted(alerts, name) for name in chosen)


def _is_unneeded(kit: Kit, notice: Notice, channel: Channel, alerts: Sequence[Alert]) -> bool:
    """Whether this channel is only a fallback here, and a channel in whose place it would send has
    alerted after all."""
    if not alerts or notice.alerts:
        return False
    behind = covered_channels(kit, channel)
    return any(is_alerted(alerts, name) for name in behind) and channel.name not in _chosen(
        kit, notice
    )


def covered_channels(kit: Kit, channel: Channel) -> frozenset[str]:
    """The channels whose fallback this one is, directly or through other fallbacks."""
    found: set[str] = set()
    latest = {channel.name}
    while latest:
        latest = {c.name for c in kit.channels.values() if c.fallback in latest} - found
        found |= latest
    return frozenset(found)


def _chosen(kit: Kit, notice: Notice) -> frozenset[str]:
    """The channels that the rules choose for the lead's present owner, now or at the time of its
    refinement."""
    lead = notice.lead
    if notice.owner is not None:
        lead = with_owner(lead, notice.owner, Ownership.ASSIGNED)
    hours = (lead.processed_at, notice.now)
    return frozenset(name for at in hours for name in kit.routes.channels(lead, at))


def _by_name(kit: Kit, handling: Handling) -> Handling:
    """The handling, with all persons completed from the team's settings."""
    if not kit.team.members:
        return handling
    people = {
        part: known(kit, person)
        for part in ("owner", "claimed_by", "ended_by")
        if (person := getattr(handling, part)) is not None
    }
    return msgspec.structs.replace(handling, **people) if people else handling


def _with_owner_known(kit: Kit, notice: Notice) -> Notice:
    """The notice with an owner whom only the refined lead names moved into its handling, completed
    from the team's settings."""
    owner = notice.owner
    if owner is None or notice.handling.owner is not None:
        return notice
    handling = msgspec.structs.replace(notice.handling, owner=known(kit, owner))
    return msgspec.structs.replace(notice, handling=handling)


def _failing(kit: Kit, notice: Notice, channel: Channel, alerts: Sequence[Alert]) -> Channel | None:
    """The failing channel in whose place *channel* sends this alert; None if it sends its own."""
    behind = covered_channels(kit, channel)
    if not behind:
        return None
    chosen = _chosen(kit, notice)
    if channel.name in chosen:
        return None
    missing = (n for n in kit.channels if n in behind & chosen and not is_alerted(alerts, n))
    name = next(missing, None)
    return kit.channels[name] if name is not None else None
