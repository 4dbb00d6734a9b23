"""Whether a lead meets conditions that stand outside rules, such as those of experiments."""

from collections.abc import Mapping
from functools import lru_cache

from leadline.model.lead import RefinedLead
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.rules import CompiledRule, compile_rule
from leadline.team.matching.subject import Subject
from leadline.team.people import Team


def meets_all(
    when: tuple[str, ...], lead: RefinedLead, hours: Mapping[str, HoursConfig], team: Team
) -> bool:
    """Whether a lead meets all these conditions, at the time at which it was refined."""
    if not when:
        return True
    subject = Subject(lead, lead.processed_at, hours=hours, team=team)
    return all(holds(subject) for holds, _ in _compiled(when).conditions)


@lru_cache(16)
def _compiled(when: tuple[str, ...]) -> CompiledRule:
    return compile_rule("", RuleConfig(when=when))
