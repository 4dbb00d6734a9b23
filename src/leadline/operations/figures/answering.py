"""Whether leads are answered in time, by the clocks of their targets: the one judgement of `speed`,
LIVE, LEAD and RESPONSE."""

from datetime import datetime

from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead
from leadline.team.targets import Targets


def due_at(lead: RefinedLead, handling: Handling, targets: Targets) -> datetime | None:
    """When the first response to a lead is due by its target, whose clock starts when the lead is
    handed out, if it waited in a queue; None if no target applies."""
    return targets.due(lead, handling.clock_from)


def is_late(handling: Handling, due: datetime, now: datetime) -> bool:
    """Whether a response that is awaited is late. Nobody can be late with a lead that waits in the
    queue of a team."""
    return handling.waits_in is None and now > due
