"""What there is to tell of a lead in plain words, for every kind of channel but Slack.

All texts are cleaned and bounded here, and none is markup: whoever shows them escapes them.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from leadline.alerts.problems import in_words
from leadline.alerts.words import (
    OWNER_CLAIMED,
    clamped,
    is_link,
    name,
    on_lines,
    on_one_line,
    score,
    span,
)
from leadline.model.handling import Ending
from leadline.model.lead import Ownership, RefinedLead
from leadline.ports.channel import Notice

NEW_LEAD = "new_lead/1"
SEEN_BEFORE = "seen_before/1"
DIGEST = "digest/1"
OWNER = "owner/1"
LEVELS = {1: "reminder/1", 2: "escalated/1", 3: "reassigned/1"}
"""The templates of reminders, by how many steps of its target a lead has passed."""

_VALUE = 200
_PERSON = 100
_HEADLINE = 150
_WORDS = 2000
_PROBLEMS = 600
_ENTRIES = 60
_ENTRY_PART = 50
_MATCHED = {"email": "e-mail address", "phone": "phone number"}
_ENDED = {
    Ending.WON: "Won",
    Ending.LOST: "Lost",
    Ending.DISQUALIFIED: "Disqualified",
    Ending.JUNK: "Marked as junk",
}


class Entry(msgspec.Struct, frozen=True):
    """One lead among several; `url` opens it, where there is a page."""

    name: str
    rest: str
    url: str = ""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One message: `title` says what happened, `headline` of whom, on a line by itself.

    `remarks` say how the lead stands, `facts` are labels with values, `words` what it wrote (with
    its lines), `doubts` what seems wrong; `ways` are labels with URLs, safe to be links.
    """

    title: str
    headline: str
    template: str
    remarks: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    words: str = ""
    doubts: str = ""
    entries: tuple[Entry, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    footer: tuple[str, ...] = ()


def story_of_lead(notice: Notice) -> Story:
    """The first message about a lead: new, or seen before."""
    first = notice.lead.duplicate_of
    title = "Lead seen before" if first else "New lead captured"
    begin = "Seen before" if first else "New lead"
    return Story(
        title=_marked(notice, title),
        headline=_marked(notice, f"{begin}: {_who(notice.lead)}"),
        template=SEEN_BEFORE if first else NEW_LEAD,
        remarks=(*_instead(notice), *_seen(notice), *_standing(notice)),
        facts=facts_of(notice),
        words=_words(notice.lead),
        doubts=_doubts(notice.lead),
        ways=_ways(notice),
        footer=_footer(notice),
    )


def story_of_owner(notice: Notice) -> Story | None:
    """That the lead has an owner now, or is claimed; None where nobody has it."""
    holder = notice.holder
    if holder is None:
        return None
    who, lead = _line(holder.shown, "somebody", _PERSON), _who(notice.lead)
    claimed = notice.handling.claimed_by is not None
    told = f"{lead}: claimed by {who}" if claimed else f"{lead}: the owner is {who}"
    return Story(
        title=_marked(notice, "Lead claimed" if claimed else "Lead has an owner"),
        headline=_marked(notice, told),
        template=OWNER,
        remarks=tuple(_standing(notice)),
        facts=facts_of(notice),
        words=_words(notice.lead),
        doubts=_doubts(notice.lead),
        ways=_ways(notice),
        footer=_footer(notice),
    )


def story_of_waiting(notice: Notice) -> Story:
    """That the lead still waits for its first response."""
    level = level_of(notice)
    waited = span(notice.now - notice.lead.captured_at)
    title = {
        1: "Still waiting for a first response",
        2: f"No first response for {waited}",
        3: "Lead reassigned",
    }[level]
    holder = notice.holder
    whose = f"It is {_line(holder.shown, 'somebody', _PERSON)}'s." if holder else "Nobody owns it."
    late = span(notice.now - notice.due) if notice.due and notice.due < notice.now else ""
    over = f", {late} over its target" if late else ""
    if notice.escalated_to is not None:
        whose += (
            f" This is for {_line(notice.escalated_to.shown, 'somebody', _PERSON)} to take over."
        )
    return Story(
        title=_marked(notice, title),
        headline=_marked(notice, f"Still waiting: {_who(notice.lead)}"),
        template=LEVELS[level],
        remarks=(f"It has waited {waited}{over}. {whose}", *_standing(notice)),
        facts=facts_of(notice),
        words=_words(notice.lead),
        doubts=_doubts(notice.lead),
        ways=_ways(notice),
        footer=_footer(notice),
    )


def story_of_many(notices: Sequence[Notice]) -> Story:
    """Several leads, a line each as far as they fit."""
    total = len(notices)
    title = f"{total} new lead{'' if total == 1 else 's'} captured"
    hidden = max(0, total - _ENTRIES)
    note = f"{hidden} more {'is' if hidden == 1 else 'are'} not listed here. " if hidden else ""
    why = (
        "They were gathered for the times that are set for digests"
        if any(notice.gathered for notice in notices)
        else "They came faster than a message each may be sent"
    )
    return Story(
        title=title,
        headline=title,
        template=DIGEST,
        entries=tuple(map(_entry, notices[:_ENTRIES])),
        footer=(f"{note}{why}; `leadline leads` lists them all.",),
    )


def level_of(notice: Notice) -> int:
    """How urgently a lead waits: 1 reminder, 2 escalation, 3 reassignment."""
    return min(max(notice.handling.level, 1), max(LEVELS))


def facts_of(notice: Notice) -> tuple[tuple[str, str], ...]:
    """What is known of the lead: six labels always, five more where there is something."""
    lead = notice.lead
    contact, details = lead.contact, lead.lead_details
    always = (
        ("Name", _line(name(lead))),
        ("Company", _line(contact.company)),
        ("Email", _line(contact.email)),
        ("Phone", _line(contact.phone)),
        ("Source", _line(details.source)),
        ("Owner", _owner(notice)),
    )
    more = (
        ("Title", contact.title),
        ("Campaign", details.campaign),
        ("Country", contact.country),
        ("Score", score(lead)),
        (OWNER_CLAIMED, details.owner_claimed),
    )
    return (*always, *((label, told) for label, value in more if (told := _line(value, ""))))


def called(lead_id: str) -> str:
    """A lead's id as it is shown; ours are UUIDs, and nothing is ever cut off them."""
    return _line(lead_id, "unknown", 80)


def at(moment: datetime) -> str:
    """A time for readers anywhere: "2026-03-02 09:00 UTC"."""
    return f"{moment.astimezone(UTC).isoformat(' ', 'minutes')[:-6]} UTC"


def fitting(story: Story, size: Callable[[Story], int], most: int) -> Story:
    """The story with as many of its entries, and then of its words, as *size* allows: at most
    *most*. Then doubts and links have to go, the longest link first."""
    while size(story) > most:
        if story.entries:
            kept = story.entries[: len(story.entries) * 3 // 4]
            note = "Not all of them are listed here."
            footer = story.footer if note in story.footer else (note, *story.footer)
            story = msgspec.structs.replace(story, entries=kept, footer=footer)
        elif story.words:
            cut = len(story.words) // 2
            words = clamped(story.words, cut) if cut > 20 else ""
            story = msgspec.structs.replace(story, words=words)
        elif story.doubts:
            story = msgspec.structs.replace(story, doubts="")
        elif story.ways:
            longest = max(story.ways, key=lambda way: len(way[1]))
            ways = tuple(way for way in story.ways if way is not longest)
            story = msgspec.structs.replace(story, ways=ways)
        else:
            break
    return story


def _marked(notice: Notice, text: str) -> str:
    return clamped(f"Test: {text}" if notice.test else text, _HEADLINE)


def _line(value: str | None, nothing: str = "—", limit: int = _VALUE) -> str:
    return (clamped(on_one_line(value), limit) if value else "") or nothing


def _who(lead: RefinedLead) -> str:
    """Name and company, for a headline."""
    who = _line(name(lead), "", _PERSON) or _line(lead.contact.email, "somebody", _PERSON)
    company = _line(lead.contact.company, "", _PERSON)
    return f"{who}, {company}" if company else who


def _owner(notice: Notice) -> str:
    if notice.owner is not None:
        return _line(notice.owner.shown, "somebody", _PERSON)
    if notice.ownership is Ownership.UNKNOWN:
        return "Unknown: the CRM did not answer"
    return "Unassigned"


def _instead(notice: Notice) -> list[str]:
    if not notice.instead_of:
        return []
    other = _line(notice.instead_of, limit=_PERSON)
    if notice.failing_since is None:
        return [f"You are told instead of the channel {other}, which rejected this message."]
    since = at(notice.failing_since)
    return [f"You are told instead of the channel {other}, which has been failing since {since}."]


def _seen(notice: Notice) -> list[str]:
    first = notice.lead.duplicate_of
    if first is None:
        return []
    matched = _line(" and ".join(_MATCHED.get(m, m) for m in first.matched), "")
    same = f" with the same {matched}" if matched else ""
    return [f"First seen {at(first.captured_at)}{same}, as lead {called(first.lead_id)}."]


def _standing(notice: Notice) -> list[str]:
    handled = notice.handling
    lines: list[str] = []
    if handled.claimed_by is not None:
        who = _line(handled.claimed_by.shown, "somebody", _PERSON)
        after = span((handled.claimed_at or notice.now) - notice.told_at)
        lines.append(f"Claimed by {who} after {after}.")
    if handled.ending is not Ending.OPEN:
        by = f" by {_line(handled.ended_by.shown, 'somebody')}" if handled.ended_by else ""
        return [*lines, f"{_ENDED[handled.ending]}{by}."]
    if handled.snoozed_until is not None and handled.snoozed_until > notice.now:
        lines.append(f"Snoozed until {at(handled.snoozed_until)}.")
    if notice.due is not None and not (handled.touched_at or handled.claimed_by):
        lines.append(f"First response due by {at(notice.due)}.")
    return lines


def _words(lead: RefinedLead) -> str:
    return clamped(on_lines(lead.lead_details.message or ""), _WORDS)


def _doubts(lead: RefinedLead) -> str:
    return _line("; ".join(map(in_words, lead.problems)), "", _PROBLEMS)


def _ways(notice: Notice) -> tuple[tuple[str, str], ...]:
    lead = notice.lead
    ways = [
        ("Open in CRM", notice.links.record(lead)),
        ("Show in Leadline", notice.links.to(called(lead.lead_id))),
    ]
    if lead.duplicate_of is not None:
        ways.append(("Show first lead", notice.links.to(called(lead.duplicate_of.lead_id))))
    return tuple((label, url) for label, url in ways if is_link(url))


def _footer(notice: Notice) -> tuple[str, ...]:
    lead = notice.lead
    waited = int((lead.processed_at - lead.captured_at).total_seconds())
    after = f", {waited // 60} min {waited % 60:02d} s after capture" if waited >= 0 else ""
    lines = [f"Lead {called(lead.lead_id)}, processed {at(lead.processed_at)}{after}."]
    if not notice.links.show:
        lines.append(f"Full details: `leadline show {called(lead.lead_id)}`")
    if notice.test:
        lines.append("This is a test. No action is needed.")
    return tuple(lines)


def _entry(notice: Notice) -> Entry:
    lead = notice.lead
    contact, details = lead.contact, lead.lead_details
    who = _line(name(lead), "", _ENTRY_PART) or _line(contact.email, "somebody", _ENTRY_PART)
    owner = notice.owner.shown if notice.owner else None
    known = (contact.company, contact.email, contact.phone, details.source, owner)
    parts = [part for value in known if (part := _line(value, "", _ENTRY_PART))]
    if lead.duplicate_of is not None:
        parts.append("seen before")
    url = notice.links.to(called(lead.lead_id))
    return Entry(who, " · ".join(parts), url if is_link(url) else "")
