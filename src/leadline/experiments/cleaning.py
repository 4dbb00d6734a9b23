"""What cleaning an arm leaves out."""

from collections.abc import Mapping

from leadline.experiments.record import Design
from leadline.model.facts.cleaning import kinds_left_out
from leadline.model.lead import RefinedLead
from leadline.settings.top.experiments import CLEANING


def cleaning_left_out(design: Design, name: str) -> frozenset[str]:
    """The kinds of cleaning that an arm leaves out; none for an arm that there is no more."""
    return next((kinds_left_out(arm.value) for arm in design.arms if arm.name == name), frozenset())


def cleaning_for(designs: Mapping[str, Design], lead: RefinedLead) -> frozenset[str]:
    """The kinds of cleaning that are left out of a lead, by the arms that it has."""
    return frozenset[str]().union(
        *(
            cleaning_left_out(design, lead.experiments[name])
            for name, design in designs.items()
            if design.change == CLEANING and name in lead.experiments
        )
    )
