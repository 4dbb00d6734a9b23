"""Whether leads are answered in time, by the clocks of their targets: the one judgement of `speed`,
LIVE, LEAD and RESPONSE."""

from datetime import datetime

from leadline.model.handling import Ending, Handling
from leadline.model.lead import RefinedLead
from leadline.model.suppression import is_not_to_be_contacted
from leadline.team.targets import Targets


def first_touch(handling: Handling) -> datetime | None:
    """When a person first responded to a lead; None if nobody has."""
    touches = (handling.claimed_at, handling.touched_at)
    return min((at for at in touches if at is not None), default=None)


def due_at(lead: RefinedLead, handling: Handling, targets: Targets) -> datetime | None:
    """When the first response to a lead is due by its target, whose clock starts when the lead is
    handed out, if it waited in a queue; None if no target applies."""
    return targets.due(lead, handling.clock_from)


def is_awaited(lead: RefinedLead, handling: Handling) -> bool:
    """Whether anybody is still to respond to a lead to which nobody has: it has not ended, its
    record is there, and it may be contacted."""
    is_over = handling.ending is not Ending.OPEN or handling.gone
    return not is_over and not is_not_to_be_contacted(lead)


def is_late(handling: Handling, due: datetime, now: datetime) -> bool:
    """Whether a response that is awaited is late. Nobody can be late with a lead that waits in the
    queue of a team."""
    return handling.waits_in is None and now > due
