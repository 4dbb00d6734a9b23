"""The place of a lead in the account, by its items."""

from collections.abc import Mapping

import msgspec

from leadline.model.personal_data.retiring import RETIRED
from leadline.model.task import Step
from leadline.stores.aws.items import LeadItem

_RETIRED = "retired"


class Standing(msgspec.Struct, frozen=True):
    """All that decides the place of a lead; many leads share one value. `fate` is "retired" for one
    whose dead letter retention deleted. `refining` is "alive" or
    "dead" while there is a refine task, `refined` the status of its refinement, `channel_count`
    the number of channels that had to alert, `alerted_channels` those that did. `is_expired`: its
    raw document may have been deleted because of its age."""

    fate: str
    refining: str
    refined: str
    channel_count: int
    alerted_channels: tuple[str, ...]
    duplicate: bool
    redelivered: int
    is_expired: bool


def standing_of(lead: LeadItem, missed_since: str) -> Standing:
    """The standing of a lead. Raw documents of leads captured before *missed_since* may be gone."""
    summary, task = lead.summary, lead.task
    return Standing(
        fate=_RETIRED if lead.why == RETIRED else lead.fate,
        refining="" if task is None else "dead" if task.dead_at else "alive",
        refined=summary.status if summary else "",
        channel_count=summary.channel_count if summary else 0,
        alerted_channels=tuple(
            dict.fromkeys(t.channel for t in lead.alerts if t.step == Step.NOTIFY)
        ),
        duplicate=bool(summary and summary.duplicate_of),
        redelivered=lead.redelivered,
        is_expired=lead.captured_at < missed_since,
    )


def category_of(standing: Standing, alerts: Mapping[str, bool]) -> str:
    """The place of a lead that has all of its documents; "!" and the problem if it has none.
    *alerts* says for each channel whether its alert is a dead letter."""
    if standing.refining:
        return "waiting" if standing.refining == "alive" else "dead"
    if not standing.refined:
        return "!it is neither refined nor waiting nor dead"
    if standing.refined == "quarantined":
        return "quarantined"
    if 1 <= len({*standing.alerted_channels, *alerts}) < standing.channel_count:
        return "!it is refined, but not every channel was told or will be"
    if not all(alerts.values()):
        return "alerting"
    if alerts:
        return "alert_dead"
    if standing.alerted_channels:
        return "alerted"
    return (
        "!it is refined, but nobody was told and no alert waits"
        if standing.channel_count
        else "untold"
    )
