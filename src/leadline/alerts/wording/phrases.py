"""Phrases about one lead, from which the messages of every channel kind but Slack are made.

All texts are cleaned and bounded here, and none is markup: the channel's writer escapes them.
"""

from datetime import UTC, datetime

from leadline.alerts.wording.decision_words import because, decision_of
from leadline.alerts.wording.likeness import origin_in_words
from leadline.alerts.wording.problems import problems_in_words
from leadline.alerts.wording.words import (
    OWNER_CLAIMED,
    clamped,
    is_link,
    name,
    on_lines,
    on_one_line,
    score,
    span,
)
from leadline.model.facts.scored_leads import reasons_for
from leadline.model.handling import Ending
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.people import Person
from leadline.ports.channel import Notice

PERSON_LIMIT = 100
"""The longest name of a person, company or channel, in UTF-16 units."""

_VALUE_LIMIT = 200
_MESSAGE_LIMIT = 2000
_PROBLEMS_LIMIT = 600
_WHY_LIMIT = 600
_OPENING_LIMIT = 400
_ENDED = {
    Ending.WON: "Won",
    Ending.LOST: "Lost",
    Ending.DISQUALIFIED: "Disqualified",
    Ending.JUNK: "Marked as junk",
}


def line_of(value: str | None, nothing: str = "—", limit: int = _VALUE_LIMIT) -> str:
    """*value* on one line, at most *limit* units long; *nothing* if no text is left of it."""
    return (clamped(on_one_line(value), limit) if value else "") or nothing


def person_name(person: Person) -> str:
    """How messages name a person."""
    return line_of(person.shown, "somebody", PERSON_LIMIT)


def who_of(lead: RefinedLead) -> str:
    """The lead's name (else its e-mail address) and company, for a headline."""
    who = line_of(name(lead), "", PERSON_LIMIT) or line_of(
        lead.contact.email, "somebody", PERSON_LIMIT
    )
    company = line_of(lead.contact.company, "", PERSON_LIMIT)
    return f"{who}, {company}" if company else who


def facts_of(notice: Notice) -> tuple[tuple[str, str], ...]:
    """Labels and values: six labels always ("—" for no value), five more if they have a value."""
    lead = notice.lead
    contact, details = lead.contact, lead.lead_details
    always = (
        ("Name", line_of(name(lead)) + origin_mark(lead, "name")),
        ("Company", line_of(contact.company) + origin_mark(lead, "company")),
        ("Email", line_of(contact.email) + origin_mark(lead, "email")),
        ("Phone", line_of(contact.phone) + origin_mark(lead, "phone")),
        ("Source", line_of(details.source)),
        ("Owner", _owner(notice)),
    )
    more = (
        ("Title", contact.title),
        ("Campaign", details.campaign),
        ("Country", contact.country),
        ("Score", score(lead)),
        (OWNER_CLAIMED, details.owner_claimed),
    )
    told = ((label, line_of(value, "")) for label, value in more)
    marked = ((label, text + origin_mark(lead, label.lower())) for label, text in told if text)
    return (*always, *marked)


def origin_mark(lead: RefinedLead, field: str) -> str:
    """The remark behind a value that fills a blank of the lead: where it came from; else ""."""
    origin = lead.filled.get(field)
    return f" ({origin_in_words(origin)})" if origin is not None else ""


def _owner(notice: Notice) -> str:
    if notice.owner is not None:
        return person_name(notice.owner)
    if notice.ownership is Ownership.UNKNOWN:
        return "Unknown: the CRM did not answer"
    return "Unassigned"


def short_id(lead_id: str) -> str:
    """A lead's id as messages show it. Ids made here are UUIDs, which are never shortened."""
    return line_of(lead_id, "unknown", 80)


def at(moment: datetime) -> str:
    """A time in UTC: "2026-03-02 09:00 UTC"."""
    return f"{moment.astimezone(UTC).isoformat(' ', 'minutes')[:-6]} UTC"


def opening_remarks(notice: Notice) -> list[str]:
    """The line with which the alert begins, or none."""
    line = line_of(notice.opening, limit=_OPENING_LIMIT) if notice.opening else ""
    return [line] if line else []


def fallback_remarks(notice: Notice) -> list[str]:
    """Why a fallback sends this message, if it does: one sentence or none."""
    if not notice.instead_of:
        return []
    other = line_of(notice.instead_of, limit=PERSON_LIMIT)
    if notice.failing_since is None:
        return [f"Sent here instead of to the channel {other}, which rejected this message."]
    since = at(notice.failing_since)
    return [f"Sent here instead of to the channel {other}, which has been failing since {since}."]


def standing_remarks(notice: Notice) -> list[str]:
    """Sentences on claim, ending, snooze and the time by which a response is due."""
    handled = notice.handling
    lines: list[str] = []
    if handled.claimed_by is not None:
        who = person_name(handled.claimed_by)
        after = span((handled.claimed_at or notice.now) - notice.alerted_at)
        lines.append(f"Claimed by {who} after {after}.")
    if handled.ending is not Ending.OPEN:
        by = f" by {line_of(handled.ended_by.shown, 'somebody')}" if handled.ended_by else ""
        return [*lines, f"{_ENDED[handled.ending]}{by}."]
    if handled.snoozed_until is not None and handled.snoozed_until > notice.now:
        lines.append(f"Snoozed until {at(handled.snoozed_until)}.")
    if notice.due is not None and not (handled.touched_at or handled.claimed_by):
        lines.append(f"First response due by {at(notice.due)}.")
    return lines


def is_named_by_crm(notice: Notice) -> bool:
    """Whether the present owner is the one whom the CRM names."""
    named, owner = notice.handling.crm_owner, notice.owner
    known_as = (owner.slack, owner.email.lower(), owner.id, owner.name) if owner else ()
    return bool(named) and named in known_as


def former_remarks(notice: Notice) -> list[str]:
    """Whose lead it was until now: one sentence or none."""
    if notice.former is None or notice.handling.claimed_by is not None:
        return []
    why = "the CRM names another owner" if is_named_by_crm(notice) else "it was handed on"
    return [f"It is not {person_name(notice.former)}'s any more: {why}."]


def why_remarks(notice: Notice) -> list[str]:
    """Why the lead is its owner's, or nobody's; none if that was not decided here, or somebody else
    has the lead by now."""
    decision = decision_of(notice.lead, notice.handling)
    return [] if decision is None else [line_of(because(decision), limit=_WHY_LIMIT)]


def score_remarks(lead: RefinedLead) -> list[str]:
    """Why our score of the lead is what it is, in a sentence; none without reasons."""
    if lead.score is None or not lead.score.reasons:
        return []
    told = f"Score {lead.score.value}: {reasons_for(lead.score)}."
    return [line_of(told, limit=_WHY_LIMIT)]


def message_of(lead: RefinedLead) -> str:
    """What the lead wrote, with its line breaks; "" if nothing."""
    return clamped(on_lines(lead.lead_details.message or ""), _MESSAGE_LIMIT)


def doubts_of(lead: RefinedLead) -> str:
    """The problems of a lead in words, on one line; "" if there are none."""
    return line_of(problems_in_words(lead), "", _PROBLEMS_LIMIT)


def links_of(notice: Notice) -> tuple[tuple[str, str], ...]:
    """Labels and URLs of pages about the lead; only URLs that are safe to be links."""
    lead = notice.lead
    ways = [
        ("Open in CRM", notice.links.record(lead)),
        ("Show in Leadline", notice.links.to(short_id(lead.lead_id))),
    ]
    if lead.duplicate_of is not None:
        ways.append(("Show first lead", notice.links.to(short_id(lead.duplicate_of.lead_id))))
    return tuple((label, url) for label, url in ways if is_link(url))


def footer_of(notice: Notice) -> tuple[str, ...]:
    """Lines with the id of the lead, the time of its refinement, and where to read more."""
    lead = notice.lead
    waited = int((lead.processed_at - lead.captured_at).total_seconds())
    after = f", {waited // 60} min {waited % 60:02d} s after capture" if waited >= 0 else ""
    lines = [f"Lead {short_id(lead.lead_id)}, processed {at(lead.processed_at)}{after}."]
    if not notice.links.show:
        lines.append(f"Full details: `leadline show {short_id(lead.lead_id)}`")
    if notice.test:
        lines.append("This is a test. No action is needed.")
    return tuple(lines)
