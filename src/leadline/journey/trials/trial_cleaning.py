"""Experiments on cleaning: a lead is cleaned as its arm says.

The arm is drawn before duplicates are looked for, from the lead as all rules clean it, by which it
is also compared with others: so an arm moves neither the draw nor the links. A lead that is refined
again keeps its arm.
"""

from collections.abc import Iterable, Mapping

import msgspec

from leadline.experiments.cleaning import cleaning_for, cleaning_left_out
from leadline.experiments.record import Started
from leadline.journey.trials.experimenting import drawn_before, taking_part
from leadline.kit import Kit
from leadline.model.lead import RefinedLead
from leadline.settings.top.experiments import CLEANING


class CleaningArm(msgspec.Struct, frozen=True):
    """The lead as all rules clean it, its new arm by the name of the experiment (empty if it has
    one already), and the kinds of cleaning that are left out."""

    usual: RefinedLead
    arms: Mapping[str, str]
    without: frozenset[str]


CleaningArms = Mapping[str, CleaningArm]


def cleaning_arms(
    kit: Kit, leads: Iterable[tuple[RefinedLead, RefinedLead | None]]
) -> CleaningArms:
    """The arms of these leads, each given with its earlier result, in experiments on cleaning."""
    if all(one.change != CLEANING for one in kit.experiments.values()):
        return {}
    running = [one for one in taking_part(kit) if one.design.change == CLEANING]
    found: dict[str, CleaningArm] = {}
    for lead, earlier in leads:
        if lead.status != "refined":
            continue
        if earlier is None:
            arm = _drawn(kit, running, lead)
        else:
            arm = CleaningArm(lead, {}, cleaning_for(kit.experiments, earlier))
        if arm is not None:
            found[lead.lead_id] = arm
    return found


def _drawn(kit: Kit, running: Iterable[Started], lead: RefinedLead) -> CleaningArm | None:
    """The arm of a new lead, in the experiment that began first; None if it takes part in none."""
    for one in running:
        if arm := drawn_before(kit, one, lead):
            return CleaningArm(lead, {one.name: arm}, cleaning_left_out(one.design, arm))
    return None
