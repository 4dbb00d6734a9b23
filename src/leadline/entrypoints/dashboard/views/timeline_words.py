"""The lines of a lead's timeline in words."""

from collections.abc import Mapping

from leadline.entrypoints.timeline_details import detail_in_words
from leadline.model.facts.corrected_events import CORRECTED_BY
from leadline.model.monitoring.event_notes import WAIT_BY_EXPERIMENT, WAIT_ENDED
from leadline.model.task import Step
from leadline.ports.reading.ledger import Happening

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
    "undone": "An action on many leads was undone",
    "snoozed": "Snoozed",
    "owner.found": "The CRM named an owner",
    "owner.not_believed": "The owner that the sender named is not believed any more",
    "owner.never_assigned": "The CRM named no owner in time",
    "owner.never_known": "The CRM did not say who owns it",
    "crm.never_seen": "The CRM does not know its record",
    "look_up.nothing_new": "The CRM was asked again: nothing new",
    "notify.already_told": "Not alerted again: it was alerted before",
    "notify.had_arrived": "The alert had arrived already",
    "notify.gone": "Not alerted: its record is gone",
    "notify.told_instead": "Alerted in another channel instead",
    "update.shown": "The message shows it",
    "update.told_anew": "Sent as a new message",
    "update.had_arrived": "The change had arrived already",
    "update.not_told_yet": "No message to change yet",
    "remind.answered": "No reminder: somebody had answered",
    "remind.already_told": "The reminder had been sent already",
    "write_back.asked": "To be written to the CRM again",
    "write_back.nothing_new": "Nothing new for the CRM",
    "write_back.nothing_there": "The CRM has no record to write to",
    "push.asked": "An ad network is to be told",
    "push.sent": "An ad network was told",
    "push.withheld": "An ad network was not told",
    "assign.no_team": "No team to give it to",
    "clock.too_late": "Its target was over when it was looked at",
    "clock.nobody_else": "Nobody else to give it to",
    "crm.told": "The CRM told of a change",
    "crm.written": "Written to the CRM",
    "clock.reminder": "Not answered in time: reminded",
    "clock.escalation": "Not answered in time: escalated",
    "clock.reassigned": "Not answered in time: given to somebody else",
    "event.folded": "An update came and was folded in",
    "event.filtered": "An event came that makes no lead",
    WAIT_BY_EXPERIMENT: "Waits as an experiment says",
    WAIT_ENDED: "Hot at the first look: its wait ended",
    "wait.held": "Put on hold",
    "wait.released": "Released from hold",
    "data.held": "Put under a legal hold",
    "data.released": "Released from a legal hold",
}


_ENDS: Mapping[str, str] = {"dead": "Dead letter", "failed": "Attempt failed"}
"""The words of codes such as `refine.dead`, which begin with a step."""


def happening_words(one: Happening, names: Mapping[str, str]) -> tuple[str, str]:
    """What happened, and its details; what has no words here is named by its code. *names* are
    those of salespeople (`operations.rules.names_in_stories.people_named_in`)."""
    step, _, end = one.what.rpartition(".")
    usual = f"{_ENDS[end]}: {step}" if end in _ENDS and step in list(Step) else one.what
    what = _WORDS.get(one.what, usual)
    if one.what == "event.filtered" and one.detail.startswith(CORRECTED_BY):
        return "Corrected by a person", one.detail.removeprefix(CORRECTED_BY)
    return what, detail_in_words(one, names)
