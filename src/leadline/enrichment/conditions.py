"""Whether a provider is asked about a lead: the conditions of its `when`."""

from collections.abc import Callable, Mapping

from leadline.model.errors import ConfigurationError
from leadline.model.lead import RefinedLead
from leadline.ports.clock import Clock
from leadline.settings.conditions.parsing import WrongCondition, parse
from leadline.settings.connected.enrich import AnyEnrichConfig
from leadline.settings.team.hours import HoursConfig
from leadline.team.matching.conditions import compile_condition
from leadline.team.matching.subject import Subject
from leadline.team.people import Team

Fits = Callable[[RefinedLead], bool]


def fits_of(
    name: str,
    config: AnyEnrichConfig,
    clock: Clock,
    hours: Mapping[str, HoursConfig],
    team: Team,
) -> Fits:
    """The test of a provider's conditions; raises ConfigurationError if one is none. Lists in files
    are for rules alone, and so is what is known of earlier leads."""
    tests = []
    for number, line in enumerate(config.when, 1):
        where = f"enrich.{name}.when: line {number}, "
        try:
            condition = parse(line)
        except WrongCondition as error:
            raise ConfigurationError(f"{where}{error}") from None
        if condition.file is not None:
            raise ConfigurationError(f"{where}a list in a file can be named in rules only")
        tests.append(compile_condition(line, {}))
    if not tests:
        return lambda _: True

    def fits(lead: RefinedLead) -> bool:
        subject = Subject(lead, clock(), hours=hours, team=team)
        return all(test(subject) for test in tests)

    return fits
