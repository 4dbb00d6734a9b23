"""How long alerts wait for providers, and when those that could not be asked are asked again."""

from datetime import timedelta

from leadline.model.lead import RefinedLead

_PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""After how long providers that are due are asked again; then no more."""


class Patience:
    """What is left of the time for which the alerts of a batch of leads may wait for providers."""

    def __init__(self, left: timedelta) -> None:
        self.left = left


def retry_after(lead: RefinedLead) -> timedelta | None:
    """After how long the providers that are due are asked; None if none is, or not any more."""
    known = lead.enrichment
    if known is None or not known.due or known.tries > len(_PAUSES):
        return None
    return _PAUSES[known.tries - 1]
