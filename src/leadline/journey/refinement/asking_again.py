"""When the CRM is asked again before a lead is refined."""

from datetime import timedelta

from leadline.journey.refinement.crm_lookup import LookUpAnswer, NoAnswer, NotAsked
from leadline.model.task import Lease, Retry

HICCUP = timedelta(seconds=5)
"""The pause after a failure that is likely to be over soon."""
_PATIENCE = timedelta(seconds=30)
_ASKED = 6
"""The number of attempts for which a lead waits for a CRM that asks for pauses; after that it is
refined and alerted without the CRM's answer."""


def ask_again(lease: Lease, answer: LookUpAnswer | None) -> Retry | None:
    """A retry, if the CRM asks for a short pause or failed once. An alert is not delayed for the
    CRM any longer than that, since it can be corrected by an update."""
    match answer:
        case NotAsked(after=after, words=words) if after <= _PATIENCE and lease.attempt <= _ASKED:
            return Retry(after, why=words, counts=False)
        case NoAnswer(words=words) if lease.attempt == 1:
            return Retry(HICCUP, why=words, counts=False)
    return None
