"""Leads as experiments count them: when they reached the metric, and the troubles that they had."""

from collections.abc import Container, Iterable
from datetime import datetime

from leadline.experiments.counting import (
    DEAD,
    GONE,
    GUARD_AGE,
    JUNK,
    LATE,
    LATE_AFTER,
    UNTOLD,
    SeenLead,
)
from leadline.experiments.record import Started
from leadline.model.facts.awaiting import first_touch
from leadline.model.handling import Ending, Handling
from leadline.ports.reading.ledger import Followed, LeadFilter, Ledger
from leadline.settings.top.experiments import CLAIMED, RESPONDED


def with_dead_letters(ledger: Ledger, since: datetime) -> frozenset[str]:
    """The ids of the leads captured since then that have a dead letter of any step now."""
    return frozenset(ledger.ids(LeadFilter(since=since, dead=True)))


def seen_of(started: Started, one: Followed, dead: Container[str]) -> SeenLead:
    """A lead as the experiment counts it; *dead* are the ids of those with a dead letter."""
    lead = one.lead
    return SeenLead(
        lead_id=lead.lead_id,
        unit=lead.experiment_unit,
        arm=lead.experiments[started.name],
        captured_at=lead.captured_at,
        reached_at=reached_at(started.design.metric, one.handling),
        troubles=frozenset(troubles_of(one, dead)),
        repeats=one.repeats,
    )


def troubles_of(one: Followed, dead: Container[str]) -> Iterable[str]:
    """The troubles (`counting.GUARDS`) that a lead had; *dead* are the ids of those with a dead
    letter."""
    lead, told = one.lead, one.told_at
    if told is None or told - lead.captured_at > GUARD_AGE:
        yield UNTOLD
    if told is not None and told - lead.processed_at > LATE_AFTER:
        yield LATE
    if lead.lead_id in dead:
        yield DEAD
    if one.handling.ending is Ending.JUNK:
        yield JUNK
    if one.handling.gone:
        yield GONE


def reached_at(metric: str, handling: Handling) -> datetime | None:
    """When a lead reached the metric of an experiment; None if it has not."""
    if metric == CLAIMED:
        return handling.claimed_at
    if metric == RESPONDED:
        return first_touch(handling)
    return handling.ended_at if handling.ending is Ending.WON else None
