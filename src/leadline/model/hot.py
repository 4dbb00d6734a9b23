"""Hot leads: those whose score reaches the threshold of the settings."""

from leadline.model.lead import RefinedLead
from leadline.model.task import Step

HOT_STEPS = (Step.REFINE, Step.NOTIFY, Step.ASSIGN)
"""Tasks of these steps are leased before others if their lead is hot."""


def is_hot(lead: RefinedLead | None) -> bool:
    """Whether the lead was scored and found hot."""
    return lead is not None and lead.score is not None and lead.score.hot
