"""Whether a person has responded to a lead, and whether anybody is still to."""

from datetime import datetime

from leadline.model.handling import Ending, Handling
from leadline.model.lead import RefinedLead
from leadline.model.personal_data.suppression import is_not_to_be_contacted


def first_touch(handling: Handling) -> datetime | None:
    """When a person first responded to a lead; None if nobody has."""
    claimed, touched = handling.claimed_at, handling.touched_at
    if claimed is None or touched is None:
        return claimed or touched
    return min(claimed, touched)


def is_awaited(lead: RefinedLead, handling: Handling) -> bool:
    """Whether anybody is still to respond to a lead to which nobody has: it has not ended, its
    record is there, and it may be contacted."""
    is_over = handling.ending is not Ending.OPEN or handling.gone
    return not is_over and not is_not_to_be_contacted(lead)
