"""Targets for the first response: how long a lead may wait for a person."""

from datetime import timedelta

import msgspec


class TargetConfig(msgspec.Struct, frozen=True):
    """A target (`[targets.NAME]`) for leads of these `sources` (none: all) with at least
    `min_score`. The times count from capture, within `hours` where they are given."""

    sources: tuple[str, ...] = ()
    min_score: float | None = None
    hours: str = ""
    first_response: timedelta = timedelta(minutes=15)
    remind: timedelta = timedelta(minutes=10)
    escalate: timedelta = timedelta(minutes=20)
    escalate_to: str = ""
    reassign: timedelta | None = None
