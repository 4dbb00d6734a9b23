"""The lines of a lead's timeline in words."""

from collections.abc import Mapping

from leadline.alerts.decision_words import because
from leadline.operations.reasons import decision_in
from leadline.ports.ledger import Happening

_WORDS: Mapping[str, str] = {
    "captured": "Captured",
    "redelivered": "Delivered again; nothing was done twice",
    "redelivered.other_words": "Delivered again with other contents",
    "refined": "Refined",
    "quarantined": "Quarantined: nobody is alerted",
    "assigned": "Assigned",
    "alerted": "Alert sent",
    "updated": "Message changed",
    "reminded": "Reminder sent",
    "replayed": "Replayed by an operator",
    "claimed": "Claimed",
    "unjunked": "Taken back from junk",
    "junked": "Marked as junk",
    "snoozed": "Snoozed",
    "owner.found": "The CRM named an owner",
    "owner.not_believed": "The owner that the sender named is not believed any more",
    "crm.told": "The CRM told of a change",
    "crm.written": "Written to the CRM",
    "clock.reminder": "Not answered in time: reminded",
    "clock.escalation": "Not answered in time: escalated",
    "clock.reassigned": "Not answered in time: given to somebody else",
    "event.folded": "An update came and was folded in",
    "event.filtered": "An event came that makes no lead",
    "wait.held": "Put on hold",
    "wait.released": "Released from hold",
    "data.held": "Put under a legal hold",
    "data.released": "Released from a legal hold",
}


def happening_words(one: Happening) -> tuple[str, str]:
    """What happened, and its details; what has no words here is named by its code."""
    what = _WORDS.get(one.what, one.what)
    decision = decision_in(one)
    return what, because(decision) if decision is not None else one.detail
