"""Which ad networks are to be told of a lead when something has become of it.

This only spares tasks that would end without effect: what counts is looked at again when a task is
done (`journey.pushing.planning`).
"""

from collections.abc import Mapping

from leadline.journey.pushing.consenting import consent_of, withheld_by_lead
from leadline.journey.pushing.stages import stages_of
from leadline.model.facts.consent import YES
from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead
from leadline.model.task import Step, Task
from leadline.settings.connected.outcomes import OutcomesConfig


def tasks_for_networks(
    networks: Mapping[str, OutcomesConfig],
    lead: RefinedLead,
    before: Handling | None,
    after: Handling,
) -> tuple[Task, ...]:
    """A task for each network that is told at once, and knows none of the stages that the lead has
    now and had not *before* (None: it was refined)."""
    now = stages_of(lead, after)
    new = now.keys() - (stages_of(lead, before).keys() if before is not None else set())
    return tuple(
        Task(Step.PUSH, lead.lead_id, name)
        for name, config in networks.items()
        if config.automatic and new & config.stages.keys() and _may(lead, config)
    )


def _may(lead: RefinedLead, config: OutcomesConfig) -> bool:
    is_meant = not config.sources or lead.received_from in config.sources
    if not is_meant or withheld_by_lead(lead) is not None:
        return False
    consent = consent_of(lead, config.consent)
    return consent is not None and consent.value == YES
