"""Targets for the first response: how long a lead may wait for a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from leadline.hours import HoursConfig
from leadline.lead import RefinedLead


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


class Targets(msgspec.Struct, frozen=True):
    """Everything in `[targets]` and `[hours]`, by name, in the order of the settings."""

    targets: Mapping[str, TargetConfig] = {}
    hours: Mapping[str, HoursConfig] = {}

    def of(self, lead: RefinedLead) -> TargetConfig | None:
        """The first target that fits; None where no clock runs."""
        raise NotImplementedError

    def due(self, lead: RefinedLead) -> datetime | None:
        """When the first response is due."""
        raise NotImplementedError

    def steps(self, lead: RefinedLead) -> tuple[datetime, ...]:
        """When the reminder, the escalation and (if set) the reassignment are due; level n of
        `Handling` is reached when the n-th has passed."""
        raise NotImplementedError
