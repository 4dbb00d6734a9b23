"""Targets for the first response: how long a lead may wait for a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from leadline.hours import HoursConfig, add_working_time, is_working, working_time
from leadline.lead import RefinedLead


class TargetConfig(msgspec.Struct, frozen=True):
    """A target (`[targets.NAME]`) for leads of these `sources` (none: all) with at least
    `min_score`, captured `during` or `outside` the hours of that name, where one is given. The
    times count from capture, within `hours` where they are given."""

    sources: tuple[str, ...] = ()
    min_score: float | None = None
    during: str = ""
    outside: str = ""
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
        """The first target that fits; None where no clock runs. A lead without a score fits no
        target that asks for one."""
        fitting = (t for t in self.targets.values() if self._fits(t, lead))
        return next(fitting, None)

    def due(self, lead: RefinedLead) -> datetime | None:
        """When the first response is due."""
        target = self.of(lead)
        return None if target is None else self._after(target, lead, target.first_response)

    def steps(self, lead: RefinedLead) -> tuple[datetime, ...]:
        """When the reminder, the escalation and (if set) the reassignment are due; level n of
        `Handling` is reached when the n-th has passed. None is due before the one before it."""
        target = self.of(lead)
        if target is None:
            return ()
        steps: list[datetime] = []
        for span in (target.remind, target.escalate, target.reassign):
            if span is not None:
                due = self._after(target, lead, span)
                steps.append(max(due, *steps) if steps else due)
        return tuple(steps)

    def waited(self, lead: RefinedLead, until: datetime) -> timedelta:
        """How long a lead has waited since its capture, by the clock of its target."""
        target = self.of(lead)
        if target is None or not target.hours:
            return max(until - lead.captured_at, timedelta())
        return working_time(self.hours[target.hours], lead.captured_at, until)

    def _fits(self, target: TargetConfig, lead: RefinedLead) -> bool:
        score = lead.lead_details.lead_score
        return (
            (not target.sources or lead.received_from in target.sources)
            and (target.min_score is None or (score is not None and score >= target.min_score))
            and fits_hours(self.hours, target.during, target.outside, lead.captured_at)
        )

    def _after(self, target: TargetConfig, lead: RefinedLead, span: timedelta) -> datetime:
        if not target.hours:
            return lead.captured_at + span
        return add_working_time(self.hours[target.hours], lead.captured_at, span)


def fits_hours(hours: Mapping[str, HoursConfig], during: str, outside: str, at: datetime) -> bool:
    """Whether the moment is within the hours of the one name and outside those of the other, as
    far as names are given."""
    if during and not is_working(hours[during], at):
        return False
    return not (outside and is_working(hours[outside], at))
