"""Leads that are not refined again, because retention has deleted what they were made of."""

from leadline.model.lead import RefinedLead
from leadline.model.personal_data.retiring import RETIRED_PROBLEM, RETIRED_WORDS, is_retired
from leadline.model.task import Done, Drop, Outcome
from leadline.ports.store import Waiting

LEFT_ALONE = "refine.left"
"""The timeline note on a lead that was to be refined again and is left as it is."""


def is_left_alone(waiting: Waiting, refined: RefinedLead | None) -> bool:
    """Whether retention has deleted what the sender sent, or the person from the refined lead."""
    return waiting.raw == RETIRED_WORDS or (refined is not None and is_retired(refined))


def left_alone(waiting: Waiting, refined: RefinedLead | None) -> Outcome | None:
    """The outcome of refining such a lead: it stays as it is. None for other leads."""
    if not is_left_alone(waiting, refined):
        return None
    if refined is None:
        return Drop(RETIRED_PROBLEM, "what was sent was deleted by retention")
    return Done(note=LEFT_ALONE)
