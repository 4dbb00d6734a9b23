"""Replies in Slack to a person who pressed a button."""

from datetime import timedelta

import msgspec

from leadline.alerts.wording import words
from leadline.channels.slack import blockkit, pieces
from leadline.journey.responding.claiming import Pressed, PressResult
from leadline.model.handling import Ending
from leadline.model.lead import RefinedLead
from leadline.model.staff.people import is_same_person

_NOW = timedelta(seconds=5)
_ENDINGS = {
    Ending.WON: "won", Ending.LOST: "lost", Ending.DISQUALIFIED: "disqualified",
    Ending.JUNK: "marked as junk",
}  # fmt: skip


class PressReply(msgspec.Struct, frozen=True):
    """The reply in Slack's markup, and whether the press changed the lead. `undo` is the id of a
    lead that the person may want to restore, or ""."""

    text: str
    changed: bool = False
    undo: str = ""


NOT_KNOWN = PressReply("This lead no longer exists in Leadline.")
NOT_SAVED = PressReply("⚠️ Your action was *not* saved. Please try again.")


def reply_of(pressed: Pressed) -> PressReply:
    """The reply to a press, for the person who pressed."""
    if pressed.lead is None:
        return NOT_KNOWN
    is_junk = pressed.result in (PressResult.JUNKED, PressResult.ALREADY_JUNK)
    undo = pressed.lead.lead_id if is_junk else ""
    return PressReply(_text(pressed, pressed.lead), pressed.changed, undo)


def _text(pressed: Pressed, lead: RefinedLead) -> str:
    handling = pressed.handling
    match pressed.result:
        case PressResult.CLAIMED:
            return f"{_named(lead)} is yours."
        case PressResult.RESTORED:
            return f"{_named(lead)} is no longer marked as junk. {_whose(pressed)}"
        case PressResult.JUNKED:
            return f"You have marked {_named(lead)} as junk. No more reminders."
        case PressResult.ALREADY_JUNK:
            return f"{_who_ended(pressed)} marked this lead as junk."
        case PressResult.SNOOZED:
            return f"{_named(lead)} is snoozed until {_until(pressed)}. No reminders before then."
        case PressResult.ALREADY_SNOOZED:
            return f"{_named(lead)} is already snoozed until {_until(pressed)}."
        case PressResult.ENDED:
            return f"This lead is already closed: {_ENDINGS[handling.ending]}."
        case _:
            return _whose(pressed)


def _named(lead: RefinedLead) -> str:
    return pieces.shown(words.name(lead) or lead.contact.email, "This lead", 100)


def _until(pressed: Pressed) -> str:
    until = pressed.handling.snoozed_until or pressed.at
    return blockkit.date(until, "{date_short_pretty} at {time}")


def _whose(pressed: Pressed) -> str:
    """Who has claimed the lead, and when."""
    holder = pressed.handling.claimed_by or pressed.by
    mine = is_same_person(holder, pressed.by)
    name = "You" if mine else pieces.mention(holder, by_email=False)
    ago = pressed.at - (pressed.handling.claimed_at or pressed.at)
    return f"{name} claimed it {'just now' if ago < _NOW else f'{words.span(ago)} ago'}."


def _who_ended(pressed: Pressed) -> str:
    by = pressed.handling.ended_by
    if by is None:
        return "Somebody has"
    if is_same_person(by, pressed.by):
        return "You have"
    return f"{pieces.mention(by, by_email=False)} has"
