"""Response targets: when the first response, reminder, escalation and reassignment are due."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import accumulate

import msgspec

from leadline.model.facts.scored_leads import is_hot, score_of
from leadline.model.lead import RefinedLead
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.targets import TargetConfig
from leadline.team.hours import add_working_time, is_working, working_time

_PUNCTUAL = timedelta(minutes=2)
"""How late a step may be taken without moving the later steps."""


class Targets(msgspec.Struct, frozen=True):
    """The targets and business hours (`[targets]`, `[hours]`), in the order of the settings."""

    targets: Mapping[str, TargetConfig] = {}
    hours: Mapping[str, HoursConfig] = {}

    def of(self, lead: RefinedLead) -> TargetConfig | None:
        """The first target that applies to the lead, with the times of hot leads if it is one; None
        if none does. A target with `min_score` does not apply to leads without a score."""
        if not self.targets:
            return None
        fitting = (t for t in self.targets.values() if self._fits(t, lead))
        target = next(fitting, None)
        return _of_hot(target) if target is not None and is_hot(lead) else target

    def due(self, lead: RefinedLead, since: datetime | None = None) -> datetime | None:
        """When the first response is due; None without a target. The clock starts *since* then
        (`Handling.clock_from`; None: at the capture)."""
        target = self.of(lead)
        if target is None:
            return None
        return self._from(target, since or lead.captured_at, target.first_response)

    def steps(self, lead: RefinedLead, since: datetime | None = None) -> tuple[datetime, ...]:
        """When the reminder, the escalation and (if set) the reassignment are due, in ascending
        order; `Handling.level` is the number of those that have passed. Empty without a target.
        The clock starts *since* then, as in `due`."""
        target = self.of(lead)
        if target is None:
            return ()
        start = since or lead.captured_at
        return tuple(self._from(target, start, span) for span in self._spans(target))

    def next_step(
        self, lead: RefinedLead, level: int, at: datetime, since: datetime | None = None
    ) -> datetime | None:
        """When the step after step *level* (from 1), taken at *at*, is due; None after the last.
        If a step was taken late, because the lead was snoozed or nobody could be alerted, the next
        one still keeps the interval that the settings have between the two."""
        steps = self.steps(lead, since)
        if level >= len(steps):
            return None
        target = self.of(lead)
        if target is None or at - steps[level - 1] <= _PUNCTUAL:
            return steps[level]
        before, after = self._spans(target)[level - 1 : level + 1]
        return max(steps[level], self._from(target, at, after - before))

    def waited(self, lead: RefinedLead, until: datetime) -> timedelta:
        """How long a lead has waited since its capture: the time within the `hours` of its target,
        or all time if the target has none."""
        target = self.of(lead)
        if target is None or not target.hours:
            return max(until - lead.captured_at, timedelta())
        return working_time(self.hours[target.hours], lead.captured_at, until)

    def _fits(self, target: TargetConfig, lead: RefinedLead) -> bool:
        score = score_of(lead)
        return (
            (not target.sources or lead.received_from in target.sources)
            and (target.min_score is None or (score is not None and score >= target.min_score))
            and fits_hours(self.hours, target.during, target.outside, lead.captured_at)
        )

    @staticmethod
    def _spans(target: TargetConfig) -> list[timedelta]:
        """The time from the capture to each step, in ascending order."""
        steps = (target.remind, target.escalate, target.reassign)
        return list(accumulate((span for span in steps if span is not None), max))

    def _from(self, target: TargetConfig, start: datetime, span: timedelta) -> datetime:
        """The moment at which *span* has passed since *start* by the target's clock."""
        if not target.hours:
            return start + span
        return add_working_time(self.hours[target.hours], start, span)


def _of_hot(target: TargetConfig) -> TargetConfig:
    """The target with the times that it sets for hot leads."""
    if target.hot is None:
        return target
    share = target.hot / target.first_response
    return msgspec.structs.replace(
        target,
        first_response=target.hot,
        remind=target.remind * share,
        escalate=target.escalate * share,
        reassign=target.reassign * share if target.reassign is not None else None,
    )


def fits_hours(hours: Mapping[str, HoursConfig], during: str, outside: str, at: datetime) -> bool:
    """Whether the moment is within the hours named *during* and outside those named *outside*; ""
    sets no condition."""
    if during and not is_working(hours[during], at):
        return False
    return not (outside and is_working(hours[outside], at))
