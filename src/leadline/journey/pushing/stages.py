"""The stages that a lead has reached, with their times."""

from datetime import datetime

from leadline.model.facts.conversions import Stage
from leadline.model.handling import Ending, Handling
from leadline.model.lead import RefinedLead


def stages_of(lead: RefinedLead, handling: Handling) -> dict[Stage, datetime]:
    """The stages in the order in which they are told. None is earlier than the one before it: a
    network refuses what happened before the lead came."""
    touches = [at for at in (handling.touched_at, handling.claimed_at) if at is not None]
    found = {Stage.LEAD: lead.captured_at}
    if touches:
        found[Stage.CONTACTED] = max(lead.captured_at, min(touches))
    if handling.ending is not Ending.OPEN and handling.ended_at is not None:
        found[Stage(handling.ending)] = max([handling.ended_at, *found.values()])
    return found
